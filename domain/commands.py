"""What people may tell a running case, as imperatives."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from domain.base import Frozen
from domain.events import Actor, ContactResult, Figure, PolicyPin, Section
from domain.step_rule import Way

DISTRIBUTION = Actor(user="distribution", role="system", authority="policy")  # gives out cases by rule
LATEST = date(2100, 1, 1)  # as in imported files: later days are slips of the pen, and calendars end


class StartTask(Frozen):
    """Work on a task has begun (L5.2a: by the next business day)."""

    do: Literal["start_task"] = "start_task"
    step: str


class AnswerStep(Frozen):
    """An answer to what was asked: a signature, an opinion, a finished task, a vote.

    evidence: id of an uploaded document. participants: staff ids of those who made a visit.
    present / in_favour: heads counted in a committee session.
    sections: the text of the report that the step writes; figures: its amounts (profit and loss).
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


class OpenStep(Frozen):
    """Open a step that waits for nobody: an objection, an application, an early demand, a fast track.

    since: the day of a breach that is reported (M2.1).
    """

    do: Literal["open_step"] = "open_step"
    step: str
    outcome: str | None = None
    evidence: str | None = None
    end_date: date | None = Field(default=None, lt=LATEST)
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
    reason: str = Field(min_length=1, max_length=4000)


class AddNote(Frozen):
    do: Literal["add_note"] = "add_note"
    text: str = Field(min_length=1, max_length=4000)


class CorrectEntry(Frozen):
    """A correcting entry: takes back the answer or replaces the contact record with that seq; nothing is erased."""

    do: Literal["correct_entry"] = "correct_entry"
    seq: int = Field(ge=1)
    reason: str = Field(min_length=1, max_length=4000)
    contact: ContactResult | None = None


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
    | OverridePostings | ReportReceipt | MovePolicy | ShareContact,
    Field(discriminator="do"),
]  # fmt: skip


class Command(Frozen):
    """One command of one person; the same id is carried out once, whatever happens in between."""

    id: str
    actor: Actor
    body: CommandBody
