"""The five accounts of `figures` in a database, under the bank policy, with a case, owners and costs."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from sqlalchemy import insert
from sqlalchemy.orm import Session

from domain import events as e
from domain.apply import fold
from domain.case import Case
from domain.ledger import PartyRole
from store.accounts import add_account
from store.assignment import PolicyChoice, choose
from store.ledger import post
from store.record import record
from store.tables import CostRow
from store.views import NewAccount, Party
from tests.builders.figures import BOOK

NOON = datetime(2026, 3, 12, 4, tzinfo=UTC)
HEAD = e.Actor(user="u-head", role="collection_supervisor", authority="test")
BRANCHES = {"A": "east", "B": "east", "C": "west", "D": "west", "E": "west"}


def fill_book(session: Session, policy: str = "bank") -> None:
    """A..E with their postings; B has a case that u-1 gave to u-2 on 15 April, and a visit of 20.00 on 12 April."""
    for name, found in BOOK.items():
        party = Party(id=f"P-{name}", role=PartyRole.BORROWER, name=f"客户{name}", address="苏州")
        add_account(session, NewAccount(
            account_no=name, contract_no=f"C-{name}", product="loan", customer_kind="individual", branch=BRANCHES[name],
            lease_amount=Decimal("2000.00"), created_at=NOON, schedule=found.schedule, parties=(party,),
        ))  # fmt: skip
        choose(session, PolicyChoice(
            id=f"choice-{name}", account_no=name, policy=policy, reason="loan", actor=HEAD, at=NOON
        ))  # fmt: skip
        for posting in found.postings:
            post(session, posting, name)
    _case(session, policy)
    spend(session, "visit", "B", "20.00")


def spend(session: Session, cost_id: str, account_no: str, amount: str) -> None:
    """A cost of 12 April 2026; of no account for an empty number."""
    session.connection().execute(insert(CostRow), [{
        "id": cost_id, "case_no": f"{account_no}-1", "account_no": account_no, "kind": "tariff", "item": "visit",
        "currency": "CNY", "day": date(2026, 4, 12), "amount": Decimal(amount), "actor_user": "system", "at": NOON,
    }])  # fmt: skip


def _case(session: Session, policy: str) -> None:
    pin = e.PolicyPin(id=policy, version=1, sha256="ab" * 32)
    told: list[tuple[int, int, e.Body]] = [
        (3, 12, e.CaseOpened(policy=pin, settings="demo", anchor=date(2026, 3, 11), floor=1)),
        (3, 12, e.OwnerChanged(owner="u-1")),
        (4, 15, e.OwnerChanged(owner="u-2")),
    ]
    events = tuple(
        e.Event(seq=seq, due_at=at, at=at, dpd=1, rules=(), why="told", actor=None, command_id=None, body=body)
        for seq, (month, day, body) in enumerate(told, start=1)
        for at in [datetime(2026, month, day, 4, tzinfo=UTC)]
    )
    case = fold(Case(case_no="B-1", account_no="B"), events)
    record(session, "B-1", events, case)
