"""The authority matrix: every ask of every policy x every role, and every limit below, at and above it.

Who may stands in `authority/POLICY.yaml` beside the policy, one line per step, each read against its rule: asks (in
this order when in_turn), opens, limits (an amount, a share of the penalty interest in per cent). Others are refused.
Whoever changes who may do what changes it in both places. The other commands: test_authority_commands.py.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from domain import commands as c
from domain.case import Case
from domain.check import check
from domain.concessions import WAIVER
from domain.events import ContactRecorded, StepCompleted, StepOpened
from domain.evidence import ContactResult, Figure
from domain.ladder import Ladder, Step
from domain.scenario import actor
from tests.builders.authority import (
    CENT,
    answer,
    asked_of,
    asking,
    asks,
    desk_of,
    everybody,
    openable,
    opening,
    table,
    verdict,
)
from tests.builders.ladders import POLICIES, ladder, leasing

AROUND = ((-CENT, "allowed"), (Decimal(0), "allowed"), (CENT, "over_limit"))


@pytest.mark.parametrize("name", POLICIES)
def test_the_table_has_a_line_for_every_ask(name: str) -> None:
    assert {step.id for step in asks(ladder(name))} == set(table(name)), f"write down who may: authority/{name}.yaml"


@pytest.mark.parametrize("name", POLICIES)
def test_whoever_is_in_the_table_may_answer_and_nobody_else(name: str) -> None:
    """With all that an answer must carry there is nothing else to refuse: allowed, whatever the outcome."""
    policy, lines = ladder(name), table(name)
    for step in asks(policy):
        desk, outcomes = desk_of(policy, step), asked_of(step).outcomes
        for before, now in lines[step.id].turns():
            case = asking(step, desk, before)
            for role in everybody(policy):
                given = outcomes if role in now else outcomes[:1]
                wanted = "already_answered" if role in before else "allowed" if role in now else "not_entitled"
                for outcome in given:
                    body = answer(policy, case, step, role, outcome, desk)
                    assert verdict(policy, case, role, body, desk) == wanted, (step.id, role, outcome)


@pytest.mark.parametrize("name", POLICIES)
def test_whoever_is_in_the_table_may_begin_with_it_and_nobody_else(name: str) -> None:
    policy, lines = ladder(name), table(name)
    for step in asks(policy):
        desk = desk_of(policy, step)
        for before, now in lines[step.id].turns():
            case = asking(step, desk, before)
            for role in everybody(policy):
                wanted = "already_answered" if role in before else "allowed" if role in now else "not_entitled"
                assert verdict(policy, case, role, c.StartTask(step=step.id), desk) == wanted, (step.id, role)


@pytest.mark.parametrize("name", POLICIES)
def test_whoever_is_in_the_table_may_open_and_nobody_else(name: str) -> None:
    """What falls due by rule is opened by nobody: not_on_demand, before anybody's authority is asked for."""
    policy, lines = ladder(name), table(name)
    for step in asks(policy):
        desk = desk_of(policy, step)
        case, by_rule = openable(policy, step, desk), step.rule.on_demand is None
        for role in everybody(policy):
            inside = "not_on_demand" if by_rule else "not_entitled"
            wanted = inside if role in policy.policy.roles else "not_entitled"
            wanted = "allowed" if role in lines[step.id].opens else wanted
            assert verdict(policy, case, role, opening(policy, step, role, desk), desk) == wanted, (step.id, role)


@pytest.mark.parametrize("name", POLICIES)
def test_below_and_at_the_limit_each_decides_and_above_it_only_who_has_none(name: str) -> None:
    policy = ladder(name)
    limited = {step: line for step, line in table(name).items() if line.limits}
    assert limited.keys() == {step.id for step in asks(policy) if step.asked and step.asked.limits}
    for step_id, line in limited.items():
        step = policy.by_id[step_id]
        for role, (amount, *_) in line.limits.items():
            for more, wanted in AROUND:
                case, body = about(policy, step, amount + more)
                assert verdict(policy, case, role, body, desk_of(policy, step)) == wanted, (step_id, role, more)
                for other in set(line.asks) - line.limits.keys():
                    assert verdict(policy, case, other, body, desk_of(policy, step)) == "allowed"
                no = body.model_copy(update={"outcome": asked_of(step).outcomes[-1], "figures": ()})
                assert verdict(policy, case, role, no, desk_of(policy, step)) == "allowed"


@pytest.mark.parametrize("name", POLICIES)
def test_the_share_of_the_penalty_interest_is_a_limit_too(name: str) -> None:
    policy = ladder(name)
    for step_id, line in table(name).items():
        for role, (_, *share) in line.limits.items():
            desk = desk_of(policy, policy.by_id[step_id])
            for per_cent in share:
                for more, wanted in AROUND:
                    case, body = about(policy, policy.by_id[step_id], per_cent + more, penalty=Decimal(100))
                    assert verdict(policy, case, role, body, desk) == wanted, (step_id, role, more)
                    for other in set(line.asks) - line.limits.keys():
                        assert verdict(policy, case, other, body, desk) == "allowed"


def about(
    policy: Ladder, step: Step, amount: Decimal, penalty: Decimal = Decimal(10_000_000)
) -> tuple[Case, c.AnswerStep]:
    """An open ask that is about so much, and the yes to it."""
    desk = desk_of(policy, step)
    body = c.AnswerStep(step=step.id, outcome=asked_of(step).outcomes[0], figures=_waived(step, amount))
    return _worth(asking(step, desk), amount, penalty), body


def _worth(case: Case, amount: Decimal, penalty: Decimal) -> Case:
    assert case.facts is not None
    facts = {"total_overdue": amount, "current_penalty": penalty, "daily_penalty": Decimal(0)}
    return case.model_copy(update={"facts": case.facts.model_copy(update=facts)})


def _waived(step: Step, amount: Decimal) -> tuple[Figure, ...]:
    waives = step.rule.ask is not None and step.rule.ask.figures == "waiver"
    return (Figure(item=WAIVER, side="expense", amount=amount),) if waives else ()


@pytest.mark.parametrize("name", POLICIES)
def test_an_opening_beyond_somebodys_limit_is_put_to_who_has_none(name: str) -> None:
    """Below and at it, by amount and by share, it goes to who has the limit, who decides at once what they open."""
    policy, enough = ladder(name), Decimal(10_000_000)
    for step_id, line in table(name).items():
        others = tuple(role for role in line.asks if role not in line.limits)
        for first, limits in line.limits.items():
            step = policy.by_id[step_id]
            cases = [(limits[0], enough), *((share, Decimal(100)) for share in limits[1:])]
            for limit, penalty in cases:
                for more, code in AROUND:
                    desk = desk_of(policy, step)
                    case = _worth(openable(policy, step, desk), limit + more, penalty)
                    asked = (first,) if code == "allowed" else others[:1]
                    for role in line.opens:
                        body = opening(policy, step, role, desk)
                        body = body.model_copy(update={"figures": _waived(step, limit + more)})
                        made = check(policy, case, c.Command(id="1", actor=actor(role), body=body), desk.now).bodies
                        assert isinstance(made[0], StepOpened)
                        assert made[0].asked == asked, (step_id, role, more)
                        assert (len(made) > 1) == (role in asked), (step_id, role, more)
                        if role in line.limits:
                            yes = body.model_copy(update={"outcome": asked_of(step).outcomes[0]})
                            assert verdict(policy, case, role, yes, desk) == code, (step_id, role, more)


def test_a_committee_votes_no_further_than_its_limit() -> None:
    """Votes lead to the same yes as an answer does; a no is within everybody's authority."""
    plain = "ask: {what: decision, of: review_committee, outcomes: [accepted, returned, refused]"
    limited = plain.replace(
        "of: review_committee",
        "of: {any: [review_committee, general_manager]}, limits: {review_committee: larger_lease_amount}",
    )
    policy = leasing((plain, limited))
    step = policy.by_id["disposal_plan_decision"]
    for more, wanted in AROUND:
        case, _ = about(policy, step, Decimal(3_000_000) + more)
        for outcome, code in (("accepted", wanted), ("refused", "allowed")):
            body = c.CastVote(step=step.id, outcome=outcome, reason="x")
            assert verdict(policy, case, "review_committee", body, desk_of(policy, step)) == code, (outcome, more)


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
