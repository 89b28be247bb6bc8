"""Early warnings that nobody answers go one up, and a closed account is asked about no longer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from activities.early_warnings import EarlyWarningWork, Reporting, report_signals
from activities.risk import risk_pack_of
from domain.errors import Invalid
from domain.events import Actor
from store import staff
from store.early_warnings import Signal, signals_of
from store.errands import Errand
from tests.activities.layered import Lessor
from tests.activities.reminded import TZ, database_in, local
from tests.builders.ladders import ROOT

ACTOR = Actor(user="u-1", role="collection_team", authority="test")


@pytest.fixture
def lender(tmp_path: Path, empty_lender: bytes) -> Iterator[Lessor]:
    (tmp_path / "lender.db").write_bytes(empty_lender)
    made = Lessor(database_in(tmp_path), "lender", "business_loan")
    yield made
    made.database.close()


def report(company: Lessor, day: str, *signals: Signal) -> None:
    company.clock.at = local(f"{day} 10:00")
    pack = risk_pack_of(ROOT / "policies" / "risk", "default", date.fromisoformat(day))
    by = Reporting(company.policies, pack, "outside", ACTOR, company.clock.now(), TZ)
    with company.database.session() as session:
        report_signals(session, by, signals)


def signal(id_: str = "s-1", account_no: str = "C-1", indicator: str = "income_drop") -> Signal:
    return Signal(id=id_, account_no=account_no, indicator=indicator, observed_on=date(2026, 3, 13))


async def settle(company: Lessor, day: str) -> Errand:
    """The morning run of that day, and what became of the only warning."""
    company.clock.at = local(f"{day} 09:00")
    work = EarlyWarningWork(company.database, company.policies, company.clock)
    await work.run(company.request())
    await work.run(company.request())  # once more changes nothing
    return company.one("lender.early_warning", "income_drop")


async def test_a_warning_nobody_answers_goes_up_on_the_mornings_after(lender: Lessor) -> None:
    """O3.1: by the end of the next business day; then to the head, a business day later to the general manager."""
    lender.account("C-1", due="2026-12-15")
    report(lender, "2026-03-13", signal())  # a Friday
    for day, level, to in (
        ("2026-03-16", 0, None), ("2026-03-17", 1, "head_of_collection"), ("2026-03-18", 1, "head_of_collection"),
        ("2026-03-19", 2, "general_manager"), ("2026-03-20", 2, "general_manager"),
    ):  # fmt: skip
        found = await settle(lender, day)
        assert (found.status, found.level, found.escalated_to) == ("open", level, to), day
    with lender.database.reading() as session:
        told = [one.role for one in staff.pending_alerts(session, 100)]
    assert told == ["collection_team", "head_of_collection", "general_manager"]


async def test_what_was_answered_or_belongs_to_a_closed_account_goes_nowhere(lender: Lessor) -> None:
    lender.account("C-1", due="2026-12-15")
    report(lender, "2026-03-13", signal())
    lender.answer(lender.one("lender.early_warning", "income_drop"), "no_measure_needed", "2026-03-13")
    assert (await settle(lender, "2026-03-20")).status == "answered"
    lender.account("C-2", due="2026-12-15")
    report(lender, "2026-03-20", signal("s-2", "C-2", "unemployment"))
    with lender.database.session() as session:
        session.execute(text("UPDATE account SET closed = true WHERE account_no = 'C-2'"))
    await settle(lender, "2026-03-25")
    assert lender.one("lender.early_warning", "unemployment").status == "missed"


def test_one_bad_signal_keeps_all_of_them_out(lender: Lessor) -> None:
    lender.account("C-1", due="2026-12-15")
    with pytest.raises(Invalid):
        report(lender, "2026-03-13", signal(), signal("s-2", "C-9"))
    with lender.database.reading() as session:
        assert signals_of(session, "C-1") == ()
    assert lender.duties("lender.early_warning") == []


def test_two_sources_may_use_the_same_id(lender: Lessor) -> None:
    lender.account("C-1", due="2026-12-15")
    report(lender, "2026-03-13", signal())
    pack = risk_pack_of(ROOT / "policies" / "risk", "default", date(2026, 3, 13))
    by = Reporting(lender.policies, pack, "person", ACTOR, lender.clock.now(), TZ)
    with lender.database.session() as session:
        report_signals(session, by, [signal(indicator="unemployment")])
        assert [(one.source, one.indicator) for one in signals_of(session, "C-1")] == [
            ("outside", "income_drop"), ("person", "unemployment"),
        ]  # fmt: skip
