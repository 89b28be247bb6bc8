"""Everything that can happen in a case, as past participles; the record is a list of these and nothing else."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from domain.base import Frozen
from domain.facts import Facts
from domain.ledger import DoneStep


class Actor(Frozen):
    """Who did it and under which authority (B4.2.1d); `user` is a staff id, never a name."""

    user: str
    role: str
    authority: str


class PolicyPin(Frozen):
    """The exact policy a case runs under (S8)."""

    id: str
    version: int
    sha256: str


class DocumentRef(Frozen):
    """A stored document: its kind, gapless number, content hash and the day its figures are of."""

    kind: str
    number: str
    sha256: str
    as_of: date


class ContactResult(Frozen):
    """A collection contact as the collector recorded it (L4.5a). `note` is free text and stays in the database."""

    channel: Literal["phone", "visit", "sms", "email", "other"] = "phone"
    outcome: Literal["contacted", "not_reached", "wrong_number"] = "contacted"
    promise_amount: Decimal | None = None
    promise_date: date | None = None
    note: str = ""


class Section(Frozen):
    """A part of a report that a person wrote."""

    heading: str
    text: str


class CaseOpened(Frozen):
    kind: Literal["case_opened"] = "case_opened"
    policy: PolicyPin
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


class StepNotDone(Frozen):
    """A step of an earlier bucket that is listed, not run, at a take-over (S7)."""

    kind: Literal["step_not_done"] = "step_not_done"
    step: str
    day: int


class StepOffered(Frozen):
    kind: Literal["step_offered"] = "step_offered"
    step: str
    asked: tuple[str, ...]
    outcomes: tuple[str, ...]
    mode: Literal["any", "all", "sequence"]
    document: str | None


class StepOpened(Frozen):
    """Something is asked of people. `day`: the DPD trigger that fired, if one did. deadline None only for an offer."""

    kind: Literal["step_opened"] = "step_opened"
    step: str
    asked: tuple[str, ...]
    mode: Literal["any", "all", "sequence"]
    outcomes: tuple[str, ...]
    deadline: AwareDatetime
    start_by: AwareDatetime | None = None
    document: str | None = None
    day: int | None = None
    end_date: date | None = None
    evidence: str | None = None
    period: date | None = None


class TaskStarted(Frozen):
    kind: Literal["task_started"] = "task_started"
    step: str


class StepAnswered(Frozen):
    """An answer that does not decide yet; `deadline` is the next one's in a sequence; a split vote starts anew."""

    kind: Literal["step_answered"] = "step_answered"
    step: str
    role: str
    outcome: str
    deadline: AwareDatetime | None = None
    note: str = ""
    split: bool = False


class StepCompleted(Frozen):
    """The step ended with this outcome. present / in_favour: the vote of a committee."""

    kind: Literal["step_completed"] = "step_completed"
    step: str
    outcome: str
    role: str | None = None
    document: str | None = None
    evidence: str | None = None
    note: str = ""
    present: int | None = None
    in_favour: int | None = None
    sections: tuple[Section, ...] = ()


class DocumentPrepared(Frozen):
    kind: Literal["document_prepared"] = "document_prepared"
    step: str
    document: DocumentRef


class MessageSent(Frozen):
    kind: Literal["message_sent"] = "message_sent"
    step: str
    target: str
    document: DocumentRef
    day: int | None = None


class DeliveryFailed(Frozen):
    """A dispatch that was refused, or whose fate is unknown and that is therefore never repeated."""

    kind: Literal["delivery_failed"] = "delivery_failed"
    step: str
    target: str
    status: Literal["refused", "unknown"]
    document: DocumentRef | None = None
    day: int | None = None


class ReceiptReceived(Frozen):
    kind: Literal["receipt_received"] = "receipt_received"
    key: str
    status: Literal["sent", "delivered", "failed", "returned"]


class StepPostponed(Frozen):
    kind: Literal["step_postponed"] = "step_postponed"
    step: str
    reason: Literal["contact_hours", "postings"]
    not_before: AwareDatetime


class Filed(Frozen):
    kind: Literal["filed"] = "filed"
    step: str
    register_name: str
    role: str
    document: str
    period: date | None = None


class ReportIssued(Frozen):
    kind: Literal["report_issued"] = "report_issued"
    step: str
    period: date
    to: tuple[str, ...]
    copy_to: tuple[str, ...]
    document: DocumentRef


class RunFinished(Frozen):
    """A portfolio run (intake) of one day ended."""

    kind: Literal["run_finished"] = "run_finished"
    step: str
    period: date
    opened: int


class StepBlocked(Frozen):
    kind: Literal["step_blocked"] = "step_blocked"
    step: str
    missing: tuple[str, ...]
    day: int | None = None


class StepFrozen(Frozen):
    kind: Literal["step_frozen"] = "step_frozen"
    step: str
    hold: str


class StepResumed(Frozen):
    kind: Literal["step_resumed"] = "step_resumed"
    step: str
    deadline: AwareDatetime
    start_by: AwareDatetime | None = None


class StartMissed(Frozen):
    kind: Literal["start_missed"] = "start_missed"
    step: str
    to: str


class Escalated(Frozen):
    kind: Literal["escalated"] = "escalated"
    step: str
    to: str
    level: int
    next_deadline: AwareDatetime | None


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
    """`until` is the last held day, or None: until it is ended by a person (5.5)."""

    kind: Literal["hold_placed"] = "hold_placed"
    hold: str
    source: int
    placed_dpd: int
    role: str
    until: date | None = None


class HoldEnded(Frozen):
    kind: Literal["hold_ended"] = "hold_ended"
    hold: str
    reason: Literal["withdrawn", "expired"]
    role: str
    evidence: str | None = None


class ContactRecorded(Frozen):
    kind: Literal["contact_recorded"] = "contact_recorded"
    contact: ContactResult


class StepReopened(Frozen):
    """A correcting entry took an answer back; the entry `corrects` stays in the record."""

    kind: Literal["step_reopened"] = "step_reopened"
    step: str
    corrects: int
    reason: str
    deadline: AwareDatetime


class EntryCorrected(Frozen):
    """A correcting entry for a contact record or note."""

    kind: Literal["entry_corrected"] = "entry_corrected"
    corrects: int
    reason: str
    contact: ContactResult | None = None


class NoteAdded(Frozen):
    kind: Literal["note_added"] = "note_added"
    text: str


class OwnerChanged(Frozen):
    kind: Literal["owner_changed"] = "owner_changed"
    owner: str


class DelinquencyEnded(Frozen):
    """Cured or bought back while something must still be settled: everything open is cancelled."""

    kind: Literal["delinquency_ended"] = "delinquency_ended"
    reason: Literal["cured", "bought_back"]


class EndingRevoked(Frozen):
    """The payment that had ended the delinquency was taken back before the case closed."""

    kind: Literal["ending_revoked"] = "ending_revoked"


class CaseClosed(Frozen):
    kind: Literal["case_closed"] = "case_closed"
    reason: str


StepBody = (
    StepNotDone | StepOffered | StepOpened | TaskStarted | StepAnswered | StepCompleted | DocumentPrepared
    | MessageSent | DeliveryFailed | StepPostponed | Filed | ReportIssued | RunFinished | StepBlocked | StepFrozen
    | StepResumed | StartMissed | Escalated | StepReopened
)  # fmt: skip

Body = Annotated[
    CaseOpened | CaseReopened | FactsUpdated | LadderReanchored | BucketEntered | StepNotDone | StepOffered
    | StepOpened | TaskStarted | StepAnswered | StepCompleted | DocumentPrepared | MessageSent | DeliveryFailed
    | ReceiptReceived | StepPostponed | Filed | ReportIssued | RunFinished | StepBlocked | StepFrozen | StepResumed
    | StartMissed | Escalated | PostingsAlerted | PostingsOverridden | SessionRequested | HoldPlaced | HoldEnded
    | ContactRecorded | StepReopened | EntryCorrected | NoteAdded | OwnerChanged | DelinquencyEnded | EndingRevoked
    | CaseClosed,
    Field(discriminator="kind"),
]  # fmt: skip


class Event(Frozen):
    """One line of the record.

    seq: gapless per case, from 1. due_at: when it had to happen, from its anchor. at: when it happened.
    dpd: days past due at due_at as known then. why: rule IDs and the reason, for the audit line.
    """

    seq: int
    due_at: AwareDatetime
    at: AwareDatetime
    dpd: int | None
    rules: tuple[str, ...] = ()
    why: str = ""
    actor: Actor | None = None
    command_id: str | None = None
    body: Body
