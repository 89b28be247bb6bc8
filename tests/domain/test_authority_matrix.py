"""The authority matrix: every ask of every policy x every role x below, at and above its limit.

Who may stands in `authority/POLICY.yaml` beside the policy, one line per step, each read against its rule: asks (in
this order when in_turn), opens, limits (an amount, a share of the penalty interest in per cent). Others are refused.
Whoever changes who may do what changes it in both places.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from pydantic import Field

from domain import commands as c
from domain.base import Frozen, days
from domain.case import Answer, Case, StepState
from domain.check import check
from domain.concessions import WAIVER, stated
from domain.errors import Refused
from domain.events import ContactRecorded, StepCompleted
from domain.evidence import ContactResult, Figure
from domain.ladder import Ladder, Step
from domain.policy_file import read_yaml
from domain.scenario import actor, answer_of
from domain.view import View, is_portfolio
from tests.builders.cases import Desk
from tests.builders.ladders import POLICIES, ladder
from tests.rules.loan import delinquent

TABLES = Path(__file__).parent / "authority"
CENT = Decimal("0.01")
STRANGERS = ("auditor", "administrator", "third_party", "nobody")


class Line(Frozen):
    """Who may, for one step. limits: per role the amount, then the share."""

    asks: tuple[str, ...]
    in_turn: bool = False
    opens: tuple[str, ...] = ()
    limits: dict[str, tuple[Decimal, ...]] = Field(default_factory=dict[str, tuple[Decimal, ...]])


def table(policy: str) -> dict[str, Line]:
    """What is written down for a policy."""
    written: dict[str, Any] = read_yaml((TABLES / f"{policy}.yaml").read_text(encoding="utf-8"))
    return {name: Line.model_validate(line) for name, line in written.items()}


@lru_cache
def base(policy: str, of_portfolio: bool) -> Desk:
    return Desk(None, "2026-03-02 09:00", ladder(policy)) if of_portfolio else delinquent(policy, 1)


def asking(step: Step, desk: Desk, answered: tuple[str, ...] = ()) -> Case:
    """The case with nothing but this step open, answered by these."""
    assert step.asked is not None
    state = StepState(
        status="open", asked=step.asked.roles, mode=step.asked.mode, outcomes=step.asked.outcomes, opened_at=desk.now,
        deadline=desk.now + days(3), needed=step.asked.needed, fired=1,
        answers=tuple(Answer(role=r, outcome=step.asked.outcomes[0], at=desk.now, user=f"past-{r}") for r in answered),
    )  # fmt: skip
    return desk.case.model_copy(update={"steps": {step.id: state}, "holds": ()})


def verdict(policy: Ladder, case: Case, role: str, body: c.CommandBody, desk: Desk) -> str:
    """Either allowed, or the code of the refusal."""
    try:
        check(policy, case, c.Command(id="1", actor=actor(role), body=body), desk.now)
    except Refused as refused:
        return refused.code
    return "allowed"


def answer(policy: Ladder, case: Case, step: Step, role: str, outcome: str, desk: Desk) -> c.AnswerStep:
    """With all that it must carry; a waiver asks for one cent."""
    if role not in policy.policy.roles:
        return c.AnswerStep(step=step.id, outcome=outcome)
    figures = stated(policy, step, outcome, View(policy, case, desk.now))
    least = tuple(one.model_copy(update={"amount": CENT}) if one.item == WAIVER else one for one in figures)
    return answer_of(policy, step.id, role, outcome).model_copy(update={"figures": least, "evidence": "D1"})


def asks(policy: Ladder) -> Iterator[Step]:
    return (step for step in (*policy.steps, *policy.portfolio) if step.asked)


def desk_of(policy: Ladder, step: Step) -> Desk:
    return base(policy.policy.id, step in policy.portfolio)


@pytest.mark.parametrize("name", POLICIES)
def test_the_table_has_a_line_for_every_ask(name: str) -> None:
    assert {step.id for step in asks(ladder(name))} == set(table(name)), f"write down who may: authority/{name}.yaml"


@pytest.mark.parametrize("name", POLICIES)
def test_whoever_is_in_the_table_may_answer_and_nobody_else(name: str) -> None:
    policy, lines = ladder(name), table(name)
    for step in asks(policy):
        line, desk = lines[step.id], desk_of(policy, step)
        turns = [line.asks[:number] for number in range(len(line.asks))] if line.in_turn else [()]
        for before in turns:
            now = line.asks[len(before) : len(before) + 1] if line.in_turn else line.asks
            for role in (*policy.policy.roles, *STRANGERS):
                case = asking(step, desk, before)
                body = answer(policy, case, step, role, step.asked.outcomes[-1] if step.asked else "", desk)
                found = verdict(policy, case, role, body, desk)
                refused = "already_answered" if role in before else "not_entitled"
                may = role in now
                assert (found not in ("not_entitled", "already_answered")) == may, (step.id, role, found)
                assert may or found == refused, (step.id, role, found)
                started = verdict(policy, case, role, c.StartTask(step=step.id), desk)
                assert started == "allowed" if may and not line.limits else started in ("allowed", refused)


@pytest.mark.parametrize("name", POLICIES)
def test_whoever_is_in_the_table_may_open_and_nobody_else(name: str) -> None:
    policy, lines = ladder(name), table(name)
    for step in asks(policy):
        desk = desk_of(policy, step)
        case = desk.case.model_copy(update={"steps": {}, "holds": ()})
        for role in (*policy.policy.roles, *STRANGERS):
            found = verdict(policy, case, role, c.OpenStep(step=step.id, evidence="D1"), desk)
            if step.rule.on_demand is None:
                assert found in ("not_on_demand", "not_entitled"), (step.id, role, found)
            else:
                assert (found != "not_entitled") == (role in lines[step.id].opens), (step.id, role, found)


@pytest.mark.parametrize("name", POLICIES)
def test_below_and_at_the_limit_each_decides_and_above_it_only_who_has_none(name: str) -> None:
    policy = ladder(name)
    limited = {step: line for step, line in table(name).items() if line.limits}
    assert limited.keys() == {step.id for step in asks(policy) if step.asked and step.asked.limits}
    for step_id, line in limited.items():
        step = policy.by_id[step_id]
        assert step.asked is not None
        for role, (amount, *_) in line.limits.items():
            for more, wanted in ((-CENT, "allowed"), (Decimal(0), "allowed"), (CENT, "over_limit")):
                case, body = about(policy, step, amount + more)
                assert verdict(policy, case, role, body, desk_of(policy, step)) == wanted, (step_id, role, more)
                for other in set(line.asks) - line.limits.keys():
                    assert verdict(policy, case, other, body, desk_of(policy, step)) == "allowed"


@pytest.mark.parametrize("name", POLICIES)
def test_the_share_of_the_penalty_interest_is_a_limit_too(name: str) -> None:
    policy = ladder(name)
    for step_id, line in table(name).items():
        for role, (_, *share) in line.limits.items():
            for per_cent in share:
                case, body = about(policy, policy.by_id[step_id], per_cent, penalty=Decimal(100))
                desk = desk_of(policy, policy.by_id[step_id])
                assert verdict(policy, case, role, body, desk) == "allowed"
                case, body = about(policy, policy.by_id[step_id], per_cent + CENT, penalty=Decimal(100))
                assert verdict(policy, case, role, body, desk) == "over_limit"


def about(
    policy: Ladder, step: Step, amount: Decimal, penalty: Decimal = Decimal(10_000_000)
) -> tuple[Case, c.AnswerStep]:
    """An open ask that is about so much, and the yes to it."""
    assert step.asked is not None
    desk = desk_of(policy, step)
    case = asking(step, desk)
    assert case.facts is not None
    facts = case.facts.model_copy(
        update={"total_overdue": amount, "current_penalty": penalty, "daily_penalty": Decimal(0)}
    )
    waives = step.rule.ask is not None and step.rule.ask.figures == "waiver"
    figures = (Figure(item=WAIVER, side="expense", amount=amount),) if waives else ()
    body = c.AnswerStep(step=step.id, outcome=step.asked.outcomes[0], figures=figures)
    return case.model_copy(update={"facts": facts}), body


@pytest.mark.parametrize("name", POLICIES)
def test_a_contact_closes_only_what_its_caller_or_in_a_single_ask_their_head_is_asked_for(name: str) -> None:
    """B4.2.1a, b: whoever else calls has called, and the call that was asked for is still to be made."""
    policy, lines, made = ladder(name), table(name), c.RecordContact(contact=ContactResult())
    for step in asks(policy):
        if step.asked is None or step.asked.what != "contact":
            continue
        desk = desk_of(policy, step)
        line, case = lines[step.id], asking(step, desk)
        heads = set() if step.rhythm else {policy.policy.roles[role].head for role in line.asks}
        for role in policy.policy.roles:
            bodies = check(policy, case, c.Command(id="1", actor=actor(role), body=made), desk.now).bodies
            closed = {body.step for body in bodies if isinstance(body, StepCompleted)}
            assert closed == ({step.id} if role in {*line.asks, *heads} else set()), (step.id, role)
            assert isinstance(bodies[0], ContactRecorded)


@pytest.mark.parametrize("name", POLICIES)
def test_whoever_has_no_part_in_a_policy_gives_no_command_at_all(name: str) -> None:
    policy, desk = ladder(name), base(name, False)
    assert not is_portfolio(desk.case)
    bodies: tuple[c.CommandBody, ...] = (
        c.AddNote(text="x"), c.RecordContact(contact=ContactResult()), c.OverridePostings(),
        c.CorrectEntry(seq=1, reason="x"), c.EndHold(hold="x", evidence="D1"), c.ChangeOwner(owner="u"),
        c.CastVote(step="x", outcome="x", reason="x"), c.WithdrawAnswer(step="x", reason="x"),
        c.ConfirmCondition(step="x", no=1), c.StartTask(step="x"), c.OpenStep(step="x"),
        c.AnswerStep(step="x", outcome="x"), c.StartPart(step="x", part="sale"), c.FinishPart(step="x", part="sale"),
    )  # fmt: skip
    for role in STRANGERS:
        assert {verdict(policy, desk.case, role, body, desk) for body in bodies} == {"not_entitled"}
