"""The tables of authority, and cases in which nothing but somebody's authority can stand in the way."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import Field

from domain import commands as c
from domain.base import Frozen, days
from domain.case import Answer, Case, Contacts, Hold, StepState
from domain.check import check
from domain.concessions import WAIVER, stated
from domain.errors import Refused
from domain.events import Actor
from domain.ladder import Asked, Ladder, Step
from domain.policy_file import read_yaml
from domain.scenario import MINUTES, actor, answer_of, as_signed
from domain.step_rule import Predicate
from domain.undertaking_check import scripted_terms
from domain.view import View
from tests.builders.cases import Desk
from tests.builders.ladders import ladder
from tests.rules.loan import delinquent

TABLES = Path(__file__).parents[1] / "domain" / "authority"
CENT = Decimal("0.01")
STRANGERS = ("auditor", "administrator", "third_party", "nobody")


class Line(Frozen):
    """Who may, for one step. limits: per role the amount, then the share of the penalty interest in per cent."""

    asks: tuple[str, ...]
    in_turn: bool = False
    opens: tuple[str, ...] = ()
    limits: dict[str, tuple[Decimal, ...]] = Field(default_factory=dict[str, tuple[Decimal, ...]])

    def turns(self) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
        """(who has answered, who may now), for each turn."""
        if not self.in_turn:
            yield (), self.asks
            return
        yield from ((self.asks[:number], self.asks[number : number + 1]) for number in range(len(self.asks)))


class Row(Frozen):
    """Who may give the commands that no line of a step is about. parts: also for the commands on them."""

    record_contact: tuple[str, ...]
    override_postings: tuple[str, ...]
    change_owner: tuple[str, ...]
    set_recovery_plan: tuple[str, ...]
    correct_letter: tuple[str, ...]
    move_policy: tuple[str, ...]
    recall_from_agency: tuple[str, ...]
    end_hold: dict[str, tuple[str, ...]]
    correct_contact: tuple[str, ...]
    correct_receipt: tuple[str, ...] = ()
    cast_vote: tuple[str, ...] = ()
    request_signature: dict[str, tuple[str, ...]] = Field(default_factory=dict[str, tuple[str, ...]])
    place_with_agency: dict[str, tuple[str, ...]] = Field(default_factory=dict[str, tuple[str, ...]])
    parts: dict[str, tuple[str, ...]] = Field(default_factory=dict[str, tuple[str, ...]])


@lru_cache
def table(policy: str) -> dict[str, Line]:
    """What is written down for the steps of a policy."""
    written: dict[str, Any] = read_yaml((TABLES / f"{policy}.yaml").read_text(encoding="utf-8"))
    return {name: Line.model_validate(line) for name, line in written.items()}


@lru_cache
def rows() -> dict[str, Row]:
    """What is written down for the other commands, by policy."""
    written: dict[str, Any] = read_yaml((TABLES / "commands.yaml").read_text(encoding="utf-8"))
    return {name: Row.model_validate(row) for name, row in written.items()}


def asks(policy: Ladder) -> Iterator[Step]:
    return (step for step in (*policy.steps, *policy.portfolio) if step.asked)


def asked_of(step: Step) -> Asked:
    """What a step asks; raises ValueError for one that asks nobody."""
    if step.asked is None:
        raise ValueError(f"{step.id} asks nobody")
    return step.asked


@lru_cache
def _base(policy: str, of_portfolio: bool) -> Desk:
    return Desk(None, "2026-03-02 09:00", ladder(policy)) if of_portfolio else delinquent(policy, 1)


def desk_of(policy: Ladder, step: Step | None = None) -> Desk:
    """A case on its first day; that of the portfolio for a step of it."""
    return _base(policy.policy.id, step in policy.portfolio)


def verdict(
    policy: Ladder, case: Case, who: str | Actor, body: c.CommandBody, desk: Desk, target: Ladder | None = None
) -> str:
    """Either allowed, or the code of the refusal."""
    person = actor(who) if isinstance(who, str) else who
    try:
        check(policy, case, c.Command(id="1", actor=person, body=body), desk.now, target)
    except Refused as refused:
        return refused.code
    return "allowed"


def everybody(policy: Ladder) -> tuple[str, ...]:
    """Every role of a policy, and some that have no part in it."""
    return (*policy.policy.roles, *STRANGERS)


def opened(step: Step, desk: Desk, answered: tuple[str, ...] = ()) -> StepState:
    """The step open, answered by these."""
    asked = asked_of(step)
    return StepState(
        status="open", asked=asked.roles, mode=asked.mode, outcomes=asked.outcomes, opened_at=desk.now,
        deadline=desk.now + days(3), needed=asked.needed, fired=1,
        answers=tuple(Answer(role=r, outcome=asked.outcomes[0], at=desk.now, user=f"past-{r}") for r in answered),
    )  # fmt: skip


def ended(step: Step, desk: Desk, outcome: str = "") -> StepState:
    """The step answered, with the figures it carries."""
    said = outcome or asked_of(step).outcomes[0]
    figures = stated(desk.ladder, step, said, View(desk.ladder, desk.case, desk.now))
    return opened(step, desk).model_copy(
        update={"status": "completed", "outcome": said, "done": 2, "done_at": desk.now, "figures": figures}
    )


def asking(step: Step, desk: Desk, answered: tuple[str, ...] = ()) -> Case:
    """The case with nothing but this step open; the customer called by themselves, and an approved plan is there."""
    plans = [s for s in desk.ladder.steps if s.rule.ask and s.rule.ask.figures == "instalment_plan" and s is not step]
    steps = {step.id: opened(step, desk, answered), **{plan.id: ended(plan, desk) for plan in plans}}
    return desk.case.model_copy(update={"steps": steps, "holds": (), "contacts": Contacts(own=(1,))})


def answer(policy: Ladder, case: Case, step: Step, role: str, outcome: str, desk: Desk) -> c.AnswerStep:
    """With all that it must carry; a waiver asks for one cent."""
    if role not in policy.policy.roles:
        return c.AnswerStep(step=step.id, outcome=outcome)
    view = View(policy, case, desk.now)
    least = tuple(
        one.model_copy(update={"amount": CENT}) if one.item == WAIVER else one
        for one in stated(policy, step, outcome, view)
    )
    body = answer_of(policy, step.id, role, outcome).model_copy(update={"figures": least, "evidence": "D1"})
    terms = scripted_terms(step, outcome, view)
    return as_signed(body, terms) if terms else body


def opening(policy: Ladder, step: Step, role: str, desk: Desk) -> c.OpenStep:
    """With all that it must carry."""
    demand = step.rule.on_demand
    if demand is None:
        return c.OpenStep(step=step.id)
    today = desk.case.today(desk.now)
    heads = policy.integer("committee_members") if role in rows()[policy.policy.id].cast_vote else None
    return c.OpenStep(
        step=step.id, evidence=MINUTES, end_date=today + days(5) if demand.end_date else None,
        since=today - days(1) if demand.opens_case_until else None, present=heads, in_favour=heads,
    )  # fmt: skip


def openable(policy: Ladder, step: Step, desk: Desk) -> Case:
    """The case in which everything is there that the step may be opened for: its day, its account, what it needs."""
    demand, case = step.rule.on_demand, desk.case
    if demand is None or case.facts is None:
        return case.model_copy(update={"steps": {}, "holds": ()})
    least = max(demand.dpd.from_, 1)
    wanted = {name: outcome for needs in step.rule.needs for name, outcome in [next(iter(needs.items()))]}
    for condition in step.rule.if_:
        if isinstance(condition, Predicate):
            wanted |= {name: outcomes[0] for name, outcomes in condition.answered.items()}
    facts = {"buyback_guarantee": True, "vendor": True, "total_overdue": Decimal(200_000), "delinquencies": 1}
    held = Hold(hold="vendor_objection", source=1, placed_at=desk.now, placed_dpd=33)
    return case.model_copy(
        update={
            "steps": {name: ended(policy.by_id[name], desk, outcome) for name, outcome in wanted.items()},
            "holds": (held,) if "litigation_held" in step.rule.if_ else (),
            "anchor": case.today(desk.now) - days(least),
            "facts": case.facts.model_copy(update=facts),
        }
    )
