"""What a bank may not be talked out of: the share of income, own contact, who calls, limits that the text names."""

from __future__ import annotations

from decimal import Decimal

import pytest

from domain import commands as c
from domain.affordability import INCOME, INSTALMENT
from domain.agreement_terms import AgreementTerms
from domain.errors import Invalid, Refused
from domain.evidence import ContactResult, Figure
from domain.policy_check import load_ladder
from tests.builders.cases import Desk
from tests.builders.ladders import ROOT, company_text, ladder
from tests.builders.leases import lease, rents

OWN = c.RecordContact(contact=ContactResult(initiated_by="customer"))
CALL = c.RecordContact(contact=ContactResult())
ALL_AT_ONCE = {"first_due": "2026-05-05", "frequency": 1}


def bank(until: str) -> Desk:
    return Desk(lease(), "2026-03-03 09:00", ladder("bank")).to(until)


# ── B2.2.2.1b: three tenths of the income, month by month ──────────────────────────────────────────────────────────


def to_sign(*instalments: str) -> Desk:
    """Day 61: 32,009.25 are owed, the income is 42,679.00 (at most 12,803.70 a month), the plan is approved."""
    whole = rents("2026-03-02", principal="32009.25", interest="0.00")
    account = lease(rate="0").model_copy(update={"schedule": whole})
    desk = Desk(account, "2026-03-03 09:00", ladder("bank")).to("2026-05-02 10:00").answer("income_data", "collected")
    figures = [Figure(item=INCOME, side="income", amount=Decimal("42679.00"))]
    figures += [Figure(item=INSTALMENT, side="expense", amount=Decimal(amount)) for amount in instalments]
    desk.tell("senior_specialist", c.AnswerStep(step="repayment_plan", outcome="submitted", figures=tuple(figures)))
    return desk.answer("plan_approval", "approved")


def sign(desk: Desk, **terms: object) -> Desk:
    agreement = AgreementTerms.model_validate(terms)
    body = c.AnswerStep(step="agreement_signature", outcome="signed", evidence="copy", agreement=agreement)
    return desk.tell("senior_specialist", body)


def refusal(desk: Desk, **terms: object) -> str:
    with pytest.raises(Refused) as refused:
        sign(desk, **terms)
    assert refused.value.code == "terms_unfit"
    return refused.value.message


THIRDS = ("10669.75", "10669.75", "10669.75")


def test_b2_2_2_1b_an_approved_plan_is_signed_as_monthly_instalments() -> None:
    desk = sign(to_sign(*THIRDS), first_due="2026-05-31")
    agreement = desk.case.undertakings.agreement
    assert agreement is not None
    assert [str(one.due) for one in agreement.instalments] == ["2026-05-31", "2026-06-30", "2026-07-31"]


@pytest.mark.parametrize("frequency", [1, 30, "weekly", "fortnightly"])
def test_b2_2_2_1b_three_months_of_instalments_are_not_signed_as_three_days(frequency: int | str) -> None:
    assert "frequency: " in refusal(to_sign(*THIRDS), first_due="2026-05-05", frequency=frequency)


def test_b2_2_2_1b_all_that_falls_due_in_one_month_keeps_within_the_share() -> None:
    said = refusal(to_sign(*THIRDS), **ALL_AT_ONCE)
    assert "amounts: 32009.25 falls due in 2026-05, above 30 per cent of the income" in said
    down = refusal(to_sign(*THIRDS), first_due="2026-05-20", owed="34150.00", down_payment="2140.75")
    assert "12810.50 falls due in 2026-05" in down
    assert "owed: 34150.00 is above 32009.25" in down  # nor does a plan cover more than is owed


def test_b2_2_2_1b_the_first_instalment_follows_within_a_month() -> None:
    assert "first_due: 2026-06-03 is too far away" in refusal(to_sign(*THIRDS), first_due="2026-06-03")
    sign(to_sign(*THIRDS), first_due="2026-06-02")


def test_b2_2_2_1b_the_same_when_the_borrower_is_asked_to_sign_electronically() -> None:
    desk = to_sign(*THIRDS)
    body = c.RequestSignature(
        step="agreement_signature", document="D-1", agreement=AgreementTerms.model_validate(ALL_AT_ONCE)
    )
    with pytest.raises(Refused, match="frequency: ") as refused:
        desk.tell("senior_specialist", body)
    assert refused.value.code == "terms_unfit"


def test_a_policy_without_a_limit_of_income_leaves_the_rhythm_free() -> None:
    desk = Desk(lease(), "2026-03-03 09:00", ladder("credit")).to("2026-03-20 10:00")
    desk.tell("credit_department", c.OpenStep(step="negotiation")).answer("negotiation", "plan_agreed")
    weekly = AgreementTerms.model_validate({"first_due": "2026-03-27", "frequency": "weekly", "count": 2})
    body = c.AnswerStep(step="repayment_agreement", outcome="signed", evidence="copy", agreement=weekly)
    assert desk.tell("dedicated_person", body).case.undertakings.agreement is not None


# ── B2.2.2.2a: the first delinquency of the borrower, who came by himself ──────────────────────────────────────────


def grant(desk: Desk) -> Desk:
    figure = Figure(item="waiver", side="expense", amount=Decimal("1.00"))
    body = c.AnswerStep(step="penalty_waiver", outcome="granted", figures=(figure,))
    return desk.tell("collection_supervisor", body)


def asked_to_waive() -> Desk:
    return bank("2026-03-12 10:00").tell("junior_specialist", c.OpenStep(step="penalty_waiver", evidence="any-paper"))


@pytest.mark.parametrize(
    "contacts",
    [(), (ContactResult(),), (ContactResult(initiated_by="staff"),),
     (ContactResult(initiated_by="customer", outcome="not_reached"),)],
)  # fmt: skip
def test_b2_2_2_2a_a_paper_does_not_stand_for_the_borrowers_own_contact(contacts: tuple[ContactResult, ...]) -> None:
    desk = asked_to_waive()
    for contact in contacts:
        desk.tell("junior_specialist", c.RecordContact(contact=contact))
    with pytest.raises(Refused, match="made contact on their own") as refused:
        grant(desk)
    assert refused.value.code == "waiver_unfit"


def test_b2_2_2_2a_the_borrowers_own_contact_stands_until_it_is_corrected() -> None:
    assert grant(asked_to_waive().tell("junior_specialist", OWN)).case.ended("penalty_waiver", "granted")
    desk = asked_to_waive().tell("junior_specialist", OWN)
    (seq,) = desk.case.contacts.own
    desk.tell("junior_specialist", c.CorrectEntry(seq=seq, reason="we called", contact=ContactResult()))
    with pytest.raises(Refused, match="made contact on their own"):
        grant(desk)


def test_b2_2_2_2a_not_the_first_delinquency_of_the_borrower() -> None:
    desk = asked_to_waive().tell("junior_specialist", OWN)
    assert desk.case.facts is not None
    elsewhere = desk.case.facts.model_copy(update={"delinquencies": 2})  # this one, and one on a loan repaid long ago
    desk.case = desk.case.model_copy(update={"facts": elsewhere})
    with pytest.raises(Refused, match="not the first delinquency"):
        grant(desk)


# ── B4.2.1a, b: what one is asked for, another does not do ─────────────────────────────────────────────────────────


def test_b4_2_1b_the_call_of_the_junior_is_not_that_of_the_senior() -> None:
    desk = bank("2026-05-02 10:00")
    before = len(desk.of("contact_recorded"))
    desk.tell("junior_specialist", CALL)
    assert (desk.status("intensified_call"), desk.status("senior_call")) == ("completed", "open")
    assert len(desk.of("contact_recorded")) == before + 1  # it took place all the same
    desk.tell("senior_specialist", CALL)
    assert desk.status("senior_call") == "completed"


def test_b4_2_1a_the_call_of_the_senior_leaves_the_junior_his_own_and_the_head_does_for_both() -> None:
    desk = bank("2026-05-02 10:00").tell("senior_specialist", CALL)
    assert (desk.status("intensified_call"), desk.status("senior_call")) == ("open", "completed")
    assert desk.tell("collection_supervisor", CALL).status("intensified_call") == "completed"


def test_b4_2_1b_a_call_for_another_case_of_the_borrower_closes_what_its_caller_is_asked_for() -> None:
    desk = bank("2026-05-02 10:00")
    desk.tell("junior_specialist", c.ShareContact(of="B-2/7", way="call", contact=ContactResult()))
    assert (desk.status("intensified_call"), desk.status("senior_call")) == ("completed", "open")


# ── limits that the text names: a company may be stricter, never laxer ─────────────────────────────────────────────

TOO_LAX = {
    "waiver_share": 100, "waiver_latest_dpd": 90, "plan_share_of_income": 80, "plan_most_instalments": 60,
    "complaint_response_hours": 240, "complaint_investigation_days": 30, "plan_least_instalments": 1,
    "delivery_confirmation_days": 10, "contact_latest_days": 14,
}  # fmt: skip
OTHERS = [
    ("consumer", {"enhanced_times_above": 4, "enhanced_days_above": 11, "key_customer_times_above": 4}),
    ("credit", {"reminder_deadline": 3, "waiver_share_limit": 101}),
    ("union", {"first_contact_dpd": 6, "interview_dpd": 31}),
]  # fmt: skip


def faults(policy: str, **values: int) -> list[str]:
    text = (ROOT / "policies" / f"{policy}.v1.yaml").read_text(encoding="utf-8")
    more = "".join(f"    {name}: {value}\n" for name, value in values.items())
    company = company_text().replace(f"\n  {policy}:\n", f"\n  {policy}:\n{more}", 1)
    try:
        load_ladder(text, "p.yaml", company, "c.yaml")
    except Invalid as invalid:
        return [f"{one.message}: {one.remedy}" for one in invalid.problems]
    return []


def test_b2_2_2_b4_2_2_a_company_that_is_laxer_than_the_text_is_told_every_setting() -> None:
    found = faults("bank", **TOO_LAX)
    assert len(found) == len(TOO_LAX)
    assert "setting waiver_share: 100 does not fit: a whole number from 1 to 20" in found
    assert "setting complaint_response_hours: 240 does not fit: a whole number from 1 to 24" in found


def test_a_company_may_be_stricter_than_the_text() -> None:
    assert faults("bank", waiver_share=10, complaint_response_hours=4, plan_most_instalments=3) == []


@pytest.mark.parametrize(("policy", "beyond"), OTHERS)
def test_the_limits_that_other_texts_name_hold_too(policy: str, beyond: dict[str, int]) -> None:
    assert [one.split()[1].rstrip(":") for one in faults(policy, **beyond)] == list(beyond)
    assert faults(policy, **{setting: value - 1 for setting, value in beyond.items()}) == []
