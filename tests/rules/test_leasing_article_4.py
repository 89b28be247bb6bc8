"""Article 4: telephone, the rent demand notice, the weekly report, records and the master table."""

from __future__ import annotations

from tests.builders.cases import Desk
from tests.rules.walk import EVERYBODY, answered, days_of, diligent, to, unpaid


def portfolio(until: str) -> Desk:
    return Desk(None, "2026-03-02 09:00").to(until)


def test_l4_1_telephone_in_the_first_week() -> None:
    (opened,) = unpaid(1).of("step_opened", "first_week_phone_collection")
    assert opened.dpd == 1
    assert getattr(opened.body, "asked", ()) == ("collector",)


def test_l4_2a_telephone_goes_on_from_day_8_and_in_every_class() -> None:
    assert days_of(to(unpaid(1), 46), "step_opened", "phone_collection") == [8, 16, 31, 46]


def test_l4_2b_the_notice_is_sent_in_writing_from_day_8() -> None:
    desk = diligent(9)
    sent = [getattr(event.body, "target", "") for event in desk.of("message_sent", "demand_notice")]
    assert sent == ["lessee/letter", "lessee/email"]
    assert days_of(desk, "message_sent", "demand_notice") == [8, 8]


def test_l4_2c_without_the_signature_nothing_is_sent() -> None:
    desk = diligent(12, leave=("demand_notice_signature",))
    assert desk.of("message_sent", "demand_notice") == []
    assert desk.status("demand_notice_signature") == "open"
    desk.answer("demand_notice_signature", "signed", "head_of_asset_management")
    assert days_of(desk, "step_completed", "demand_notice") == [12]


def test_l4_3_the_letter_is_prepared_when_day_15_is_reached_and_not_sent() -> None:
    assert unpaid(14).of("step_opened", "prepare_rent_collection_letter") == []
    desk = diligent(15)
    assert days_of(desk, "step_completed", "prepare_rent_collection_letter") == [15]
    assert desk.of("message_sent", "rent_collection_letter") == []


def test_l4_4a_the_weekly_report_goes_to_the_departments_every_week() -> None:
    reports = portfolio("2026-03-21 12:00").of("report_issued", "weekly_report")
    assert [f"{event.due_at:%m-%d}" for event in reports] == ["03-06", "03-13", "03-20"]
    assert len(getattr(reports[0].body, "to", ())) == 4


def test_l4_4b_the_general_manager_gets_a_copy() -> None:
    reports = portfolio("2026-03-07 12:00").of("report_issued", "weekly_report")
    assert [getattr(event.body, "copy_to", None) for event in reports] == [("general_manager",)]


def test_l4_5a_each_contact_is_recorded() -> None:
    desk = diligent(8)
    assert days_of(desk, "contact_recorded") == [1, 8]
    assert days_of(desk, "step_completed", "phone_collection") == [8]


def test_l4_5a_a_contact_step_is_not_done_without_its_record() -> None:
    assert unpaid(8).of("step_completed", "first_week_phone_collection") == []
    assert days_of(diligent(2), "contact_recorded") == [1]


def test_l4_5b_the_master_table_is_written_at_month_end() -> None:
    desk = portfolio("2026-03-31 09:00")
    assert desk.status("master_table_signature") == "open"
    done = answered(desk).of("step_completed", "master_table_signature")
    assert [getattr(event.body, "document", None) for event in done] == ["master_table"]


def test_l4_5c_both_heads_sign_before_it_is_archived() -> None:
    desk = portfolio("2026-03-31 10:00").answer("master_table_signature", "signed", "head_of_asset_management")
    assert desk.of("filed", "master_table_archive") == []
    desk.answer("master_table_signature", "signed", "head_of_risk_management")
    assert len(desk.of("filed", "master_table_archive")) == 1


def test_l4_5d_risk_management_archives_the_master_table() -> None:
    (filed,) = answered(portfolio("2026-03-31 10:00")).of("filed", "master_table_archive")
    assert (getattr(filed.body, "role", ""), getattr(filed.body, "document", "")) == ("risk_management", "master_table")


def test_l4_5e_asset_management_archives_the_collection_records() -> None:
    (filed,) = portfolio("2026-03-31 10:00").of("filed", "collection_records_archive")
    assert (getattr(filed.body, "role", ""), getattr(filed.body, "document", "")) == (
        "asset_manager",
        "collection_record",
    )


def test_l4_2b_a_notice_that_could_not_be_delivered_becomes_a_task() -> None:
    desk = unpaid(8, parties=EVERYBODY)
    desk.delivery = lambda target: "refused"
    desk.answer("demand_notice_signature", "signed")
    assert desk.status("delivery_check") == "open"
