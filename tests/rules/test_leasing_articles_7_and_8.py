"""Articles 7 and 8: lawsuit, disposal, recourse, the vendor's second objection, suspension, blacklist."""

from __future__ import annotations

from datetime import date

import pytest

from domain import commands as c
from domain.errors import Refused
from domain.ledger import PostingKind
from tests.builders.cases import Desk
from tests.builders.leases import LESSEE, VENDOR, paid
from tests.rules.walk import answered, day, days_of, diligent, object_to, on, to


def test_l7_1_legal_files_the_lawsuit_on_day_46() -> None:
    (done,) = diligent(46, leave=("disposal",)).of("step_completed", "lawsuit")
    assert (done.dpd, getattr(done.body, "document", "")) == (46, "statement_of_claim")


def test_l7_1_when_it_is_paid_the_suit_is_withdrawn_or_settled_first() -> None:
    desk = to(on(diligent(47, leave=("disposal",)), 48, "disposal"), 48, "12:00")
    desk.post(paid(day(48), "21000.00"))
    assert (desk.case.status, desk.status("suit_settlement")) == ("ending", "open")
    desk.answer("suit_settlement", "settled", "legal_compliance")
    assert desk.case.closed_for == "cured"


def test_l7_1_after_an_objection_legal_confirms_before_the_suit_goes_on() -> None:
    desk = object_to(diligent(33, leave=("litigation_file",)))
    on(desk, 46, "litigation_confirmation", "disposal")
    assert desk.of("step_opened", "litigation_confirmation") != []
    assert desk.of("step_opened", "lawsuit") == []


def test_l7_2_asset_management_executes_the_plan_on_day_46() -> None:
    desk = diligent(46, leave=("disposal",))
    (opened,) = desk.of("step_opened", "disposal")
    assert (opened.dpd, getattr(opened.body, "asked", ())) == (46, ("asset_manager",))


def test_l7_2_without_an_accepted_plan_it_waits() -> None:
    desk = diligent(46, leave=("disposal", "disposal_plan_decision"))
    assert desk.of("step_opened", "disposal") == []
    assert days_of(desk, "step_blocked", "disposal") == [46]


def test_l7_3a_finance_reports_profit_or_loss_after_the_disposal() -> None:
    desk = diligent(46, leave=("profit_and_loss",))
    assert desk.case.step("profit_and_loss").asked == ("finance",)
    desk.answer("profit_and_loss", "issued")
    (done,) = desk.of("step_completed", "profit_and_loss")
    assert getattr(done.body, "document", "") == "profit_and_loss_report"


def resolved(outcome: str) -> Desk:
    desk = diligent(46, leave=("recourse_resolution",))
    desk.answer("recourse_resolution", outcome, "review_committee")
    assert desk.status("recourse_resolution") == "open"  # both of them resolve
    return desk.answer("recourse_resolution", outcome, "general_manager")


def test_l7_3b_committee_and_general_manager_may_waive_recourse() -> None:
    assert resolved("waive").case.closed_for == "recourse_waived"


def test_l7_3b_or_pursue_it() -> None:
    desk = resolved("pursue")
    assert desk.status("recourse") == "open"
    desk.answer("recourse", "ended", "legal_compliance")
    assert desk.case.closed_for == "recourse_ended"


def test_l7_4_an_objection_after_day_45_stops_the_disposal_only() -> None:
    desk = diligent(47, leave=("disposal", "lawsuit"))
    object_to(desk)
    assert (desk.status("disposal"), desk.status("lawsuit")) == ("frozen", "open")


def test_l7_4_the_notice_needs_its_document_and_a_buyback_guarantee() -> None:
    desk = diligent(47, leave=("disposal",))
    with pytest.raises(Refused):
        desk.tell("asset_manager", c.OpenStep(step="vendor_objection"))
    with pytest.raises(Refused):
        object_to(diligent(47, leave=("disposal",), parties=(LESSEE, VENDOR)))


def test_l7_4_the_buyback_ends_the_case() -> None:
    desk = to(object_to(diligent(47, leave=("disposal",))), 47, "12:00")
    desk.post(paid(day(47), "500000.00", PostingKind.BUYBACK_PRICE))
    answered(desk)
    assert desk.case.closed_for == "bought_back"


CHAIN = ("head_of_business", "head_of_asset_management", "review_committee", "general_manager")


def applied() -> Desk:
    desk = diligent(50, leave=("disposal",))
    body = c.OpenStep(step="suspension_application", evidence="suspension_application", end_date=date(2026, 5, 6))
    return desk.tell("business", body)


def test_l7_5a_business_applies_with_a_report_and_an_end_date() -> None:
    (done,) = applied().of("step_completed", "suspension_application")
    assert (done.dpd, getattr(done.body, "role", "")) == (50, "business")
    with pytest.raises(Refused):
        diligent(45).tell("business", c.OpenStep(step="suspension_application", end_date=date(2026, 5, 6)))


def test_l7_5b_the_disposal_pauses_when_the_last_of_the_chain_has_approved() -> None:
    desk = applied()
    for role in CHAIN:
        assert desk.status("disposal") == "open"
        desk.answer("suspension_approval", "approved", role)
    assert desk.status("disposal") == "frozen"
    on(desk, 65, "disposal")
    assert desk.status("disposal") == "frozen"  # 6 May is DPD 65, the last held day
    on(desk, 66, "disposal")
    assert desk.status("disposal") == "open"


def test_l7_5b_it_takes_the_general_manager() -> None:
    desk = applied()
    assert desk.case.step("suspension_approval").asked == CHAIN
    for role in CHAIN[:-1]:
        desk.answer("suspension_approval", "approved", role)
    desk.answer("suspension_approval", "refused", CHAIN[-1])
    assert desk.status("disposal") == "open"


def test_l8_1_risk_management_lists_the_names_after_the_disposal() -> None:
    desk = diligent(46, leave=("recourse_resolution", "blacklist_confirmation"))
    (done,) = desk.of("step_completed", "blacklist_names")
    assert (getattr(done.body, "role", ""), getattr(done.body, "document", "")) == (
        "risk_management",
        "blacklist_names",
    )
    assert desk.status("blacklist_confirmation") == "open"


def test_l8_2_confirmed_names_are_entered_on_the_blacklist() -> None:
    desk = diligent(46, leave=("recourse_resolution", "blacklist_confirmation"))
    assert desk.of("filed", "blacklist_entry") == []
    desk.answer("blacklist_confirmation", "confirmed", "head_of_risk_management")
    (filed,) = desk.of("filed", "blacklist_entry")
    assert getattr(filed.body, "register_name", getattr(filed.body, "register", "")) == "blacklist"
