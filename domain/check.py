"""Whether a command is allowed in a case now, and which events it makes; refusals change nothing."""

from __future__ import annotations

from datetime import date, datetime
from typing import assert_never

from domain import commands as c, events as e
from domain.by_hand import alone, must_have_begun
from domain.case import Case, StepState
from domain.concessions import must_keep_limits, waived
from domain.conditions import missing_needs, wanted
from domain.contacting import record_contact, share_contact
from domain.correcting import correct
from domain.deadlines import deadline_of, waiting_roles
from domain.errors import Refused
from domain.fire import open_ask
from domain.ladder import Ladder, Step
from domain.moving import move
from domain.outcome import Record
from domain.ownership import change_owner, rules_of_ownership
from domain.view import Due, View

HALF = 2


def check(ladder: Ladder, case: Case, command: c.Command, now: datetime, target: Ladder | None = None) -> Record:
    """The events a command makes. target: the ladder that a `move_policy` names.

    Raises Refused with a stable code: case_closed, not_ready, unknown_step, not_open, held, not_entitled,
    already_answered, outcome_not_allowed, vote_missing, vote_impossible, no_quorum, no_majority, not_on_demand,
    already_open, already_decided, outside_days, not_for_this_account, needs_missing, document_missing,
    end_date_missing, end_date_past, hold_not_active, nothing_to_correct, already_acted, team_too_small, owner_differs.
    """
    if case.status == "closed":
        raise Refused("case_closed", "The case is closed.", "Nothing can be decided in it any more.")
    if case.facts is None or case.status == "new":
        raise Refused("not_ready", "The case is just being opened.", "Try again in a moment.")
    by_rule = isinstance(command.body, c.ReportReceipt | c.ShareContact) or command.actor == c.DISTRIBUTION
    if command.actor.role not in ladder.policy.roles and not by_rule:
        remedy = f"Its roles: {', '.join(ladder.policy.roles)}."
        raise Refused("not_entitled", f"{command.actor.role} has no part in {ladder.policy.id}.", remedy)
    if isinstance(command.body, c.MovePolicy):
        return move(ladder, target, case, command.body, command.actor.role, now)
    bodies = _bodies(View(ladder, case, now), command)
    step = getattr(command.body, "step", None)
    rules = ladder.by_id[step].rule.rules if step in ladder.by_id else _other_rules(ladder, command)
    return Record(bodies=bodies, due_at=now, rules=rules, why=f"{command.body.do} by {command.actor.role}")


def _other_rules(ladder: Ladder, command: c.Command) -> tuple[str, ...]:
    if isinstance(command.body, c.EndHold):
        hold = ladder.holds.get(command.body.hold)
        return hold.rules if hold else ()
    if isinstance(command.body, c.ChangeOwner):
        return rules_of_ownership(ladder.policy)
    return ladder.policy.contact_rules if isinstance(command.body, c.RecordContact | c.ShareContact) else ()


def _bodies(view: View, command: c.Command) -> tuple[e.Body, ...]:
    role = command.actor.role
    match command.body:
        case c.StartTask() as body:
            state = _open_state(view, body.step)
            _must_be_asked(state, role)
            return (e.TaskStarted(step=body.step),)
        case c.AnswerStep() as body:
            return _answer(view, body, role)
        case c.OpenStep() as body:
            return _open(view, body, role)
        case c.RecordContact() as body:
            return record_contact(view, body.contact, role)
        case c.ShareContact() as body:
            return share_contact(view, body, role)
        case c.EndHold() as body:
            return (_end_hold(view, body, role),)
        case c.ChangeOwner() as body:
            return (change_owner(view.case, body),)
        case c.AddNote() as body:
            return (e.NoteAdded(text=body.text),)
        case c.CorrectEntry() as body:
            return (correct(view, body, role),)
        case c.OverridePostings():
            return (e.PostingsOverridden(day=view.today),)
        case c.ReportReceipt() as body:
            return (e.ReceiptReceived(key=body.key, status=body.status),)
        case c.MovePolicy():
            raise TypeError("a move needs the ladder it goes to")
        case _:
            assert_never(command.body)


def _step(view: View, name: str) -> Step:
    step = view.ladder.by_id.get(name)
    if step is None:
        raise Refused("unknown_step", f"The policy has no step {name}.", "Use a step id of the case's policy.")
    return step


def _open_state(view: View, name: str) -> StepState:
    _step(view, name)
    state = view.case.step(name)
    if not state.is_open:
        raise Refused("not_open", f"{name} is not open.", "Look at the open tasks of the case.")
    if state.frozen:
        raise Refused("held", f"{name} is stopped by {state.frozen}.", "Wait until the hold ends.")
    return state


def _must_be_asked(state: StepState, role: str) -> None:
    waiting = waiting_roles(state.asked, state.mode, tuple(answer.role for answer in state.answers))
    if role in waiting:
        return
    if role in state.asked and role in (answer.role for answer in state.answers):
        raise Refused("already_answered", f"{role} has answered already.", "A wrong answer is corrected, not repeated.")
    raise Refused("not_entitled", f"{role} is not asked here.", f"It waits for: {', '.join(waiting)}.")


def _answer(view: View, body: c.AnswerStep, role: str) -> tuple[e.Body, ...]:
    state = view.case.step(body.step)
    if not _ends_held_task(view, state, body, role):
        state = _open_state(view, body.step)
        _must_be_asked(state, role)
    if body.outcome not in state.outcomes:
        allowed = ", ".join(state.outcomes)
        raise Refused(
            "outcome_not_allowed", f"{body.outcome} is not an outcome of {body.step}.", f"Allowed: {allowed}."
        )
    _must_carry(view, role, body.outcome, state.outcomes, body.present, body.in_favour)
    _must_be_enough(_step(view, body.step), body)
    _must_be_reported(_step(view, body.step), body)
    return (_answered(view, _step(view, body.step), state, role, body),)


def _must_be_enough(step: Step, body: c.AnswerStep) -> None:
    """A visit is made by at least so many people (Z3.4, C4.3.2b)."""
    people = step.asked.people if step.asked else 0
    if step.asked and body.outcome == step.asked.outcomes[0] and len(set(body.participants)) < people:
        remedy = f"Name everybody who took part: {', '.join(step.asked.team) or 'their staff ids'}."
        raise Refused("team_too_small", f"{body.step} needs {people} people.", remedy)


def _must_be_reported(step: Step, body: c.AnswerStep) -> None:
    """What has to be written down about it is there: offers and publicity of a disposal (O2.5c)."""
    if step.asked is None or body.outcome != step.asked.outcomes[0]:
        return
    written = {section.heading for section in body.sections if section.text.strip()}
    missing = [heading for heading in step.asked.report if heading not in written]
    if missing:
        raise Refused(
            "report_incomplete", f"{body.step} lacks: {', '.join(missing)}.", "Add a section under each heading."
        )


def _ends_held_task(view: View, state: StepState, body: c.AnswerStep, role: str) -> bool:
    """A task that was running when a hold came is finished or aborted by the head, with a reason (settled, L7.4)."""
    running = state.is_open and state.frozen is not None and state.started and len(state.asked) == 1
    return running and bool(body.note) and role == view.ladder.head_of(state.asked[0])


def _answered(view: View, step: Step, state: StepState, role: str, body: c.AnswerStep) -> e.Body:
    """The favourable outcome needs everybody who is asked; any other decides at once, except in a joint decision,
    which is what all of them say (L7.3b: committee and manager resolve together; a split vote is taken again)."""
    body = must_keep_limits(view, step, body)
    left = waiting_roles(state.asked, "all", (*(answer.role for answer in state.answers), role))
    joint = state.mode == "all" and step.asked is not None and step.asked.what == "decision"
    split = joint and not left and any(answer.outcome != body.outcome for answer in state.answers)
    if split:
        return e.StepAnswered(step=body.step, role=role, outcome=body.outcome, note=body.note, split=True)
    if state.mode != "any" and left and (joint or body.outcome == state.outcomes[0]):
        deadline = None
        if state.mode == "sequence" and step.asked:
            deadline, _ = deadline_of(view.ladder, view.case, step.asked, view.now, left[0])
        return e.StepAnswered(step=body.step, role=role, outcome=body.outcome, deadline=deadline, note=body.note)
    return e.StepCompleted(
        step=body.step,
        outcome=body.outcome,
        role=role,
        document=step.rule.document or step.rule.writes,
        evidence=body.evidence,
        note=body.note,
        present=body.present,
        in_favour=body.in_favour,
        sections=body.sections,
        figures=body.figures,
        participants=body.participants,
        waived=waived(view, step, body),
    )


def _must_carry(
    view: View, role: str, outcome: str, outcomes: tuple[str, ...], present: int | None, in_favour: int | None
) -> None:
    """A committee decides with half of its members present, by simple majority of those present (settled)."""
    if not view.ladder.policy.roles[role].committee:
        return
    if present is None or in_favour is None:
        raise Refused(
            "vote_missing", "A committee decides by vote.", "Say how many were present and how many in favour."
        )
    members = view.ladder.integer("committee_members")
    if present > members or in_favour > present:
        counted = f"{in_favour} of {present} in favour, {members} members."
        raise Refused("vote_impossible", counted, "Count members, those present and those in favour again.")
    if present * HALF < members:
        raise Refused("no_quorum", f"{present} of {members} members were present.", "At least half must be present.")
    if outcome == outcomes[0] and in_favour * HALF <= present:
        raise Refused("no_majority", f"{in_favour} of {present} were in favour.", "More than half of those present.")


def _open(view: View, body: c.OpenStep, role: str) -> tuple[e.Body, ...]:
    step = _step(view, body.step)
    demand = step.rule.on_demand
    if demand is None or step.asked is None:
        raise Refused("not_on_demand", f"{body.step} falls due by rule.", "It cannot be opened by hand.")
    if role not in step.opened_by:
        raise Refused("not_entitled", f"{role} may not open {body.step}.", f"Allowed: {', '.join(step.opened_by)}.")
    if view.case.step(body.step).is_open:
        raise Refused("already_open", f"{body.step} is open already.", "Answer it, or wait for its answer.")
    _must_be_possible(view, step, body)
    report = bool(demand.opens_case_until)
    opened = open_ask(view, step, Due(view.now, None)).bodies[0]
    if not isinstance(opened, e.StepOpened):
        raise TypeError("an ask opens with step_opened")
    since = body.since if report else None
    opened = opened.model_copy(update={"end_date": body.end_date, "evidence": body.evidence, "since": since})
    if report:  # whoever reports a breach has not put it right by that
        return (opened, e.NoteAdded(text=body.note)) if body.note else (opened,)
    if role not in step.asked.roles:
        return (opened,)
    outcome = body.outcome or step.asked.outcomes[0]
    answer = c.AnswerStep(
        step=body.step, outcome=outcome, note=body.note, evidence=body.evidence, present=body.present,
        in_favour=body.in_favour, sections=body.sections, figures=body.figures,
    )  # fmt: skip
    if outcome not in step.asked.outcomes:
        raise Refused(
            "outcome_not_allowed",
            f"{outcome} is not an outcome.",
            f"Allowed: {', '.join(step.asked.outcomes)}.",
        )
    _must_carry(view, role, outcome, step.asked.outcomes, body.present, body.in_favour)
    state = StepState(status="open", asked=step.asked.roles, mode=opened.mode, outcomes=step.asked.outcomes)
    return (opened, _answered(view, step, state, role, answer))


def _must_be_possible(view: View, step: Step, body: c.OpenStep) -> None:
    demand = step.rule.on_demand
    if demand is None:
        return
    if demand.opens_case_until:
        must_have_begun(body.since, view.today)
    elif alone(view) and step.id not in view.ladder.by_hand:
        raise Refused(
            "not_for_this_account", "Nothing is overdue.", "The steps of the arrears rest until there are some."
        )
    early = any(view.case.ended(name, outcome) for name, outcome in demand.or_after.items())
    if view.dpd not in demand.dpd and not early:
        upper = demand.dpd.to or "…"
        raise Refused("outside_days", f"{view.dpd} days past due.", f"Possible from {demand.dpd.from_} to {upper}.")
    for name, outcome in step.rule.unless.items():
        if view.case.ended(name, outcome):
            raise Refused("already_decided", f"{name}: {outcome}.", "It is decided once in a case.")
    for follower in view.steps:
        if view.case.step(follower.id).is_open and any(step.id in trigger.after for trigger in follower.when):
            raise Refused("already_open", f"{follower.id} is still open.", "Wait for its answer first.")
    if not wanted(view, step):
        raise Refused(
            "not_for_this_account",
            f"{step.id} does not apply here.",
            f"It needs: {', '.join(str(condition) for condition in step.rule.if_)}.",
        )
    missing = missing_needs(view, step)
    if missing:
        raise Refused("needs_missing", f"{step.id} needs other steps first.", f"Missing: {', '.join(missing)}.")
    if demand.document and not body.evidence:
        raise Refused("document_missing", f"{step.id} needs a document.", f"Attach the {demand.document}.")
    if demand.end_date:
        _must_end(view.today, body.end_date)


def _must_end(today: date, end: date | None) -> None:
    if end is None:
        raise Refused("end_date_missing", "An end date is mandatory.", "Name the last day.")
    if end < today:
        raise Refused("end_date_past", f"{end} is in the past.", "Name a day from today on.")


def _end_hold(view: View, body: c.EndHold, role: str) -> e.Body:
    hold = view.ladder.holds.get(body.hold)
    active = any(placed.hold == body.hold and placed.ended_at is None for placed in view.case.holds)
    if hold is None or not active:
        raise Refused("hold_not_active", f"{body.hold} is not in force.", "Only a hold in force can be ended.")
    if hold.ended_by is None or role not in hold.ended_by.role:
        allowed = ", ".join(hold.ended_by.role) if hold.ended_by else "its end date"
        raise Refused("not_entitled", f"{role} may not end {body.hold}.", f"It is ended by: {allowed}.")
    if not body.evidence:
        raise Refused("document_missing", "The end needs a document.", f"Attach the {hold.ended_by.document}.")
    return e.HoldEnded(hold=body.hold, reason="withdrawn", role=role, evidence=body.evidence)
