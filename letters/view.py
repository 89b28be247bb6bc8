"""What the templates get: the content with dates, amounts and yes/no already turned into Chinese text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final, TypeAlias

from letters.capitals import capitals
from letters.content import DocumentContent
from letters.kinds import LOAN_TITLES
from letters.parts import BuybackClaim, Claim, Owed, PenaltyRow, Upcoming
from letters.tables import PlanTable, ResultTable, WeeklyTable

View: TypeAlias = "str | int | bool | list[View] | dict[str, View] | None"
"""Plain data for the template; every figure in it is a finished text."""

SYMBOLS: Final = {"CNY": "人民币", "HKD": "港币", "USD": "美元", "EUR": "欧元"}


def view(content: DocumentContent) -> dict[str, View]:
    """Turn content into finished texts; keys are those of the content plus the derived ones."""
    shown = {name: plain(getattr(content, name)) for name in type(content).model_fields}
    shown["title"] = title_of(content)
    if content.claim:
        shown["claim"] = claim_view(content.claim)
    if content.buyback:
        shown["buyback"] = buyback_view(content.buyback)
    if content.upcoming:
        shown["upcoming"] = upcoming_view(content.upcoming)
    if content.contracts:
        shown["all"] = all_view(content.contracts)
    shown["penalty"] = [penalty_view(row) for row in content.penalty]
    match content.table:
        case WeeklyTable() as table:
            shown["summary"] = weekly_summary(table)
        case ResultTable() as table:
            shown["result"] = result_view(table)
        case PlanTable() as table:
            shown["plan"] = plan_view(table)
        case _:
            pass
    return shown


def title_of(content: DocumentContent) -> str:
    """The title that is printed; some papers are called otherwise when a loan is overdue."""
    on_loan = content.case is not None and content.case.debtor == "借款人"
    return LOAN_TITLES.get(content.kind, content.kind.title) if on_loan else content.kind.title


def plain(value: object) -> View:
    """Turn a value of the content into text, list or mapping; None stays None."""
    match value:
        case None | bool() | int():
            return value
        case Decimal():
            return money(value)
        case datetime():
            return local(value)
        case date():
            return chinese_date(value)
        case str():
            return str(value)
        case Sequence():
            return [plain(item) for item in value]
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case _:
            fields = getattr(type(value), "model_fields", None)
            if fields is None:
                raise TypeError(f"no text for {type(value).__name__}")
            return {name: plain(getattr(value, name)) for name in fields}


def money(amount: Decimal) -> str:
    """12300.5 becomes 12,300.50."""
    return f"{amount:,.2f}"


def chinese_date(day: date) -> str:
    """2025-03-07 becomes 2025年3月7日."""
    return f"{day.year}年{day.month}月{day.day}日"


def local(moment: datetime) -> str:
    """Print a moment to the minute, in the zone it carries: hand it over in the zone of the account."""
    return moment.strftime("%Y-%m-%d %H:%M")


def claim_view(claim: Claim) -> dict[str, View]:
    """The claim with its totals in figures and capitals, and whether a vendor's advance is to be shown."""
    amounts = claim.amounts
    names = ("overdue_rent", "costs", "earlier_penalty", "current_penalty", "vendor_advance", "total")
    return {
        "dpd": claim.dpd,
        "bucket": claim.bucket,
        "currency": SYMBOLS[amounts.currency],
        "count": len(claim.instalments),
        "first_due": chinese_date(claim.oldest_due or min(row.due for row in claim.instalments)),
        "other_dues": claim.oldest_due is not None,
        "instalments": plain(claim.instalments),
        "amounts": {name: money(getattr(amounts, name)) for name in names},
        "capitals": {
            "total": capitals(amounts.total, amounts.currency),
            "vendor_advance": capitals(amounts.vendor_advance, amounts.currency),
        },
        "has_vendor_advance": amounts.vendor_advance > 0,
    }


def all_view(contracts: Sequence[Owed]) -> dict[str, View]:
    """A row per contract, and the totals of each currency: currencies are never added up."""
    rows: list[View] = [
        {
            "contract_no": one.contract_no, "due": chinese_date(one.due), "dpd": str(one.dpd),
            "currency": SYMBOLS[one.amounts.currency], "overdue_rent": money(one.amounts.overdue_rent),
            "costs": money(one.amounts.costs), "total": money(one.amounts.total),
            "penalty": money(one.amounts.earlier_penalty + one.amounts.current_penalty),
        }
        for one in contracts
    ]  # fmt: skip
    totals: list[View] = []
    for currency in dict.fromkeys(one.amounts.currency for one in contracts):
        ours = [one for one in contracts if one.amounts.currency == currency]
        total = sum((one.amounts.total for one in ours), Decimal(0))
        daily = sum((one.daily for one in ours), Decimal(0))
        totals.append({
            "currency": SYMBOLS[currency], "count": len(ours), "total": money(total),
            "capitals": capitals(total, currency), "daily": money(daily) if daily else None,
        })  # fmt: skip
    return {"count": len(contracts), "rows": rows, "totals": totals}


def buyback_view(claim: BuybackClaim) -> dict[str, View]:
    """The price in figures, what is still to be paid also in capitals."""
    shown: dict[str, View] = {name: plain(getattr(claim, name)) for name in type(claim).model_fields}
    return shown | {
        "currency": SYMBOLS[claim.currency],
        "has_unallocated": claim.unallocated > 0,
        "has_adjustment": claim.adjustment != 0,
        "has_paid": claim.paid > 0,
        "capitals": capitals(claim.open, claim.currency),
    }


def upcoming_view(upcoming: Upcoming) -> dict[str, View]:
    """What will be due, in figures and capitals."""
    return {
        "due": chinese_date(upcoming.due),
        "amount": money(upcoming.amount),
        "currency": SYMBOLS[upcoming.currency],
        "capitals": capitals(upcoming.amount, upcoming.currency),
    }


def penalty_view(row: PenaltyRow) -> dict[str, View]:
    """A line of the calculation with its exact amount; the rate in per cent per day."""
    return {
        "start": chinese_date(row.start),
        "end": chinese_date(row.end),
        "days": row.days,
        "owed": money(row.owed),
        "rate": f"{exact(row.rate * 100, 0)}%",
        "amount": exact(row.amount, 2),
    }


def exact(amount: Decimal, places: int) -> str:
    """All decimals that are not zero, and at least so many: 211.5 becomes 211.50, 270.0012 stays."""
    text = f"{amount.normalize():,f}"
    whole, _, decimals = text.partition(".")
    decimals = decimals.ljust(places, "0")
    return f"{whole}.{decimals}" if decimals else whole


def plan_view(table: PlanTable) -> dict[str, View]:
    """The total of a plan in figures and capitals; None while an amount is missing."""
    amounts = [row.amount for row in table.rows if row.amount is not None]
    if len(amounts) < len(table.rows):
        return {"total": None, "capitals": None, "currency": SYMBOLS[table.currency]}
    total = sum(amounts, Decimal(0))
    return {
        "total": money(total),
        "capitals": capitals(total, table.currency),
        "currency": SYMBOLS[table.currency],
    }


def weekly_summary(table: WeeklyTable) -> dict[str, View]:
    """Accounts and amounts by class, in the order in which classes first appear by days past due."""
    buckets = dict.fromkeys(row.bucket for row in sorted(table.rows, key=lambda row: row.dpd))
    lines: list[View] = [_sums(bucket, table, bucket) for bucket in buckets]
    return {"lines": lines, "all": _sums("合计", table, None), "currency": SYMBOLS[table.currency]}


def _sums(label: str, table: WeeklyTable, bucket: str | None) -> dict[str, View]:
    rows = [row for row in table.rows if bucket is None or row.bucket == bucket]
    return {
        "label": label,
        "accounts": len(rows),
        "overdue_rent": money(sum((row.overdue_rent for row in rows), Decimal(0))),
        "total": money(sum((row.total for row in rows), Decimal(0))),
        "vendor_advance": money(sum((row.vendor_advance for row in rows), Decimal(0))),
    }


def result_view(table: ResultTable) -> dict[str, View]:
    """Sums of income and expense, the net result in figures and capitals, and its name."""
    return {
        "income": money(sum((row.amount for row in table.income), Decimal(0))),
        "expense": money(sum((row.amount for row in table.expense), Decimal(0))),
        "net": money(table.net),
        "capitals": capitals(table.net, table.currency),
        "currency": SYMBOLS[table.currency],
        "name": "盈利" if table.net > 0 else "亏损" if table.net < 0 else "持平",
    }
