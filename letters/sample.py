"""Invented letters of every kind, by which a changed template is tried before anybody may pass it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from letters.content import DocumentContent
from letters.kinds import REQUIRED, DocumentKind, Part
from letters.parts import (
    Appointment,
    BankAccount,
    BuybackClaim,
    CaseReference,
    Claim,
    ClaimAmounts,
    Correction,
    Demand,
    DisputeAnswer,
    DisputeReceipt,
    GuaranteeTerms,
    Issuer,
    PenaltyRow,
    Recipient,
    Section,
    Signature,
    UnpaidInstalment,
    Upcoming,
    VendorRights,
)
from letters.tables import PlanRow, PlanTable

DAY: Final = date(2026, 3, 10)
DUE: Final = date(2026, 3, 1)
ISSUER: Final = Issuer(company="样张公司", address="样张市样张路1号", phone="400-000-0000", contact="样张部门")
ACCOUNT: Final = BankAccount(holder="样张公司户名", bank="样张银行", number="6200000000000001")
PENALTY: Final = PenaltyRow(
    start=DUE, end=DAY, days=10, owed=Decimal("12345.00"), rate=Decimal("0.0005"), amount=Decimal("61.7250")
)
CLAIM: Final = Claim(
    dpd=9,
    bucket="I",
    instalments=(
        UnpaidInstalment(
            number=7, due=DUE, rent=Decimal("12345.00"), paid=Decimal("0.00"), unpaid=Decimal("12345.00"), dpd=9
        ),
    ),
    amounts=ClaimAmounts(
        overdue_rent=Decimal("12345.00"),
        costs=Decimal("23.45"),
        earlier_penalty=Decimal("34.56"),
        current_penalty=Decimal("61.73"),
        total=Decimal("12464.74"),
    ),
)
PARTS: Final[dict[Part, object]] = {
    Part.recipient: Recipient(name="样张收件人", address="样张市收件路2号"),
    Part.claim: CLAIM,
    Part.demand: Demand(deadline=date(2026, 3, 20), account=ACCOUNT),
    Part.vendor_rights: VendorRights(planned=("样张措施",), reply_by=date(2026, 3, 21)),
    Part.appointment: Appointment(on=date(2026, 3, 18), hours="9:00至11:00", place="样张地点", bring=("样张证件",)),
    Part.correction: Correction(number="样张-0007", title="样张通知书", dated=DUE, wrong="样张错误", right="样张更正"),
    Part.dispute: DisputeReceipt(received=DUE, reply_by=date(2026, 3, 23)),
    Part.dispute_answer: DisputeAnswer(received=DUE, founded=False, reason="样张理由"),
    Part.guarantee: GuaranteeTerms(joint=True, until=date(2026, 9, 1)),
    Part.buyback: BuybackClaim(
        priced_on=DAY,
        rents_due=Decimal("12345.00"),
        rents_to_come=Decimal("0.00"),
        penalty=Decimal("96.29"),
        costs=Decimal("23.45"),
        price=Decimal("12464.74"),
        open=Decimal("12464.74"),
        pay_by=date(2026, 3, 24),
        account=ACCOUNT,
    ),
    Part.sections: (Section(heading="样张标题", text="样张正文"),),
}


def sample(kind: DocumentKind, debtor: str) -> DocumentContent | None:
    """A letter of that kind to a 承租人 or 借款人; None for a kind that no sample fits."""
    needed = REQUIRED[kind]
    if needed - {*PARTS, Part.case, Part.signatures}:
        return None
    parts = {part.value: PARTS[part] for part in needed if part in PARTS}
    if kind is DocumentKind.reminder:
        parts["upcoming"] = Upcoming(due=date(2026, 3, 15), amount=Decimal("12345.00"))
    if kind is DocumentKind.overdue_notice:
        parts["penalty"] = (PENALTY,)
    if kind is DocumentKind.repayment_proposal:
        parts["table"] = PlanTable(rows=(PlanRow(no=1, due=date(2026, 3, 30), amount=Decimal("12464.74")),))
    return DocumentContent.model_validate({
        "kind": kind, "number": "样张-2026-0042", "as_of": DAY, "issuer": ISSUER, "case": _reference(debtor),
        "signatures": (Signature(role="样张职务", name="样张签字人", signed_on=DAY),), **parts,
    })  # fmt: skip


def _reference(debtor: str) -> CaseReference:
    return CaseReference.model_validate({
        "case_no": "S-000001-1", "account_no": "S-000001", "contract_no": "样张合同-0031", "debtor": debtor,
        "lessee": "样张债务人", "asset": "样张租赁物" if debtor == "承租人" else None, "signed_on": date(2024, 7, 1),
    })  # fmt: skip


def figures_of(content: DocumentContent) -> dict[str, str]:
    """What a letter may have to say, by its place in the content, as it is printed."""
    case, claim, demand = content.case, content.claim, content.demand
    said = {
        "number": content.number,
        "recipient": content.recipient.name if content.recipient else "",
        "case.contract_no": case.contract_no if case else "",
        "case.lessee": case.lessee if case else "",
        "claim.total": f"{claim.amounts.total:,.2f}" if claim else "",
        "claim.overdue_rent": f"{claim.amounts.overdue_rent:,.2f}" if claim else "",
        "demand.deadline": "2026年3月20日" if demand else "",
        "demand.account": demand.account.number if demand else "",
        "vendor_rights.reply_by": "2026年3月21日" if content.vendor_rights else "",
        "buyback.pay_by": "2026年3月24日" if content.buyback else "",
        "dispute.reply_by": "2026年3月23日" if content.dispute else "",
        "dispute_answer.reason": "样张理由" if content.dispute_answer else "",
        "guarantee.until": "2026年9月1日" if content.guarantee else "",
        "appointment.on": "2026年3月18日" if content.appointment else "",
        "appointment.place": content.appointment.place if content.appointment else "",
        "correction.number": content.correction.number if content.correction else "",
        "correction.right": content.correction.right if content.correction else "",
        "issuer.contact": content.issuer.contact,
        "signature": content.signatures[0].name or "",
    }
    return {place: text for place, text in said.items() if text}
