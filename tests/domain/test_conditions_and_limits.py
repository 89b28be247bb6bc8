"""Conditions attached to a yes, and how far each role may say it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from domain import commands as c, events as e
from domain.errors import Invalid
from tests.builders.cases import Desk
from tests.builders.ladders import leasing
from tests.builders.leases import lease
from tests.domain.test_approvals import APPROVAL, DAY_1, before_the_committee, refused

# ── conditions ───────────────────────────────────────────────────────────────────────────────────────────────────────


def condition(before: bool = False, by: date = date(2026, 4, 24)) -> e.ApprovalCondition:
    return e.ApprovalCondition(text="first instalment paid", by=by, role="finance", before=before)


def approved_with(one: e.ApprovalCondition) -> Desk:
    desk = before_the_committee().answer(APPROVAL, "approved", "review_committee")
    return desk.tell("general_manager", c.AnswerStep(step=APPROVAL, outcome="approved", conditions=(one,)))


CONFIRM = c.ConfirmCondition(step=APPROVAL, no=1, evidence="D7")


def test_a_condition_precedent_keeps_the_hold_waiting() -> None:
    desk = approved_with(condition(before=True))
    assert desk.status(APPROVAL) == "completed"
    assert not desk.of("hold_placed")
    assert refused(desk, "collector", CONFIRM).code == "not_entitled"
    desk.to("2026-04-20 10:00").tell("finance", CONFIRM)
    assert [hold.hold for hold in desk.case.holds] == ["suspension"]
    assert refused(desk, "finance", CONFIRM).code == "already_confirmed"
    assert refused(desk, "finance", CONFIRM.model_copy(update={"no": 2})).code == "unknown_condition"


def test_a_condition_that_is_not_met_goes_back_to_who_decided() -> None:
    desk = approved_with(condition())
    assert desk.of("hold_placed"), "it does not wait for a condition subsequent"
    desk.to("2026-04-24 17:59")
    assert not desk.of("condition_missed")
    desk.to("2026-04-24 18:00")
    assert [ev.body for ev in desk.of("condition_missed")] == [
        e.ConditionMissed(step=APPROVAL, no=1, to="general_manager")
    ]
    desk.to("2026-04-30 12:00").tell("finance", CONFIRM)
    assert len(desk.of("condition_missed")) == len(desk.of("condition_confirmed")) == 1


def test_nobody_confirms_the_condition_of_their_own_proposal() -> None:
    assert refused(approved_with(condition()), "finance", CONFIRM, user="li").code == "own_proposal"


def test_every_fault_of_a_condition_at_once() -> None:
    desk = before_the_committee().answer(APPROVAL, "approved", "review_committee")
    bad = e.ApprovalCondition(text="x", by=date(2026, 4, 1), role="nobody")
    said = refused(desk, "general_manager", c.AnswerStep(step=APPROVAL, outcome="refused", conditions=(bad,)))
    assert said.code == "conditions_unfit"
    for place in ("conditions:", "conditions.0.by", "conditions.0.role"):
        assert place in said.message


# ── authority ────────────────────────────────────────────────────────────────────────────────────────────────────────

SMALL = ('waiver_amount_limit: {type: money, default: "10000.00"', 'waiver_amount_limit: {type: money, default: "0.40"')


def waiver_asked(*changes: tuple[str, str]) -> Desk:
    desk = Desk(lease(), DAY_1, ladder=leasing(*changes)).to("2026-03-20 10:00")
    return desk.tell("collector", c.OpenStep(step="waiver"), user="li")


def grant(amount: str) -> c.AnswerStep:
    return c.AnswerStep(
        step="waiver", outcome="granted", figures=(e.Figure(item="waiver", side="expense", amount=Decimal(amount)),)
    )


def test_over_ones_amount_somebody_above_decides() -> None:
    desk = waiver_asked(SMALL)
    assert desk.case.step("waiver").asked == ("head_of_asset_management",)
    said = refused(desk, "head_of_asset_management", grant("0.41"))
    assert (said.code, said.remedy) == ("over_limit", "Allowed: general_manager.")
    assert waiver_asked(SMALL).tell("head_of_asset_management", grant("0.40")).case.ended("waiver", "granted")
    assert desk.tell("general_manager", grant("0.41")).case.ended("waiver", "granted")


def test_a_refusal_is_within_everybodys_authority() -> None:
    desk = waiver_asked(SMALL).tell("head_of_asset_management", c.AnswerStep(step="waiver", outcome="refused"))
    assert desk.case.ended("waiver", "refused")


def test_a_waiver_is_at_most_the_penalty_interest_and_not_granted_by_who_asked() -> None:
    assert refused(waiver_asked(), "general_manager", grant("99999.00")).code == "waiver_unfit"
    assert refused(waiver_asked(), "general_manager", grant("0.10"), user="li").code == "own_proposal"
    assert refused(waiver_asked(), "finance", grant("0.10")).code == "not_entitled"


def test_limits_that_leave_nobody_are_a_fault_of_the_policy() -> None:
    limit = "limits: {head_of_asset_management: [waiver_amount_limit, waiver_share_limit]}"
    with pytest.raises(Invalid) as faults:
        leasing((limit, limit.replace("]}", "], general_manager: waiver_amount_limit}")))
    assert "nobody may decide beyond the limits" in str(faults.value.problems)
