"""Tomorrow's file: what is new, what changed, what ended, and the list of what does not agree."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from domain.errors import Invalid
from domain.standing import standing
from imports.batch import check_files, release, stage
from imports.changes import Applied, apply_changes
from imports.delta import Delta, compare
from imports.source import SourceFile
from store.accounts import get_account, parties, schedule_versions
from store.batches import problems_of
from store.book import OnePolicy
from store.intake import open_cases_due
from store.ledger import account_facts, pending_notices, posted_through
from store.session import Database
from tests.imports.files import NOW, TODAY, Sheets, good, ladder, loading, put, set_control, xlsx

STAFF = "u-7"
TERMS = ladder().terms
BOOK = OnePolicy("leasing", TERMS)


@pytest.fixture
def loaded(database: Database) -> Database:
    """The good portfolio is in the ledger."""
    with database.session() as session:
        stage(session, check_files([xlsx(good())], loading()), STAFF, NOW, hold=False)
    return database


def tomorrow(sheets: Sheets) -> Sheets:
    """The same portfolio complete through the next day; any test changes it further."""
    return set_control(sheets, "posted_through", TODAY)


def compared(database: Database, file: SourceFile) -> Delta:
    with database.reading() as session:
        return compare(session, check_files([file], loading()), BOOK)


def applied(database: Database, file: SourceFile, hold: bool = False) -> Applied:
    with database.session() as session:
        return apply_changes(session, compare(session, check_files([file], loading()), BOOK), STAFF, NOW, hold)


def differences(delta: Delta) -> list[tuple[str, str, str, str]]:
    return [(d.account_no, d.subject, d.ours, d.theirs) for d in delta.differences]


def only_changes(sheets: Sheets) -> Sheets:
    """A file with nothing but what the test adds."""
    empty: Sheets = {name: rows[:1] for name, rows in sheets.items()}
    for item, value in (("accounts", 0), ("lease_amount", 0), ("postings", 0), ("posted_through", TODAY)):
        set_control(empty, item, value)
    return set_control(empty, "scope", "changes")


def new_lease() -> Sheets:
    """The good portfolio with a third lease."""
    sheets = good()
    sheets["accounts"].append(["A3", "HT-2026-003", 5000, 5500, 0.0005, "叉车一台"])
    sheets["schedule"].append(["A3", 1, date(2026, 3, 10), 5000, 500])
    sheets["parties"].append(["A3", "C9", "lessee", "新示范有限公司", "上海市示范路9号", "", "", ""])
    return set_control(set_control(tomorrow(sheets), "accounts", 3), "lease_amount", 55000.5)


def test_nothing_changed(loaded: Database) -> None:
    found = compared(loaded, xlsx(tomorrow(good())))
    assert (found.new, found.schedules, found.parties, found.postings, found.settled, found.differences) == ((),) * 6


def test_a_new_lease_takes_part_at_once(loaded: Database) -> None:
    assert applied(loaded, xlsx(new_lease())).new == 1
    with loaded.reading() as session:
        assert "A3" in [found.account_no for found in open_cases_due(session, TODAY, BOOK).rows]
        assert posted_through(session) == TODAY


def test_a_new_lease_may_be_held(loaded: Database) -> None:
    batch = applied(loaded, xlsx(new_lease()), hold=True).batch
    with loaded.session() as session:
        assert "A3" not in [found.account_no for found in open_cases_due(session, TODAY, BOOK).rows]
        release(session, batch.id, STAFF, NOW)
    with loaded.reading() as session:
        assert "A3" in [found.account_no for found in open_cases_due(session, TODAY, BOOK).rows]


def test_new_payments_are_posted_once_and_the_case_is_told(loaded: Database) -> None:
    sheets = tomorrow(good())
    sheets["postings"].append(["A2", "R7", "payment", TODAY, 11000, ""])
    file = xlsx(set_control(sheets, "postings", 27800.5))
    first = applied(loaded, file)
    again = applied(loaded, file)
    assert (first.postings, again.repeated) == (1, True)
    with loaded.reading() as session:
        facts = account_facts(session, "A2")
        assert [posting.id for posting in facts.postings] == ["R4", "R7"]
        assert facts.postings[-1].at == NOW  # known from the day it came, whatever its value date
        assert [notice.account_no for notice in pending_notices(session)] == ["A2"]


def test_a_changed_schedule_is_a_new_version(loaded: Database) -> None:
    sheets = put(tomorrow(good()), "schedule", 6, "due_date", date(2026, 4, 10))
    delta = compared(loaded, xlsx(sheets))
    assert [(c.account_no, c.before[1].due, c.after[1].due) for c in delta.schedules] == [
        ("A2", date(2026, 3, 10), date(2026, 4, 10))
    ]
    applied(loaded, xlsx(sheets))
    with loaded.reading() as session:
        assert len(schedule_versions(session, "A2")) == 2
        assert account_facts(session, "A2").schedule[1].due == date(2026, 4, 10)


def test_changed_parties_replace_the_old_ones(loaded: Database) -> None:
    sheets = put(tomorrow(good()), "parties", 2, "address", "上海市新路8号")
    assert applied(loaded, xlsx(sheets)).parties == 1
    with loaded.reading() as session:
        assert parties(session, "A1")[0].address == "上海市新路8号"


def without_a2(sheets: Sheets) -> Sheets:
    for name in ("accounts", "schedule", "parties", "postings", "history"):
        sheets[name] = [row for row in sheets[name] if row[0] != "A2"]
    for item, value in (("accounts", 1), ("lease_amount", 30000), ("postings", 16000)):
        set_control(sheets, item, value)
    return sheets


def test_a_lease_that_is_gone_but_owes_is_only_listed(loaded: Database) -> None:
    delta = compared(loaded, xlsx(without_a2(tomorrow(good()))))
    assert delta.settled == ()
    assert [(d.account_no, d.subject, d.theirs) for d in delta.differences] == [
        ("A2", "settled early", "not in the file")
    ]
    assert "overdue for 36 days" in delta.differences[0].ours


def test_a_lease_that_is_gone_and_owes_nothing_is_closed(loaded: Database) -> None:
    sheets = only_changes(good())
    sheets["postings"].append(["A2", "R8", "payment", TODAY, 22000.5, ""])
    applied(loaded, xlsx(set_control(sheets, "postings", 22000.5)))
    result = applied(loaded, xlsx(without_a2(tomorrow(good()))))
    assert result.settled == 1
    with loaded.reading() as session:
        assert get_account(session, "A2").closed


def test_early_settlement_closed_by_the_sender_with_its_last_payment(loaded: Database) -> None:
    sheets = tomorrow(good())
    for row, value in zip(sheets["accounts"], ("status", "active", "closed"), strict=True):
        row.append(value)
    sheets["postings"].append(["A2", "R8", "payment", TODAY, 22000.5, ""])
    result = applied(loaded, xlsx(set_control(sheets, "postings", 38801)))
    assert (result.postings, result.settled) == (1, 1)
    again = compared(loaded, xlsx(set_control(sheets, "posted_through", date(2026, 3, 17))))
    assert again.settled == ()


def test_an_account_with_a_fault_is_not_taken_for_gone(loaded: Database) -> None:
    delta = compared(loaded, xlsx(put(tomorrow(good()), "schedule", 5, "principal", -1)))
    assert (delta.settled, delta.differences) == ((), ())


def test_a_balance_that_differs_is_listed_with_both_values(loaded: Database) -> None:
    sheets = tomorrow(good())
    for row, value in zip(sheets["accounts"], ("overdue_amount", 22000, 21000), strict=True):
        row.append(value)
    delta = compared(loaded, xlsx(sheets))
    assert differences(delta) == [("A2", "overdue_amount", "22000.50", "21000.00")]
    result = applied(loaded, xlsx(sheets))
    with loaded.reading() as session:
        kept = problems_of(session, result.batch.id)
        assert [(p.place, p.message) for p in kept] == [
            ("account A2, overdue_amount", "22000.50 here, 21000.00 in the file")
        ]
        assert standing(account_facts(session, "A2"), TODAY, TERMS).overdue_rent == Decimal("22000.50")


def test_a_posting_with_another_content_changes_nothing_and_is_listed(loaded: Database) -> None:
    sheets = put(tomorrow(good()), "postings", 2, "amount", 12000)
    delta = compared(loaded, xlsx(set_control(sheets, "postings", 17800.5)))
    assert delta.postings == ()
    assert differences(delta) == [
        ("A1", "posting R1", "payment 11000.00 on 2026-01-15 of A1", "payment 12000.00 on 2026-01-15 of A1")
    ]


def test_a_posting_the_sender_does_not_know_is_listed(loaded: Database) -> None:
    sheets = tomorrow(good())
    del sheets["postings"][4]
    delta = compared(loaded, xlsx(set_control(sheets, "postings", 16000)))
    assert differences(delta) == [("A2", "posting R4", "vendor_advance 800.50 on 2026-02-12 of A2", "not in the file")]


def test_a_changed_contract_is_listed_not_taken_over(loaded: Database) -> None:
    delta = compared(loaded, xlsx(put(tomorrow(good()), "accounts", 2, "penalty_rate_per_day", 0.001)))
    assert differences(delta) == [("A1", "penalty_rate_per_day", "0.0005", "0.001")]


def test_a_file_of_changes_may_hold_postings_only(loaded: Database) -> None:
    sheets = only_changes(good())
    sheets["postings"] += [
        ["A1", "R8", "payment", TODAY, 11000, ""],
        ["A1", "R9", "reversal", TODAY, "", "R1"],
        ["A9", "R10", "payment", TODAY, 5, ""],
        ["A1", "R11", "reversal", TODAY, "", "R2"],
    ]
    delta = compared(loaded, xlsx(set_control(sheets, "postings", 11005)))
    assert [(e.account_no, e.posting.id, e.posting.amount) for e in delta.postings] == [
        ("A1", "R8", Decimal("11000.00")),
        ("A1", "R9", Decimal("11000.00")),
    ]
    assert delta.settled == ()
    assert [(d.account_no, d.subject, d.ours) for d in delta.differences] == [
        ("A1", "posting R11", "taken back by R3"),
        ("A9", "posting R10", "no such account"),
    ]


def test_totals_that_differ_stop_the_file(loaded: Database) -> None:
    with pytest.raises(Invalid):
        applied(loaded, xlsx(set_control(tomorrow(good()), "accounts", 3)))
    with loaded.reading() as session:
        assert posted_through(session) == date(2026, 3, 17)
