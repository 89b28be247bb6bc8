"""What can happen to a case as a whole: its facts, its ladder, its holds, its end."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, Field

from domain.base import Frozen, absent, empty, shared
from domain.evidence import ContactResult, PolicyPin
from domain.facts import Facts
from domain.ledger import DoneStep


def _nothing(kept: tuple[str, ...]) -> bool:
    return not kept


class CaseOpened(Frozen):
    kind: Literal["case_opened"] = "case_opened"
    policy: Annotated[PolicyPin, AfterValidator(shared)]
    settings: str
    anchor: date | None
    floor: int
    history: tuple[DoneStep, ...] = ()


class CaseReopened(Frozen):
    kind: Literal["case_reopened"] = "case_reopened"


class FactsUpdated(Frozen):
    kind: Literal["facts_updated"] = "facts_updated"
    facts: Facts


class LadderReanchored(Frozen):
    """The oldest unpaid due date changed; the ladder counts from there, not below `floor` (S7)."""

    kind: Literal["ladder_reanchored"] = "ladder_reanchored"
    anchor: date | None
    floor: int
    upward: bool


class BucketEntered(Frozen):
    kind: Literal["bucket_entered"] = "bucket_entered"
    bucket: str


class ReceiptReceived(Frozen):
    kind: Literal["receipt_received"] = "receipt_received"
    key: str
    status: Literal["sent", "delivered", "failed", "returned"]


class PostingsAlerted(Frozen):
    """The postings of yesterday are still missing at the alert hour (S9)."""

    kind: Literal["postings_alerted"] = "postings_alerted"
    day: date


class PostingsOverridden(Frozen):
    """A person lets today's letters go out although postings are missing (S9)."""

    kind: Literal["postings_overridden"] = "postings_overridden"
    day: date


class SessionRequested(Frozen):
    kind: Literal["session_requested"] = "session_requested"
    step: str
    by: AwareDatetime


class HoldPlaced(Frozen):
    """`until` is the last held day, or None: until it is ended by a person (5.5). since: its first day, if earlier."""

    kind: Literal["hold_placed"] = "hold_placed"
    hold: str
    source: int
    placed_dpd: int
    role: str
    until: date | None = None
    since: date | None = Field(default=None, exclude_if=absent)
    person: bool = Field(default=False, exclude_if=empty)  # it stands on all accounts of the person


class HoldEnded(Frozen):
    """settled: what it waited for was answered. corrected: its confirmation was taken back.

    broken, completed: the agreement was, during which it paused the measures.
    """

    kind: Literal["hold_ended"] = "hold_ended"
    hold: str
    reason: Literal["withdrawn", "expired", "settled", "corrected", "broken", "completed"]
    role: str
    evidence: str | None = None


class ContactRecorded(Frozen):
    """A contact with the customer. of: case number and seq of the entry when it was made for another case of theirs."""

    kind: Literal["contact_recorded"] = "contact_recorded"
    contact: ContactResult
    of: str | None = Field(default=None, exclude_if=absent)


class EntryCorrected(Frozen):
    """A correcting entry for a contact record or note. key: the dispatch of a wrong receipt; status: the right one.

    received_on: the day on which it arrived.
    """

    kind: Literal["entry_corrected"] = "entry_corrected"
    corrects: int
    reason: str
    contact: ContactResult | None = None
    key: str | None = Field(default=None, exclude_if=absent)
    status: Literal["sent", "delivered", "failed", "returned"] | None = Field(default=None, exclude_if=absent)
    received_on: date | None = Field(default=None, exclude_if=absent)
    evidence: str | None = Field(default=None, exclude_if=absent)
    letter: str | None = Field(default=None, exclude_if=absent)


class NoteAdded(Frozen):
    kind: Literal["note_added"] = "note_added"
    text: str


class PolicyMoved(Frozen):
    """From now on the case runs under another policy or version; its ladder counts like a take-over (S7).

    gone: steps that the case may have and the new policy has not. anew: unfinished steps that the new policy asks of
    others or otherwise; they are opened again when they fall due there. lifted: holds that the new policy knows not.
    """

    kind: Literal["policy_moved"] = "policy_moved"
    policy: PolicyPin
    settings: str
    reason: str
    gone: tuple[str, ...] = ()
    anew: tuple[str, ...] = ()
    lifted: tuple[str, ...] = ()


def _no_reason(reason: str) -> bool:
    """Earlier records have none."""
    return not reason


class OwnerChanged(Frozen):
    """owner None: nobody's; the case waits in the queue."""

    kind: Literal["owner_changed"] = "owner_changed"
    owner: str | None
    reason: str = Field(default="", exclude_if=_no_reason)


class DelinquencyEnded(Frozen):
    """Cured or bought back while something must still be settled: everything open is cancelled.

    kept: the steps of a breach for which the case goes on; all others are as in a new case.
    """

    kind: Literal["delinquency_ended"] = "delinquency_ended"
    reason: Literal["cured", "bought_back"]
    kept: tuple[str, ...] = Field(default=(), exclude_if=_nothing)


class EndingRevoked(Frozen):
    """The payment that had ended the delinquency was taken back before the case closed."""

    kind: Literal["ending_revoked"] = "ending_revoked"


class CaseClosed(Frozen):
    kind: Literal["case_closed"] = "case_closed"
    reason: str
