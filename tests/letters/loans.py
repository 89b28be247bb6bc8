"""Parts of letters to the borrower of a loan, and papers people write about one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from letters.kinds import DocumentKind
from letters.parts import (
    Appointment,
    CaseReference,
    Claim,
    ClaimAmounts,
    PenaltyRow,
    Recipient,
    Section,
    UnpaidInstalment,
    Upcoming,
)
from letters.tables import PlanRow, PlanTable

K = DocumentKind
BORROWER_LETTERS = (
    K.reminder, K.overdue_notice, K.dunning_letter, K.legal_notice, K.summons, K.lawyers_letter, K.repayment_proposal,
)  # fmt: skip
RATE = Decimal("0.0005")


def line(first: date, last: date, owed: str) -> PenaltyRow:
    """Both days are counted."""
    days = (last - first).days + 1
    return PenaltyRow(
        start=first, end=last, days=days, owed=Decimal(owed), rate=RATE, amount=Decimal(owed) * RATE * days
    )


def penalty() -> tuple[PenaltyRow, ...]:
    """42,300.05 for 10 days, 30,000.05 for 9, less 0.83 paid: 345.670475."""
    paid = PenaltyRow(
        start=date(2026, 2, 19), end=date(2026, 2, 19), days=0, owed=Decimal(0), rate=RATE, amount=Decimal("-0.83")
    )
    return (
        line(date(2026, 2, 1), date(2026, 2, 10), "42300.05"),
        line(date(2026, 2, 11), date(2026, 2, 19), "30000.05"),
        paid,
    )


def appointment() -> Appointment:
    return Appointment(
        on=date(2026, 3, 18),
        hours="9:00至17:00",
        place="上海市浦东新区滨江大道1200号18层",
        bring=("有效身份证件", "借款合同"),
    )


def plan() -> PlanTable:
    rows = (
        PlanRow(no=1, due=date(2026, 4, 10), amount=Decimal("3000.00")),
        PlanRow(no=2, due=date(2026, 5, 10), amount=Decimal("2000.05"), remark="含余款"),
    )
    return PlanTable(rows=rows)


def upcoming() -> Upcoming:
    return Upcoming(due=date(2026, 3, 17), amount=Decimal("5300.00"))


def more(kind: DocumentKind) -> dict[str, object]:
    """What these kinds need beyond what letters have in common."""
    found: dict[str, object] = {}
    if kind is K.overdue_notice:
        found["penalty"] = penalty()
    if kind is K.summons:
        found["appointment"] = appointment()
    if kind is K.repayment_proposal:
        found["table"] = plan()
    return found


def loan() -> dict[str, object]:
    """Case, claim and recipient of a loan: 4,000.00 + 1,300.00 unpaid since 1 February, nothing else."""
    amounts = ClaimAmounts(overdue_rent=Decimal("5300.00"), current_penalty=Decimal("98.05"), total=Decimal("5398.05"))
    row = UnpaidInstalment(
        number=7, due=date(2026, 2, 1), rent=Decimal("5300.00"), paid=Decimal(0), unpaid=Decimal("5300.00"), dpd=37
    )
    return {
        "case": CaseReference(
            case_no="D-000009-1", account_no="D-000009", contract_no="JK-2025-0009", debtor="借款人", lessee="陆文舟",
            asset=None,
        ),
        "recipient": Recipient(name="陆文舟", address="江城市一号路1号"),
        "claim": Claim(amounts=amounts, instalments=(row,), dpd=37, bucket="31-60天"),
        "sections": (
            Section(heading="基本情况", text="客户按时上班，收入下降。"),
            Section(heading="结论及建议", text="建议继续催收。"),
        ),
        "penalty": (line(date(2026, 2, 2), date(2026, 3, 10), "5300.00"),),
    }  # fmt: skip
