"""The state of one case: a frozen snapshot that is always the fold of its events."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import AwareDatetime, Field

from domain.agency import Placement
from domain.base import Frozen, absent, empty, local_date
from domain.evidence import ApprovalCondition, Attitude, ByHand, Day, DocumentRef, Figure, PolicyPin, Section
from domain.facts import Facts
from domain.ledger import DoneStep
from domain.part_events import PartState
from domain.part_rule import Part
from domain.step_rule import Mode, Way
from domain.undertakings import NOTHING, Undertakings, nothing

StepStatus = Literal["open", "offered", "completed", "blocked", "sending", "listed", "idle"]
RECENT_COMMANDS = 50


class Answer(Frozen):
    """One person's answer to what was asked."""

    role: str
    outcome: str
    at: AwareDatetime
    user: str | None = Field(default=None, exclude_if=absent)  # staff id of who gave it
    on_behalf_of: str | None = Field(default=None, exclude_if=absent)
    conditions: tuple[ApprovalCondition, ...] = Field(default=(), exclude_if=empty)


class Vote(Frozen):
    """One member's vote in a committee that votes one by one; user: who gave it, the member or their deputy."""

    role: str
    member: str
    user: str
    outcome: str


class Opener(Frozen):
    """Who opened a step by hand, and as what; on_behalf_of: whom a deputy did it for."""

    user: str
    role: str
    on_behalf_of: str | None = Field(default=None, exclude_if=absent)


class Obligation(Frozen):
    """A condition of a decision, and what has become of it."""

    condition: ApprovalCondition
    confirmed_at: AwareDatetime | None = None
    missed: bool = False


class Contacts(Frozen):
    """What the contact records of a case say so far: the findings are derived from it, never typed in.

    collections: contacts recorded, reached or not, the latest at `tried_at`. last: seq of the last one that reached the
    customer, with its instant and the attitude shown in it. own: seq of each one in which they came by themselves.
    """

    collections: int = 0
    last: int = 0
    tried_at: AwareDatetime | None = None
    reached_at: AwareDatetime | None = None
    attitude: Attitude | None = None
    own: tuple[int, ...] = Field(default=(), exclude_if=empty)


class Dispatch(Frozen):
    """What became of one target of a sending step."""

    target: str
    status: Literal["sent", "refused", "unknown"]


class HeldBack(Frozen):
    """What the contact gate, or the hours, keep from going out: one target (None: the whole step).

    until: None while nothing about the person changes. ledger_version: when it was said; later it is asked anew.
    """

    target: str | None
    until: AwareDatetime | None
    ledger_version: int


def _nothing_held(held: tuple[HeldBack, ...]) -> bool:
    return not held


class StepState(Frozen):
    """How far one step of the ladder got.

    days: the days and cells that fired (each once per case, S6). fired: seq of the event that last opened it.
    done: seq of its last completion, 0 = never. frozen: the hold that stops it. occurrence: completions so far.
    ledger_version: the ledger the last answer was given on. period: the last cycle of a portfolio step or the block of
    a cadence, in which `made` contacts were made. way: by which those who are asked reach the customer.
    chosen: the parts of a task that this step planned. parts: those of this task that were begun.
    """

    status: StepStatus = "idle"
    asked: tuple[str, ...] = ()
    mode: Mode = "any"
    outcomes: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()
    opened_at: AwareDatetime | None = None
    deadline: AwareDatetime | None = None
    start_by: AwareDatetime | None = None
    started: bool = False
    level: int = 0
    frozen: str | None = None
    days: tuple[Day, ...] = ()
    fired: int = 0
    done: int = 0
    done_at: AwareDatetime | None = None
    outcome: str | None = None
    role: str | None = None
    document: str | None = None
    ref: DocumentRef | None = None
    sections: tuple[Section, ...] = ()
    figures: tuple[Figure, ...] = ()
    end_date: date | None = None
    dispatches: tuple[Dispatch, ...] = ()
    not_before: AwareDatetime | None = None
    occurrence: int = 0
    ledger_version: int | None = None
    start_missed: bool = False
    period: date | None = None
    made: int = 0
    preselected: str | None = Field(default=None, exclude_if=absent)
    since: date | None = Field(default=None, exclude_if=absent)  # the day of a breach that was reported
    way: Way | None = Field(default=None, exclude_if=absent)
    held: tuple[HeldBack, ...] = Field(default=(), exclude_if=_nothing_held)
    needed: int = Field(default=0, exclude_if=empty)
    opener: Opener | None = Field(default=None, exclude_if=absent)
    votes: tuple[Vote, ...] = Field(default=(), exclude_if=empty)
    obligations: tuple[Obligation, ...] = Field(default=(), exclude_if=empty)
    chosen: tuple[Part, ...] = Field(default=(), exclude_if=empty)
    parts: tuple[PartState, ...] = Field(default=(), exclude_if=empty)

    @property
    def is_open(self) -> bool:
        return self.status in ("open", "offered")

    @property
    def pending(self) -> bool:
        """Whether a condition precedent keeps the decision from taking effect."""
        return any(one.condition.before and one.confirmed_at is None for one in self.obligations)

    @property
    def effective_at(self) -> datetime | None:
        """Since when what it ended with counts: its end, or the last condition precedent that was met later."""
        met = [one.confirmed_at for one in self.obligations if one.condition.before and one.confirmed_at]
        return max((self.done_at, *met)) if self.done_at and met else self.done_at


class Hold(Frozen):
    """A stop of scopes; it ends as its rule says. placed_dpd decides its phases (L-Q11); since: if it began earlier.

    person: it stands on all accounts of the person.
    """

    hold: str
    source: int
    placed_at: AwareDatetime
    placed_dpd: int
    until: date | None = None
    ended_at: AwareDatetime | None = None
    since: date | None = Field(default=None, exclude_if=absent)
    person: bool = Field(default=False, exclude_if=empty)


class Elsewhere(Frozen):
    """What a case that was moved left behind, kept for its return: steps and holds that its present policy has not.

    gone: ids of all such steps, touched or not, so that what was under way when the case moved is not taken for a step.
    """

    gone: tuple[str, ...] = ()
    steps: dict[str, StepState] = Field(default_factory=dict[str, StepState])
    holds: tuple[Hold, ...] = ()


def _never_moved(elsewhere: Elsewhere) -> bool:
    """Most cases never move: their snapshots say nothing of it."""
    return elsewhere == NOWHERE


NOWHERE = Elsewhere()


class Case(Frozen):
    """One delinquency of one account from opening to closing, or the standing work of a portfolio.

    ladder_from: the instant from which the present ladder counts; floor: its first day (S7).
    ending: the reason for which it is about to close. commands: ids already answered, with the seq of their event.
    """

    case_no: str
    account_no: str
    time_zone: str = "Asia/Shanghai"
    policy: PolicyPin | None = None
    imported: tuple[DoneStep, ...] = ()
    settings: str = ""
    seq: int = 0
    status: Literal["new", "open", "ending", "closed"] = "new"
    opened_at: AwareDatetime | None = None
    facts: Facts | None = None
    anchor: date | None = None
    ladder_from: AwareDatetime | None = None
    floor: int = 1
    upward: bool = False
    bucket: str | None = None
    steps: dict[str, StepState] = Field(default_factory=dict[str, StepState])
    holds: tuple[Hold, ...] = ()
    ending: Literal["cured", "bought_back"] | None = None
    closed_for: str | None = None
    owner: str | None = None
    commands: tuple[tuple[str, int], ...] = ()
    by_hand: ByHand | None = Field(default=None, exclude_if=absent)
    last_failure: int = 0
    contacts: Contacts = Contacts()
    overridden: date | None = None
    alerted: date | None = None
    elsewhere: Elsewhere = Field(default_factory=lambda: NOWHERE, exclude_if=_never_moved)
    undertakings: Undertakings = Field(default_factory=lambda: NOTHING, exclude_if=nothing)
    agency: Placement | None = Field(default=None, exclude_if=absent)

    def model_post_init(self, context: Any, /) -> None:
        """A case read from its text forgets, as a copy does, which fields stood there."""
        self.forget_given()

    def step(self, step: str) -> StepState:
        """The state of a step; an untouched one is idle."""
        return self.steps.get(step, IDLE)

    def end_of(self, step: str, outcome: str) -> StepState | None:
        """The state of a step that ended with this outcome, in effect, and was not opened again since."""
        state = self.steps.get(step)
        if state is None or state.status != "completed" or state.outcome != outcome:
            return None
        return None if state.obligations and state.pending else state

    def ended(self, step: str, outcome: str) -> bool:
        """Whether a step ended with this outcome, in effect, and was not opened again since."""
        return self.end_of(step, outcome) is not None

    def decided(self, step: str, outcome: str) -> bool:
        """The same, whether or not conditions precedent are still open."""
        state = self.steps.get(step)
        return state is not None and state.status == "completed" and state.outcome == outcome

    def dpd_on(self, day: date) -> int:
        """Days past due on a day, from the anchor known now; 0 when nothing is overdue (L2.3)."""
        return 0 if self.anchor is None else max(0, (day - self.anchor).days)

    def today(self, now: datetime) -> date:
        """The calendar day of an instant where the account is."""
        return local_date(now, self.time_zone)


IDLE = StepState()
