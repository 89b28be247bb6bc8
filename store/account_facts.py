"""Reads leases as the facts the rules work on, one or thousands with the same few queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.errors import Refused
from domain.ledger import AccountFacts, DoneStep, Instalment, PartyFact, Posting
from store.tables import AccountRow, DoneStepRow, InstalmentRow, PartyRow, PostingRow

Query = Select[*tuple[Any, ...]]
CHUNK = 500  # names in one IN list, far below every driver's limit


def account_facts(session: Session, account_no: str) -> AccountFacts:
    """The lease as the rules see it, postings in the order they were entered; Refused "unknown_account"."""
    found = account_facts_many(session, [account_no])
    if account_no not in found:
        raise unknown_account(account_no)
    return found[account_no]


def account_facts_many(session: Session, account_nos: Sequence[str]) -> dict[str, AccountFacts]:
    """The facts of many leases; unknown numbers are left out."""
    found: dict[str, AccountFacts] = {}
    for part in chunks(account_nos):
        schedules = _grouped(session, _schedules(part))
        postings = _grouped(session, _postings(part))
        parties = _grouped(session, _parties(part))
        history = _grouped(session, _history(part))
        for account in _grouped_head(session, part):
            no = account["account_no"]
            found[no] = AccountFacts(
                **account,
                schedule=tuple(Instalment(**row) for row in schedules.get(no, ())),
                postings=tuple(Posting(**row) for row in postings.get(no, ())),
                parties=tuple(_party(row) for row in parties.get(no, ())),
                history=tuple(DoneStep(**row) for row in history.get(no, ())),
            )
    return found


def unknown_account(account_no: str) -> Refused:
    return Refused("unknown_account", f"There is no account {account_no}.", "Import the account first.")


def chunks(names: Sequence[str]) -> Iterable[Sequence[str]]:
    """The names in parts that fit into one query."""
    return (names[start : start + CHUNK] for start in range(0, len(names), CHUNK))


def _grouped_head(session: Session, part: Sequence[str]) -> list[dict[str, Any]]:
    a = AccountRow
    columns = (a.account_no, a.currency, a.time_zone, a.lease_amount, a.penalty_rate_per_day)
    query = select(*(col(column) for column in columns)).where(col(a.account_no).in_(part))
    return [dict(row) for row in session.execute(query).mappings()]


def _grouped(session: Session, query: Query) -> dict[str, list[dict[str, Any]]]:
    """Rows by account; the first column is the account number."""
    found: dict[str, list[dict[str, Any]]] = {}
    result = session.execute(query)
    _, *names = result.keys()
    for account_no, *values in result:
        found.setdefault(account_no, []).append(dict(zip(names, values, strict=True)))
    return found


def _schedules(part: Sequence[str]) -> Query:
    i = InstalmentRow
    present = (col(i.account_no) == col(AccountRow.account_no)) & (col(i.version) == col(AccountRow.schedule_version))
    return (
        select(col(i.account_no), col(i.no), col(i.due), col(i.principal), col(i.interest))
        .join(AccountRow, present)
        .where(col(i.account_no).in_(part))
        .order_by(col(i.account_no), col(i.no))
    )


def _postings(part: Sequence[str]) -> Query:
    p = PostingRow
    columns = (p.account_no, p.id, p.kind, p.value_date, p.at, p.amount, p.reverses)
    query = select(*(col(column) for column in columns)).where(col(p.account_no).in_(part))
    return query.order_by(col(p.account_no), col(p.ledger_version))


def _parties(part: Sequence[str]) -> Query:
    p = PartyRow
    query = select(
        col(p.account_no), col(p.party_id).label("id"), col(p.role), col(p.buyback_guarantee), col(p.channels)
    )
    return query.where(col(p.account_no).in_(part)).order_by(col(p.account_no), col(p.ordinal))


def _party(row: dict[str, Any]) -> PartyFact:
    return PartyFact(**{**row, "channels": split(row["channels"])})


def split(joined: str) -> tuple[str, ...]:
    """The parts of a column that joins names by commas."""
    return tuple(joined.split(",")) if joined else ()


def _history(part: Sequence[str]) -> Query:
    d = DoneStepRow
    query = select(col(d.account_no), col(d.step), col(d.outcome), col(d.on), col(d.document_no))
    return query.where(col(d.account_no).in_(part)).order_by(col(d.account_no), col(d.ordinal))
