"""A workbook of 10,000 accounts with 36 instalments each: read, check, keep, release."""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import xlsxwriter
from sqlalchemy import func, select
from sqlmodel import col

from bench.decide import read_ladder
from bench.measured import Measured, say, tell
from bench.place import prepare
from imports.batch import check, release, stage
from imports.portfolio import Loading
from imports.vocabulary import vocabulary_of
from store.session import Database
from store.tables import InstalmentRow

ACCOUNTS = 10_000
INSTALMENTS = 36
NOW = datetime(2026, 3, 18, 1, tzinfo=UTC)
HEADS = {
    "accounts": (
        "account_no",
        "contract_no",
        "lease_amount",
        "rent_total",
        "penalty_rate_per_day",
        "asset_description",
    ),
    "schedule": ("account_no", "instalment_no", "due_date", "principal", "interest"),
    "parties": ("account_no", "party_no", "role", "name", "address"),
    "control": ("item", "value"),
}
AMOUNT = 360_000


def measure() -> list[Measured]:
    """Seconds from the file's bytes to the accounts in the ledger; making the file does not count."""
    with tempfile.TemporaryDirectory(prefix="arrears-bench-") as folder:
        file = Path(folder) / "portfolio.xlsx"
        say(f"import: writing {ACCOUNTS:,} accounts with {INSTALMENTS} instalments")
        write(file)
        database = Database(f"sqlite:///{Path(folder) / 'arrears.db'}")
        prepare(database, ())
        seconds = _import(database, file)
        with database.reading() as session:
            stored = session.scalar(select(func.count(col(InstalmentRow.no))))
        database.close()
    if stored != ACCOUNTS * INSTALMENTS:
        raise SystemExit(f"{stored} instalments are in the ledger")
    return [Measured("import of 10,000 accounts x 36 instalments", seconds, "s", "<=", 30)]


def _import(database: Database, file: Path) -> float:
    content = file.read_bytes()
    loading = Loading(NOW, vocabulary_of(read_ladder()))
    marks = [time.monotonic()]
    checked = check(content, file.name, loading)
    marks.append(time.monotonic())
    if checked.portfolio.faults:
        raise SystemExit(f"the file is bad: {checked.portfolio.faults[0]}")
    with database.session() as session:
        staged = stage(session, checked, "u-1", NOW)
    marks.append(time.monotonic())
    with database.session() as session:
        release(session, staged.batch.id, "u-2", NOW)
    marks.append(time.monotonic())
    parts = [after - before for before, after in pairwise(marks)]
    say(f"  read and checked {parts[0]:.1f} s, kept as held {parts[1]:.1f} s, released {parts[2]:.1f} s")
    return sum(parts)


def write(file: Path) -> None:
    """A workbook without faults."""
    book = xlsxwriter.Workbook(str(file), {"constant_memory": True, "default_date_format": "yyyy-mm-dd"})
    sheets = {name: book.add_worksheet(name) for name in HEADS}
    for name, head in HEADS.items():
        sheets[name].write_row(0, 0, head)
    totals = (("accounts", ACCOUNTS), ("lease_amount", AMOUNT * ACCOUNTS), ("postings", 0))
    for line, total in enumerate((*totals, ("posted_through", "2026-03-17")), start=1):
        sheets["control"].write_row(line, 0, total)
    for number in range(ACCOUNTS):
        account_no = f"B-{number:06d}"
        row = (account_no, f"C-{account_no}", AMOUNT, 378_000, 0.0005, "数控机床一台")
        sheets["accounts"].write_row(number + 1, 0, row)
        sheets["parties"].write_row(number + 1, 0, (account_no, "P1", "lessee", f"承租人{number}", "上海市示范路1号"))
        first = date(2025, 1, 1) + timedelta(days=number % 365)
        for no in range(INSTALMENTS):
            line = number * INSTALMENTS + no + 1
            sheets["schedule"].write_row(line, 0, (account_no, no + 1))
            sheets["schedule"].write_datetime(
                line, 2, datetime.combine(first + timedelta(days=30 * no), datetime.min.time())
            )
            sheets["schedule"].write_row(line, 3, (10000, 500))
    book.close()


if __name__ == "__main__":
    sys.exit(tell(measure()))
