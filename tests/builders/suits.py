"""A lawsuit of a test: filed on Tuesday, 14 April 2026, handled by Legal, their head and the general manager."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from domain.errors import Refused
from domain.events import Actor
from domain.litigation import Suit, SuitBody, SuitCommand, SuitEscalated, SuitEvent, SuitReminded
from domain.litigation_acts import (
    ApplyEnforcement,
    RecordAcceptance,
    RecordCost,
    RecordEnforcement,
    RecordJudgment,
    ScheduleSession,
    SuitAct,
)
from domain.litigation_check import advance_suit, check_suit
from domain.litigation_deadlines import by_itself, filed, next_turn
from domain.litigation_terms import LitigationTerms
from tests.builders.calendars import CHINA_2026
from tests.builders.cases import local

LEGAL = Actor(user="u-9", role="legal_compliance", authority="permission:handle_suit")
CHAIN = ("legal_compliance", "head_of_legal_compliance", "general_manager")
FILED = date(2026, 4, 14)
PAPER = "att-1"


def accepted(on: str = "2026-04-17") -> RecordAcceptance:
    """The court took the claim."""
    return RecordAcceptance(
        on=date.fromisoformat(on), result="accepted", court="浦东新区人民法院", docket="(2026)沪0115民初1号"
    )  # fmt: skip


def hearing(at: str, on: str = "2026-04-20") -> ScheduleSession:
    """A hearing, known since a day."""
    return ScheduleSession(on=date.fromisoformat(on), session="hearing", at=local(at), place="第三法庭")


def judgment(on: str = "2026-06-01", **more: object) -> RecordJudgment:
    """A judgment for us, served on that day; the debtor pays within ten days."""
    given = {"result": "for", "amount": Decimal("50000.00"), "perform_by": date(2026, 6, 30), **more}
    return RecordJudgment.model_validate({"on": on, "document": PAPER, **given})


def cost(amount: str, on: str = "2026-04-14") -> RecordCost:
    """The court fee."""
    return RecordCost(on=date.fromisoformat(on), item="court_fee", amount=Decimal(amount))


def enforcement(on: str) -> ApplyEnforcement:
    """Enforcement applied for."""
    return ApplyEnforcement(on=date.fromisoformat(on), document=PAPER)


def fulfilled(on: str) -> RecordEnforcement:
    """Everything was paid."""
    return RecordEnforcement(on=date.fromisoformat(on), result="fulfilled")


@dataclass
class CourtDesk:
    """A suit that is played forward: time passes, people enter what happened."""

    suit: Suit = field(default_factory=lambda: blank())
    now: datetime = field(default_factory=lambda: local("2026-04-14 10:00"))
    events: list[SuitEvent] = field(default_factory=list[SuitEvent])

    def __post_init__(self) -> None:
        if not self.suit.seq:
            self._happen(filed(self.suit, self.now))

    def to(self, at: str | datetime) -> CourtDesk:
        """Time goes on, and brings about what it brings about, at its own instants."""
        goal = local(at) if isinstance(at, str) else at
        while (turn := next_turn(self.suit)) is not None and turn <= goal and self.suit.closed_at is None:
            self.now = max(self.now, turn)
            while (body := by_itself(self.suit, self.now)) is not None:
                self._happen(body)
        self.now = goal
        return self

    def does(self, act: SuitAct, actor: Actor = LEGAL) -> CourtDesk:
        """Somebody enters an act; Refused when it is not possible."""
        command = SuitCommand(id=f"c-{self.suit.seq + 1}", actor=actor, body=act)
        self._happen(check_suit(self.suit, command, self.now), actor, command.id)
        return self

    def refusal(self, act: SuitAct, actor: Actor = LEGAL) -> Refused:
        """Why an act is refused; nothing has changed."""
        before = self.suit
        try:
            check_suit(self.suit, SuitCommand(id="c", actor=actor, body=act), self.now)
        except Refused as refusal:
            assert self.suit == before
            return refusal
        raise AssertionError(f"{act.do} was not refused")

    def says(self) -> dict[str, str]:
        """What is due, and by when in Shanghai."""
        zone = self.now.tzinfo
        return {one.clock: f"{one.due_at.astimezone(zone):%Y-%m-%d %H:%M}" for one in self.suit.deadlines}

    def told(self) -> list[tuple[str, str, str]]:
        """(local time, what, to whom) of every reminder and escalation."""
        rows = [(one.at, one.body) for one in self.events]
        return [
            (f"{at.astimezone(self.now.tzinfo):%m-%d %H:%M}", f"{body.kind[5:]} {body.clock}", body.to)
            for at, body in rows
            if isinstance(body, SuitReminded | SuitEscalated)
        ]

    def _happen(self, body: SuitBody, actor: Actor | None = None, command_id: str | None = None) -> None:
        self.suit, event = advance_suit(self.suit, body, self.now, actor, command_id)
        self.events.append(event)


def blank(**terms: object) -> Suit:
    """A suit before its first event."""
    return Suit(
        number="suit-2026-00001", case_no="L-000001-1", account_no="L-000001", role=CHAIN[0], chain=CHAIN,
        terms=LitigationTerms.model_validate(terms), calendar=CHINA_2026, filed_on=FILED, choice="all_rent",
    )  # fmt: skip
