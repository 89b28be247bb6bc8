"""The holds that every regulation knows: what each stops and what goes on, how it begins, is reviewed and ends."""

from __future__ import annotations

from datetime import date

import pytest

from domain import commands as c
from domain.agreement_terms import AgreementTerms
from domain.errors import Invalid, Refused
from domain.events import HoldPlaced
from domain.ledger import DoneStep
from tests.builders.cases import Desk
from tests.builders.ladders import POLICIES, ladder
from tests.builders.leases import BUYBACK_VENDOR, GUARANTOR, LESSEE, lease, paid

DAY_1 = "2026-03-03 09:00"  # of a rent due 2 March 2026: DPD n is 2 March + n
HEAD, LEGAL = "head_of_asset_management", "legal_compliance"
STANDARD = {"dispute", "death", "insolvency", "disaster"}
TOWARDS_DEBTOR = {"contact", "visit", "letter", "lawyers_letter"}


def fresh() -> Desk:
    return Desk(lease(parties=(LESSEE, GUARANTOR, BUYBACK_VENDOR)), DAY_1)


def applied(desk: Desk, step: str, role: str = "collector", **more: object) -> Desk:
    """Somebody applies, the head confirms."""
    desk.tell(role, c.OpenStep.model_validate({"step": step, "evidence": "D1", **more}))
    return desk.answer(step, "confirmed")


def refused(desk: Desk, body: c.CommandBody, role: str = "collector") -> Refused:
    with pytest.raises(Refused) as found:
        desk.tell(role, body)
    return found.value


def told(desk: Desk, kind: str, step: str | None, name: str) -> list[object]:
    """This field of the events of a kind."""
    return [event.body.model_dump()[name] for event in desk.of(kind, step)]


@pytest.mark.parametrize("policy", POLICIES)
def test_every_policy_knows_them_and_whatever_goes_to_the_debtor_can_be_stopped(policy: str) -> None:
    rules = ladder(policy)
    assert rules.holds.keys() >= STANDARD
    for hold in STANDARD:
        stopped = {scope for stop in rules.holds[hold].stops for scope in stop.scopes}
        assert stopped >= TOWARDS_DEBTOR and not stopped & {"guarantor_notice", "litigation_preparation"}
    for step in rules.steps:
        called = step.asked is not None and step.asked.what in ("contact", "visit", "interview")
        written = step.rule.send is not None and step.rule.send.to in ("lessee", "borrower")
        if (called or written) and not step.id.startswith(("dispute", "death", "insolvency", "disaster")):
            assert step.rule.scope is not None, f"{policy}: nothing can stop {step.id}"


def test_without_confirmation_nothing_stops() -> None:  # S10
    desk = fresh().work("2026-03-09 10:00")
    desk.tell("collector", c.OpenStep(step="dispute", evidence="D1"))
    desk.to("2026-03-11 10:00")
    assert desk.case.holds == () and desk.status("phone_collection") == "open"
    desk.answer("dispute", "not_confirmed").to("2026-04-20 10:00")
    assert desk.case.holds == () and desk.of("step_frozen") == []


def test_a_dispute_stops_dunning_is_acknowledged_and_ends_with_its_answer() -> None:
    desk = applied(fresh().work("2026-03-09 10:00"), "dispute")
    assert [e.body.kind for e in desk.of("message_sent", "dispute_acknowledgement")] == ["message_sent"]
    assert desk.deadline("dispute_answer") == "2026-03-23 18:00"  # ten business days from Monday 9 March
    desk.to("2026-03-20 10:00")
    assert desk.status("phone_collection") == "idle" and desk.status("demand_notice_signature") == "idle"
    assert desk.status("asset_inspection") == "open"  # no dunning: it goes on
    desk.answer("dispute_answer", "unfounded")
    assert [e.body.kind for e in desk.of("message_sent", "dispute_reply")] == ["message_sent"]
    assert [(e.body.kind, e.due_at.isoformat()[:10]) for e in desk.of("hold_ended")] == [("hold_ended", "2026-03-20")]
    assert desk.status("phone_collection") == "open" and desk.deadline("phone_collection") == "2026-03-25 18:00"


def test_an_unanswered_dispute_is_escalated_and_answers_itself_never() -> None:
    desk = applied(fresh().work("2026-03-09 10:00"), "dispute").to("2026-04-30 10:00")
    assert told(desk, "escalated", "dispute_answer", "to") == ["general_manager"]
    assert desk.case.holds[0].ended_at is None and desk.status("dispute_answer") == "open"


def test_death_stops_what_goes_to_the_debtor_but_not_the_guarantors() -> None:
    desk = applied(fresh().work("2026-03-25 10:00"), "death").work("2026-04-03 10:00", leave=("estate_inquiry",))
    assert desk.status("phone_collection") == "completed" and desk.of("message_sent", "litigation_letter") == []
    assert len(desk.of("message_sent", "guarantor_notice")) == 1  # DPD 31: they are written to as ordered
    assert desk.deadline("estate_inquiry") == "2026-04-23 18:00"  # twenty business days; 6 April is a holiday
    assert [name for name, state in desk.case.steps.items() if state.is_open and state.frozen] == []
    desk.answer("estate_inquiry", "found_out").tell(LEGAL, c.EndHold(hold="death", evidence="D2"))
    assert desk.status("litigation_letter_release") == "open"


def test_insolvency_stays_enforcement_and_asks_legal_to_file_the_claim() -> None:
    desk = fresh().work("2026-04-18 10:00", leave=("lawsuit", "disposal"))
    applied(desk, "insolvency")
    assert desk.status("lawsuit") == "frozen" and desk.status("disposal") == "frozen"
    assert desk.deadline("claim_filing") == "2026-05-12 18:00"  # 15 business days; 1 to 5 May, 9 May worked
    assert refused(desk, c.EndHold(hold="insolvency", evidence="D2"), "collector").code == "not_entitled"
    desk.tell(LEGAL, c.EndHold(hold="insolvency", evidence="D2"))
    assert desk.status("lawsuit") == "open" and desk.status("claim_filing") == "open"


def test_what_a_suit_reports_is_recorded_under_the_stay_and_nothing_else_is() -> None:
    history = tuple(
        DoneStep(step=step, outcome=outcome, on=date(2026, 6, 5))
        for step, outcome in (("lawsuit", "filed"), ("judgment", "obtained"))
    )
    account = lease().model_copy(update={"history": history})
    desk = Desk(account, "2026-06-08 09:00", ladder("bank"), history=history).to("2026-06-08 10:00")
    applied(desk, "insolvency", "legal")
    answer = c.AnswerStep(step="enforcement", outcome="applied", note="S-1")
    assert desk.status("enforcement") == "frozen"
    assert refused(desk, answer, "legal").code == "held"
    desk.tell("legal", answer, authority="suit:S-1")
    assert desk.case.ended("enforcement", "applied")


def test_a_hold_without_a_last_day_is_reviewed_again_and_again() -> None:
    desk = applied(fresh().work("2026-03-09 10:00"), "insolvency").answer("claim_filing", "filed")
    desk.to("2026-04-07 10:00")
    assert desk.status("insolvency_review") == "open"  # 20 business days from Monday 9 March: 7 April
    assert [e.due_at.isoformat()[:10] for e in desk.of("step_opened", "insolvency_review")] == ["2026-04-07"]
    desk.answer("insolvency_review", "goes_on").to("2026-05-07 08:00")
    assert desk.status("insolvency_review") == "completed"
    desk.to("2026-05-08 10:00")
    assert desk.status("insolvency_review") == "open"
    desk.tell(HEAD, c.EndHold(hold="insolvency", evidence="D2"))
    assert desk.status("insolvency_review") == "idle"  # what is over is reviewed no longer
    assert len(desk.of("step_lapsed", "insolvency_review")) == 1


def test_the_other_holds_without_a_last_day_are_reviewed_too() -> None:
    for hold in ("dispute", "death"):
        desk = applied(fresh().work("2026-03-09 10:00"), hold).to("2026-04-07 10:00")
        assert desk.status(f"{hold}_review") == "open"
    desk = applied(fresh().work("2026-03-09 10:00"), "vendor_objection", LEGAL).to("2026-04-07 10:00")
    assert desk.status("vendor_objection_review") == "open"


PAUSES = {
    "bank": ("agreement_signature", "signed"), "credit": ("repayment_agreement", "signed"),
    "lender": ("plan_negotiation", "plan_agreed"), "treatment": ("repayment_agreement", "signed"),
    "union": ("repayment_agreement", "signed"),
}  # fmt: skip


@pytest.mark.parametrize("policy", PAUSES)
def test_a_pause_whose_instalments_nobody_watches_is_reviewed(policy: str) -> None:
    """S5, S10: an agreement that was taken over without its terms cannot be broken or kept by itself."""
    step, outcome = PAUSES[policy]
    history = (DoneStep(step=step, outcome=outcome, on=date(2026, 3, 5)),)
    desk = Desk(lease(), "2026-03-09 10:00", ladder(policy), history=history).to("2026-04-02 18:00")
    assert [hold.hold for hold in desk.case.holds] == ["agreement"]
    assert [e.due_at.isoformat()[:10] for e in desk.of("step_opened", "agreement_review")] == ["2026-04-02"]
    assert desk.answer("agreement_review", "goes_on").case.holds[0].ended_at is None


def test_a_pause_whose_instalments_are_watched_needs_no_review() -> None:
    terms = AgreementTerms(first_due=date(2026, 6, 15))
    desk = Desk(lease(), DAY_1, ladder("credit")).to("2026-03-20 10:00")
    desk.tell("credit_department", c.OpenStep(step="negotiation")).answer("negotiation", "plan_agreed")
    signed = c.AnswerStep(step="repayment_agreement", outcome="signed", evidence="D1", agreement=terms)
    desk.tell("dedicated_person", signed).to("2026-06-10 10:00")
    assert [hold.ended_at for hold in desk.case.holds] == [None]
    assert not desk.of("step_opened", "agreement_review")


@pytest.mark.parametrize("policy", POLICIES)
def test_every_hold_has_an_end_an_answer_that_ends_it_or_a_review(policy: str) -> None:
    for hold in ladder(policy).policy.holds:
        assert hold.end_date_from or hold.settled_by or hold.review, hold.id


def test_a_hold_that_may_be_forgotten_is_a_fault_of_the_policy() -> None:
    with pytest.raises(Invalid) as faults:
        ladder("credit", ("    review: {of: head_of_credit, after: hold_review_days}", "    #"))
    assert "hold agreement may be forgotten: it waits for nothing" in str(faults.value)


def test_a_disaster_hold_ends_after_its_last_day_or_earlier_with_a_document() -> None:
    desk = applied(fresh().work("2026-03-05 10:00"), "disaster", end_date="2026-03-20").to("2026-03-20 20:00")
    assert desk.case.holds[0].ended_at is None and desk.status("phone_collection") == "idle"
    desk.to("2026-03-21 09:00")
    assert desk.case.holds[0].ended_at is not None and desk.status("phone_collection") == "open"
    desk = applied(fresh().work("2026-03-05 10:00"), "disaster", end_date="2026-03-20")
    assert refused(desk, c.EndHold(hold="disaster", evidence=""), HEAD).code == "document_missing"
    desk.tell(HEAD, c.EndHold(hold="disaster", evidence="D2"))
    assert desk.case.holds[0].ended_at is not None


def test_both_faults_of_an_end_are_said_at_once() -> None:
    desk = applied(fresh().work("2026-03-05 10:00"), "disaster", end_date="2026-03-20")
    found = refused(desk, c.EndHold(hold="disaster", evidence=""))
    assert found.code == "application_unfit"
    assert "not_entitled:" in found.message and "document_missing:" in found.message


def test_a_hold_may_have_begun_earlier_for_a_reason() -> None:
    desk = applied(fresh().work("2026-03-09 10:00"), "death", since="2026-03-04", note="died on 4 March")
    placed = desk.of("hold_placed")[0]
    assert isinstance(placed.body, HoldPlaced)
    assert placed.body.since == desk.case.holds[0].since == date(2026, 3, 4)
    assert placed.due_at.isoformat()[:10] == "2026-03-09"  # it stops from the confirmation on; what was done stands


@pytest.mark.parametrize(
    ("step", "more", "code"),
    [
        ("death", {"since": "2026-03-04"}, "since_without_reason"),
        ("death", {"since": "2026-03-02", "note": "earlier"}, "since_before_case"),
        ("death", {"since": "2026-03-11", "note": "soon"}, "since_in_future"),
        ("death", {"evidence": None}, "document_missing"),
        ("disaster", {}, "end_date_missing"),
        ("disaster", {"end_date": "2026-03-08"}, "end_date_past"),
        ("disaster", {"end_date": "2026-06-08"}, "end_date_too_late"),  # 91 days after 9 March
    ],
)
def test_an_unfit_application_is_refused_and_changes_nothing(step: str, more: dict[str, object], code: str) -> None:
    desk = fresh().work("2026-03-09 10:00")
    before = desk.case
    body = c.OpenStep.model_validate({"step": step, "evidence": "D1", **more})
    assert refused(desk, body).code == code
    assert desk.case == before


def test_all_that_is_wrong_with_an_application_is_said_at_once() -> None:
    desk = fresh().work("2026-03-09 10:00")
    body = c.OpenStep(step="disaster", since=date(2026, 3, 1), end_date=date(2026, 3, 5))
    found = refused(desk, body)
    assert found.code == "application_unfit"
    codes = ("document_missing", "end_date_past", "since_before_case", "since_without_reason")
    assert all(f"{code}:" in found.message for code in codes)


def test_a_step_that_takes_no_earlier_day_refuses_one() -> None:
    desk = fresh().work("2026-03-09 10:00")
    body = c.OpenStep(step="buyback_claim", evidence="D1", since=date(2026, 3, 4), note="earlier")
    assert refused(desk, body, LEGAL).code == "since_not_taken"


def test_a_hold_in_force_is_not_applied_for_again_and_not_prolonged() -> None:  # L-Q14
    desk = applied(fresh().work("2026-03-09 10:00"), "disaster", end_date="2026-03-12")
    found = refused(desk, c.OpenStep(step="disaster", evidence="D2", end_date=date(2026, 4, 12)))
    assert found.code == "hold_in_force" and "2026-03-12" in found.remedy
    applied(desk.to("2026-03-13 09:00"), "disaster", end_date="2026-04-12")
    assert [str(hold.until) for hold in desk.case.holds] == ["2026-03-12", "2026-04-12"]


def test_a_suspension_is_renewed_only_after_it_has_ended() -> None:  # L-Q14
    desk = fresh().work("2026-04-20 10:00", leave=("disposal",))
    suspended = c.OpenStep(step="suspension_application", evidence="D1", end_date=date(2026, 4, 30))
    desk.tell("business", suspended).work("2026-04-20 10:00", leave=("disposal",))
    assert desk.status("disposal") == "frozen"
    later = suspended.model_copy(update={"end_date": date(2026, 5, 30)})
    assert refused(desk, later, "business").code == "hold_in_force"
    assert refused(desk, c.EndHold(hold="suspension", evidence="D2"), HEAD).code == "not_entitled"
    desk.to("2026-05-01 09:00")
    assert desk.status("disposal") == "open"
    desk.tell("business", later).work("2026-05-01 10:00", leave=("disposal",))
    assert desk.status("disposal") == "frozen" and len(desk.case.holds) == 2


def test_a_confirmation_taken_back_ends_the_hold_until_it_is_confirmed_again() -> None:
    desk = applied(fresh().work("2026-03-09 10:00"), "death")
    seq = desk.case.step("death").done
    desk.tell(HEAD, c.CorrectEntry(seq=seq, reason="another person of that name"))
    assert told(desk, "hold_ended", None, "reason") == ["corrected"]
    desk.answer("death", "not_confirmed").to("2026-03-10 10:00")
    assert desk.status("phone_collection") == "open"


def test_full_payment_ends_a_case_that_is_held() -> None:
    desk = applied(fresh().work("2026-03-09 10:00"), "insolvency")
    desk.to("2026-03-16 11:00").post(paid("2026-03-16", "10500.00"))
    assert desk.case.closed_for == "cured"


def test_what_two_holds_stop_is_stopped_by_the_other_when_one_is_over() -> None:
    """The case says which hold it waits for: never one that has ended."""
    desk = applied(fresh().to("2026-03-05 10:00"), "disaster", end_date=date(2026, 3, 6))
    applied(desk.to("2026-03-06 10:00"), "death")
    assert desk.case.step("first_week_phone_collection").frozen == "disaster"
    desk.to("2026-03-07 09:00")
    assert desk.case.step("first_week_phone_collection").frozen == "death"
    assert [event.due_at for event in desk.of("step_frozen", "first_week_phone_collection")][-1] == desk.now
