"""Everything that can happen in a case, as past participles; the record is a list of these and nothing else."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, Field

from domain.base import Frozen
from domain.case_events import (
    BucketEntered,
    CaseClosed,
    CaseOpened,
    CaseReopened,
    ContactRecorded,
    DelinquencyEnded,
    EndingRevoked,
    EntryCorrected,
    FactsUpdated,
    HoldEnded,
    HoldPlaced,
    LadderReanchored,
    NoteAdded,
    OwnerChanged,
    PolicyMoved,
    PostingsAlerted,
    PostingsOverridden,
    ReceiptReceived,
    SessionRequested,
)
from domain.evidence import (
    Actor,
    ByHand,
    ContactResult,
    Day,
    DocumentRef,
    Figure,
    PolicyPin,
    Section,
)
from domain.step_events import (
    DeliveryFailed,
    DocumentPrepared,
    Escalated,
    Filed,
    MessageSent,
    ReportIssued,
    RunFinished,
    StartMissed,
    StepAnswered,
    StepBlocked,
    StepCompleted,
    StepFrozen,
    StepLapsed,
    StepNotDone,
    StepOffered,
    StepOpened,
    StepPostponed,
    StepReopened,
    StepResumed,
    TaskStarted,
)

__all__ = [
    "Actor",
    "Body",
    "BucketEntered",
    "ByHand",
    "CaseClosed",
    "CaseOpened",
    "CaseReopened",
    "ContactRecorded",
    "ContactResult",
    "Day",
    "DelinquencyEnded",
    "DeliveryFailed",
    "DocumentPrepared",
    "DocumentRef",
    "EndingRevoked",
    "EntryCorrected",
    "Escalated",
    "Event",
    "FactsUpdated",
    "Figure",
    "Filed",
    "HoldEnded",
    "HoldPlaced",
    "LadderReanchored",
    "MessageSent",
    "NoteAdded",
    "OwnerChanged",
    "PolicyMoved",
    "PolicyPin",
    "PostingsAlerted",
    "PostingsOverridden",
    "ReceiptReceived",
    "ReportIssued",
    "RunFinished",
    "Section",
    "SessionRequested",
    "StartMissed",
    "StepAnswered",
    "StepBlocked",
    "StepBody",
    "StepCompleted",
    "StepFrozen",
    "StepLapsed",
    "StepNotDone",
    "StepOffered",
    "StepOpened",
    "StepPostponed",
    "StepReopened",
    "StepResumed",
    "TaskStarted",
]  # fmt: skip

StepBody = (
    StepNotDone | StepOffered | StepOpened | TaskStarted | StepAnswered | StepCompleted | DocumentPrepared
    | MessageSent | DeliveryFailed | StepPostponed | Filed | ReportIssued | RunFinished | StepBlocked | StepFrozen
    | StepResumed | StartMissed | Escalated | StepReopened | StepLapsed
)  # fmt: skip

Body = Annotated[
    CaseOpened | CaseReopened | FactsUpdated | LadderReanchored | BucketEntered | StepNotDone | StepOffered
    | StepOpened | TaskStarted | StepAnswered | StepCompleted | DocumentPrepared | MessageSent | DeliveryFailed
    | ReceiptReceived | StepPostponed | Filed | ReportIssued | RunFinished | StepBlocked | StepFrozen | StepResumed
    | StartMissed | Escalated | PostingsAlerted | PostingsOverridden | SessionRequested | HoldPlaced | HoldEnded
    | ContactRecorded | StepReopened | EntryCorrected | NoteAdded | OwnerChanged | DelinquencyEnded | EndingRevoked
    | CaseClosed | StepLapsed | PolicyMoved,
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
