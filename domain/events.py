"""Everything that can happen in a case, as past participles; the record is a list of these and nothing else."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, Field

from domain.agency import AgencyPlaced, AgencyRecalled
from domain.agreement_events import (
    AgreementBroken,
    AgreementCompleted,
    AgreementConcluded,
    AgreementRevived,
    InstalmentJudged,
    PromiseJudged,
    PromiseMade,
    PromiseWithdrawn,
    RecoveryPlanSet,
    RecoveryStageMissed,
    SignatureRequested,
)
from domain.approval_events import AnswerWithdrawn, ConditionConfirmed, ConditionMissed, VoteCast
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
    ApprovalCondition,
    ByHand,
    ContactResult,
    Day,
    DocumentRef,
    Figure,
    PolicyPin,
    Section,
)
from domain.part_events import PartFinished, PartStarted, PartTakenBack
from domain.step_events import (
    AskedAnew,
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
    "AgencyPlaced",
    "AgencyRecalled",
    "AnswerWithdrawn",
    "ApprovalCondition",
    "AskedAnew",
    "Body",
    "BucketEntered",
    "ByHand",
    "CaseClosed",
    "CaseOpened",
    "CaseReopened",
    "ConditionConfirmed",
    "ConditionMissed",
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
    "InstalmentJudged",
    "LadderReanchored",
    "MessageSent",
    "NoteAdded",
    "OwnerChanged",
    "PartFinished",
    "PartStarted",
    "PartTakenBack",
    "PolicyMoved",
    "PolicyPin",
    "PostingsAlerted",
    "PostingsOverridden",
    "PromiseJudged",
    "PromiseMade",
    "PromiseWithdrawn",
    "ReceiptReceived",
    "RecoveryPlanSet",
    "RecoveryStageMissed",
    "ReportIssued",
    "RunFinished",
    "Section",
    "SessionRequested",
    "SignatureRequested",
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
    "VoteCast",
]  # fmt: skip

StepBody = (
    StepNotDone | StepOffered | StepOpened | TaskStarted | StepAnswered | StepCompleted | DocumentPrepared
    | MessageSent | DeliveryFailed | StepPostponed | Filed | ReportIssued | RunFinished | StepBlocked | StepFrozen
    | StepResumed | StartMissed | Escalated | StepReopened | StepLapsed | VoteCast | AnswerWithdrawn
    | ConditionConfirmed | ConditionMissed | PartStarted | PartFinished | PartTakenBack
)  # fmt: skip

Body = Annotated[
    CaseOpened | CaseReopened | FactsUpdated | LadderReanchored | BucketEntered | StepNotDone | StepOffered
    | StepOpened | TaskStarted | StepAnswered | StepCompleted | DocumentPrepared | MessageSent | DeliveryFailed
    | ReceiptReceived | StepPostponed | Filed | ReportIssued | RunFinished | StepBlocked | StepFrozen | StepResumed
    | StartMissed | Escalated | PostingsAlerted | PostingsOverridden | SessionRequested | HoldPlaced | HoldEnded
    | ContactRecorded | StepReopened | EntryCorrected | NoteAdded | OwnerChanged | DelinquencyEnded | EndingRevoked
    | CaseClosed | StepLapsed | PolicyMoved | VoteCast | AnswerWithdrawn
    | ConditionConfirmed | ConditionMissed | PartStarted | PartFinished | PartTakenBack | AgencyPlaced
    | AgencyRecalled
    | AgreementConcluded | InstalmentJudged | AgreementBroken | AgreementRevived | AgreementCompleted | PromiseMade
    | PromiseWithdrawn | PromiseJudged | RecoveryPlanSet | RecoveryStageMissed | SignatureRequested
    | AgreementConcluded | InstalmentJudged | AgreementBroken | AgreementRevived | AgreementCompleted | PromiseMade
    | PromiseWithdrawn | PromiseJudged | RecoveryPlanSet | RecoveryStageMissed,
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
