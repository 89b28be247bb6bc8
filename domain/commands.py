"""What people may tell a running case, as imperatives."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from domain.agency import PlaceWithAgency, RecallFromAgency
from domain.agreement_events import RecoveryStage
from domain.agreement_terms import AgreementTerms
from domain.base import Frozen, PlannedDay, absent, empty
from domain.events import Actor, ApprovalCondition, ContactResult, Figure, PolicyPin, Section
from domain.part_commands import FinishPart, PartReport, StartPart
from domain.part_rule import Part
from domain.step_rule import Way
from domain.words import Words

PartyId = Annotated[str, Field(min_length=1, max_length=64)]
DISTRIBUTION = Actor(user="distribution", role="system", authority="policy")  # gives out cases by rule


class StartTask(Frozen):
    """Work on a task has begun (L5.2a: by the next business day)."""

    do: Literal["start_task"] = "start_task"
    step: str


class AnswerStep(Frozen):
    """An answer to what was asked: a signature, an opinion, a finished task, a vote.

    evidence: id of an uploaded document. participants: staff ids of those who made a visit.
    present / in_favour: heads counted in a committee session.
    sections: the text of the report that the step writes; figures: its amounts (profit and loss).
    agreement: what the customer signed, with the answer that says so.
    conditions: what a yes depends on. parts: of the task that the answer plans; parts_done: those it reports.
    defendants: party ids whom the suit that is filed names.
    """

    do: Literal["answer_step"] = "answer_step"
    step: str
    outcome: str
    note: str = ""
    evidence: str | None = None
    present: int | None = None
    in_favour: int | None = None
    participants: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    figures: tuple[Figure, ...] = ()
    conditions: tuple[ApprovalCondition, ...] = Field(default=(), exclude_if=empty, max_length=20)
    choice: str | None = Field(default=None, max_length=64, exclude_if=absent)
    defendants: tuple[PartyId, ...] = Field(default=(), exclude_if=empty, max_length=50)
    agreement: AgreementTerms | None = Field(default=None, exclude_if=absent)
    parts: tuple[Part, ...] = Field(default=(), exclude_if=empty, max_length=20)
    parts_done: tuple[PartReport, ...] = Field(default=(), exclude_if=empty, max_length=20)


class CastVote(Frozen):
    """A member of a committee votes for themselves, with the reason; a session counts heads instead."""

    do: Literal["cast_vote"] = "cast_vote"
    step: str
    outcome: str
    reason: Words


class WithdrawAnswer(Frozen):
    """An answer or vote is taken back by who gave it, before the decision falls."""

    do: Literal["withdraw_answer"] = "withdraw_answer"
    step: str
    reason: Words


class ConfirmCondition(Frozen):
    """A condition of an approval is met. no: from 1, as in the decision. evidence: id of an uploaded document."""

    do: Literal["confirm_condition"] = "confirm_condition"
    step: str
    no: int = Field(ge=1)
    note: str = Field(default="", max_length=4000)
    evidence: str | None = None


class OpenStep(Frozen):
    """Open a step that waits for nobody: an objection, an application, an early demand, a fast track.

    since: the day of a breach that is reported (M2.1).
    """

    do: Literal["open_step"] = "open_step"
    step: str
    outcome: str | None = None
    evidence: str | None = None
    end_date: PlannedDay | None = None
    since: date | None = None
    note: str = ""
    present: int | None = None
    in_favour: int | None = None
    sections: tuple[Section, ...] = ()
    figures: tuple[Figure, ...] = ()


class RecordContact(Frozen):
    """A collection contact took place (L4.5a)."""

    do: Literal["record_contact"] = "record_contact"
    contact: ContactResult


class EndHold(Frozen):
    """The reason of a hold is gone, e.g. the vendor withdraws in writing (L-Q13)."""

    do: Literal["end_hold"] = "end_hold"
    hold: str
    evidence: str


class ChangeOwner(Frozen):
    """The case is given to somebody, or to nobody (None): then it waits in the queue. expected: whose it is now, ""
    for nobody's; when it is somebody else's meanwhile nothing changes. None: whosever it is.
    """

    do: Literal["change_owner"] = "change_owner"
    owner: str | None
    reason: str = Field(default="", max_length=4000)
    expected: str | None = None


class MovePolicy(Frozen):
    """The case goes on under another policy or version, with these company settings (S8)."""

    do: Literal["move_policy"] = "move_policy"
    policy: PolicyPin
    settings: str
    reason: Words


class AddNote(Frozen):
    do: Literal["add_note"] = "add_note"
    text: Words


class ReceiptCorrection(Frozen):
    """What really became of a dispatch. evidence: id of an uploaded document that shows it; received_on: its day."""

    key: str = Field(max_length=300)
    status: Literal["sent", "delivered", "failed", "returned"]
    evidence: str | None = None
    received_on: date | None = Field(default=None, exclude_if=absent)


class CorrectEntry(Frozen):
    """A correcting entry for the one with that seq: takes back an answer, replaces a contact record, or says what
    really became of a dispatch; nothing is erased."""

    do: Literal["correct_entry"] = "correct_entry"
    seq: int = Field(ge=1)
    reason: Words
    contact: ContactResult | None = None
    receipt: ReceiptCorrection | None = Field(default=None, exclude_if=absent)
    letter: str | None = Field(default=None, max_length=100, exclude_if=absent)  # number of a correcting letter


class RequestSignature(Frozen):
    """Ask the customer to sign these terms electronically; document: id of the uploaded paper, a PDF."""

    do: Literal["request_signature"] = "request_signature"
    step: str
    document: str = Field(min_length=1, max_length=64)
    agreement: AgreementTerms


class SetRecoveryPlan(Frozen):
    """How the debt is to be recovered: who is responsible (a staff id), in which stages (C2.2.1b, MB1.2a, MA1.2)."""

    do: Literal["set_recovery_plan"] = "set_recovery_plan"
    responsible: str = Field(min_length=1, max_length=64)
    stages: tuple[RecoveryStage, ...] = Field(min_length=1, max_length=60)


class OverridePostings(Frozen):
    """Today's letters may go out although yesterday's postings are missing (S9)."""

    do: Literal["override_postings"] = "override_postings"


class ReportReceipt(Frozen):
    """A gateway reports what became of a dispatch; repeated and out of order."""

    do: Literal["report_receipt"] = "report_receipt"
    key: str
    status: Literal["sent", "delivered", "failed", "returned"]


class ShareContact(Frozen):
    """A call or visit made for another case of the same person spoke of this one too; only the product says so.

    of: case number and seq of the entry there. contact: of a call; outcome: of a visit or an interview.
    """

    do: Literal["share_contact"] = "share_contact"
    of: str
    way: Way
    contact: ContactResult | None = None
    outcome: str = ""
    note: str = ""
    evidence: str | None = None
    participants: tuple[str, ...] = ()


CommandBody = Annotated[
    StartTask | AnswerStep | OpenStep | RecordContact | EndHold | ChangeOwner | AddNote | CorrectEntry
    | OverridePostings | ReportReceipt | MovePolicy | ShareContact | CastVote | WithdrawAnswer | ConfirmCondition
    | PlaceWithAgency | RecallFromAgency | SetRecoveryPlan | StartPart | FinishPart
    | RequestSignature,
    Field(discriminator="do"),
]  # fmt: skip


class Command(Frozen):
    """One command of one person; the same id is carried out once, whatever happens in between.

    on_behalf_of: staff id of whom a deputy acts for.
    """

    id: str
    actor: Actor
    body: CommandBody
    on_behalf_of: str | None = Field(default=None, exclude_if=absent)
