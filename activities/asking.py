"""Asks somebody outside of any case, with a day and a chain of escalation: what registers and meetings need done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from pydantic import Field
from sqlalchemy.orm import Session

from activities.registry import Policies
from activities.supervision import CLOSE, HOME, LAST, SUPERVISION
from domain.base import Frozen, at_local, local_date
from domain.money import ZERO
from domain.policy import Role
from store import layers, staff
from store.errands import Errand


class Wanted(Frozen):
    """What is asked. subject: it is asked once per rule and subject. assignee: a staff id; None: anybody of the role.

    say: what it is about, without anything personal. items: what the answer must say.
    """

    rule: str
    subject: str
    rules: tuple[str, ...] = ()
    title: str
    say: str = ""
    role: str
    assignee: str | None = None
    outcomes: tuple[str, ...]
    items: dict[str, str] = Field(default_factory=dict[str, str])
    by: date


def ask(session: Session, policies: Policies, wanted: Wanted, now: datetime) -> str:
    """Ask once, and tell the role; the id of the errand. Supervision escalates it when the day has passed."""
    closing = at_local(wanted.by, CLOSE, HOME)
    errand = Errand(
        id=f"{SUPERVISION}.{wanted.rule}.{wanted.subject}", policy_id=SUPERVISION, rule=wanted.rule,
        rules=wanted.rules, account_no="", due=wanted.by, occurrence=local_date(now, HOME), kind=wanted.rule,
        title=wanted.title, say=wanted.say, roles=(wanted.role,), assignee=wanted.assignee, outcomes=wanted.outcomes,
        amount=ZERO, opened_at=now, deadline=max(closing, now), answer_by=closing,
        chain=tuple(heads_of(policies.roles, wanted.role)), subject=wanted.subject, items=wanted.items,
    )  # fmt: skip
    if layers.open_duty(session, errand, supersedes=False):
        key = f"{errand.id}/{wanted.role}/level-0"
        text = f"请于 {wanted.by} 前办理"
        alert = staff.Alert(key=key, role=wanted.role, case_no="", title=wanted.title, text=text, at=now)
        staff.raise_alert(session, alert)
    return errand.id


def heads_of(roles: Mapping[str, Role], role: str) -> Iterator[str]:
    """The head of a role, the head's head and so on, the general manager at last."""
    seen = [role]
    while (known := roles.get(seen[-1])) and known.head and known.head not in seen:
        seen.append(known.head)
        yield known.head
    if LAST not in seen:
        yield LAST
