"""The claim on a vendor enters the ledger with its decision; a statement says what each vendor advanced and owes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from api.vendor_statement import statement_pdf, statement_xlsx
from domain import events as e
from domain.errors import Refused
from domain.ledger import Posting, PostingKind
from letters.glyphs import FontSet
from letters.render import Renderer
from store.account_facts import account_facts
from store.accounts import add_account
from store.buybacks import VendorStatement, vendor_statement
from store.ledger import post
from store.record import record
from store.session import Database
from tests.store.samples import after, at, events, lease, new_case, opening

DAY = date(2026, 4, 30)


@pytest.fixture
def claimed(database: Database) -> Database:
    """Two leases of vendor P3: on L-1 2,000.00 were claimed and 500.00 paid; on L-2 1,050.00 advanced."""
    first = after(new_case(), opening())
    claim = events(
        e.StepCompleted(step="buyback_claim", outcome="claimed", role="asset_manager", claimed=Decimal("2000.00")),
        first=6, when=at(4, 20), command="c1",
    )  # fmt: skip
    with database.session() as session:
        add_account(session, lease())
        add_account(session, lease("L-2"))
        record(session, "L-1-1", opening(), first)
        record(session, "L-1-1", claim, after(first, claim))
        record(session, "L-1-1", claim, after(first, claim))  # a repeat enters nothing twice
        for number, kind, amount, account in (
            ("B1", PostingKind.BUYBACK_PRICE, "500.00", "L-1"),
            ("V1", PostingKind.VENDOR_ADVANCE, "1050.00", "L-2"),
        ):
            paid = Posting(id=number, kind=kind, value_date=date(2026, 4, 22), at=at(4, 22), amount=Decimal(amount))
            post(session, paid, account)
    return database


def statement(database: Database, party: str = "P3", as_of: date = DAY) -> VendorStatement:
    with database.reading() as session:
        return vendor_statement(session, party, as_of)


def test_a_claim_is_posted_once_with_its_decision(claimed: Database) -> None:
    with claimed.reading() as session:
        found = [p for p in account_facts(session, "L-1").postings if p.kind is PostingKind.BUYBACK_CLAIM]
    wanted = [("buyback/L-1-1/6", date(2026, 4, 20), Decimal("2000.00"))]
    assert [(p.id, p.value_date, p.amount) for p in found] == wanted


def test_the_statement_says_what_was_advanced_claimed_paid_and_is_open(claimed: Database) -> None:
    found = statement(claimed)
    assert [(row.account_no, row.advanced, row.claimed, row.paid, row.open) for row in found.accounts] == [
        ("L-1", Decimal(0), Decimal("2000.00"), Decimal("500.00"), Decimal("1500.00")),
        ("L-2", Decimal("1050.00"), None, Decimal(0), Decimal(0)),
    ]
    (sums,) = found.totals
    assert (sums.currency, sums.advanced, sums.claimed, sums.paid, sums.open) == (
        "CNY", Decimal("1050.00"), Decimal("2000.00"), Decimal("500.00"), Decimal("1500.00"),
    )  # fmt: skip


def test_a_statement_is_of_its_day(claimed: Database) -> None:
    before = statement(claimed, as_of=date(2026, 4, 21))
    assert (before.accounts[0].open, before.totals[0].advanced) == (Decimal("2000.00"), Decimal(0))
    assert statement(claimed, as_of=date(2026, 4, 19)).accounts[0].claimed is None


def test_a_correction_takes_the_claim_back(claimed: Database) -> None:
    with claimed.reading() as session:
        before = after(new_case(), opening())
    claim = events(
        e.StepCompleted(step="buyback_claim", outcome="claimed", role="asset_manager", claimed=Decimal("2000.00")),
        first=6, when=at(4, 20), command="c1",
    )  # fmt: skip
    back = events(
        e.StepReopened(step="buyback_claim", corrects=6, reason="wrong lease", deadline=at(4, 25)),
        e.StepReopened(step="phone_collection", corrects=2, reason="no claim at all", deadline=at(4, 25)),
        first=7, when=at(4, 21), command="c2",
    )  # fmt: skip
    with claimed.session() as session:
        record(session, "L-1-1", back, after(after(before, claim), back))
    assert statement(claimed).accounts[0].claimed is None


def test_who_is_no_vendor_has_no_statement(claimed: Database) -> None:
    with pytest.raises(Refused) as found:
        statement(claimed, "P1")
    assert found.value.code == "unknown_vendor"


def test_the_workbook_says_the_same(claimed: Database) -> None:
    rows = CalamineWorkbook.from_filelike(BytesIO(statement_xlsx(statement(claimed)))).get_sheet_by_index(0).to_python()
    assert rows[0][0] == "出卖人对账单：大华设备（P3），截至 2026-04-30"
    assert rows[3][:1] + rows[3][4:9] == ["L-1", 0.0, date(2026, 4, 20), 2000.0, 500.0, 1500.0]
    assert rows[5][0] == "合计" and rows[5][8] == 1500.0


def test_the_pdf_says_the_same_and_is_the_same_each_time(claimed: Database) -> None:
    renderer = Renderer(FontSet.bundled())
    pdf = statement_pdf(renderer, "远山融资租赁有限公司", statement(claimed))
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
    for shown in ("远山融资租赁有限公司", "大华设备", "L-2", "2026 年 4 月 20 日"):
        assert shown in text
    counts = [text.count(amount) for amount in ("1,050.00", "2,000.00", "1,500.00")]
    assert counts == [2, 2, 2]  # each with its account and in the sum
    assert statement_pdf(renderer, "远山融资租赁有限公司", statement(claimed)) == pdf
