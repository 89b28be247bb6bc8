"""What decides the policy of an account, the choices of people, and intake under several policies."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from domain import events as e
from domain.assignment import AssignmentSubject
from domain.errors import Refused
from domain.standing import Terms
from store.accounts import add_account, add_accounts, get_account
from store.assignment import PolicyChoice, choices_of, choose, subject_of, subjects
from store.book import Book, OnePolicy, terms_in
from store.cases import pins_of, portfolio_summary, snapshot_of
from store.intake import candidate_of, open_cases_due
from store.ledger import post
from store.record import record
from store.session import Database
from tests.store.samples import (
    NOON,
    PARTIES,
    PIN,
    TERMS,
    after,
    events,
    facts,
    lease,
    new_case,
    opening,
    payment,
    reversal,
)

DUE = date(2026, 3, 2)
OTHER = e.PolicyPin(id="loans", version=3, sha256="ef" * 32)


@dataclass(frozen=True)
class TwoPolicies:
    """Leases under `leasing`; loans under `loans`, which forgives up to 2,000.00."""

    each: dict[str, Terms] = field(
        default_factory=lambda: {"leasing": TERMS, "loans": Terms(tolerance=Decimal("2000.00"))}
    )

    def policy_of(self, account: AssignmentSubject) -> str:
        return account.chosen or ("leasing" if account.product == "leasing" else "loans")

    def terms(self, policy_id: str) -> Terms:
        return self.each[policy_id]

    def __contains__(self, policy_id: object) -> bool:
        return policy_id in self.each


BOOK = TwoPolicies()


def due(database: Database, policy_id: str | None = None, book: Book = BOOK, on: date = date(2026, 3, 10)) -> list[str]:
    with database.reading() as session:
        rows = open_cases_due(session, on, book, policy_id=policy_id).rows
        return [f"{row.case_no} {row.policy_id}" + (" again" if row.reopens else "") for row in rows]


def chosen(number: int, policy: str | None, account_no: str = "L-1", reason: str = "why") -> PolicyChoice:
    actor = e.Actor(user="u7", role="risk_management", authority="test")
    at = NOON + timedelta(minutes=number)
    return PolicyChoice(id=f"c{number}", account_no=account_no, policy=policy, reason=reason, actor=actor, at=at)


# ── what decides ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_product_kind_amount_and_vendor_are_read(database: Database) -> None:
    with database.session() as session:
        add_account(session, lease("L-1"))
        add_account(session, lease("L-2", product="loan", customer_kind="individual", parties=PARTIES[:2]))
        found = subjects(session, ["L-1", "L-2", "L-9"])
    amount = Decimal("500000.00")
    assert found == {
        "L-1": AssignmentSubject(product="leasing", customer_kind="company", amount=amount, vendor=True),
        "L-2": AssignmentSubject(product="loan", customer_kind="individual", amount=amount, vendor=False),
    }


def test_a_choice_is_kept_once_and_the_last_one_counts(database: Database) -> None:
    with database.session() as session:
        add_account(session, lease())
    for number, policy in ((1, "loans"), (2, None), (3, "loans")):
        with database.session() as session:
            assert choose(session, chosen(number, policy))
            assert subject_of(session, "L-1").chosen == policy
    with database.session() as session:
        assert not choose(session, chosen(2, None))  # a repeat changes nothing
        assert (subject_of(session, "L-1").chosen, get_account(session, "L-1").assigned_policy) == ("loans", "loans")
        assert choices_of(session, "L-1") == (chosen(1, "loans"), chosen(2, None), chosen(3, "loans"))


def test_a_choice_is_refused_for_another_one_with_its_id_and_for_nobody(database: Database) -> None:
    with database.session() as session:
        add_account(session, lease())
        choose(session, chosen(1, "loans"))
    for choice, code in ((chosen(1, "leasing"), "command_differs"), (chosen(2, "loans", "L-9"), "unknown_account")):
        with pytest.raises(Refused) as refusal, database.session() as session:
            choose(session, choice)
        assert refusal.value.code == code


@pytest.mark.parametrize("statement", ["UPDATE policy_choice SET reason = 'x'", "DELETE FROM policy_choice"])
def test_choices_are_never_changed(database: Database, statement: str) -> None:
    with database.session() as session:
        add_account(session, lease())
        choose(session, chosen(1, "loans"))
    with pytest.raises(DatabaseError, match="append-only"), database.session() as session:
        session.execute(text(statement))


# ── intake ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_account_is_due_under_its_own_policy_and_its_terms(database: Database) -> None:
    with database.session() as session:
        add_accounts(session, [lease("L-1"), lease("L-2", product="loan")])  # each owes 1,050.00
        add_account(session, lease("L-3", (DUE, date(2026, 3, 5)), product="loan"))  # 2,100.00: above the tolerance
    assert due(database) == ["L-1-1 leasing", "L-3-1 loans"]
    assert due(database, "leasing") == ["L-1-1 leasing"]
    assert due(database, "loans") == ["L-3-1 loans"]
    with database.session() as session:
        choose(session, chosen(1, "leasing", "L-2"))
    assert due(database, "leasing") == ["L-1-1 leasing", "L-2-1 leasing"]
    with database.reading() as session:
        found = candidate_of(session, "L-2", date(2026, 3, 10), BOOK)
    assert found is not None and found.policy_id == "leasing"


def test_a_case_goes_on_under_the_policy_it_ended_under(database: Database) -> None:
    """The choice of another policy counts for the next delinquency, not for the one whose payment bounced."""
    with database.session() as session:
        add_account(session, lease())
        post(session, payment("R1"), "L-1")
        done = (*opening(), *events(e.FactsUpdated(facts=facts(None, 1, as_of=date(2026, 3, 14))),
                                    e.CaseClosed(reason="cured"), first=6))  # fmt: skip
        record(session, "L-1-1", done, after(new_case(), done))
        choose(session, chosen(1, "loans"))
        post(session, reversal("X1", of="R1"), "L-1")
    later = date(2026, 3, 21)
    assert due(database, on=later) == due(database, "leasing", on=later) == ["L-1-1 leasing again"]
    assert due(database, "loans", on=later) == []
    only_loans = OnePolicy("loans", TERMS)  # the company gave the other one up: a new case
    assert due(database, book=only_loans, on=later) == ["L-1-2 loans"]


# ── a case that was moved ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_moved_case_is_recorded_under_its_new_policy(database: Database) -> None:
    move = e.PolicyMoved(policy=OTHER, settings="demo", reason="sold", gone=("first_week_phone_collection",))
    happened = (*opening(), *events(move, first=6))
    with database.session() as session:
        add_account(session, lease())
        record(session, "L-1-1", happened, after(new_case(), happened))
    with database.reading() as session:
        case = snapshot_of(session, "L-1-1")
        assert case is not None and case.policy == OTHER
        assert case == after(new_case(), happened)
        assert pins_of(session, "L-1-1") == (PIN, OTHER)
        assert pins_of(session, "L-9-1") == ()
        (line,) = portfolio_summary(session, date(2026, 3, 10), NOON, BOOK).buckets
    assert (line.policy_id, line.bucket, line.total_overdue) == (
        "loans",
        None,
        Decimal("1050.00"),
    )  # no penalty within the tolerance


def test_a_policy_that_is_no_longer_used_is_read_like_the_default() -> None:
    assert terms_in(BOOK, "loans") == BOOK.each["loans"]
    assert terms_in(BOOK, "factoring") == TERMS
