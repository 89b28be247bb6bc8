"""What people may tell a case, and every refusal; a refusal changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from pydantic import ValidationError

from domain import commands as c, events as e
from domain.check import check
from domain.errors import Refused
from domain.ledger import DoneStep
from domain.scenario import actor
from tests.builders.cases import Desk
from tests.builders.leases import BUYBACK_VENDOR, LESSEE, VENDOR, lease, paid

DAY_1 = "2026-03-03 09:00"
HEADS = ("head_of_business", "head_of_risk_management")
OBJECTION = c.OpenStep(step="vendor_objection", evidence="D1")
CONSENT = "litigation_letter_consent"
SUSPENSION = c.OpenStep(step="suspension_application", evidence="D1", end_date=date(2026, 5, 20))
EARLY = c.OpenStep(step="early_demand")
FAST_TRACK = c.OpenStep(step="fast_track", present=4, in_favour=3, evidence="minutes")


def fresh() -> Desk:
    return Desk(lease(), DAY_1)


def with_buyback() -> Desk:
    return Desk(lease(parties=(LESSEE, BUYBACK_VENDOR)), DAY_1)


def closed() -> Desk:
    return fresh().to("2026-03-05 10:00").post(paid("2026-03-05", "10500.00"))


def consent_asked() -> Desk:
    return fresh().work("2026-04-01 09:30", leave=("litigation_letter_consent",))


def consent_half_given() -> Desk:
    return consent_asked().answer("litigation_letter_consent", "agreed", "head_of_business")


def at_22() -> Desk:
    return fresh().work("2026-03-24 12:00")


def demanded_early() -> Desk:
    return at_22().tell(HEADS[0], EARLY).answer("early_demand", "agreed", HEADS[1])


def at_22_without_reports() -> Desk:
    return fresh().work("2026-03-24 12:00", leave=("asset_inspection", "capacity_report"))


def held_at_33() -> Desk:
    desk = with_buyback().work("2026-04-04 09:30", leave=("disposal_plan",))
    return desk.tell("asset_manager", OBJECTION).answer("vendor_objection", "confirmed")


def at_46() -> Desk:
    return fresh().work("2026-04-17 12:00", leave=("disposal", "lawsuit"))


REFUSALS: list[tuple[str, Callable[[], Desk], str, c.CommandBody]] = [
    ("case_closed", closed, "collector", c.AddNote(text="x")),
    ("unknown_step", fresh, "collector", c.AnswerStep(step="serenade", outcome="done")),
    ("not_open", fresh, "asset_manager", c.AnswerStep(step="asset_inspection", outcome="inspected")),
    ("not_open", fresh, "asset_manager", c.StartTask(step="asset_inspection")),
    ("held", held_at_33, "asset_manager", c.AnswerStep(step="disposal_plan", outcome="submitted")),
    ("not_entitled", consent_asked, "finance", c.AnswerStep(step=CONSENT, outcome="agreed")),
    ("already_answered", consent_half_given, HEADS[0], c.AnswerStep(step=CONSENT, outcome="agreed")),
    ("outcome_not_allowed", consent_asked, HEADS[0], c.AnswerStep(step=CONSENT, outcome="perhaps")),
    ("not_on_demand", fresh, "legal_compliance", c.OpenStep(step="lawsuit")),
    ("not_entitled", with_buyback, "finance", OBJECTION),
    ("already_open", lambda: with_buyback().tell("asset_manager", OBJECTION), "asset_manager", OBJECTION),
    ("already_decided", demanded_early, HEADS[0], EARLY),
    ("not_for_this_account", lambda: Desk(lease(parties=(LESSEE, VENDOR)), DAY_1), "asset_manager", OBJECTION),
    ("document_missing", with_buyback, "asset_manager", c.OpenStep(step="vendor_objection")),
    ("outside_days", fresh, "review_committee", FAST_TRACK),  # L5.4b: 16 to 45
    ("outside_days", consent_asked, HEADS[0], c.OpenStep(step="early_demand")),  # L5.5b: before 30
    ("outside_days", at_22, "business", SUSPENSION),  # L7.5a: more than 45
    ("needs_missing", at_22_without_reports, "review_committee", FAST_TRACK),  # L-Q9
    ("vote_missing", at_22, "review_committee", c.OpenStep(step="fast_track", present=4)),
    ("no_quorum", at_22, "review_committee", c.OpenStep(step="fast_track", present=2, in_favour=2)),
    ("no_majority", at_22, "review_committee", c.OpenStep(step="fast_track", present=4, in_favour=2)),
    ("vote_impossible", at_22, "review_committee", c.OpenStep(step="fast_track", present=6, in_favour=4)),
    ("vote_impossible", at_22, "review_committee", c.OpenStep(step="fast_track", present=3, in_favour=4)),
    ("document_missing", at_22, "review_committee", c.OpenStep(step="fast_track", present=4, in_favour=3)),
    ("outcome_not_allowed", at_22, "review_committee", c.OpenStep(step="fast_track", outcome="wait")),
    ("end_date_missing", at_46, "business", c.OpenStep(step="suspension_application", evidence="D1")),
    (
        "end_date_past", at_46, "business",
        c.OpenStep(step="suspension_application", evidence="D1", end_date=date(2026, 4, 16)),
    ),
    ("hold_not_active", fresh, "asset_manager", c.EndHold(hold="vendor_objection", evidence="D2")),
    ("hold_not_active", fresh, "asset_manager", c.EndHold(hold="siesta", evidence="D2")),
    ("not_entitled", held_at_33, "finance", c.EndHold(hold="vendor_objection", evidence="D2")),
    ("document_missing", held_at_33, "asset_manager", c.EndHold(hold="vendor_objection", evidence="")),
    ("nothing_to_correct", fresh, "collector", c.CorrectEntry(seq=1, reason="wrong")),
    ("not_entitled", fresh, "finance", c.CorrectEntry(seq=3, reason="wrong", contact=e.ContactResult())),
    ("nothing_to_correct", fresh, "collector", c.CorrectEntry(seq=999, reason="wrong", contact=e.ContactResult())),
]  # fmt: skip


@pytest.mark.parametrize(("code", "desk", "role", "body"), REFUSALS, ids=[f"{r[0]}-{r[3].do}" for r in REFUSALS])
def test_refused_and_nothing_changed(code: str, desk: Callable[[], Desk], role: str, body: c.CommandBody) -> None:
    at = desk()
    before, events = at.case, list(at.events)
    with pytest.raises(Refused) as refused:
        at.tell(role, body)
    assert refused.value.code == code
    assert refused.value.remedy
    assert (at.case, at.events) == (before, events)


def test_a_case_that_is_just_being_opened_takes_no_commands() -> None:
    desk = fresh()
    new = desk.case.model_copy(update={"status": "new"})
    with pytest.raises(Refused) as refused:
        check(desk.ladder, new, c.Command(id="1", actor=actor("collector"), body=c.AddNote(text="x")), desk.now)
    assert refused.value.code == "not_ready"


def test_a_signature_stands_once_the_notice_went_out_on_it() -> None:
    """Nobody gets a letter twice: the answer behind a letter that is out is not taken back."""
    desk = fresh().work("2026-03-10 12:00")
    signed = desk.case.step("demand_notice_signature").done
    with pytest.raises(Refused) as refusal:
        desk.tell("head_of_asset_management", c.CorrectEntry(seq=signed, reason="wrong amount"))
    assert refusal.value.code == "already_acted"
    assert len([ev for ev in desk.events if isinstance(ev.body, e.MessageSent)]) == 2


def test_a_call_nobody_answered_leaves_the_call_open() -> None:
    """L4.1 wants a contact, not an attempt."""
    desk = fresh().tell("collector", c.RecordContact(contact=e.ContactResult(outcome="not_reached")))
    assert desk.case.step("first_week_phone_collection").is_open


def test_every_documented_code_is_in_the_table() -> None:
    documented = (check.__doc__ or "").partition("stable code:")[2].replace(".", "").split(",")
    approvals = {"own_proposal", "over_limit", "conditions_unfit", "unknown_condition", "already_confirmed"}
    agencies = {"agency_unfit", "already_placed", "not_a_placement", "not_placed"}
    others = {"nothing_to_withdraw", "not_ready", "already_acted", "team_too_small", "owner_differs", "no_customer"}
    parts = {"no_parts", "part_unfit", "parts_missing"}
    elsewhere = approvals | agencies | others | parts | {"choice_missing", "choice_not_allowed"}  # tests of their own
    assert {code.strip() for code in documented} == {row[0] for row in REFUSALS} | elsewhere


def test_a_contact_answers_every_open_contact_ask() -> None:  # L4.5a
    desk = fresh().to("2026-03-10 10:00")
    assert [desk.status(step) for step in ("first_week_phone_collection", "phone_collection")] == ["open", "open"]
    desk.tell("collector", c.RecordContact(contact=e.ContactResult(note="pays on Friday")))
    assert [desk.status(step) for step in ("first_week_phone_collection", "phone_collection")] == ["completed"] * 2
    assert len(desk.of("contact_recorded")) == 1


def test_one_no_refuses_the_consent_at_once() -> None:  # settled: one no = refused
    desk = consent_asked().answer("litigation_letter_consent", "refused", "head_of_risk_management")
    assert desk.case.ended("litigation_letter_consent", "refused")
    with pytest.raises(Refused):
        desk.answer("litigation_letter_consent", "agreed", "head_of_business")


def test_a_split_vote_on_recourse_is_taken_again() -> None:  # L7.3b: both resolve together
    desk = fresh().work("2026-04-17 12:00", leave=("recourse_resolution",))
    desk.answer("recourse_resolution", "pursue", "review_committee")
    desk.answer("recourse_resolution", "waive", "general_manager")
    assert desk.status("recourse_resolution") == "open"
    assert desk.case.step("recourse_resolution").answers == ()
    desk.answer("recourse_resolution", "waive")
    assert desk.case.closed_for == "recourse_waived"


def test_an_approval_chain_asks_one_after_the_other() -> None:  # L7.5b
    desk = at_46().tell("business", SUSPENSION)
    with pytest.raises(Refused) as refused:
        desk.answer("suspension_approval", "approved", "general_manager")
    assert refused.value.code == "not_entitled"
    desk.answer("suspension_approval", "approved", "head_of_business", "head_of_asset_management")
    assert not desk.of("hold_placed")
    desk.answer("suspension_approval", "approved", "review_committee", "general_manager")
    assert [hold.hold for hold in desk.case.holds] == ["suspension"]


def test_a_correction_opens_the_answer_again_and_erases_nothing() -> None:
    desk = fresh().work("2026-03-17 09:30", leave=("prepare_rent_collection_letter",))
    desk.answer("prepare_rent_collection_letter", "prepared")
    seq = desk.case.step("prepare_rent_collection_letter").done
    with pytest.raises(Refused) as refused:
        desk.tell("finance", c.CorrectEntry(seq=seq, reason="not mine"))
    assert refused.value.code == "not_entitled"
    desk.tell("head_of_legal_compliance", c.CorrectEntry(seq=seq, reason="the wrong lease"))
    assert desk.status("prepare_rent_collection_letter") == "open"
    assert desk.deadline("prepare_rent_collection_letter") == "2026-03-20 18:00"
    assert [event.seq for event in desk.of("step_completed", "prepare_rent_collection_letter")] == [seq]
    desk.answer("prepare_rent_collection_letter", "prepared")
    assert len(desk.of("step_completed", "prepare_rent_collection_letter")) == 2


def test_a_contact_record_is_corrected_by_another_entry() -> None:
    desk = fresh().tell("collector", c.RecordContact(contact=e.ContactResult(note="wrong")))
    seq = desk.of("contact_recorded")[0].seq
    desk.tell("collector", c.CorrectEntry(seq=seq, reason="typing error", contact=e.ContactResult(note="right")))
    assert [event.body.kind for event in desk.events if event.seq == seq] == ["contact_recorded"]
    assert len(desk.of("entry_corrected")) == 1


def test_notes_owner_and_receipts_are_recorded_and_change_no_step() -> None:
    desk = fresh()
    steps = desk.case.steps
    desk.tell("collector", c.AddNote(text="谢谢")).tell("head_of_asset_management", c.ChangeOwner(owner="u7"))
    desk.tell("system", c.ReportReceipt(key="k", status="delivered"))
    assert (desk.case.owner, desk.case.steps) == ("u7", steps)
    assert [len(desk.of(kind)) for kind in ("note_added", "owner_changed", "receipt_received")] == [1, 1, 1]


def test_each_command_id_is_remembered_with_the_entry_it_made() -> None:
    desk = fresh().tell("collector", c.AddNote(text="once"))
    assert desk.case.commands[-1] == ("c0", desk.events[-1].seq)


def test_what_was_taken_over_from_before_cannot_be_corrected_here() -> None:
    history = (DoneStep(step="first_week_phone_collection", outcome="contacted", on=date(2026, 3, 4)),)
    desk = Desk(lease(), "2026-03-10 09:00", history=history)
    for seq in range(1, desk.case.seq + 1):
        with pytest.raises(Refused) as refusal:
            desk.tell("collector", c.CorrectEntry(seq=seq, reason="wrong"))
        assert refusal.value.code == "nothing_to_correct"


def test_no_last_day_beyond_what_calendars_can_count() -> None:
    with pytest.raises(ValidationError):
        c.OpenStep(step="suspension_application", evidence="D1", end_date=date(9999, 12, 31))
