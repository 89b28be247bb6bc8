"""Recordings of contacts: checked against the script of their step; forbidden words become violations."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Protocol

from sqlalchemy.orm import Session

from activities.supervision import Found, Supervision
from domain.errors import Refused
from domain.events import Actor, ContactRecorded, Event
from domain.quality import Checker, Quality, Transcript
from domain.wording import Script, Words
from store import recordings
from store.cases import snapshot_of, timeline
from store.recordings import NewRecording, Recording
from store.violations import Kind

SYSTEM = "system"
CALL_RECORD = "collection_record"  # what a step that asks for a contact leaves behind


class Versioned(Protocol):
    """One version of a script."""

    @property
    def id(self) -> str: ...
    @property
    def version(self) -> str: ...
    def script(self, words: Words) -> Script: ...


class ScriptBook(Protocol):
    """The scripts that Legal passed."""

    @property
    def words(self) -> Words: ...
    def script_for(self, session: Session, policy_id: str, step: str) -> Versioned | None: ...


class Attached(Protocol):
    """The file of a recording: kept here under an id, or elsewhere under a reference."""

    @property
    def sha256(self) -> str: ...
    @property
    def media_type(self) -> str: ...
    @property
    def kept(self) -> str | None: ...
    @property
    def reference(self) -> str | None: ...


class Recordings:
    """Attaches and checks recordings in the session that is given."""

    def __init__(self, book: ScriptBook, checker: Checker, supervision: Supervision) -> None:
        self._book = book
        self._checker = checker
        self._supervision = supervision

    def attach(self, session: Session, case_no: str, seq: int, file: Attached, step: str, added_by: str) -> Recording:
        """Attach a recording to the contact record of a case with that seq, once per file.

        step: for which it was made; "" for the one that the contact answered. Refused: unknown_case, unknown_contact.
        """
        case = snapshot_of(session, case_no)
        if case is None or case.policy is None:
            raise Refused("unknown_case", f"There is no case {case_no}.", "Check the case number.")
        contact, answered = _contact(session, case_no, seq)
        if contact is None or contact.actor is None:
            raise Refused("unknown_contact", f"Entry {seq} of {case_no} is no contact.", "Name the seq of a contact.")
        found = NewRecording(
            id=f"rec-{sha256(f'{case_no}/{seq}/{file.sha256}'.encode()).hexdigest()[:24]}",
            case_no=case_no, seq=seq, account_no=case.account_no, policy_id=case.policy.id, step=step or answered,
            collector=contact.actor.user, role=contact.actor.role, sha256=file.sha256, media_type=file.media_type,
            kept=file.kept, reference=file.reference, added_by=added_by, at=contact.at,
        )  # fmt: skip
        recordings.add_recording(session, found)
        return _existing(session, found.id)

    def check(
        self, session: Session, recording_id: str, transcript: Transcript, survey: int | None, at: datetime
    ) -> Recording:
        """Judge what was said by the script that is passed for the step (B3.2.2a); keep the scores and the findings.

        Refused "unknown_recording".
        """
        found = _existing(session, recording_id)
        text = self._book.script_for(session, found.policy_id, found.step) if found.step else None
        script = text.script(self._book.words) if text else None
        quality = self._checker.check(transcript, script, survey)
        version = f"{text.id}@{text.version}" if text else ""
        recordings.keep_quality(session, found.id, transcript, survey, self._checker.id, version, quality, at)
        if quality.forbidden:
            self._accuse(session, found, quality)
        return _existing(session, recording_id)

    def _accuse(self, session: Session, found: Recording, quality: Quality) -> None:
        """One violation per recording and kind, with the words found; a threat or an insult is serious."""
        actor = Actor(user=SYSTEM, role=SYSTEM, authority=self._checker.id)
        kinds: dict[Kind, None] = dict.fromkeys(one.category for one in quality.forbidden)
        for kind in kinds:
            words = "、".join(dict.fromkeys(one.word for one in quality.forbidden if one.category == kind))
            self._supervision.enter_violation(
                session,
                Found(
                    key=f"{found.id}/{kind}", found_by="checker", kind=kind, severity="serious",
                    who=found.collector, case_no=found.case_no, evidence=found.id, text=f"禁用语：{words}",
                ),
                actor,
            )  # fmt: skip


def _existing(session: Session, recording_id: str) -> Recording:
    found = recordings.find_recording(session, recording_id)
    if found is None:
        raise Refused("unknown_recording", f"There is no recording {recording_id}.", "See GET /recordings.")
    return found


def _contact(session: Session, case_no: str, seq: int) -> tuple[Event | None, str]:
    """The contact record with that seq, and the step it was for: the one it answered, else the one answered last."""
    events = timeline(session, case_no)
    contact = next((event for event in events if event.seq == seq), None)
    if contact is None or not isinstance(contact.body, ContactRecorded):
        return None, ""
    calls = [event for event in events if event.body.kind == "step_completed" and event.body.document == CALL_RECORD]
    of_it = [event for event in calls if event.command_id == contact.command_id]
    earlier = [event for event in calls if event.seq < seq]
    chosen = (of_it or earlier[-1:])[:1]
    return contact, next((event.body.step for event in chosen if event.body.kind == "step_completed"), "")
