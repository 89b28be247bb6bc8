"""What crosses between workflows and activities: requests and results, small and typed."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, Field

from domain.base import Frozen, absent
from domain.case import Case
from domain.conduct import NeverFor, PostponedFor
from domain.events import DocumentRef, Event, Figure, PolicyPin, Section
from domain.step_rule import Work


class FactsRequest(Frozen):
    """Read the facts of an account for a day under the policy that is pinned."""

    case_no: str
    account_no: str
    policy: PolicyPin
    settings: str
    today: date
    since: date | None = Field(default=None, exclude_if=absent)  # payments from then on, one by one


class Recording(Frozen):
    """Events to be recorded, gapless, with the snapshot after the last of them.

    next_at / why: when the case goes on by itself and what for, as the screen shows it.
    writer: the run of the workflow that writes.
    """

    case_no: str
    events: tuple[Event, ...]
    snapshot: Case
    next_at: AwareDatetime | None = None
    why: str = ""
    writer: str = ""


class Recorded(Frozen):
    """What recording did. instead: these events stand in the record from a turn of the same run that was lost."""

    instead: tuple[Event, ...] = ()


class PrepareRequest(Frozen):
    """Render, number and store the document that a finished task writes."""

    case_no: str
    account_no: str
    step: str
    document: str
    occurrence: int
    as_of: date
    role: str
    at: AwareDatetime
    sections: tuple[Section, ...] = ()
    figures: tuple[Figure, ...] = ()
    policy: PolicyPin
    settings: str


class DispatchRequest(Frozen):
    """Send one document to one target, once; `key` is the idempotency key everywhere."""

    case_no: str
    account_no: str
    step: str
    target: str
    document: str
    key: str
    occurrence: int
    as_of: date
    at: AwareDatetime
    ledger_version: int
    signed_by: str | None = None
    policy: PolicyPin
    settings: str


class DispatchResult(Frozen):
    """What became of it. stale: the ledger moved, nothing was sent, decide again.

    postponed: the contact gate refused, nothing was sent, not before `not_before`. refused with a reason: the gate
    refused for good. receipt: what was reported already of a message of another case that stands for this one.
    """

    status: Literal["sent", "refused", "unknown", "stale", "postponed"]
    document: DocumentRef | None = None
    receipt: Literal["delivered"] | None = None
    reason: PostponedFor | NeverFor | None = None
    not_before: AwareDatetime | None = None


class ApproachRequest(Frozen):
    """Ask whether people may come before the customer now; target: "customer/call"."""

    case_no: str
    account_no: str
    step: str
    target: str
    at: AwareDatetime
    ledger_version: int


class ApproachResult(Frozen):
    """What the contact gate said. stale: the ledger moved, decide again.

    postponed without `not_before`: until something about the person changes.
    """

    status: Literal["allowed", "postponed", "stale"]
    reason: PostponedFor | NeverFor | None = None
    not_before: AwareDatetime | None = None


class IssueRequest(Frozen):
    """Produce a report of the portfolio for a period and hand it to its receivers."""

    case_no: str
    step: str
    document: str
    period: date
    to: tuple[str, ...]
    copy_to: tuple[str, ...]
    at: AwareDatetime
    policy: PolicyPin
    settings: str


class RunRequest(Frozen):
    """Do the portfolio's work of one day. overridden: a person let work go on without yesterday's postings."""

    work: Work
    period: date
    time_zone: str = "Asia/Shanghai"
    overridden: bool = False
    policy: PolicyPin
    settings: str


class RunResult(Frozen):
    """opened: cases or errands opened and messages sent. again_at: there is more to do on the same day."""

    opened: int
    again_at: AwareDatetime | None = None
