"""What a person could tell a case now, and of everything else why not: the same `check`, with nothing recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from pydantic import Field

from domain import commands as c
from domain.base import Frozen, absent
from domain.case import Case
from domain.check import check
from domain.concessions import WAIVER, stated
from domain.errors import Refused
from domain.evidence import Actor, ContactResult, Figure
from domain.ladder import Ladder, Step
from domain.money import CENT
from domain.part_rule import Part
from domain.parts import missing
from domain.scenario import answer_of
from domain.view import View

DRY = "dry"  # stands for a document that would be attached, a note that would be written
Permit = Callable[[str, str], Refused | None]
Who = tuple[Actor, str | None]  # with the staff id of whom they are a deputy of


class Possible(Frozen):
    """One command: allowed under that role, or refused with a stable code, a sentence and what would be needed.

    carries: what it has to bring along, such as "evidence: vendor_written_notice".
    """

    do: str
    step: str | None = Field(default=None, exclude_if=absent)
    outcome: str | None = Field(default=None, exclude_if=absent)
    hold: str | None = Field(default=None, exclude_if=absent)
    no: int | None = Field(default=None, exclude_if=absent)
    role: str
    allowed: bool
    code: str | None = None
    message: str = ""
    remedy: str = ""
    carries: tuple[str, ...] = ()


def possible(ladder: Ladder, case: Case, who: Sequence[Who], now: datetime, permit: Permit) -> tuple[Possible, ...]:
    """Every command of a case for a person with these roles. permit: what else forbids a `do` to a role."""
    if case.facts is None:
        return ()
    view = View(ladder, case, now)
    found = [_best([_tried(view, one, body, permit) for one in who]) for body in _bodies(view)]
    return tuple(one for one in found if one is not None)


def _best(tried: list[Possible]) -> Possible | None:
    """Allowed under some role; else the refusal that says most: of a role that is entitled at all."""
    order = sorted(tried, key=lambda one: (not one.allowed, one.code == "not_entitled"))
    return order[0] if order else None


def _tried(view: View, who: Who, body: c.CommandBody, permit: Permit) -> Possible:
    actor, behalf = who
    command = c.Command(id=DRY, actor=actor, body=_complete(view, body, actor.role), on_behalf_of=behalf)
    refusal = permit(body.do, actor.role)
    if refusal is None:
        try:
            check(view.ladder, view.case, command, view.now)
        except Refused as refused:
            refusal = refused
    return Possible(
        do=body.do, step=getattr(body, "step", None), outcome=getattr(body, "outcome", None),
        hold=getattr(body, "hold", None), no=getattr(body, "no", None), role=actor.role, allowed=refusal is None,
        code=refusal.code if refusal else None, message=refusal.message if refusal else "",
        remedy=refusal.remedy if refusal else "", carries=_carries(view, body, actor.role),
    )  # fmt: skip


def _bodies(view: View) -> Iterator[c.CommandBody]:
    for name, state in view.case.steps.items():
        yield from _of_open(view, name) if state.is_open else ()
        for number, one in enumerate(state.obligations, start=1):
            if one.confirmed_at is None:
                yield c.ConfirmCondition(step=name, no=number)
    for step in view.steps:
        if step.rule.on_demand and not step.rule.on_demand.opens_case_until and not view.case.step(step.id).is_open:
            yield c.OpenStep(step=step.id)
    yield from (c.EndHold(hold=placed.hold, evidence=DRY) for placed in view.case.holds if placed.ended_at is None)
    yield c.RecordContact(contact=ContactResult())
    yield c.AddNote(text=DRY)
    yield c.OverridePostings()


def _of_open(view: View, name: str) -> Iterator[c.CommandBody]:
    state = view.case.step(name)
    if not state.started:
        yield c.StartTask(step=name)
    for part in _parts_left(view, name):
        yield c.StartPart(step=name, part=part)
        yield c.FinishPart(step=name, part=part, note=DRY)
    committee = any(view.ladder.policy.roles[role].committee for role in state.asked)
    for outcome in state.outcomes:
        yield c.AnswerStep(step=name, outcome=outcome)
        if committee:
            yield c.CastVote(step=name, outcome=outcome, reason=DRY)
    if state.answers or state.votes:
        yield c.WithdrawAnswer(step=name, reason=DRY)


def _parts_left(view: View, name: str) -> tuple[Part, ...]:
    step = view.ladder.by_id.get(name)
    return missing(view.case, step) if step else ()


def _complete(view: View, body: c.CommandBody, role: str) -> c.CommandBody:
    """The command with everything that it has to bring along, so that only what is forbidden is refused."""
    known = role in view.ladder.policy.roles
    if isinstance(body, c.AnswerStep) and known:
        whole = answer_of(view.ladder, body.step, role, body.outcome)
        left = missing(view.case, view.ladder.by_id[body.step]) if whole.parts_done else ()
        given = {"parts_done": tuple(c.PartReport(part=part, note=DRY) for part in left)}
        return whole.model_copy(update={"figures": _figures(view, body.step, body.outcome), "evidence": DRY, **given})
    if isinstance(body, c.OpenStep):
        step = view.ladder.by_id[body.step]
        given: dict[str, object] = {"evidence": DRY}
        if step.rule.on_demand and step.rule.on_demand.end_date:
            given["end_date"] = view.today
        if known and step.asked and role in step.asked.roles:
            whole = answer_of(view.ladder, body.step, role, step.asked.outcomes[0])
            given |= {"present": whole.present, "in_favour": whole.in_favour, "sections": whole.sections}
        if step.asked:
            given["figures"] = _figures(view, body.step, step.asked.outcomes[0])
        return body.model_copy(update=given)
    return body


def _figures(view: View, step: str, outcome: str) -> tuple[Figure, ...]:
    """As a script gives them, but of a waiver the least: how much is asked for decides who may grant it."""
    figures = stated(view.ladder, view.ladder.by_id[step], outcome, view)
    return tuple(one.model_copy(update={"amount": CENT}) if one.item == WAIVER else one for one in figures)


def _carries(view: View, body: c.CommandBody, role: str) -> tuple[str, ...]:
    step = view.ladder.by_id.get(getattr(body, "step", "") or "")
    if isinstance(body, c.EndHold):
        ended = view.ladder.holds[body.hold].ended_by
        return (f"evidence: {ended.document}",) if ended else ()
    if step is None:
        return ()
    found: list[str] = []
    demand = step.rule.on_demand if isinstance(body, c.OpenStep) else None
    if demand is not None:
        found += [f"evidence: {demand.document}"] if demand.document else []
        found += ["end_date"] if demand.end_date else []
    if isinstance(body, c.AnswerStep):
        found += _of_answer(view, step, body.outcome, role)
    return tuple(found)


def _of_answer(view: View, step: Step, outcome: str, role: str) -> Iterator[str]:
    known = view.ladder.policy.roles.get(role)
    if known is not None and known.committee:
        yield "present, in_favour"
        yield "evidence: meeting_minutes"
    if step.asked is not None and outcome == step.asked.outcomes[0]:
        if step.asked.people:
            yield f"participants: {step.asked.people}"
        yield from (f"sections: {heading}" for heading in step.asked.report)
        if step.rule.ask and step.rule.ask.figures:
            yield f"figures: {step.rule.ask.figures}"
