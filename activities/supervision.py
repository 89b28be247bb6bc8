"""What a supervisor has to see to: violations to be put right; what nobody sees to in time is escalated."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from activities.messages import RunRequest
from activities.registry import Policies
from activities.supervised import CLOSE, COUNTRY, HOME, LAST, WITHIN, heads_of, supervised
from domain.base import Frozen, at_local, local_date, zone
from domain.calendar import Calendar
from domain.clock import Clock
from domain.errors import Refused
from domain.events import Actor
from store import calendar, errands, layers, staff
from store.contact_data import SUPERVISION
from store.errands import Errand
from store.session import Database
from store.violations import Kind, NewViolation, Severity, Source, add_violation

LATE = 200  # escalated in one transaction


class Found(Frozen):
    """A violation as it was found. key: it is entered once per key. correct_by: None for the default."""

    key: str
    found_by: Source
    kind: Kind
    severity: Severity = "minor"
    who: str
    case_no: str | None = None
    evidence: str
    text: str
    correct_by: date | None = None


class Supervision:
    """Opens what supervisors have to see to, in the session that is given; `run` escalates, in its own."""

    def __init__(self, database: Database, policies: Policies, clock: Clock) -> None:
        self._database = database
        self._policies = policies
        self._clock = clock

    def enter_violation(self, session: Session, found: Found, actor: Actor) -> str:
        """Record a violation and ask the head of who did it to put it right; gives its id. The same key again: nothing.

        Refused: unknown_staff, correction_past.
        """
        now = self._clock.now()
        days, today = calendar.calendar(session, COUNTRY), local_date(now, HOME)
        by = found.correct_by or days.business_day(today, WITHIN)
        if by < today:
            raise Refused("correction_past", f"{by} is in the past.", "Name a day from today on.")
        chain = self._above(session, found.who)
        violation_id = f"v-{sha256(found.key.encode()).hexdigest()[:24]}"
        errand = supervised(violation_id, "violation", chain, by, now).model_copy(
            update={
                "rules": ("B4.1.1.1b",), "title": "违规整改", "say": found.kind, "outcomes": ("corrected", "rejected"),
                "items": {"measure": "整改及处分情况，或不成立的理由"}, "subject": violation_id,
            }
        )  # fmt: skip
        values = found.model_dump(exclude={"key"}) | {"correct_by": by}
        entered = NewViolation.model_validate(
            {**values, "id": violation_id, "errand": errand.id, "actor": actor, "at": now}
        )
        if add_violation(session, entered):
            errands.open_errand(session, errand)
            staff.raise_alert(session, _told(errand, chain[0], 0, "发现违规，请按期整改", now))
        return violation_id

    async def run(self, request: RunRequest) -> int:
        """Escalate what nobody saw to in time; how many. May be done again at any time."""
        return await asyncio.to_thread(self.settle)

    def settle(self) -> int:
        """Everything whose deadline has passed goes one up the chain, and is told there; it never settles itself."""
        now, escalated = self._clock.now(), 0
        with self._database.session() as session:
            days = calendar.calendar(session, COUNTRY)
            for errand in layers.late_duties(session, SUPERVISION, now, LATE):
                level = errand.level + 1
                last = level >= len(errand.chain)
                if errands.escalate(session, errand, None if last else _following(days, now)) and errand.chain:
                    to = errand.chain[min(level, len(errand.chain)) - 1]
                    escalated += staff.raise_alert(session, _told(errand, to, level, "到期未办理，已升级", now))
        return escalated

    def _above(self, session: Session, who: str) -> tuple[str, ...]:
        """Those above a member of staff, the nearest first; nobody judges what they did themselves."""
        found = next((member for member in staff.list_staff(session) if member.id == who), None)
        if found is None:
            raise Refused("unknown_staff", f"There is no member of staff {who}.", "Name the staff id.")
        heads = (head for role in found.roles for head in self._heads(role))
        chain = tuple(dict.fromkeys(head for head in heads if head not in found.roles))
        return chain or (LAST,)

    def _heads(self, role: str) -> tuple[str, ...]:
        return heads_of(self._policies.roles, role)


def _following(days: Calendar, now: datetime) -> datetime:
    """The close of the next business day."""
    return at_local(days.business_day(now.astimezone(zone(HOME)).date(), 1), CLOSE, HOME)


def _told(errand: Errand, role: str, level: int, text: str, at: datetime) -> staff.Alert:
    key = f"{errand.id}/{role}/level-{level}"
    return staff.Alert(key=key, role=role, case_no="", title=errand.title, text=text, at=at)
