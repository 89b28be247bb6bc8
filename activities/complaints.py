"""The desk of complaints: takes them in, keeps what the workflow says, and writes to the complainant."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Final

from pydantic import ValidationError
from sqlalchemy.orm import Session
from temporalio import activity

from activities.complaint_verbs import ComplaintMessage, ComplaintMessageResult, ComplaintRecording
from activities.complaint_violations import follow_complaint
from activities.outbox import Outbox
from activities.registry import Policies
from domain.base import local_date
from domain.complaint import Complaint, ComplaintEvent, ComplaintTerms
from domain.events import DocumentRef
from domain.ladder import Ladder
from gateways.contract import EmailRecipient, OutboundMessage, SmsRecipient
from store import calendar, complaints
from store.complaints import ComplaintRecord, ComplaintSent, NewComplaint
from store.deliveries import Claim
from store.session import Database

CHAIN: Final = "complaint_chain"
STOPS: Final = "complaint_stops_contacts"
SUBJECT: Final = "关于您的催收投诉"


def complaint_terms(policies: Policies, policy_id: str | None = None) -> ComplaintTerms:
    """How complaints are handled: as the policy of the account says, else as the first one that says anything.

    A company without any such policy lets the owner of its first policy handle them.
    """
    known = [policies.current(name) for name in policies.ids]
    own = [ladder for ladder in known if CHAIN in ladder.settings]
    ladder = next((one for one in own if one.policy.id == policy_id), next(iter(own), None))
    if ladder is None:
        policy = known[0].policy
        return ComplaintTerms(chain=(policy.owner,), close_of_business=policy.close_of_business)
    return _terms(ladder)


def _terms(ladder: Ladder) -> ComplaintTerms:
    chain = ladder.settings[CHAIN]
    return ComplaintTerms(
        chain=chain if isinstance(chain, tuple) else (str(chain),),
        response_hours=ladder.integer("complaint_response_hours"),
        investigation_days=ladder.integer("complaint_investigation_days"),
        result_days=ladder.integer("complaint_result_days"),
        close_of_business=ladder.close,
        rules=ladder.policy.settings[CHAIN].rules,
        stops_contacts=ladder.settings.get(STOPS) is True,
    )


class ComplaintDesk:
    """Takes complaints in; the two activities are those of `ComplaintVerbs`."""

    def __init__(self, database: Database, policies: Policies, outbox: Outbox) -> None:
        self._database = database
        self._policies = policies
        self._outbox = outbox

    @activity.defn(no_thread_cancel_exception=True)
    def record_complaint_events(self, recording: ComplaintRecording) -> None:
        """Events and state into the register, once."""
        with self._database.session() as session:
            keep_complaint(session, recording.events, recording.state)

    @activity.defn
    async def send_complaint_message(self, request: ComplaintMessage) -> ComplaintMessageResult:
        """One message to the complainant, once; an address nobody can use is refused."""
        key = f"{request.number}/message/{request.seq}"
        found = await asyncio.to_thread(self._words, request)
        message = _message(key, found)
        if message is None:
            return ComplaintMessageResult(status="refused")
        document = DocumentRef(
            kind="complaint_message", number=key, sha256=sha256(found.text.encode()).hexdigest(),
            as_of=local_date(request.at, "Asia/Shanghai"),
        )  # fmt: skip
        claim = Claim(
            key=key, case_no="", account_no="", step="complaint", target=f"complainant/{found.by}", document=document,
            at=request.at,
        )  # fmt: skip
        return ComplaintMessageResult(status=await self._outbox.send(claim, message))

    def _words(self, request: ComplaintMessage) -> ComplaintSent:
        with self._database.reading() as session:
            return complaints.message_of(session, request.number, request.seq)


def enter_complaint(session: Session, policies: Policies, wanted: NewComplaint, at: datetime) -> ComplaintRecord:
    """Enter a complaint in the register; the worker starts its workflow. Refused as `take_complaint` says."""
    terms = complaint_terms(policies, complaints.policy_of(session, wanted))
    business_days = calendar.calendar(session, "CN")
    return complaints.take_complaint(session, wanted, terms, business_days, at)


def keep_complaint(session: Session, events: Sequence[ComplaintEvent], state: Complaint) -> None:
    """What happened goes into the register, a violation found and its correction also into that of violations."""
    complaints.record_complaint(session, events, state)
    follow_complaint(session, state.number, events)


def _message(key: str, found: ComplaintSent) -> OutboundMessage | None:
    """The message; None when the address is none (its fault would quote the address)."""
    try:
        if found.by == "email" and found.email:
            recipient = EmailRecipient(email=found.email)
        else:
            recipient = SmsRecipient(phone="".join(c for c in found.phone or "" if c.isdigit() or c == "+"))
    except ValidationError:
        return None
    return OutboundMessage(key=key, recipient=recipient, subject=SUBJECT, text=found.text)
