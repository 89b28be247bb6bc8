"""Small import files for tests: a good portfolio of two leases, changed as a test wants it."""

from __future__ import annotations

import csv
import io
import zipfile
from copy import deepcopy
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import xlsxwriter

from domain.ladder import Ladder
from domain.policy_check import load_ladder
from imports.portfolio import Loading, Portfolio, read_portfolio
from imports.source import SourceFile
from imports.vocabulary import vocabulary_of

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 3, 18)
NOW = datetime(2026, 3, 18, 8, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
Value = str | float | int | date | None
Sheets = dict[str, list[list[Value]]]

GOOD: Sheets = {
    "accounts": [
        ["account_no", "contract_no", "lease_amount", "rent_total", "penalty_rate_per_day", "asset_description"],
        ["A1", "HT-2025-001", 30000, 33000, 0.0005, "数控机床一台"],
        ["A2", "HT-2025-002", 20000.5, 22000.5, 0.0005, "挖掘机一台"],
    ],
    "schedule": [
        ["account_no", "instalment_no", "due_date", "principal", "interest"],
        ["A1", 1, date(2026, 1, 15), 10000, 1000],
        ["A1", 2, date(2026, 2, 15), 10000, 1000],
        ["A1", 3, date(2026, 3, 15), 10000, 1000],
        ["A2", 1, date(2026, 2, 10), 10000, 1000],
        ["A2", 2, date(2026, 3, 10), 10000.5, 1000],
    ],
    "parties": [
        ["account_no", "party_no", "role", "name", "address", "email", "phone", "buyback_guarantee"],
        ["A1", "C1", "lessee", "示范机械有限公司", "上海市示范路1号", "c1@example.com", "", ""],
        ["A1", "C2", "guarantor", "王示范", "上海市示范路2号", "", "", ""],
        ["A1", "C3", "vendor", "示范设备有限公司", "上海市示范路3号", "", "", "yes"],
        ["A2", "C1", "lessee", "示范机械有限公司", "上海市示范路1号", "c1@example.com", "", ""],
    ],
    "postings": [
        ["account_no", "receipt_no", "kind", "value_date", "amount", "reverses"],
        ["A1", "R1", "payment", date(2026, 1, 15), 11000, ""],
        ["A1", "R2", "payment", date(2026, 2, 16), 5000, ""],
        ["A1", "R3", "reversal", date(2026, 2, 20), "", "R2"],
        ["A2", "R4", "vendor_advance", date(2026, 2, 12), 800.5, ""],
    ],
    "history": [
        ["account_no", "entry", "name", "outcome", "date", "end_date", "document_no"],
        ["A1", "step", "first_week_phone_collection", "", date(2026, 2, 16), "", ""],
        ["A1", "letter", "demand_notice", "sent", date(2026, 2, 24), "", "催-2026-0012"],
    ],
    "control": [
        ["item", "value"],
        ["accounts", 2],
        ["lease_amount", 50000.5],
        ["postings", 16800.5],
        ["posted_through", date(2026, 3, 17)],
    ],
}


def good() -> Sheets:
    """A fresh copy of the good portfolio, to be changed."""
    return deepcopy(GOOD)


def put(sheets: Sheets, sheet: str, row: int, column: str, value: Value) -> Sheets:
    """Set a cell; `row` as a spreadsheet counts it."""
    header = sheets[sheet][0]
    sheets[sheet][row - 1][header.index(column)] = value
    return sheets


def set_control(sheets: Sheets, item: str, value: Value) -> Sheets:
    """Set or add a row of the control sheet."""
    sheets["control"] = [row for row in sheets["control"] if row[0] != item] + [[item, value]]
    return sheets


def xlsx(sheets: Sheets, date_1904: bool = False) -> SourceFile:
    """The sheets as a workbook with real dates and numbers."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "date_1904": date_1904})
    book.set_properties({"created": NOW})  # the same sheets are the same bytes
    as_date = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(r, c, datetime.combine(value, time()), as_date)
                elif isinstance(value, int | float):
                    sheet.write_number(r, c, value)
                elif value:
                    sheet.write_string(r, c, value)
    book.close()
    return SourceFile("portfolio.xlsx", content.getvalue())


def csv_files(sheets: Sheets, encoding: str = "utf-8") -> list[SourceFile]:
    """The sheets as csv files in an encoding."""
    return [SourceFile(f"{name}.csv", _csv(rows).encode(encoding)) for name, rows in sheets.items()]


def _csv(rows: list[list[Value]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([["" if value is None else str(value) for value in row] for row in rows])
    return out.getvalue()


def zipped(files: list[SourceFile]) -> SourceFile:
    """Files in one zip."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for file in files:
            archive.writestr(file.name, file.content)
    return SourceFile("portfolio.zip", content.getvalue())


@cache
def ladder() -> Ladder:
    """The leasing policy with the settings of the demonstration company."""
    policy, company = ROOT / "policies" / "leasing.v1.yaml", ROOT / "company" / "demo.yaml"
    return load_ladder(policy.read_text("utf-8"), policy.name, company.read_text("utf-8"), company.name)


def loading() -> Loading:
    """Half past eight on 18 March 2026."""
    return Loading(now=NOW, vocabulary=vocabulary_of(ladder()))


def read(*files: SourceFile) -> Portfolio:
    """Read files as of TODAY."""
    return read_portfolio(files, loading())
