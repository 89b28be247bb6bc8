"""Whatever the database, workers that send for several contracts of a person at once send one message."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from activities.messages import DispatchResult
from activities.registry import Policies
from domain.errors import Transient
from letters.glyphs import FontSet
from letters.render import Renderer
from store import named
from store.contacts import contacts_of
from store.deliveries import find_delivery
from store.session import Database
from store.tables import CaseRow
from tests.activities.five_loans import BORROWER, FIVE, FiveLoans
from tests.activities.outside import Outside, outside
from tests.activities.world import DAY, ROOT, at


@pytest.fixture
def book(database: Database) -> FiveLoans:
    policies = Policies.from_files(ROOT / "policies", ROOT / "company" / "demo.yaml")
    found = FiveLoans(database, Renderer(FontSet.bundled()), policies)
    found.loans(FIVE)
    return found


async def patiently(book: FiveLoans, out: Outside, name: str, database: Database) -> DispatchResult:
    """As the engine does it: tried again while the fate of another message is not known."""
    worker = book.delivery(out, database)
    while True:
        try:
            return await worker.dispatch_document(book.dispatch(name))
        except Transient:
            await asyncio.sleep(0.05)


async def test_five_workers_at_once_send_one_message(book: FiveLoans, tmp_path: Path) -> None:
    """Each in threads and connections of its own."""
    databases = [Database(book.database.url.render_as_string(hide_password=False)) for _ in FIVE]
    async with outside(tmp_path / "sent") as out:
        out.fail(delay_ms=50)
        pairs = zip(FIVE, databases, strict=True)
        results = await asyncio.gather(*(patiently(book, out, name, one) for name, one in pairs))
        assert sum(out.deliveries().values()) == 1
    for one in databases:
        one.close()
    assert {result.status for result in results} == {"sent"}
    assert len({result.document.number for result in results if result.document}) == 1
    keys = [book.dispatch(name).key for name in FIVE]
    with book.database.reading() as session:
        sent = [key for key in keys if find_delivery(session, key)]
        shared = [one.own for one in named.shared(session, sent[0])]
        assert len(contacts_of(session, BORROWER.id, at(DAY))) == 1
    assert sorted([*sent, *shared]) == keys


def test_a_case_that_rests_is_not_named(book: FiveLoans) -> None:
    with book.database.session() as session:
        everybody = named.other_cases(session, "U-1", "union")
        session.get_one(CaseRow, "U-3-1").held = True
        session.flush()
        others = named.other_cases(session, "U-1", "union")
        assert named.other_cases(session, "U-1", "bank") == ()
    assert [case.account_no for case in everybody] == ["U-2", "U-3", "U-4", "U-5"]
    assert [case.account_no for case in others] == ["U-2", "U-4", "U-5"]
