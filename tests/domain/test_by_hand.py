"""A breach that is no debt (M2.1): its days, nothing about money, ended by a person; with arrears it is one case."""

from __future__ import annotations

from datetime import date

import pytest

from domain import commands as c, events as e
from domain.by_hand import must_be_reportable
from domain.case import Case
from domain.errors import Invalid, Refused
from domain.ledger import PartyFact, PartyRole
from domain.scenario import actor
from tests.builders.cases import Desk
from tests.builders.ladders import ladder, leasing
from tests.builders.leases import lease, paid

BORROWER = PartyFact(id="P1", role=PartyRole.BORROWER)
BREACH = date(2026, 3, 2)


def report(role: str = "legal", **changes: object) -> e.ByHand:
    values: dict[str, object] = {
        "step": "breach", "since": BREACH, "reason": "insurance lapsed", "evidence": "D1", "actor": actor(role),
        "command_id": "reported",
    }  # fmt: skip
    return e.ByHand.model_validate(values | changes)


def reported(*due: str, opened: str = "2026-03-11 10:00") -> Desk:
    """A case that Legal opens on a loan with rents due on these days."""
    return Desk(lease(due=due, parties=(BORROWER,)), opened, ladder("lender"), by_hand=report())


def test_nothing_about_money_happens_however_long_the_breach_lasts() -> None:
    desk = reported("2026-12-20").to("2026-08-03 10:00")
    assert (desk.case.status, desk.case.anchor, desk.case.bucket) == ("open", BREACH, "severe")  # day 154
    assert {getattr(event.body, "step", "breach") for event in desk.events} == {"breach"}
    assert not desk.of("message_sent") and not desk.of("step_not_done")
    assert [event.body.to for event in desk.events if isinstance(event.body, e.Escalated)] == [
        "head_of_collection", "general_manager",
    ]  # fmt: skip


def test_the_record_says_who_reported_it_and_the_id_is_known_to_the_case() -> None:
    desk = reported("2026-12-20")
    first = [event for event in desk.events if event.command_id == "reported"]
    assert [event.body.kind for event in first] == ["case_opened", "step_opened", "note_added"]
    assert all(event.actor == actor("legal") for event in first)
    assert ("reported", first[0].seq) in desk.case.commands


def test_a_deputys_report_says_for_whom() -> None:
    told = report(on_behalf_of="zhao")
    desk = Desk(lease(due=("2026-12-20",), parties=(BORROWER,)), "2026-03-11 10:00", ladder("lender"), by_hand=told)
    opener = desk.case.step("breach").opener
    assert opener is not None
    assert (opener.user, opener.on_behalf_of) == (told.actor.user, "zhao")


@pytest.mark.parametrize(("ending", "closed"), [
    ((("breach", "put_right"),), True),
    ((("breach", "not_put_right"),), False),
    ((("breach", "not_put_right"), ("breach_decision", "more_time")), False),
    ((("breach", "not_put_right"), ("breach_decision", "dropped")), True),
])  # fmt: skip
def test_only_a_person_ends_it(ending: tuple[tuple[str, str], ...], closed: bool) -> None:
    desk = reported("2026-12-20").to("2026-03-12 10:00")
    for step, outcome in ending:
        desk.answer(step, outcome)
    assert (desk.case.status == "closed") is closed


def test_a_breach_dropped_once_and_reported_again_keeps_the_case_open_again() -> None:
    desk = reported("2026-03-20").to("2026-03-23 10:00").answer("breach", "not_put_right")
    desk.answer("breach_decision", "dropped")
    assert desk.case.status == "open"  # the rent of 20 March is not paid
    again = c.OpenStep(step="breach", since=date(2026, 3, 24), evidence="D2", note="and once more")
    desk.to("2026-03-24 10:00").tell("legal", again).post(paid("2026-03-24", "10500.00"))
    assert (desk.case.status, desk.case.anchor) == ("open", date(2026, 3, 24))
    assert desk.answer("breach", "put_right").case.status == "closed"


def test_arrears_prevail_and_when_they_are_paid_their_open_work_is_over() -> None:
    desk = reported("2026-03-20").to("2026-03-21 10:00")
    assert desk.case.anchor == date(2026, 3, 20)
    assert desk.case.step("friendly_call").is_open
    desk.post(paid("2026-03-21", "10500.00"))
    assert (desk.case.status, desk.case.anchor) == ("open", BREACH)
    assert [name for name, state in desk.case.steps.items() if state.is_open] == ["breach"]


def test_a_pending_suit_is_settled_although_the_breach_goes_on() -> None:
    desk = reported("2026-03-20").work("2026-06-25 10:00", leave=("breach", "plan_negotiation", "suit_settlement"))
    assert desk.case.ended("lawsuit", "filed")
    desk.post(paid("2026-06-25", "10500.00"))
    assert desk.case.step("suit_settlement").is_open and desk.case.step("breach").is_open
    desk.answer("suit_settlement", "settled")
    assert (desk.case.status, set(desk.case.steps)) == ("open", {"breach"})


def test_the_steps_of_the_arrears_cannot_be_opened_by_hand_while_there_are_none() -> None:
    desk = reported("2026-12-20")
    with pytest.raises(Refused) as refusal:
        desk.tell("collection_team", c.OpenStep(step="affordability_check"))
    assert refusal.value.code == "not_for_this_account"


@pytest.mark.parametrize(("told", "code"), [
    (report(step="lawsuit"), "not_on_demand"),
    (report("asset_disposal"), "not_entitled"),
    (report(evidence=None), "document_missing"),
    (report(since=date(2026, 3, 12)), "since_impossible"),
    (report(since=date(1990, 1, 1)), "since_impossible"),
])  # fmt: skip
def test_what_cannot_be_reported(told: e.ByHand, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        must_be_reportable(ladder("lender"), told, date(2026, 3, 11))
    assert refusal.value.code == code


def test_a_policy_that_does_not_say_so_opens_no_case_by_hand() -> None:
    with pytest.raises(Refused) as refusal:
        must_be_reportable(leasing(), report("legal_compliance"), date(2026, 3, 11))
    assert refusal.value.code == "not_on_demand"


def test_an_end_that_never_comes_and_a_rule_of_nobody_are_refused_on_load() -> None:
    with pytest.raises(Invalid) as refused:
        ladder("lender", ("opens_case_until: {breach: put_right,", "opens_case_until: {breach: vanished,"),
               ("frameworks: [M]", "frameworks: [P]"))  # fmt: skip
    said = [problem.message for problem in refused.value.problems]
    assert "breach never ends with vanished" in said
    assert "M2.1 is no rule of O" in said


def test_a_case_that_nobody_reported_says_nothing_of_it() -> None:
    assert "by_hand" not in Case(case_no="L-1", account_no="L").model_dump_json()
