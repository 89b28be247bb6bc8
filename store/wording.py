"""Versions of texts and the verdicts of Legal, only added; cases that waited for a text are told of its pass."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from pydantic import AwareDatetime
from sqlalchemy import ColumnElement, false, func, insert, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.base import Frozen
from domain.errors import Refused
from domain.events import Actor
from domain.words import Said
from store.accounts import lock_account
from store.dialect import insert_into, inserted, take_turns
from store.tables import CaseRow, NoticeRow, TextVerdictRow, TextVersionRow


class TextVersion(Frozen):
    """A version that is kept: proposed by somebody of the company, or (no user) used as it came with the product."""

    text_id: str
    version: str
    sha256: str
    body: str = ""
    note: str = ""
    actor_user: str = ""
    actor_role: str = ""
    at: AwareDatetime


class TextVerdict(Frozen):
    """What Legal said of a version."""

    text_id: str
    seq: int
    version: str
    sha256: str
    passed: bool
    reason: Said
    actor_user: str
    actor_role: str
    authority: str
    at: AwareDatetime


class Judgement(Frozen):
    """What somebody of Legal says of a version. key: chosen by the caller."""

    passed: bool
    reason: Said
    actor: Actor
    key: str
    at: AwareDatetime


def versions_of(session: Session, text_id: str | None = None) -> tuple[TextVersion, ...]:
    """The versions that are kept, of one text or of all, in the order in which they came; without their bodies."""
    v = TextVersionRow
    columns = [getattr(v, name) for name in TextVersion.model_fields if name != "body"]
    query = select(*columns) if text_id is None else select(*columns).where(col(v.text_id) == text_id)
    rows = session.execute(query.order_by(col(v.at), col(v.text_id), col(v.version))).mappings()
    return tuple(TextVersion.model_validate(dict(row)) for row in rows)


def body_of(session: Session, text_id: str, sha256: str) -> str:
    """What a version that is kept says, byte for byte."""
    v = TextVersionRow
    return session.scalars(select(col(v.body)).where(col(v.text_id) == text_id, col(v.sha256) == sha256)).one()


def verdicts_of(session: Session, text_id: str | None = None) -> tuple[TextVerdict, ...]:
    """The verdicts on one text or on all, the first one first."""
    v = TextVerdictRow
    query = select(v) if text_id is None else select(v).where(col(v.text_id) == text_id)
    rows = session.scalars(query.order_by(col(v.text_id), col(v.seq)))
    return tuple(TextVerdict.model_validate(row.model_dump(exclude={"key"})) for row in rows)


def keep_version(session: Session, version: TextVersion, key: str | None = None) -> None:
    """Keep a version; what is kept already stays as it is."""
    if session.get(TextVersionRow, (version.text_id, version.sha256)) is None:
        inserted(session, TextVersionRow, {**version.model_dump(), "key": key})


def proposed_with(session: Session, key: str) -> TextVersion | None:
    """The version that was proposed under this key."""
    row = session.scalar(select(TextVersionRow).where(col(TextVersionRow.key) == key))
    return TextVersion.model_validate(row.model_dump(exclude={"key"})) if row else None


def one_text_at_a_time(session: Session, text_id: str) -> None:
    """Proposals and verdicts on a text come one after the other."""
    take_turns(session, f"text/{text_id}")


def add_verdict(session: Session, version: TextVersion, wanted: Judgement) -> TextVerdict:
    """Enter a verdict, once per key. Refused "key_differs"."""
    key, passed, actor = wanted.key, wanted.passed, wanted.actor
    known = session.scalar(select(TextVerdictRow).where(col(TextVerdictRow.key) == key))
    if known is not None:
        if (known.text_id, known.sha256, known.passed) != (version.text_id, version.sha256, passed):
            raise Refused("key_differs", "This key was used for another verdict.", "Use a new key.")
        return TextVerdict.model_validate(known.model_dump(exclude={"key"}))
    last = session.scalar(select(func.max(col(TextVerdictRow.seq))).where(_of(version.text_id))) or 0
    verdict = TextVerdict(
        text_id=version.text_id, seq=last + 1, version=version.version, sha256=version.sha256, passed=passed,
        reason=wanted.reason, actor_user=actor.user, actor_role=actor.role, authority=actor.authority, at=wanted.at,
    )  # fmt: skip
    session.connection().execute(insert(TextVerdictRow), [{**verdict.model_dump(), "key": key}])
    return verdict


def waiting_for(session: Session, documents: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """(case, account) of the open cases whose facts say that one of these letters waits for Legal."""
    c = CaseRow
    named = [col(c.snapshot).contains(f'"{document}"', autoescape=True) for document in documents]
    query = select(col(c.case_no), col(c.account_no)).where(
        col(c.status) != "closed", col(c.snapshot).contains('"unpassed":[', autoescape=True), or_(false(), *named)
    )
    rows = session.execute(query.order_by(col(c.case_no)))
    return tuple((case_no, account_no) for case_no, account_no in rows)


def tell(session: Session, accounts: Iterable[str], at: datetime) -> None:
    """The cases of these accounts read their facts again: the relay of the ledger tells them, so none is forgotten.

    The ledger itself did not change: what was signed on its figures stays signed.
    """
    for account_no in sorted(set(accounts)):
        notice = {"account_no": account_no, "ledger_version": lock_account(session, account_no), "created_at": at}
        statement = insert_into(session, NoticeRow).values(**notice)
        key = ["account_no", "ledger_version"]
        session.execute(statement.on_conflict_do_update(index_elements=key, set_={"relayed_at": None}))


def _of(text_id: str) -> ColumnElement[bool]:
    return col(TextVerdictRow.text_id) == text_id
