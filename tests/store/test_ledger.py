"""Leases and their postings: written once, taken back once, seen by those who must know."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from domain.errors import Refused
from domain.ledger import DoneStep, Instalment, Posting, PostingKind
from store.accounts import (
    add_account,
    add_accounts,
    change_schedule,
    close_account,
    get_account,
    list_accounts,
    parties,
    replace_parties,
    schedule_versions,
)
from store.facts import ledger_version
from store.ledger import (
    account_facts,
    account_facts_many,
    mark_relayed,
    pending_notices,
    post,
    post_many,
    posted_through,
    set_posted_through,
)
from store.record import record
from store.session import Database
from store.views import Entry, Notice, Posted
from tests.store.samples import NOON, PARTIES, after, at_once, lease, new_case, opening, payment, reversal


@pytest.fixture
def database(database: Database) -> Database:
    """With two leases."""
    with database.session() as session:
        add_accounts(session, [lease("L-1"), lease("L-2")])
    return database


def refusal(database: Database, posting: Posting, account_no: str = "L-1") -> str:
    """The code with which a posting is refused."""
    with pytest.raises(Refused) as caught, database.session() as session:
        post(session, posting, account_no)
    return caught.value.code


def test_a_lease_comes_back_as_the_rules_see_it(database: Database) -> None:
    done = (DoneStep(step="asset_inspection", outcome="inspected", on=date(2026, 3, 1), document_no="A-7"),)
    with database.session() as session:
        add_account(session, lease("L-3", history=done))
        post(session, payment("R1", "500.00"), "L-3")
        facts = account_facts(session, "L-3")
    assert facts.schedule == lease().schedule
    assert facts.postings == (payment("R1", "500.00"),)
    assert [(p.id, p.role.value, p.channels) for p in facts.parties][:2] == [
        ("P1", "lessee", ("letter", "email")),
        ("P2", "guarantor", ("letter",)),
    ]
    assert facts.parties[3].channels == ()
    assert facts.history == done
    assert (facts.lease_amount, facts.penalty_rate_per_day) == (Decimal("500000.00"), Decimal("0.0005"))


def test_adding_is_all_or_nothing(database: Database) -> None:
    with pytest.raises(Refused) as caught, database.session() as session:
        add_accounts(session, [lease("L-3"), lease("L-2")])
    assert caught.value.code == "account_exists"
    with database.reading() as session:
        assert set(account_facts_many(session, ["L-1", "L-2", "L-3"])) == {"L-1", "L-2"}


def test_a_thousand_leases_are_read_together(database: Database) -> None:
    numbers = [f"M-{number:04}" for number in range(1200)]
    with database.session() as session:
        add_accounts(session, [lease(number) for number in numbers])
        found = account_facts_many(session, numbers)
    assert sorted(found) == numbers
    assert {(len(account.schedule), len(account.parties)) for account in found.values()} == {(2, 4)}


def test_accounts_are_listed_by_number(database: Database) -> None:
    with database.session() as session:
        add_account(session, lease("L-3"))
        first = list_accounts(session, limit=2)
        second = list_accounts(session, after=first.next or "", limit=2)
    assert [row.account_no for row in (*first.rows, *second.rows)] == ["L-1", "L-2", "L-3"]
    assert (first.next, second.next) == ("L-2", None)


def test_a_posting_raises_the_version_once(database: Database) -> None:
    with database.session() as session:
        assert post(session, payment("R1"), "L-1") == Posted(ledger_version=1, repeated=False)
    with database.session() as session:
        later = payment("R1").model_copy(update={"at": NOON})
        assert post(session, later, "L-1") == Posted(ledger_version=1, repeated=True)
        assert account_facts(session, "L-1").postings == (payment("R1"),)
        assert [notice.account_no for notice in pending_notices(session)] == ["L-1"]


def test_postings_keep_the_order_in_which_they_were_entered(database: Database) -> None:
    entered = [payment("R9", on=date(2026, 3, 9)), payment("R1", on=date(2026, 3, 1)), payment("R5")]
    with database.session() as session:
        post_many(session, [Entry(account_no="L-1", posting=posting) for posting in entered], "file", "B1")
        assert [posting.id for posting in account_facts(session, "L-1").postings] == ["R9", "R1", "R5"]
        assert ledger_version(session, "L-1") == 3


@pytest.mark.parametrize(
    "other",
    [
        payment("R1", "1050.01"),
        payment("R1", on=date(2026, 3, 15)),
        payment("R1", kind=PostingKind.VENDOR_ADVANCE),
    ],
)
def test_an_id_belongs_to_one_posting(database: Database, other: Posting) -> None:
    with database.session() as session:
        post(session, payment("R1"), "L-1")
    assert refusal(database, other) == "posting_differs"


def test_an_id_belongs_to_one_account(database: Database) -> None:
    with database.session() as session:
        post(session, payment("R1"), "L-1")
    assert refusal(database, payment("R1"), "L-2") == "posting_differs"


def test_the_same_posting_from_two_sides_counts_once(database: Database) -> None:
    def enter(_: int) -> Posted:
        with database.session() as session:
            return post(session, payment("R1"), "L-1")

    assert sorted(result.repeated for result in at_once(enter, 4)) == [False, True, True, True]
    with database.reading() as session:
        assert ledger_version(session, "L-1") == 1


def test_postings_of_one_account_never_share_a_version(database: Database) -> None:
    def enter(number: int) -> int:
        with database.session() as session:
            return post(session, payment(f"R{number}"), "L-1").ledger_version

    assert sorted(at_once(enter, 5)) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("posting", "code"),
    [
        (payment("X", "0.00"), "amount_not_positive"),
        (payment("X", "-1.00"), "amount_not_positive"),
        (payment("X", "1.005"), "amount_not_cents"),
        (payment("X", reverses="R1"), "reverses_nothing"),
        (payment("X", kind=PostingKind.REVERSAL), "reverses_nothing"),
        (reversal("X", of="R0"), "reversal_unknown"),
        (reversal("X", of="R2"), "reversal_unknown"),
        (reversal("X", of="V1"), "already_reversed"),
        (reversal("X", of="RV1"), "reversal_of_reversal"),
        (payment("X", "7.00", kind=PostingKind.REVERSAL, reverses="R1"), "reversal_amount_differs"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(database: Database, posting: Posting, code: str) -> None:
    with database.session() as session:
        for known in (payment("R1"), payment("V1"), reversal("RV1", of="V1")):
            post(session, known, "L-1")
        post(session, payment("R2"), "L-2")
    assert refusal(database, posting) == code
    with database.reading() as session:
        assert ledger_version(session, "L-1") == 3


def test_a_reversal_repeated_is_the_same_reversal(database: Database) -> None:
    with database.session() as session:
        post(session, payment("R1"), "L-1")
        post(session, reversal("X1", of="R1"), "L-1")
        assert post(session, reversal("X1", of="R1"), "L-1") == Posted(ledger_version=2, repeated=True)


def test_of_two_reversals_at_once_one_is_refused(database: Database) -> None:
    with database.session() as session:
        post(session, payment("R1"), "L-1")

    def take_back(number: int) -> str:
        try:
            with database.session() as session:
                post(session, reversal(f"X{number}", of="R1"), "L-1")
        except Refused as refused:
            return refused.code
        return "posted"

    assert sorted(at_once(take_back)) == ["already_reversed", "posted"]


def test_an_unknown_account_is_refused(database: Database) -> None:
    assert refusal(database, payment("R1"), "L-9") == "unknown_account"
    with database.reading() as session, pytest.raises(Refused):
        account_facts(session, "L-9")


def test_notices_name_the_open_case_until_they_are_relayed(database: Database) -> None:
    with database.session() as session:
        record(session, "L-1-1", opening(), after(new_case(), opening()))
        post(session, payment("R1"), "L-1")
        post(session, payment("R2"), "L-2")
        pending = pending_notices(session)
        assert pending == [
            Notice(account_no="L-1", ledger_version=1, case_no="L-1-1"),
            Notice(account_no="L-2", ledger_version=1, case_no=None),
        ]
        post(session, payment("R3"), "L-1")
        mark_relayed(session, pending, NOON)
        assert [(n.account_no, n.ledger_version) for n in pending_notices(session)] == [("L-1", 2)]


def test_a_posting_that_fails_leaves_no_notice(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.session() as session:
        post(session, payment("R1"), "L-1")
        raise ZeroDivisionError
    with database.reading() as session:
        assert pending_notices(session) == []


def test_postings_are_complete_through_a_day_that_never_goes_back(database: Database) -> None:
    with database.session() as session:
        assert posted_through(session) == date(1970, 1, 1)
        assert set_posted_through(session, date(2026, 3, 3)) == date(2026, 3, 3)
        assert set_posted_through(session, date(2026, 3, 1)) == date(2026, 3, 3)
        assert set_posted_through(session, date(2026, 3, 4)) == date(2026, 3, 4)


def test_a_changed_schedule_is_a_new_version(database: Database) -> None:
    changed = (Instalment(no=1, due=date(2026, 5, 2), principal=Decimal("2100.00")),)
    with database.session() as session:
        assert change_schedule(session, "L-1", changed, NOON) == 1
        assert account_facts(session, "L-1").schedule == changed
        assert schedule_versions(session, "L-1") == (lease().schedule, changed)
        assert account_facts(session, "L-2").schedule == lease().schedule
        assert len(pending_notices(session)) == 1


def test_new_parties_replace_the_old_ones(database: Database) -> None:
    with database.session() as session:
        assert parties(session, "L-1") == PARTIES
        replace_parties(session, "L-1", PARTIES[:1], NOON)
        assert parties(session, "L-1") == PARTIES[:1]
        assert ledger_version(session, "L-1") == 1


def test_a_closed_lease_is_marked_and_announced(database: Database) -> None:
    with database.session() as session:
        close_account(session, "L-1", NOON)
        account = get_account(session, "L-1")
    assert (account.closed, account.ledger_version) == (True, 1)
