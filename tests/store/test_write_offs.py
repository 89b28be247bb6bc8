"""Write-offs: out of the book by decision, owed as before, recovered later, taken back by a correcting entry."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from domain.base import days
from domain.errors import Invalid, Refused
from domain.events import Actor
from domain.ledger import PostingKind
from domain.standing import standing
from domain.write_off import of_the_customer
from store.account_facts import account_facts
from store.accounts import add_account
from store.book import OnePolicy
from store.dialect import inserted
from store.documents import Attachment, add_attachment
from store.kpi import measured_accounts
from store.ledger import post
from store.ratings import exposures_of
from store.session import Database
from store.tables import DelegationRow
from store.write_offs import Decision, Proposal, Verdict, WriteOff, decide, propose
from tests.store.samples import NOON, TERMS, lease, payment

BOOK = OnePolicy("leasing", TERMS)
DAY = date(2026, 5, 4)
LIMITS = {"head_of_finance": Decimal("1500.00")}


@pytest.fixture
def filled(database: Database) -> Database:
    """Lease A: 2,000.00 of principal and 100.00 of interest are overdue."""
    with database.session() as session:
        add_account(session, lease("A"))
        paper = Attachment(
            id="att-1", sha256="0" * 64, media_type="application/pdf", name="", content=b"x", uploaded_by="u", at=NOON
        )
        add_attachment(session, paper)
    return database


def who(user: str, role: str = "head_of_finance") -> Actor:
    return Actor(user=user, role=role, authority="permission")


def proposed(database: Database, amount: str = "1500.00", **more: object) -> WriteOff:
    values = {
        "id": "W-1",
        "account_no": "A",
        "reason": "无可执行财产",
        "document": "att-1",
        "actor": who("u-1", "finance"),
    }
    wanted = Proposal.model_validate({**values, "at": NOON, "amount": Decimal(amount), **more})
    with database.session() as session:
        return propose(session, wanted, DAY, BOOK)


def decided(
    database: Database, verdict: Verdict = "approved", actor: Actor | None = None, day: date = DAY, number: str = "W-1"
) -> WriteOff:
    decision = Decision(verdict=verdict, reason="同意", actor=actor or who("u-2"), at=NOON)
    with database.session() as session:
        return decide(session, number, decision, day, BOOK, LIMITS)


def code(call: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.code


def book_of(database: Database, day: date = DAY) -> tuple[Decimal, Decimal]:
    """(in the book, written off and owed)"""
    with database.reading() as session:
        (one,) = exposures_of(session, "P1", day, BOOK)
    return one.balance, one.written_off


def test_an_approved_write_off_leaves_the_book_and_changes_nothing_that_is_owed(filled: Database) -> None:
    with filled.reading() as session:
        before = standing(account_facts(session, "A"), DAY, TERMS)
    assert proposed(filled).status == "proposed"
    assert book_of(filled) == (Decimal("2000.00"), Decimal("0.00"))
    assert decided(filled).status == "approved"
    assert book_of(filled) == (Decimal("500.00"), Decimal("1500.00"))
    with filled.reading() as session:
        facts = account_facts(session, "A")
    assert standing(facts, DAY, TERMS) == before
    assert [(p.kind, p.amount) for p in facts.postings] == [(PostingKind.WRITE_OFF, Decimal("1500.00"))]


def test_whoever_proposed_does_not_decide_and_each_within_their_authority(filled: Database) -> None:
    proposed(filled, "1500.01")
    assert code(lambda: decided(filled, actor=who("u-1"))) == "own_proposal"
    assert code(lambda: decided(filled)) == "over_limit"
    assert book_of(filled) == (Decimal("2000.00"), Decimal("0.00"))
    assert decided(filled, actor=who("u-3", "general_manager")).status == "approved"
    assert code(lambda: decided(filled, "refused")) == "already_decided"


def test_a_deputy_and_whom_they_stand_for_do_not_decide_on_each_others_proposal(filled: Database) -> None:
    row = {"id": "d1", "from_user": "u-1", "to_user": "u-5", "role": "finance", "reason": "leave", "given_by": "u-1"}
    with filled.session() as session:
        inserted(session, DelegationRow, {**row, "begins": NOON, "ends": NOON + days(3), "given_at": NOON})
    deputy = Actor(user="u-5", role="finance", authority="delegation:d1")
    proposed(filled, actor=deputy)
    assert code(lambda: decided(filled, actor=who("u-1"))) == "own_proposal"
    assert decided(filled, "refused").status == "refused"
    proposed(filled, id="W-2")
    assert code(lambda: decided(filled, actor=deputy, number="W-2")) == "own_proposal"


def test_a_proposal_names_all_its_faults_and_waits_for_its_decision(filled: Database) -> None:
    with pytest.raises(Invalid) as caught:
        proposed(filled, "2000.01", document="att-9")
    assert [problem.place for problem in caught.value.problems] == ["amount", "document"]
    assert proposed(filled) == proposed(filled)
    assert code(lambda: proposed(filled, id="W-2")) == "write_off_open"
    assert code(lambda: proposed(filled, "1.00")) == "command_differs"
    assert decided(filled, "refused").status == "refused"
    assert proposed(filled, id="W-2").status == "proposed"


def test_what_was_paid_before_the_decision_is_not_written_off(filled: Database) -> None:
    proposed(filled, "1500.00")
    with filled.session() as session:
        post(session, payment("P-1", "1050.00", on=date(2026, 5, 2)), "A")
    assert code(lambda: decided(filled)) == "write_off_unfit"


def test_a_wrong_write_off_is_taken_back_by_a_correcting_entry(filled: Database) -> None:
    proposed(filled)
    assert code(lambda: decided(filled, "reversed")) == "not_written_off"
    decided(filled)
    found = decided(filled, "reversed", day=date(2026, 5, 6))
    assert [one.verdict for one in found.decisions] == ["approved", "reversed"]
    assert book_of(filled) == (Decimal("500.00"), Decimal("1500.00"))
    assert book_of(filled, date(2026, 5, 6)) == (Decimal("2000.00"), Decimal("0.00"))
    with filled.reading() as session:
        assert [p.kind.value for p in account_facts(session, "A").postings] == ["write_off", "reversal"]
        assert of_the_customer(account_facts(session, "A")) == []


def test_what_is_paid_later_is_recovery_once_the_rest_of_the_book_is_paid(filled: Database) -> None:
    proposed(filled)
    decided(filled)
    with filled.session() as session:
        post(session, payment("P-1", "400.00", on=date(2026, 5, 6)), "A")
        post(session, payment("P-2", "300.00", on=date(2026, 5, 7)), "A")
        post(session, payment("P-3", "50.00", on=date(2026, 5, 8)), "A")
    with filled.reading() as session:
        (one,) = measured_accounts(session, date(2026, 5, 31), BOOK)
    assert one.recovered == {date(2026, 5, 7): Decimal("200.00"), date(2026, 5, 8): Decimal("50.00")}
