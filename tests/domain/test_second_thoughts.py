"""What happens after the fact: a letter that comes back, a hold on work that runs, a notice asked for again."""

from __future__ import annotations

from datetime import date

import pytest

from domain import commands as c, events as e
from domain.errors import Refused
from tests.builders.cases import Desk
from tests.builders.ladders import leasing
from tests.builders.leases import BUYBACK_VENDOR, LESSEE, lease, paid

MEMBERS = "committee_members: 5"
DAY_1 = "2026-03-03 09:00"
OBJECTION = c.OpenStep(step="vendor_objection", evidence="D1")
SUSPENSION = c.OpenStep(step="suspension_application", evidence="D1", end_date=date(2026, 5, 1))


def test_a_letter_that_the_post_brings_back_is_looked_into() -> None:  # L4.2b
    desk = Desk(lease(), DAY_1).work("2026-03-10 12:00")
    desk.tell("asset_manager", c.ReportReceipt(key="L-000001-1/demand_notice/1/lessee/letter", status="delivered"))
    assert not desk.case.step("delivery_check").is_open
    desk.tell("asset_manager", c.ReportReceipt(key="L-000001-1/demand_notice/1/lessee/letter", status="returned"))
    assert desk.case.step("delivery_check").is_open


def running_disposal_held_at_47() -> Desk:
    desk = Desk(lease(parties=(LESSEE, BUYBACK_VENDOR)), DAY_1).work("2026-04-17 12:00", leave=("disposal", "lawsuit"))
    desk.tell("asset_manager", c.StartTask(step="disposal")).to("2026-04-18 10:00")
    return desk.tell("asset_manager", OBJECTION).answer("vendor_objection", "confirmed")


def test_the_head_ends_a_running_disposal_under_an_objection_with_a_reason() -> None:  # L7.4, settled
    desk = running_disposal_held_at_47()
    for role, note in (("asset_manager", "sold yesterday"), ("head_of_asset_management", "")):
        with pytest.raises(Refused) as refusal:
            desk.tell(role, c.AnswerStep(step="disposal", outcome="aborted", note=note))
        assert refusal.value.code == "held"
    desk.tell("head_of_asset_management", c.AnswerStep(step="disposal", outcome="aborted", note="vendor objects"))
    assert desk.case.ended("disposal", "aborted")


def test_no_second_application_while_the_first_is_being_approved() -> None:  # L-Q14
    desk = Desk(lease(), DAY_1).work("2026-04-17 12:00", leave=("disposal", "lawsuit"))
    desk.tell("business", SUSPENSION)
    with pytest.raises(Refused) as refusal:
        desk.tell("business", SUSPENSION)
    assert refusal.value.code == "already_open"


@pytest.mark.parametrize(("setting", "notices"), [("false", 1), ("true", 2)])
def test_the_notice_for_a_newly_oldest_instalment_is_a_setting(setting: str, notices: int) -> None:  # L4.2b, S6
    fifteen_days_apart = ("2026-03-02", "2026-03-17", "2026-04-01")
    desk = Desk(
        lease(due=fifteen_days_apart),
        DAY_1,
        ladder=leasing((MEMBERS, f"{MEMBERS}\n    repeat_demand_notice: {setting}")),
    )
    desk.work("2026-03-22 10:00").post(paid("2026-03-22", "10500.00")).work("2026-03-26 12:00")
    sent = [ev for ev in desk.events if isinstance(ev.body, e.MessageSent) and ev.body.target == "lessee/letter"]
    assert len(sent) == notices
