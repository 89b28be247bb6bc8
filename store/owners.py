"""Who may own cases, which open cases are to be given out, and the key accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, get_args

from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.base import Frozen
from domain.distribution import Candidate, Work
from domain.distribution_rule import Risk
from domain.evidence import PolicyPin
from domain.money import ZERO
from store.absences import substitutes
from store.account_facts import chunks, split
from store.dialect import insert_into, inserted
from store.paging import behind, decode, encode
from store.tables import (
    AccountRow,
    AskRow,
    BranchRow,
    CaseEventRow,
    CaseRow,
    FeedRow,
    KeyAccountRow,
    RiskRatingRow,
    StaffRow,
)
from store.views import Page

ORDER = "work"
KINDS = (int, str)  # of the sort key
RISKS: dict[str, Risk] = {name: name for name in get_args(Risk)}
TURNS = ("bucket_entered", "policy_moved", "case_reopened")  # after these the rule decides anew


class OpenCase(Frozen):
    """An open case as far as its distribution goes. seq: its last recorded event."""

    case_no: str
    account_no: str
    policy: PolicyPin
    settings: str
    owner: str | None
    bucket: str | None
    anchor: date | None
    branch: str
    region: str
    rank: int
    seq: int
    time_zone: str

    def work(self, bucket: str, risk: Risk = "low", overdue: Decimal = ZERO) -> Work:
        """What the rule looks at."""
        return Work(
            case_no=self.case_no, owner=self.owner, bucket=bucket, risk=risk, overdue=overdue,
            branch=self.branch, region=self.region, rank=self.rank,
        )  # fmt: skip


class KeyAccount(Frozen):
    """An account that comes first, since when, and by how many delinquencies and overdue days (Z3.1a)."""

    account_no: str
    policy_id: str
    delinquencies: int
    overdue_days: int
    rank: int
    since: date


def candidates(session: Session, today: date) -> tuple[Candidate, ...]:
    """Everybody who is active, with the open cases they own and whether they are away; by user name."""
    c = CaseRow
    owned = select(col(c.owner), func.count()).where(col(c.status) != "closed", col(c.owner).is_not(None))
    load: dict[str | None, int] = {row[0]: row[1] for row in session.execute(owned.group_by(col(c.owner)))}
    away = substitutes(session, today)
    rows = session.scalars(select(StaffRow).where(col(StaffRow.active)).order_by(col(StaffRow.id)))
    return tuple(
        Candidate(
            user=row.id, roles=split(row.roles), skills=split(row.skills), branch=row.branch, region=row.region,
            capacity=row.capacity, load=load.get(row.id, 0), away=row.id in away,
        )
        for row in rows
    )  # fmt: skip


def open_cases(
    session: Session, owned: bool | None = None, policy_id: str | None = None, cursor: str | None = None,
    limit: int = 500,
) -> Page[OpenCase]:  # fmt: skip
    """Open cases, key accounts first; owned False: only the queue of those that nobody owns."""
    columns = (col(CaseRow.rank), col(CaseRow.case_no))
    query = _open()
    if owned is not None:
        query = query.where(col(CaseRow.owner).is_not(None) if owned else col(CaseRow.owner).is_(None))
    if policy_id is not None:
        query = query.where(col(CaseRow.policy_id) == policy_id)
    if cursor is not None:
        query = query.where(behind(columns, decode(ORDER, cursor, KINDS)))
    rows = [_open_case(dict(row)) for row in session.execute(query.order_by(*columns).limit(limit + 1)).mappings()]
    page = rows[:limit]
    following = encode(ORDER, (page[-1].rank, page[-1].case_no)) if len(rows) > limit else None
    return Page(rows=tuple(page), next=following)


def open_cases_named(session: Session, case_nos: Sequence[str]) -> tuple[OpenCase, ...]:
    """Those of these cases that are open."""
    found: list[OpenCase] = []
    for part in chunks(case_nos):
        query = _open().where(col(CaseRow.case_no).in_(part)).order_by(col(CaseRow.rank), col(CaseRow.case_no))
        found += (_open_case(dict(row)) for row in session.execute(query).mappings())
    return tuple(found)


def turned(session: Session, position: int, limit: int = 2000) -> tuple[tuple[str, ...], int]:
    """Cases that opened or turned behind a position of the feed, and the position looked at last."""
    f, e = FeedRow, CaseEventRow
    same = (col(e.case_no) == col(f.case_no)) & (col(e.seq) == col(f.seq))
    query = select(col(f.position), col(f.case_no), col(e.kind)).join(e, same).where(col(f.position) > position)
    rows = session.execute(query.order_by(col(f.position)).limit(limit)).all()
    found = dict.fromkeys(case_no for _, case_no, kind in rows if kind in ("case_opened", *TURNS))
    return tuple(found), max((row[0] or 0 for row in rows), default=position)


def named_by_people(session: Session, case_nos: Sequence[str], rule: str) -> frozenset[str]:
    """Cases whose owner a person named, after everything that makes the rule decide anew. rule: the rule's own name."""
    e = CaseEventRow
    found: set[str] = set()
    for part in chunks(case_nos):
        query = select(col(e.case_no), col(e.kind), col(e.actor_user)).where(
            col(e.case_no).in_(part), col(e.kind).in_(("owner_changed", *TURNS))
        )
        last = {case_no: (kind, user) for case_no, kind, user in session.execute(query.order_by(col(e.seq)))}
        found |= {name for name, (kind, user) in last.items() if kind == "owner_changed" and user != rule}
    return frozenset(found)


def risk_classes(session: Session, account_nos: Sequence[str]) -> dict[str, Risk]:
    """The risk class of these accounts as a person confirmed it last; the others are left out (B2.2.1.1c)."""
    r = RiskRatingRow
    found: dict[str, Risk] = {}
    for part in chunks(account_nos):
        query = select(col(r.account_no), col(r.risk_class)).where(
            col(r.account_no).in_(part), col(r.kind) == "confirmed", col(r.risk_class).in_(RISKS)
        )
        rows = session.execute(query.order_by(col(r.seq)))
        found |= {account_no: RISKS[risk] for account_no, risk in rows}
    return found


def set_regions(session: Session, regions: Mapping[str, str]) -> None:
    """The region of each of these branches from now on."""
    for name, region in regions.items():
        values = {"name": name, "region": region}
        statement = insert_into(session, BranchRow).values(**values)
        session.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))


# ── key accounts ────────────────────────────────────────────────────────────────────────────────────────────────────


def mark(session: Session, policy_id: str, found: Mapping[str, KeyAccount | None]) -> None:
    """Keep which of these accounts are key accounts, and put their cases where they belong in the lists (Z3.1)."""
    k = KeyAccountRow
    for part in chunks(list(found)):
        known = {row.account_no: row for row in session.scalars(select(k).where(col(k.account_no).in_(part)))}
        for account_no in part:
            key, row = found[account_no], known.get(account_no)
            if row is not None and key is None:
                session.delete(row)
            elif row is not None and key is not None:
                row.policy_id, row.rank = policy_id, key.rank
                row.delinquencies, row.overdue_days = key.delinquencies, key.overdue_days
            elif key is not None:
                inserted(session, k, key.model_dump())
        _set_ranks(session, {name: key.rank if (key := found[name]) else 0 for name in part})
    session.flush()


def key_accounts(session: Session, cursor: str | None = None, limit: int = 50) -> Page[KeyAccount]:
    """The key accounts, the one with the most delinquencies and days first."""
    k = KeyAccountRow
    columns = (col(k.rank), col(k.account_no))
    query = select(k)
    if cursor is not None:
        query = query.where(behind(columns, decode(ORDER, cursor, KINDS)))
    rows = list(session.scalars(query.order_by(*columns).limit(limit + 1)))
    page = [KeyAccount.model_validate(row.model_dump()) for row in rows[:limit]]
    following = encode(ORDER, (page[-1].rank, page[-1].account_no)) if len(rows) > limit else None
    return Page(rows=tuple(page), next=following)


def _set_ranks(session: Session, ranks: Mapping[str, int]) -> None:
    """Only what changes is written."""
    c = CaseRow
    query = select(col(c.case_no), col(c.account_no), col(c.rank)).where(
        col(c.account_no).in_(list(ranks)), col(c.status) != "closed"
    )
    for case_no, account_no, rank in session.execute(query).all():
        if rank != ranks[account_no]:
            session.execute(update(c).where(col(c.case_no) == case_no).values(rank=ranks[account_no]))
            session.execute(update(AskRow).where(col(AskRow.case_no) == case_no).values(rank=ranks[account_no]))


def _open() -> Select[*tuple[Any, ...]]:
    c, a, b = CaseRow, AccountRow, BranchRow
    own = (c.case_no, c.account_no, c.policy_id, c.policy_version, c.policy_sha256, c.settings, c.owner, c.bucket,
           c.anchor, c.rank, c.seq)  # fmt: skip
    return (
        select(*(col(column) for column in own), col(a.branch), col(a.time_zone), _region())
        .join(a, col(a.account_no) == col(c.account_no))
        .join(b, col(b.name) == col(a.branch), isouter=True)
        .where(col(c.status) != "closed", col(c.seq) > 0)
    )


def _region() -> ColumnElement[str]:
    return func.coalesce(col(BranchRow.region), "").label("region")


def _open_case(row: dict[str, Any]) -> OpenCase:
    pin = {name: row.pop(f"policy_{name}") for name in ("id", "version", "sha256")}
    return OpenCase.model_validate({**row, "policy": pin})
