"""The risk class of an account: what speaks for it, and the history of what was proposed and confirmed."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import AwareDatetime
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.base import Frozen
from domain.case_events import ContactRecorded, EntryCorrected
from domain.counters import counters
from domain.errors import Refused
from domain.events import Actor
from domain.risk import Assessment, RiskFacts, RiskPack, assess
from domain.standing import standing
from domain.words import Said
from store.account_facts import account_facts
from store.assignment import subject_of
from store.book import Book
from store.dialect import take_turns
from store.early_warnings import signals_in_force
from store.tables import CaseEventRow, CaseRow, ErrandRow, RiskRatingRow

SPOKEN: dict[str, type[ContactRecorded] | type[EntryCorrected]] = {
    "contact_recorded": ContactRecorded,
    "entry_corrected": EntryCorrected,
}


class RiskRating(Frozen):
    """One entry of the history; assessment: what the factors and signals said then."""

    account_no: str
    seq: int
    kind: Literal["proposed", "confirmed"]
    risk_class: str
    as_of: date
    reason: str
    assessment: Assessment
    pack: str
    actor_user: str
    actor_role: str
    at: AwareDatetime


class NewRating(Frozen):
    """What is added to the history. key: chosen by the caller, so that it is entered once; None for a proposal."""

    account_no: str
    kind: Literal["proposed", "confirmed"]
    risk_class: str
    reason: Said
    actor: Actor
    key: str | None = None
    at: AwareDatetime


def risk_facts(session: Session, account_no: str, as_of: date, book: Book) -> RiskFacts:
    """What is known of an account at the end of a day. Refused "unknown_account"."""
    terms = book.terms(book.policy_of(subject_of(session, account_no)))
    account = account_facts(session, account_no)
    now, lifetime = standing(account, as_of, terms), counters(account, as_of, terms)
    return RiskFacts.model_validate({
        "days_past_due": now.dpd, "overdue_amount": now.total_overdue, "delinquencies": lifetime.delinquencies,
        "overdue_days": lifetime.overdue_days, "ability": _ability(session, account_no),
    })  # fmt: skip


def assessed(session: Session, account_no: str, as_of: date, book: Book, pack: RiskPack) -> Assessment:
    """The class proposed on a day, factor by factor, with the signals in force. Refused "unknown_account"."""
    facts = risk_facts(session, account_no, as_of, book)
    return assess(pack, facts, [one.indicator for one in signals_in_force(session, account_no, as_of)])


def add_risk_rating(session: Session, wanted: NewRating, as_of: date, book: Book, pack: RiskPack) -> RiskRating:
    """Add to the history, once per key. Refused: unknown_account, unknown_risk_class, key_differs."""
    take_turns(session, "risk_rating")
    r = RiskRatingRow
    known = session.scalar(select(r).where(col(r.key) == wanted.key)) if wanted.key else None
    if known is not None:
        said = (known.account_no, known.risk_class, known.reason)
        if said != (wanted.account_no, wanted.risk_class, wanted.reason):
            raise Refused("key_differs", "This key was used for another rating.", "Use a new key.")
        return _rating(known)
    classes = [one.id for one in pack.classes]
    if wanted.risk_class not in classes:
        names = ", ".join(classes)
        raise Refused("unknown_risk_class", f"There is no risk class {wanted.risk_class}.", f"Use one of: {names}.")
    found = assessed(session, wanted.account_no, as_of, book, pack)
    last = session.scalar(select(func.max(col(r.seq))).where(col(r.account_no) == wanted.account_no)) or 0
    row = RiskRatingRow(
        **wanted.model_dump(exclude={"actor"}), seq=last + 1, as_of=as_of, assessment=found.model_dump_json(),
        pack=f"{pack.id} {pack.effective}", actor_user=wanted.actor.user, actor_role=wanted.actor.role,
    )  # fmt: skip
    session.add(row)
    session.flush()
    session.refresh(row)  # as it will be read again
    return _rating(row)


def risk_history(session: Session, account_no: str) -> tuple[RiskRating, ...]:
    """Every rating of an account, the first one first. Refused "unknown_account"."""
    subject_of(session, account_no)
    r = RiskRatingRow
    rows = session.scalars(select(r).where(col(r.account_no) == account_no).order_by(col(r.seq)))
    return tuple(_rating(row) for row in rows)


def risk_class_of(session: Session, account_no: str) -> str | None:
    """The class a person confirmed last; None while nobody has."""
    r = RiskRatingRow
    query = select(col(r.risk_class)).where(col(r.account_no) == account_no, col(r.kind) == "confirmed")
    return session.scalar(query.order_by(col(r.seq).desc()).limit(1))


def _rating(row: RiskRatingRow) -> RiskRating:
    values = row.model_dump(exclude={"key", "assessment"})
    return RiskRating(**values, assessment=Assessment.model_validate_json(row.assessment))


def _ability(session: Session, account_no: str) -> str | None:
    """What was said last of the ability to pay: at a contact in a case, or before a due date."""
    e = ErrandRow
    asked = select(col(e.ended_at), col(e.ability)).where(col(e.account_no) == account_no, col(e.ability).is_not(None))
    found = [(at, word) for at, word in session.execute(asked) if at is not None and word is not None]
    v, c = CaseEventRow, CaseRow
    spoken = select(v).join(c, col(c.case_no) == col(v.case_no))
    spoken = spoken.where(col(c.account_no) == account_no, col(v.kind).in_(list(SPOKEN)))
    for row in session.scalars(spoken):
        contact = SPOKEN[row.kind].model_validate_json(row.body).contact
        if contact is not None and contact.ability is not None:
            found.append((row.at, contact.ability))
    return max(found, key=lambda one: one[0])[1] if found else None
