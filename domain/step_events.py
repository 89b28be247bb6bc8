"""What can happen to one step of the ladder: asked, answered, sent, filed, stopped, missed."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import AwareDatetime

from domain.base import Frozen
from domain.evidence import Day, DocumentRef, Figure, Section


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
    day: Day | None = None
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
    """The step ended with this outcome. present / in_favour: the vote of a committee. participants: of a visit."""

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
    """Not now. contact_hours: of the policy; it and all but postings may also be said by the contact gate."""

    kind: Literal["step_postponed"] = "step_postponed"
    step: str
    reason: Literal["contact_hours", "postings", "night", "contact_cap", "weekly_cap", "do_not_contact"]
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
    """A contact that was asked for is no longer: the part of the ladder it belongs to is over."""

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


class StepReopened(Frozen):
    """A correcting entry took an answer back; the entry `corrects` stays in the record."""

    kind: Literal["step_reopened"] = "step_reopened"
    step: str
    corrects: int
    reason: str
    deadline: AwareDatetime
