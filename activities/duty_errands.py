"""Turns a duty of a layer that falls due into an errand: who is asked, until when, and to whom it is escalated."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time

from domain.base import at_local, zone
from domain.calendar import Calendar
from domain.duties import DutyRun, SubjectFacts
from domain.layer import ENTERED, SYSTEM, Duty, LayerInForce, Subject
from domain.standing import Terms
from store.errands import Errand
from store.layers import Covered
from store.staff import Alert

LAST = "general_manager"  # the end of every chain of escalation, where the layer has one
MOST_DAYS = 99_999


@dataclass(frozen=True)
class LayerLook:
    """One day of one layer in the portfolio of one policy. close: the hour at which deadlines end.

    alerts: those raised in this look; one that fails is begun again with another.
    """

    layer: LayerInForce
    policy_id: str
    terms: Terms
    calendar: Calendar
    now: datetime
    today: date
    tz: str
    close: time
    alerts: set[str] = field(default_factory=set[str])

    @property
    def portfolio(self) -> Covered:
        """All accounts together, as a subject."""
        return Covered(account_no=f"portfolio-{self.policy_id}", opened=self.layer.since)

    @property
    def lasting(self) -> list[str]:
        """Duties that do not recur: done once, they are done for good."""
        return [duty.id for duty in self.layer.layer.duties if duty.every is None]

    def kinds(self) -> tuple[Subject, ...]:
        """Whom the duties of one account's turn are for."""
        found = {duty.for_ for duty in self.layer.layer.duties}
        kinds: tuple[Subject, ...] = ("account", "customer")
        return tuple(kind for kind in kinds if kind in found)


def duty_errand(look: LayerLook, duty: Duty, run: DutyRun, facts: SubjectFacts, account_no: str) -> Errand:
    """What people are asked, or what the system has done by itself. account_no: "" for all accounts together."""
    layer, roles = look.layer, _roles(look.layer, duty)
    deadline = _deadline(look, duty, run)
    asked = {
        "status": "open",
        "deadline": deadline,
        "chain": chain_of(layer, roles),
    }
    by_itself = {
        "status": "answered", "ended_at": look.now, "answered_by": SYSTEM, "answered_role": SYSTEM,
        "outcome": run.grade or ENTERED,
    }  # fmt: skip
    return Errand.model_validate(
        {
            "id": f"{facts.key}.{layer.id}.{duty.id}.{run.period}".replace("/", "."),
            "policy_id": layer.id, "rule": duty.id, "rules": duty.rules, "account_no": account_no,
            "due": deadline.astimezone(zone(look.tz)).date(), "occurrence": run.planned, "rank": _rank(layer, facts),
            "kind": duty.ask.what if duty.ask else "record", "title": duty.title["zh"],
            "say": _proposal(layer, duty, run, facts),
            "roles": roles, "outcomes": layer.outcomes(duty), "amount": facts.overdue, "opened_at": look.now,
            "answer_by": deadline, "subject": facts.key, "period": run.period, "document": duty.writes or "",
            "items": duty.items, **(asked if duty.ask else by_itself),
        }
    )  # fmt: skip


def _proposal(layer: LayerInForce, duty: Duty, run: DutyRun, facts: SubjectFacts) -> str:
    """The grade proposed to whoever assesses, and what each factor says of it."""
    if run.grade is None or duty.ask is None or duty.grade is None:
        return ""
    found = layer.grades_by_factor(duty.grade, facts.days_past_due, facts.overdue)
    values = {"days": f"逾期天数 {facts.days_past_due}", "amounts": f"逾期金额 {facts.overdue}"}
    lines = "；".join(f"{values[factor]}：{grade}" for factor, grade in found.items())
    return f"按天数和金额建议：{run.grade}（{lines}）"


def chain_of(layer: LayerInForce, roles: tuple[str, ...]) -> tuple[str, ...]:
    """To whom a missed duty goes, one after the other."""
    last = LAST if LAST in layer.layer.roles else None
    return tuple(dict.fromkeys(name for name in (layer.head_of(roles[0]), last) if name and name not in roles))


def following(look: LayerLook, errand: Errand) -> datetime:
    """The same hour of the next business day."""
    clock = errand.answer_by.astimezone(zone(look.tz)).time()
    return at_local(look.calendar.business_day(look.today, 1), clock, look.tz)


def told(look: LayerLook, errand: Errand, role: str, text: str) -> Alert:
    """One alert per duty, day and role, whatever the number of accounts."""
    level = f"level-{errand.chain.index(role) + 1}" if role in errand.chain else ""
    key = f"{errand.policy_id}/{errand.rule}/{look.today:%Y%m%d}/{role}/{level}"
    return Alert(key=key, role=role, case_no="", title=errand.title, text=text, at=look.now)


def _roles(layer: LayerInForce, duty: Duty) -> tuple[str, ...]:
    if duty.ask is None:
        return (SYSTEM,)
    return (duty.ask.of,) if duty.ask.of in layer.layer.roles else layer.names(duty.ask.of)


def _deadline(look: LayerLook, duty: Duty, run: DutyRun) -> datetime:
    """So many business days after the planned day; of what is made up later, after today."""
    within = look.layer.integer(duty.ask.within) if duty.ask else 0
    planned = at_local(look.calendar.business_day(run.planned, within), look.close, look.tz)
    if planned > look.now:
        return planned
    today = at_local(look.calendar.business_day(look.today, within), look.close, look.tz)
    return today if today > look.now else at_local(look.calendar.business_day(look.today, 1), look.close, look.tz)


def _rank(layer: LayerInForce, facts: SubjectFacts) -> int:
    """The worst grade by days and amount first, then the most days (MB4.2a)."""
    gradings = [duty.grade for duty in layer.layer.duties if duty.grade]
    grade = layer.grade_of(gradings[0], facts.days_past_due, facts.overdue) if gradings else None
    place = layer.names(gradings[0].scale).index(grade) if grade else 0
    return -(place * (MOST_DAYS + 1) + min(facts.days_past_due, MOST_DAYS))
