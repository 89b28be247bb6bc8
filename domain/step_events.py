"""What can happen to one step of the ladder: asked, answered, sent, filed, stopped, missed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import AwareDatetime, Field

from domain.base import Frozen, absent, empty
from domain.evidence import ApprovalCondition, Day, DocumentRef, Figure, Section
from domain.part_rule import Part
from domain.step_rule import Mode, SuitPart, Way


class StepNotDone(Frozen):
    """A step of an earlier bucket that is listed, not run, at a take-over (S7)."""

    kind: Literal["step_not_done"] = "step_not_done"
    step: str
    day: Day


class StepOffered(Frozen):
    kind: Literal["step_offered"] = "step_offered"
    step: str
    asked: tuple[str, ...]
    outcomes: tuple[str, ...]
    mode: Mode
    document: str | None
    way: Way | None = Field(default=None, exclude_if=absent)
    needed: int = Field(default=0, exclude_if=empty)  # how many of them, when not all


class StepOpened(Frozen):
    """Something is asked of people. `day`: the DPD trigger that fired, if one did. preselected: proposed to them.

    way: by which they reach the customer. on_behalf_of: staff id of whom a deputy opened it for.
    """

    kind: Literal["step_opened"] = "step_opened"
    step: str
    asked: tuple[str, ...]
    mode: Mode
    outcomes: tuple[str, ...]
    deadline: AwareDatetime
    start_by: AwareDatetime | None = None
    document: str | None = None
    day: Day | None = None
    end_date: date | None = None
    evidence: str | None = None
    period: date | None = None
    preselected: str | None = Field(default=None, exclude_if=absent)
    since: date | None = Field(default=None, exclude_if=absent)  # the day of a breach that is reported
    way: Way | None = Field(default=None, exclude_if=absent)
    needed: int = Field(default=0, exclude_if=empty)  # how many of them, when not all
    on_behalf_of: str | None = Field(default=None, exclude_if=absent)


class TaskStarted(Frozen):
    kind: Literal["task_started"] = "task_started"
    step: str


class StepAnswered(Frozen):
    """An answer that does not decide yet; `deadline` is the next one's in a sequence; a split vote starts anew.

    evidence, present, in_favour: as in the answer that decides.
    """

    kind: Literal["step_answered"] = "step_answered"
    step: str
    role: str
    outcome: str
    deadline: AwareDatetime | None = None
    note: str = ""
    split: bool = False
    evidence: str | None = Field(default=None, exclude_if=absent)
    present: int | None = Field(default=None, exclude_if=absent)
    in_favour: int | None = Field(default=None, exclude_if=absent)
    conditions: tuple[ApprovalCondition, ...] = Field(default=(), exclude_if=empty)
    on_behalf_of: str | None = Field(default=None, exclude_if=absent)


class Waived(Frozen):
    """Penalty interest that a decision gives up, on condition that everything due is paid by the end of `paid_by`."""

    amount: Decimal
    paid_by: date


class StepCompleted(Frozen):
    """The step ended with this outcome. present / in_favour: the vote of a committee. participants: of a visit.

    of: case number and seq of the answer, when it was given for another case of the same person.
    on_behalf_of: staff id of whom a deputy answered for.
    """

    kind: Literal["step_completed"] = "step_completed"
    step: str
    outcome: str
    role: str | None = None
    document: str | None = None
    evidence: str | None = None
    note: str = ""
    present: int | None = None
    in_favour: int | None = None
    participants: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    figures: tuple[Figure, ...] = ()
    of: str | None = Field(default=None, exclude_if=absent)
    waived: Waived | None = Field(default=None, exclude_if=absent)
    claimed: Decimal | None = Field(default=None, exclude_if=absent)  # from the vendor, as the price of the buyback
    suit: SuitPart | None = Field(default=None, exclude_if=absent)
    choice: str | None = Field(default=None, exclude_if=absent)
    defendants: tuple[str, ...] = Field(default=(), exclude_if=empty)  # of the suit that is filed, by party id
    parts: tuple[Part, ...] = Field(default=(), exclude_if=empty)  # chosen for the task that it plans
    conditions: tuple[ApprovalCondition, ...] = Field(default=(), exclude_if=empty)
    on_behalf_of: str | None = Field(default=None, exclude_if=absent)


class DocumentPrepared(Frozen):
    kind: Literal["document_prepared"] = "document_prepared"
    step: str
    document: DocumentRef


class MessageSent(Frozen):
    kind: Literal["message_sent"] = "message_sent"
    step: str
    target: str
    document: DocumentRef
    day: Day | None = None


class DeliveryFailed(Frozen):
    """A dispatch that was refused, or whose fate is unknown and that is therefore never repeated."""

    kind: Literal["delivery_failed"] = "delivery_failed"
    step: str
    target: str
    status: Literal["refused", "unknown"]
    document: DocumentRef | None = None
    day: Day | None = None


class StepPostponed(Frozen):
    """Not now. contact_hours: of the policy; it and all but postings may also be said by the contact gate.

    target: what the gate held back, like "lessee/sms" or "customer/call"; the other targets of the step go on.
    not_before: None until something about the person changes.
    text_not_passed: Legal has not passed the text (B4.1.1.2b); it goes on as soon as it has.
    """

    kind: Literal["step_postponed"] = "step_postponed"
    step: str
    reason: Literal[
        "contact_hours", "postings", "night", "contact_cap", "weekly_cap", "do_not_contact", "text_not_passed",
        "refused", "third_party", "unreachable", "complaint", "held",
    ]  # fmt: skip
    not_before: AwareDatetime | None
    target: str | None = Field(default=None, exclude_if=absent)


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
    """A portfolio run (intake, work before the due date) ended; again_at: it has more to do on the same day."""

    kind: Literal["run_finished"] = "run_finished"
    step: str
    period: date
    opened: int
    again_at: AwareDatetime | None = None


class StepBlocked(Frozen):
    kind: Literal["step_blocked"] = "step_blocked"
    step: str
    missing: tuple[str, ...]
    day: Day | None = None


class StepFrozen(Frozen):
    kind: Literal["step_frozen"] = "step_frozen"
    step: str
    hold: str


class StepResumed(Frozen):
    kind: Literal["step_resumed"] = "step_resumed"
    step: str
    deadline: AwareDatetime
    start_by: AwareDatetime | None = None


class StepLapsed(Frozen):
    """What was asked for is asked for no longer: its part of the ladder is over, or something made it needless."""

    kind: Literal["step_lapsed"] = "step_lapsed"
    step: str


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


class AskedAnew(Frozen):
    """Whom a step asks for what by the policy now in force, when the one before asked otherwise."""

    asked: tuple[str, ...]
    mode: Mode
    outcomes: tuple[str, ...]
    needed: int = 0


class StepReopened(Frozen):
    """A correcting entry took an answer back; the entry `corrects` stays in the record."""

    kind: Literal["step_reopened"] = "step_reopened"
    step: str
    corrects: int
    reason: str
    deadline: AwareDatetime
    anew: AskedAnew | None = Field(default=None, exclude_if=absent)
