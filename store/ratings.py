"""The classification of the whole book, and the history of the ratings of each account."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pydantic import AwareDatetime
from sqlalchemy import ColumnElement, func, insert, select
from sqlalchemy.orm import Mapped, Session
from sqlmodel import col

from domain.base import Frozen
from domain.classification import ClassificationPack, Exposure, Rated, classify
from domain.errors import Refused
from domain.events import Actor
from domain.exposure import exposure_of
from domain.ledger import DEBTORS
from domain.words import Said
from store.account_facts import account_facts_many, chunks, unknown_account
from store.assignment import subjects
from store.book import Book
from store.dialect import take_turns
from store.tables import AccountRow, ImportBatchRow, PartyRow, RatingRow

RETAIL = ("individual", "sole_trader")  # kinds of customers that are 零售
IN_BOOK = ("held", "released")  # batches whose accounts are in the ledger
ROWS_AT_ONCE = 500


class Rating(Frozen):
    """One entry of the history of an account. category: None takes back what a person had set. days, balance: then."""

    account_no: str
    seq: int
    as_of: date
    judged: bool
    category: str | None
    by_days: str
    basis: str
    rule: str
    days: int
    balance: Decimal
    pack: str
    reason: str
    actor_user: str
    actor_role: str
    at: AwareDatetime


class Judgement(Frozen):
    """What a person says of an account. category: None takes back what was set. key: chosen by the caller."""

    account_no: str
    category: str | None
    reason: Said
    actor: Actor
    key: str
    at: AwareDatetime


def classify_book(session: Session, as_of: date, book: Book, pack: ClassificationPack) -> tuple[Rated, ...]:
    """Every running account that owes anything, with its category at the end of a day, as known now."""
    return classify_days(session, [as_of], book, pack)[as_of]


def classify_days(
    session: Session, wanted: Sequence[date], book: Book, pack: ClassificationPack
) -> dict[date, tuple[Rated, ...]]:
    """The same for several days, the book read once."""
    return {day: classify(pack, found) for day, found in _exposures(session, wanted, book, None).items()}


def exposures_of(session: Session, party_id: str, as_of: date, book: Book) -> tuple[Exposure, ...]:
    """What a customer owes on all their running accounts at the end of a day."""
    return tuple(_exposures(session, [as_of], book, party_id)[as_of])


def rating_history(session: Session, account_no: str) -> tuple[Rating, ...]:
    """All ratings of an account, the first one first. Refused "unknown_account"."""
    _customer(session, account_no)
    return _history(session, account_no)


def record_ratings(
    session: Session, rated: Iterable[Rated], as_of: date, pack: ClassificationPack, at: datetime
) -> int:
    """Add a rating for each account whose category or reason for it changed; how many. Refused "rated_later"."""
    take_turns(session, "rating")
    before = _newest(session, judged=False)
    later = max((row.as_of for row in before.values()), default=as_of)
    if later > as_of:
        raise Refused("rated_later", f"The book was rated on {later} already.", "A history goes forward only.")
    ends = {row[0]: row[1] for row in session.execute(select(col(RatingRow.account_no), _last()).group_by(_account()))}
    rows = [
        _computed(one, as_of, pack, at, ends.get(one.exposure.account_no, 0) + 1)
        for one in rated
        if _changed(before.get(one.exposure.account_no), one)
    ]
    for start in range(0, len(rows), ROWS_AT_ONCE):
        session.connection().execute(insert(RatingRow), rows[start : start + ROWS_AT_ONCE])
    return len(rows)


def judge(session: Session, wanted: Judgement, as_of: date, book: Book, pack: ClassificationPack) -> Rating:
    """A person sets a worse category, or takes back (None) what somebody set; once per key.

    Refused: unknown_account, nothing_owed, unknown_category, not_worse (than what the rules say), nothing_set,
    key_differs.
    """
    take_turns(session, "rating")
    known = session.scalar(select(RatingRow).where(col(RatingRow.key) == wanted.key))
    if known is not None:
        return _repeated(known, wanted)
    no = wanted.account_no
    exposures = _exposures(session, [as_of], book, _customer(session, no))[as_of]
    found = next((one for one in exposures if one.account_no == no), None)
    if found is None:
        raise Refused("nothing_owed", f"Account {no} owes nothing.", "There is nothing to classify.")
    _must_be_allowed(pack, exposures, found, wanted.category)
    seq = (session.scalar(select(_last()).where(_account() == no)) or 0) + 1
    values = _values(found, as_of, pack, wanted.at, seq) | {
        "judged": True, "category": wanted.category, "by_days": pack.categories[pack.by_days(found.days)].id,
        "basis": "person", "reason": wanted.reason, "actor_user": wanted.actor.user, "actor_role": wanted.actor.role,
        "key": wanted.key,
    }  # fmt: skip
    session.connection().execute(insert(RatingRow), [values])
    return _history(session, no)[-1]


def _repeated(known: RatingRow, wanted: Judgement) -> Rating:
    if (known.account_no, known.category, known.reason) != (wanted.account_no, wanted.category, wanted.reason):
        raise Refused("key_differs", "This key was used for another rating.", "Use a new key.")
    return _rating(known)


def _must_be_allowed(
    pack: ClassificationPack, exposures: Sequence[Exposure], found: Exposure, category: str | None
) -> None:
    """Worse than days and contagion say without this judgement; only what is set can be taken back."""
    if category is None:
        if found.judged is None:
            raise Refused("nothing_set", f"Nobody set a category for {found.account_no}.", "")
        return
    names = [one.id for one in pack.categories]
    if category not in names:
        raise Refused("unknown_category", f"There is no category {category}.", f"Use one of: {', '.join(names)}.")
    without = [one.model_copy(update={"judged": None}) if one is found else one for one in exposures]
    ruled = next(one for one in classify(pack, without) if one.exposure.account_no == found.account_no)
    if pack.rank(category) <= pack.rank(ruled.category):
        message = f"By the rules account {found.account_no} is {ruled.category} already."
        raise Refused("not_worse", message, "A person may set a worse category only.")


def _exposures(
    session: Session, wanted: Sequence[date], book: Book, customer: str | None
) -> dict[date, list[Exposure]]:
    """Running accounts that owe anything on each day, read by the terms of their policies; of one customer, or all."""
    debtors = _debtors(session, customer)
    judged = {day: {no: row.category for no, row in _newest(session, judged=True, until=day).items()} for day in wanted}
    exposed: dict[date, list[Exposure]] = {day: [] for day in wanted}
    for part in chunks(list(debtors)):
        terms = {no: book.terms(book.policy_of(subject)) for no, subject in subjects(session, part).items()}
        for account_no, account in sorted(account_facts_many(session, part).items()):
            name, retail = debtors[account_no]
            for day, found in exposed.items():
                one = exposure_of(account, day, terms[account_no], name, retail, judged[day].get(account_no))
                if one.balance or one.written_off or one.days:
                    found.append(one)
    return exposed


def _debtors(session: Session, customer: str | None) -> dict[str, tuple[str, bool]]:
    """By account: its customer and whether that is a retail one; an account without a debtor stands for itself."""
    a, p = AccountRow, PartyRow
    first = select(func.min(col(p.ordinal))).where(col(p.role).in_([role.value for role in DEBTORS]))
    debtor = first.where(col(p.account_no) == col(a.account_no)).correlate(a).scalar_subquery()
    in_book = select(col(ImportBatchRow.id)).where(col(ImportBatchRow.state).in_(IN_BOOK))
    query = (
        select(col(a.account_no), func.coalesce(col(p.party_id), col(a.account_no)), col(a.customer_kind))
        .join(p, (col(p.account_no) == col(a.account_no)) & (col(p.ordinal) == debtor), isouter=True)
        .where(~col(a.closed), col(a.batch_id).is_(None) | col(a.batch_id).in_(in_book))
        .order_by(col(a.account_no))
    )
    if customer is not None:
        query = query.where(func.coalesce(col(p.party_id), col(a.account_no)) == customer)
    return {row[0]: (row[1], row[2] in RETAIL) for row in session.execute(query)}


def _customer(session: Session, account_no: str) -> str:
    p = PartyRow
    if session.get(AccountRow, account_no) is None:
        raise unknown_account(account_no)
    query = select(col(p.party_id)).where(col(p.account_no) == account_no)
    debtors = query.where(col(p.role).in_([role.value for role in DEBTORS]))
    return session.scalar(debtors.order_by(col(p.ordinal)).limit(1)) or account_no


def _newest(session: Session, judged: bool, until: date | None = None) -> dict[str, RatingRow]:
    """The last rating of each account, given by a person or by the rules."""
    r = RatingRow
    last = select(_account(), _last().label("seq")).where(col(r.judged) == judged)
    if until is not None:
        last = last.where(col(r.as_of) <= until)
    found = last.group_by(_account()).subquery()
    same = (col(r.account_no) == found.c.account_no) & (col(r.seq) == found.c.seq)
    return {row.account_no: row for row in session.scalars(select(r).join(found, same))}


def _last() -> ColumnElement[int]:
    return func.max(col(RatingRow.seq))


def _account() -> Mapped[str]:
    return col(RatingRow.account_no)


def _history(session: Session, account_no: str) -> tuple[Rating, ...]:
    query = select(RatingRow).where(_account() == account_no)
    return tuple(_rating(row) for row in session.scalars(query.order_by(col(RatingRow.seq))))


def _rating(row: RatingRow) -> Rating:
    return Rating.model_validate(row.model_dump(exclude={"key"}))


def _changed(before: RatingRow | None, now: Rated) -> bool:
    return before is None or (before.category, before.basis, before.rule) != (now.category, now.basis, now.rule)


def _computed(one: Rated, as_of: date, pack: ClassificationPack, at: datetime, seq: int) -> dict[str, Any]:
    return _values(one.exposure, as_of, pack, at, seq) | {
        "judged": False, "category": one.category, "by_days": one.by_days, "basis": one.basis, "rule": one.rule,
    }  # fmt: skip


def _values(one: Exposure, as_of: date, pack: ClassificationPack, at: datetime, seq: int) -> dict[str, Any]:
    return {
        "account_no": one.account_no, "seq": seq, "as_of": as_of, "days": one.days, "balance": one.balance,
        "pack": f"{pack.id} {pack.effective}", "rule": "", "reason": "", "actor_user": "system", "actor_role": "",
        "key": None, "at": at,
    }  # fmt: skip
