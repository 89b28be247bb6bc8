"""A lawsuit from its filing to its end: what happens, and the state that is the fold of it (L7.1)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, Field

from domain.base import Frozen, absent
from domain.calendar import Calendar
from domain.events import Actor
from domain.litigation_acts import RecordJudgment, SuitAct
from domain.litigation_terms import LitigationTerms
from domain.money import ZERO

Stage = Literal[
    "filed", "returned", "rejected", "accepted", "judged", "appealed", "final", "enforcing", "dormant", "closed",
]  # fmt: skip
SuitClock = Literal[
    "acceptance", "correction", "session", "judgment", "appeal_period", "second_instance", "enforcement_application",
    "enforcement", "asset_search", "preservation_ruling", "preservation_renewal", "settlement",
]  # fmt: skip
PERIODS: Final = ("appeal_period", "enforcement_application")  # when they run out something is over, nobody is late
CaseWord = Literal["settlement_due", "settled", "closed", "resumed"]


class SuitCommand(Frozen):
    """One act of one person; the same id is carried out once."""

    id: str
    actor: Actor
    body: SuitAct


class SuitDeadline(Frozen):
    """Something that is due. remind_at: still to come. escalate_at: when it goes up the chain; None: at its end.

    session: the number of the court date it is about.
    """

    clock: SuitClock
    due_at: AwareDatetime
    remind_at: tuple[AwareDatetime, ...] = ()
    escalate_at: AwareDatetime | None = None
    level: int = 0
    session: int | None = None


class SuitFiled(Frozen):
    """The claim was handed in. choice: all rent or termination, in a lease (民法典第752条)."""

    kind: Literal["suit_filed"] = "suit_filed"
    on: date
    choice: str | None = Field(default=None, exclude_if=absent)
    opens: tuple[SuitDeadline, ...]


class SuitHandled(Frozen):
    """Somebody entered what happened. stage: after it; opens: the deadlines that begin; closed_for: it is over.

    costs_owed: what the debtor owes for costs by a judgment that is final with this event.
    """

    kind: Literal["suit_handled"] = "suit_handled"
    act: SuitAct
    stage: Stage
    opens: tuple[SuitDeadline, ...] = ()
    closed_for: str | None = Field(default=None, exclude_if=absent)
    costs_owed: Decimal | None = Field(default=None, exclude_if=absent)


class SuitReminded(Frozen):
    """Those who handle the suit are reminded of what comes."""

    kind: Literal["suit_reminded"] = "suit_reminded"
    clock: SuitClock
    due_at: AwareDatetime
    to: str
    session: int | None = None


class SuitEscalated(Frozen):
    """A deadline passed without an entry: the next in the chain is told; nothing is decided by it."""

    kind: Literal["suit_escalated"] = "suit_escalated"
    clock: SuitClock
    to: str
    level: int
    next_at: AwareDatetime | None
    session: int | None = None


class PeriodEnded(Frozen):
    """A period of law ran out: the judgment is final, or nothing can be enforced any more."""

    kind: Literal["period_ended"] = "period_ended"
    clock: Literal["appeal_period", "enforcement_application"]
    stage: Stage
    opens: tuple[SuitDeadline, ...] = ()
    closed_for: str | None = Field(default=None, exclude_if=absent)
    costs_owed: Decimal | None = Field(default=None, exclude_if=absent)


class CaseTold(Frozen):
    """The case says how it stands. settlement_due: cured or bought back, the suit waits for Legal. of: its event."""

    kind: Literal["case_told"] = "case_told"
    word: CaseWord
    reason: str = ""
    of: int
    opens: tuple[SuitDeadline, ...] = ()


SuitBody = Annotated[
    SuitFiled | SuitHandled | SuitReminded | SuitEscalated | PeriodEnded | CaseTold, Field(discriminator="kind")
]


class SuitEvent(Frozen):
    """One event of a suit; due_at: until when it was due, for what has a deadline."""

    seq: int
    at: AwareDatetime
    due_at: AwareDatetime | None = None
    actor: Actor | None = None
    command_id: str | None = None
    body: SuitBody


class CourtSession(Frozen):
    """A date at court and what became of it; None while nobody has said."""

    number: int
    session: Literal["mediation", "hearing"]
    at: AwareDatetime
    result: Literal["held", "adjourned", "cancelled"] | None = None


class Suit(Frozen):
    """What a suit knows of itself; nothing personal. chain: who handles it, then to whom it is escalated.

    pending: why the case ends, while the suit is to be withdrawn or its costs settled. costs: recorded so far.
    case_seq: the last event of the case that it was told of. ruling: what was appealed against is a rejection.
    """

    number: str
    case_no: str
    account_no: str
    role: str
    chain: tuple[str, ...] = Field(min_length=1)
    terms: LitigationTerms
    calendar: Calendar
    filed_on: date
    choice: str | None = None
    seq: int = 0
    stage: Stage = "filed"
    court: str = ""
    docket: str = ""
    deadlines: tuple[SuitDeadline, ...] = ()
    sessions: tuple[CourtSession, ...] = ()
    preservation: Literal["none", "applied", "granted", "refused", "lifted"] = "none"
    judgment: RecordJudgment | None = None
    ruling: bool = False
    costs: Decimal = ZERO
    pending: str | None = None
    case_seq: int = 0
    commands: tuple[tuple[str, int], ...] = ()
    closed_at: AwareDatetime | None = None
    closed_for: str | None = None

    def running(self, clock: SuitClock) -> SuitDeadline | None:
        """The first deadline of that name, if there is one."""
        return next((one for one in self.deadlines if one.clock == clock), None)
