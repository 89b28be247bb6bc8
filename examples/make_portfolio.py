"""Makes examples/leasing-portfolio.xlsx: 200 invented leases in every stage, dated relative to the day of loading.

Run `python -m examples.make_portfolio` from the repository's root; the same code always makes the same rows.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from random import Random

import xlsxwriter

from domain.money import ZERO, rounded
from examples.people import Directory, Person
from examples.stages import Traits, history

TARGET = Path(__file__).with_name("leasing-portfolio.xlsx")
RATE = Decimal("0.0005")
MONTH = 30  # days between instalments: months have no fixed length before the day of loading is known
LARGER = 3_000_000
EDGES = (1, 1, 7, 8, 15, 15, 16, 16, 29, 30, 30, 31, 31, 37, 38, 45, 45, 46, 50, 60)
TRADES = ("精密机械", "塑胶制品", "物流", "印刷包装", "建筑工程", "纺织", "食品", "汽车零部件", "环保科技", "新材料")
VENDOR_TRADES = ("机床销售", "工程机械", "医疗设备", "包装设备", "注塑设备")
ASSETS = (
    "立式加工中心2台", "全电动注塑机3台", "冷藏运输车5辆", "四色胶印机1台", "液压挖掘机2台", "喷水织机24台",
    "无菌灌装线1条", "激光切割机1台", "光伏组件清洗设备1套", "五轴加工中心1台", "数控车床6台", "磁共振成像设备1台",
)  # fmt: skip
BRANCHES = ("上海业务部", "华东业务部", "华南业务部", "北方业务部")
Value = str | int | Decimal


@dataclass
class Lease:
    """One lease of the example: `dpd` is 0 or less when nothing is overdue (then -dpd days until the next rent)."""

    serial: int
    dpd: int
    random: Random
    lessee: Person
    guarantors: list[Person]
    vendor: Person | None
    buyback: bool
    amount: int
    terms: int
    paid: int
    postings: list[list[Value]] = field(default_factory=list)

    @property
    def no(self) -> str:
        return f"ZL{self.serial:05d}"

    def due(self, index: int) -> int:
        """Offset in days from the day of loading of the instalment with this index (0 is the first)."""
        return -self.dpd + (index - self.paid) * MONTH

    def schedule(self) -> list[tuple[int, Decimal, Decimal]]:
        """(offset, principal, interest) of each instalment: equal principal, interest on the remainder."""
        part = rounded(Decimal(self.amount) / self.terms)
        left = Decimal(self.amount)
        rows: list[tuple[int, Decimal, Decimal]] = []
        for index in range(self.terms):
            principal = part if index < self.terms - 1 else left
            rows.append((self.due(index), principal, rounded(left * Decimal("0.006"))))
            left -= principal
        return rows


def on(offset: int) -> str:
    """A day as the file says it: D-38 is 38 days before the day of loading."""
    return f"D{offset:+d}" if offset else "D"


def make_leases() -> list[Lease]:
    """200 leases: 140 overdue by 1 to 60 days, ten with a rent due today, fifty not due yet."""
    random = Random(20260105)
    directory = Directory(random)
    vendors = [directory.company(VENDOR_TRADES) for _ in range(14)]
    overdue = [*range(1, 61), *range(1, 61), *EDGES]
    stages = [*overdue, *[0] * 10, *[-(1 + n % 29) for n in range(50)]]
    random.shuffle(stages)
    lessees: list[Person] = []
    leases: list[Lease] = []
    for serial, dpd in enumerate(stages, start=1):
        again = lessees and serial % 5 == 0
        lessee = random.choice(lessees) if again else directory.company(TRADES)
        lessees.append(lessee)
        leases.append(_lease(serial, dpd, random, lessee, directory, vendors))
    return leases


def _lease(serial: int, dpd: int, random: Random, lessee: Person, directory: Directory, vendors: list[Person]) -> Lease:
    guarantors = [
        directory.private() if random.random() < 0.6 else directory.company(TRADES)
        for _ in range(random.choice((0, 0, 1, 1, 1, 2)))
    ]
    vendor = random.choice(vendors) if random.random() < 0.65 else None
    terms = random.choice((12, 24, 24, 36))
    larger = serial % 8 == 0
    amount = random.randrange(LARGER, 9_000_000, 50_000) if larger else random.randrange(180_000, 2_400_000, 10_000)
    lease = Lease(
        serial=serial,
        dpd=dpd,
        random=random,
        lessee=lessee,
        guarantors=guarantors,
        vendor=vendor,
        buyback=vendor is not None and random.random() < 0.5,
        amount=amount,
        terms=terms,
        paid=random.randint(2, terms - 4),
    )
    _pay(lease)
    return lease


def _pay(lease: Lease) -> None:
    """The money so far: rents on time or late, then what is special about the delinquency of today."""
    repeated = lease.serial % 4 == 0
    rows = lease.schedule()
    penalty = ZERO
    for index in range(lease.paid):
        offset, principal, interest = rows[index]
        late = lease.random.randint(3, 20) if repeated and index >= lease.paid - 4 and index % 2 == 0 else 0
        late = min(late, -1 - offset)
        rent = principal + interest
        _post(lease, "还款", offset + late, rent + penalty)
        penalty = rounded(rent * RATE * late)  # falls due with the next rent
    if lease.dpd >= 4:
        _current(lease, rows[lease.paid][1] + rows[lease.paid][2])


def _current(lease: Lease, rent: Decimal) -> None:
    """Part payments, returned payments, advances of the vendor and costs of the present delinquency."""
    due = -lease.dpd
    if lease.serial % 6 == 0:
        _post(lease, "还款", due + 3, rounded(rent * lease.random.randint(3, 7) / 10))
    elif lease.serial % 11 == 0:
        returned = _post(lease, "还款", due + 1, rent)
        lease.postings.append([lease.no, f"{lease.no}-C1", "冲销", on(due + 3), "", returned])
    if lease.vendor and lease.dpd > 20 and lease.serial % 3 == 0:
        _post(lease, "垫付", due + 20, rent)
    if lease.dpd > 40 and lease.serial % 7 == 0:
        _post(lease, "费用", due + 38, Decimal("1200.00"))


def _post(lease: Lease, kind: str, offset: int, amount: Decimal) -> str:
    receipt = f"{lease.no}-{len(lease.postings) + 1:03d}"
    lease.postings.append([lease.no, receipt, kind, on(offset), amount, ""])
    return receipt


def traits_of(lease: Lease) -> Traits:
    """What decides the history of a lease."""
    objection = None
    if lease.buyback and lease.dpd > 33 and lease.serial % 4 == 1:
        objection = 33 if lease.dpd < 46 else 47 if lease.dpd > 47 else None
    return Traits(
        serial=lease.serial,
        guarantors=len(lease.guarantors),
        vendor=lease.vendor is not None,
        larger=lease.amount >= LARGER,
        consent=lease.serial % 5 != 0,
        objection_day=objection,
    )


def sheets(leases: list[Lease]) -> dict[str, list[list[Value]]]:
    """All rows of the workbook by sheet, headers first."""
    postings = [row for lease in leases for row in lease.postings]
    paid = sum((row[4] for row in postings if isinstance(row[4], Decimal)), ZERO)
    return {
        "说明": README,
        "控制": [
            ["项目", "值"],
            ["账户数", len(leases)],
            ["租赁本金合计", sum(lease.amount for lease in leases)],
            ["入账金额合计", paid],
            ["入账截止日", "D-1"],
            ["相对日期", "是"],
            ["范围", "全量"],
        ],
        "账户": [ACCOUNT_HEADER, *map(_account, leases)],
        "租金计划": [SCHEDULE_HEADER, *(row for lease in leases for row in _schedule(lease))],
        "相关方": [PARTY_HEADER, *(row for lease in leases for row in _parties(lease))],
        "租赁物清单": [ASSET_HEADER, *map(_asset, leases)],
        "入账": [["账户编号", "流水号", "类型", "入账日", "金额", "冲销流水号"], *postings],
        "催收历史": [HISTORY_HEADER, *(row for lease in leases for row in _history(lease))],
    }


README: list[list[Value]] = [
    ["示例租赁组合: 公司、人员、地址、号码均为虚构。Invented example portfolio."],
    ["日期写作 D-38: 导入日前第38天。A date such as D-38 is 38 days before the day of loading."],
    ["各列说明见 examples/README.md 与 docs/import.md。The columns are explained in docs/import.md."],
]
ACCOUNT_HEADER: list[Value] = ["账户编号", "合同编号", "租赁本金", "租金总额", "日罚息率", "币种", "租赁物", "分支机构"]
SCHEDULE_HEADER: list[Value] = ["账户编号", "期次", "应付日", "本金", "利息"]
PARTY_HEADER: list[Value] = ["账户编号", "客户编号", "角色", "名称", "证件号码", "电话", "电子邮箱", "地址", "回购担保"]
ASSET_HEADER: list[Value] = [
    "账户编号", "资产编号", "租赁物", "序列号", "存放地点", "定位设备号", "保险到期日", "登记证明号", "登记日",
]  # fmt: skip
HISTORY_HEADER: list[Value] = ["账户编号", "事项类型", "事项", "结果", "日期", "结束日", "文号"]


def _account(lease: Lease) -> list[Value]:
    total = sum((principal + interest for _, principal, interest in lease.schedule()), ZERO)
    contract = f"示租字2025第{lease.serial:04d}号"
    asset, branch = ASSETS[lease.serial % len(ASSETS)], BRANCHES[lease.serial % len(BRANCHES)]
    return [lease.no, contract, lease.amount, total, RATE, "CNY", asset, branch]


def _asset(lease: Lease) -> list[Value]:
    """What is leased; some are without tracker or registration, and some insurances have run out."""
    serial = lease.serial
    insured = on(-20 if serial % 17 == 0 else 60 + serial)
    title = [f"登记{serial:06d}", on(lease.due(0) - MONTH)] if serial % 9 else ["", ""]
    tracker = "" if serial % 6 == 0 else f"GPS-{serial:05d}"
    number, place = f"SN-{serial:05d}", lease.lessee.address
    return [lease.no, f"{lease.no}-A1", ASSETS[serial % len(ASSETS)], number, place, tracker, insured, *title]


def _schedule(lease: Lease) -> Iterator[list[Value]]:
    for number, (offset, principal, interest) in enumerate(lease.schedule(), start=1):
        yield [lease.no, number, on(offset), principal, interest]


def _parties(lease: Lease) -> Iterator[list[Value]]:
    for role, person in [("承租人", lease.lessee), *(("担保人", guarantor) for guarantor in lease.guarantors)]:
        yield [lease.no, *party(role, person), ""]
    if lease.vendor:
        yield [lease.no, *party("出卖人", lease.vendor), "是" if lease.buyback else "否"]


def party(role: str, person: Person) -> list[Value]:
    """The columns of a party from its role on."""
    return [person.no, role, person.name, person.id_number, person.phone, person.email, person.address]


def _history(lease: Lease) -> Iterator[list[Value]]:
    if lease.serial % 13 == 0:
        return  # some leases come without any history
    for entry in history(lease.dpd, traits_of(lease)):
        day = on(entry.day - lease.dpd)
        yield [lease.no, entry.kind, entry.name, entry.outcome, day, "", entry.document_no]


def save(target: Path, sheets: dict[str, list[list[Value]]]) -> int:
    """Write a workbook; returns the number of its sheets."""
    with xlsxwriter.Workbook(str(target)) as book:
        book.set_properties({"created": datetime(2026, 1, 5, tzinfo=UTC)})
        bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, len(rows[-1]), 16)
            for r, row in enumerate(rows):
                for c, value in enumerate(row):
                    if isinstance(value, Decimal) and value >= 1:
                        sheet.write_number(r, c, float(value), money)
                    elif isinstance(value, str):
                        sheet.write_string(r, c, value, bold if r == 0 and name != "说明" else None)
                    else:
                        sheet.write_number(r, c, float(value))
    return len(sheets)


if __name__ == "__main__":
    sys.stdout.write(f"{TARGET.name}: {save(TARGET, sheets(make_leases()))} sheets\n")
