"""A report of key figures with one line of each sort."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from letters.key_figures import KpiBucketRow, KpiGroup, KpiRollRow, KpiRow, KpiTable


def key_figures() -> KpiTable:
    rate = KpiRow(figure="催收成功率", value="46.51 %", before="40.00 %", target=">50.00 %", met=False)
    cost = KpiRow(figure="催收费用", value="120.00", before="-")
    mild = KpiBucketRow(
        bucket="1-30天", accounts=1, start=Decimal("2100.00"), collected=Decimal("1050.00"), end=Decimal("1050.00"),
        rate="33.33 %", target=">80.00 %", met=False,
    )  # fmt: skip
    roll = KpiRollRow(start="1-30天", end="31-60天", accounts=1, share="50.00 %")
    group = KpiGroup(accounts=5, rows=(rate, cost), buckets=(mild,), rolls=(roll,))
    return KpiTable(
        start=date(2026, 2, 1), end=date(2026, 2, 28), before_start=date(2026, 1, 1), before_end=date(2026, 1, 31),
        groups=(group,),
    )  # fmt: skip
