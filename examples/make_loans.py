"""Makes examples/loans-portfolio.xlsx: 72 invented loans, twelve of each kind, under the six other regulations.

Run `python -m examples.make_loans` from the repository's root; the same code always makes the same rows.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from random import Random

from domain.money import ZERO, rounded
from examples.make_portfolio import (
    BRANCHES,
    HISTORY_HEADER,
    MONTH,
    PARTY_HEADER,
    SCHEDULE_HEADER,
    Value,
    on,
    party,
    save,
)
from examples.people import Directory, Person

TARGET = Path(__file__).with_name("loans-portfolio.xlsx")
RATE = Decimal("0.0005")
TERMS = 12
# Days past due on the day of loading; what is not above 0 is due in so many days: each bucket of each regulation.
STAGES = (-7, -3, -1, 0, 1, 2, 4, 12, 25, 45, 75, 100)
TRADES = ("餐饮", "商贸", "建材", "服饰", "家居", "农产品")
# product -> (prefix of the number, kind of customer, least and most principal)
PRODUCTS = {
    "consumer_loan": ("XF", "个人", 20_000, 120_000),
    "bank_loan": ("YH", "个人", 50_000, 300_000),
    "credit_loan": ("XD", "企业", 200_000, 900_000),
    "union_loan": ("XS", "个人", 30_000, 200_000),
    "business_loan": ("JY", "企业", 300_000, 2_000_000),
    "instalment_loan": ("FQ", "个人", 10_000, 80_000),
}
ACCOUNT_HEADER: list[Value] = ["账户编号", "合同编号", "租赁本金", "日罚息率", "币种", "产品", "客户类型", "分支机构"]
README: list[list[Value]] = [
    ["示例贷款组合: 公司、人员、地址、号码均为虚构。Invented example portfolio."],
    ["每种产品适用一部制度, 见 company/demo.yaml 的 assignment。Each product is under a regulation of its own."],
    ["日期写作 D-38: 导入日前第38天。A date such as D-38 is 38 days before the day of loading."],
]


@dataclass(frozen=True)
class Loan:
    """One loan: `paid` of its equal instalments were paid when due, the next one is `dpd` days past due."""

    no: str
    product: str
    dpd: int
    borrower: Person
    guarantor: Person | None
    amount: int
    paid: int
    part_paid: bool

    @property
    def schedule(self) -> list[tuple[int, Decimal, Decimal]]:
        """(offset in days from the day of loading, principal, interest) of each instalment."""
        part = rounded(Decimal(self.amount) / TERMS)
        last = Decimal(self.amount) - part * (TERMS - 1)
        rows = [(-self.dpd + (index - self.paid) * MONTH, part, rounded(part / 20)) for index in range(TERMS)]
        return [*rows[:-1], (rows[-1][0], last, rows[-1][2])]

    def postings(self) -> list[list[Value]]:
        """Paid instalments on their due dates; of the present one a third, where part of it was paid."""
        rows = self.schedule
        found = [(offset, principal + interest) for offset, principal, interest in rows[: self.paid]]
        if self.part_paid:
            found.append((-self.dpd + 2, rounded((rows[self.paid][1] + rows[self.paid][2]) / 3)))
        return [
            [self.no, f"{self.no}-{number:03d}", "还款", on(offset), amount, ""]
            for number, (offset, amount) in enumerate(found, start=1)
        ]


def make_loans() -> list[Loan]:
    """Every product in every stage."""
    random = Random(20260301)
    directory = Directory(random)
    return [
        _loan(product, number, dpd, random, directory)
        for product in PRODUCTS
        for number, dpd in enumerate(STAGES, start=1)
    ]


def _loan(product: str, number: int, dpd: int, random: Random, directory: Directory) -> Loan:
    prefix, kind, least, most = PRODUCTS[product]
    return Loan(
        no=f"{prefix}{number:04d}",
        product=product,
        dpd=dpd,
        borrower=directory.company(TRADES) if kind == "企业" else directory.private(),
        guarantor=directory.private() if number % 3 == 0 else None,
        amount=random.randrange(least, most, 1_000),
        paid=random.randint(1, TERMS - 6),
        part_paid=dpd > 2 and number % 2 == 0,
    )


def sheets(loans: list[Loan]) -> dict[str, list[list[Value]]]:
    """All rows of the workbook by sheet, headers first."""
    postings = [row for loan in loans for row in loan.postings()]
    return {
        "说明": README,
        "控制": [
            ["项目", "值"],
            ["账户数", len(loans)],
            ["租赁本金合计", sum(loan.amount for loan in loans)],
            ["入账金额合计", sum((row[4] for row in postings if isinstance(row[4], Decimal)), ZERO)],
            ["入账截止日", "D-1"],
            ["相对日期", "是"],
            ["范围", "增量"],
        ],
        "账户": [ACCOUNT_HEADER, *map(_account, loans)],
        "租金计划": [
            SCHEDULE_HEADER,
            *([loan.no, number, on(offset), principal, interest] for loan in loans
              for number, (offset, principal, interest) in enumerate(loan.schedule, start=1)),
        ],
        "相关方": [PARTY_HEADER, *(row for loan in loans for row in _parties(loan))],
        "入账": [["账户编号", "流水号", "类型", "入账日", "金额", "冲销流水号"], *postings],
        "催收历史": [HISTORY_HEADER],
    }  # fmt: skip


def _account(loan: Loan) -> list[Value]:
    kind, branch = PRODUCTS[loan.product][1], BRANCHES[int(loan.no[2:]) % len(BRANCHES)]
    return [loan.no, f"示贷字2026第{loan.no}号", loan.amount, RATE, "CNY", loan.product, kind, branch]


def _parties(loan: Loan) -> list[list[Value]]:
    borrower = [loan.no, *party("借款人", loan.borrower), ""]
    return [borrower, [loan.no, *party("担保人", loan.guarantor), ""]] if loan.guarantor else [borrower]


if __name__ == "__main__":
    sys.stdout.write(f"{TARGET.name}: {save(TARGET, sheets(make_loans()))} sheets\n")
