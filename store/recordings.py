"""Recordings of contacts, and what was found in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from json import dumps, loads

from pydantic import AwareDatetime, TypeAdapter
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.base import Frozen, local_date
from domain.kpi import Conduct
from domain.quality import Quality, Transcript
from domain.wording import Spoken
from store.account_facts import chunks, split
from store.dialect import inserted
from store.paging import behind, decode, encode
from store.tables import AccountRow, RecordingRow
from store.views import Page

ORDER = "recording"
KINDS = (datetime, str)
TRANSCRIPT: TypeAdapter[Transcript] = TypeAdapter(Transcript)
FOUND: TypeAdapter[tuple[Spoken, ...]] = TypeAdapter(tuple[Spoken, ...])


class NewRecording(Frozen):
    """The recording of the contact with that seq. kept: id of an uploaded file, else reference: where it is kept."""

    id: str
    case_no: str
    seq: int
    account_no: str
    policy_id: str
    step: str
    collector: str
    role: str
    sha256: str
    media_type: str
    kept: str | None = None
    reference: str | None = None
    added_by: str
    at: AwareDatetime


class Recording(NewRecording):
    """A recording and its scores, from 0 to 100. script: the version it was judged by. checker: who judged it."""

    transcript: Transcript = ()
    survey: int | None = None
    checker: str | None = None
    script: str = ""
    compliance: Decimal | None = None
    satisfaction: Decimal | None = None
    missing: tuple[str, ...] = ()
    forbidden: tuple[Spoken, ...] = ()
    checked_at: AwareDatetime | None = None


def add_recording(session: Session, recording: NewRecording) -> bool:
    """Attach it once; False when the same one is there already."""
    blank = {"transcript": "", "script": "", "missing": "", "forbidden": ""}
    return inserted(session, RecordingRow, {**recording.model_dump(), **blank})


def find_recording(session: Session, recording_id: str) -> Recording | None:
    """The recording with that id."""
    row = session.get(RecordingRow, recording_id, populate_existing=True)
    return _recording(row) if row else None


def keep_quality(
    session: Session, recording_id: str, transcript: Transcript, survey: int | None, checker: str, script: str,
    quality: Quality, at: datetime,
) -> None:  # fmt: skip
    """Store what was said and what was found in it; a later check takes the place of an earlier one."""
    values = {
        "transcript": TRANSCRIPT.dump_json(transcript).decode(), "survey": survey, "checker": checker,
        "script": script, "compliance": quality.compliance, "satisfaction": quality.satisfaction,
        "missing": ",".join(quality.missing), "checked_at": at,
        "forbidden": dumps([one.model_dump() for one in quality.forbidden], ensure_ascii=False),
    }  # fmt: skip
    session.execute(update(RecordingRow).where(col(RecordingRow.id) == recording_id).values(**values))


def list_recordings(
    session: Session,
    collector: str | None = None,
    case_no: str | None = None,
    checked: bool | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Recording]:
    """Recordings, the newest first. Refused "bad_cursor"."""
    r = RecordingRow
    columns = (col(r.at), col(r.id))
    given = ((col(r.collector), collector), (col(r.case_no), case_no))
    wanted = [column == value for column, value in given if value is not None]
    if checked is not None:
        wanted.append(col(r.checked_at).is_not(None) if checked else col(r.checked_at).is_(None))
    if cursor is not None:
        wanted.append(behind(columns, decode(ORDER, cursor, KINDS), descending=True))
    query = select(r).where(*wanted).order_by(*(column.desc() for column in columns)).limit(limit + 1)
    rows = [_recording(row) for row in session.scalars(query)]
    page = rows[:limit]
    more = encode(ORDER, (page[-1].at, page[-1].id)) if len(rows) > limit else None
    return Page(rows=tuple(page), next=more)


def conduct_heard(session: Session, account_nos: Sequence[str]) -> dict[str, list[Conduct]]:
    """The scores of the recordings of accounts, each with the day of its contact where the account is."""
    r, a = RecordingRow, AccountRow
    found: dict[str, list[Conduct]] = {}
    for part in chunks(account_nos):
        query = (
            select(col(r.account_no), col(r.at), col(r.collector), col(r.compliance), col(r.satisfaction),
                   col(a.time_zone))
            .join(a, col(a.account_no) == col(r.account_no))
            .where(col(r.account_no).in_(part), col(r.checked_at).is_not(None))
            .order_by(col(r.at), col(r.id))
        )  # fmt: skip
        for account_no, at, collector, compliance, satisfaction, tz in session.execute(query):
            found.setdefault(account_no, []).append(Conduct(local_date(at, tz), collector, compliance, satisfaction))
    return found


def _recording(row: RecordingRow) -> Recording:
    values = row.model_dump()
    values["transcript"] = TRANSCRIPT.validate_json(row.transcript) if row.transcript else ()
    values["forbidden"] = FOUND.validate_python(loads(row.forbidden)) if row.forbidden else ()
    values["missing"] = split(row.missing)
    return Recording.model_validate(values)
