"""Tasks done in parts: what the plan chose, what is done, and what a hold lets go on (L7.2, L7.4)."""

from __future__ import annotations

from datetime import date, timedelta

from domain import commands as c, events as e
from domain.case import Case, StepState
from domain.errors import Refused
from domain.filing import favourable
from domain.ladder import Ladder, Step
from domain.money import rounded
from domain.part_commands import FinishPart, PartReport, StartPart
from domain.part_rule import Part, Parts
from domain.view import View

SCRIPTED = "as planned"
Done = dict[Part, date]


def planned(case: Case, rule: Parts) -> tuple[Part, ...]:
    """The parts that have to be done: those of the accepted plan with what they need, or the usual ones."""
    return rule.with_needs(case.step(rule.chosen_in).chosen or rule.usual)


def done_parts(state: StepState) -> Done:
    """The finished parts of a task with their days; they stand, whatever becomes of the rest."""
    return {one.part: one.day for one in state.parts if one.status == "finished" and one.day}


def missing(case: Case, step: Step) -> tuple[Part, ...]:
    """What is planned and not finished yet; nothing for a task without parts."""
    rule = step.rule.parts
    return tuple(p for p in planned(case, rule) if p not in done_parts(case.step(step.id))) if rule else ()


def start_part(view: View, body: StartPart, role: str) -> e.Body:
    """Raises Refused no_parts, not_open, held, not_entitled, part_unfit."""
    step, rule, state = _parted(view, body.step)
    if state.frozen:
        raise Refused("held", f"{body.part} is stopped by {state.frozen}.", "Wait until the hold ends.")
    _must_be_theirs(view, state, role)
    faults = _order(rule, view.case, body.part, done_parts(state))
    if _running(state, body.part):
        faults.append((f"{body.part} has begun already", "finish it"))
    _refuse(step, faults)
    return e.PartStarted(step=step.id, part=body.part)


def finish_part(view: View, body: FinishPart, role: str) -> e.Body:
    """Raises Refused no_parts, not_open, held, not_entitled, part_unfit.

    What was running when a hold came is finished or aborted by the head, with a reason; nothing else goes on (settled).
    """
    step, rule, state = _parted(view, body.step)
    running = _running(state, body.part)
    if state.frozen and not (running and body.note.strip() and role == view.ladder.head_of(state.asked[0])):
        remedy = f"A part that had begun is finished or aborted by {view.ladder.head_of(state.asked[0])}, with a note."
        raise Refused("held", f"{body.part} is stopped by {state.frozen}.", remedy)
    if not state.frozen:
        _must_be_theirs(view, state, role)
    faults = _faults(view, rule, body, done_parts(state)) if body.outcome == "finished" else []
    if body.outcome == "aborted" and not (running and body.note.strip()):
        faults.append((f"{body.part} is not running, or nothing is said", "abort what has begun, with a note"))
    _refuse(step, faults)
    return _ended(view, step, body, body.outcome)


def take_back(view: View, body: c.CorrectEntry, role: str) -> e.Body | None:
    """The correcting entry for a part of a task that is still open; None when `seq` is none. Refused: not_entitled."""
    for name, state in view.case.steps.items():
        found = [one for one in state.parts if one.seq == body.seq]
        if found and state.is_open:
            _must_be_theirs(view, state, role)
            return e.PartTakenBack(step=name, part=found[0].part, corrects=body.seq, reason=body.reason)
    return None


def must_be_chosen(view: View, step: Step, body: c.AnswerStep) -> None:
    """The plan chooses parts there are, among them a way to dispose. Raises Refused part_unfit."""
    rule = next((s.rule.parts for s in view.steps if s.rule.parts and s.rule.parts.chosen_in == step.id), None)
    if not body.parts:
        return
    if rule is None or not favourable(step, body):
        raise Refused("part_unfit", f"{step.id}: parts are not chosen here.", "Leave the parts out.")
    faults = [(f"{part} is no part of it", f"choose of {', '.join(rule.of)}") for part in body.parts
              if part not in rule.of]  # fmt: skip
    if not set(body.parts) & set(rule.ways):
        faults.append(("no way of disposal is chosen", f"choose one of {', '.join(rule.ways)}"))
    _refuse(step, faults)


def reported(view: View, step: Step, body: c.AnswerStep) -> tuple[e.Body, ...]:
    """What an answer says of parts; with the favourable one all that is planned is finished.

    Raises Refused part_unfit, parts_missing.
    """
    rule = step.rule.parts
    if rule is None:
        if body.parts_done:
            raise Refused("part_unfit", f"{step.id} has no parts.", "Leave the parts out.")
        return ()
    state = view.case.step(step.id)
    done = done_parts(state)
    faults: list[tuple[str, str]] = []
    for one in body.parts_done:
        if state.frozen and not _running(state, one.part):
            raise Refused("held", f"{one.part} is stopped by {state.frozen}.", "Wait until the hold ends.")
        faults += _faults(view, rule, one, done)
        done[one.part] = one.day or view.today
    _refuse(step, faults)
    left = [part for part in planned(view.case, rule) if part not in done]
    if left and favourable(step, body):
        raise Refused("parts_missing", f"{step.id} is not finished: {', '.join(left)}.", "Finish these parts first.")
    return tuple(_ended(view, step, one, "finished") for one in body.parts_done)


def scripted(ladder: Ladder, step: str, outcome: str) -> tuple[PartReport, ...]:
    """How a script finishes a task of the usual parts: all of them with its answer."""
    known = ladder.by_id[step]
    rule = known.rule.parts
    if rule is None or known.asked is None or outcome != known.asked.outcomes[0]:
        return ()
    return tuple(PartReport(part=part, note=SCRIPTED) for part in rule.with_needs(rule.usual))


def _parted(view: View, name: str) -> tuple[Step, Parts, StepState]:
    step = view.ladder.by_id.get(name)
    if step is None or step.rule.parts is None:
        raise Refused("no_parts", f"{name} has no parts.", "Answer it as a whole.")
    state = view.case.step(name)
    if not state.is_open:
        raise Refused("not_open", f"{name} is not open.", "Look at the open tasks of the case.")
    return step, step.rule.parts, state


def _must_be_theirs(view: View, state: StepState, role: str) -> None:
    allowed = (*state.asked, *(view.ladder.head_of(one) for one in state.asked))
    if role not in allowed:
        raise Refused("not_entitled", f"{role} is not asked here.", f"It waits for: {', '.join(state.asked)}.")


def _running(state: StepState, part: Part) -> bool:
    return any(one.part == part and one.status == "started" for one in state.parts)


def _order(rule: Parts, case: Case, part: Part, done: Done) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    if part not in planned(case, rule):
        found.append((f"{part} is not in the plan", "plan it first"))
    if part in done:
        found.append((f"{part} is finished already", "take it back with correct_entry if it was wrong"))
    left = [need for need in rule.needs.get(part, ()) if need not in done]
    if left:
        found.append((f"{part} needs {', '.join(left)} first", "finish that before"))
    return found


def _faults(view: View, rule: Parts, body: PartReport, done: Done) -> list[tuple[str, str]]:
    found, day = _order(rule, view.case, body.part, done), body.day or view.today
    if day > view.today:
        found.append((f"{body.part} ends on {day}, after today", "say when it was finished"))
    if not body.note.strip() and body.evidence is None:
        found.append((f"nothing shows that {body.part} was done", "attach a document or write a note"))
    if any(figure.amount != rounded(figure.amount) for figure in body.figures):
        found.append((f"{body.part} has an amount that is no whole cents", "give whole cents"))
    wait = view.ladder.integer(rule.notice[body.part]) if body.part in rule.notice else 0
    since = done.get("publicity")
    if since is not None and day < since + timedelta(days=wait):
        found.append((f"{body.part} needs {wait} days after the publicity of {since}", "wait until they are over"))
    return found


def _refuse(step: Step, faults: list[tuple[str, str]]) -> None:
    if faults:
        said, remedies = "; ".join(what for what, _ in faults), "; ".join(remedy for _, remedy in faults)
        raise Refused("part_unfit", f"{step.id}: {said}.", f"{remedies[0].upper()}{remedies[1:]}.")


def _ended(view: View, step: Step, body: PartReport, outcome: str) -> e.PartFinished:
    return e.PartFinished.model_validate({
        "step": step.id, "part": body.part, "outcome": outcome, "day": body.day or view.today, "note": body.note,
        "evidence": body.evidence, "figures": body.figures,
    })  # fmt: skip
