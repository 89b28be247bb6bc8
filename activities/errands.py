"""Opens errands for people and escalates those that nobody answered in time; it never answers for them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from activities.contact_gate import ContactGate, Wanted
from activities.look import Look
from domain.base import at_local, zone
from domain.before_due import BeforeDue, DueSoon, due_soon
from domain.conduct import Never
from domain.counters import Counters
from domain.key_account import rank_of
from domain.ladder import Ladder
from domain.money import ZERO
from store import errands, staff
from store.account_facts import account_facts_many
from store.errands import Errand
from store.reminders import Reminder, lock_accounts
from store.session import Database

LAST = "general_manager"  # the end of every chain of escalation, where the policy has one
PAGE = 200
CHANNELS = {"contact": "call", "visit": "visit"}
OUTCOMES = {
    "contact": ("contacted", "not_reached"),
    "visit": ("visited", "not_met"),
    "list": ("reported", "not_reached"),
}


class Errands:
    """The errands of a portfolio: `open` works in the session it is given, `settle` in its own."""

    def __init__(self, database: Database, gate: ContactGate) -> None:
        self._database = database
        self._gate = gate

    def barred(self, session: Session, look: Look, reminder: Reminder) -> bool:
        """Whether the person must not be called on or visited at all; an hour that does not suit is for the caller."""
        channel = CHANNELS.get(reminder.act)
        if channel is None:
            return False
        values = {"account_no": reminder.account_no, "who": "borrower", "channel": channel, "purpose": "reminder"}
        return isinstance(self._gate.ask(session, Wanted.model_validate(values), look.now), Never)

    def open(self, session: Session, look: Look, reminder: Reminder, counted: Counters, manager: str | None) -> Errand:
        """Ask people, with a deadline on the same day; told to whom it is asked of once per rule and day."""
        rule = look.by_id(reminder.rule)
        answer_by = _answer_by(look, rule)
        errand = Errand(
            id=reminder.id.replace("/", "."),
            policy_id=reminder.policy_id,
            rule=reminder.rule,
            rules=reminder.rules,
            account_no=reminder.account_no,
            due=reminder.due,
            occurrence=reminder.occurrence,
            rank=rank_of(counted),
            kind=rule.rule.act,
            title=rule.rule.title["zh"],
            say="；".join(text["zh"] for text in rule.rule.ask.say) if rule.rule.ask else "",
            roles=rule.roles,
            assignee=manager if rule.rule.list else None,
            outcomes=rule.rule.decide.outcomes if rule.rule.decide else OUTCOMES[rule.rule.act],
            report=_report(rule),
            amount=reminder.amount,
            opened_at=look.now,
            deadline=answer_by,
            answer_by=answer_by,
            chain=chain_of(look.ladder, rule),
        )
        errands.open_errand(session, errand)
        _tell(session, look, errand, errand.roles[0], errand.assignee or "", f"请于{_clock(look, answer_by)}前反馈")
        return errand

    def settle(self, look: Look) -> tuple[int, bool]:
        """What is paid or past its due date is over; what was missed goes one up: some of them at a time.

        Returns how many were escalated, and whether there may be more.
        """
        with self._database.session() as session:
            late = errands.late_errands(session, look.policy_id, look.now, look.today, PAGE)
            unpaid = _unpaid(session, look, late)
            escalated = sum(_settled(session, look, errand, unpaid.get(errand.id, False)) for errand in late)
        return escalated, len(late) == PAGE


def chain_of(ladder: Ladder, rule: BeforeDue) -> tuple[str, ...]:
    """To whom a missed errand goes, one after the other."""
    first = rule.rule.list.escalate_to if rule.rule.list else ladder.head_of(rule.roles[0])
    last = LAST if LAST in ladder.policy.roles else None
    return tuple(dict.fromkeys(name for name in (first, last) if name and name not in rule.roles))


def _report(rule: BeforeDue) -> tuple[str, ...]:
    if rule.rule.list:
        return rule.rule.list.report
    return rule.rule.ask.report if rule.rule.ask else ()


def _answer_by(look: Look, rule: BeforeDue) -> datetime:
    """The hour of today, or of the next business day when it has passed (an outage)."""
    asked = rule.rule.ask or rule.rule.decide
    by = rule.rule.list.answer_by if rule.rule.list else asked.by if asked else None
    clock = by or look.ladder.close
    today = at_local(look.today, clock, look.tz)
    return today if today > look.now else at_local(look.calendar.business_day(look.today, 1), clock, look.tz)


def _unpaid(session: Session, look: Look, late: tuple[Errand, ...]) -> dict[str, bool]:
    """Whether the instalments of these errands are still to be paid; one whose due date has come is left out."""
    names = sorted({errand.account_no for errand in late if errand.due > look.today})
    lock_accounts(session, names)
    accounts = account_facts_many(session, names)
    found: dict[str, bool] = {}
    for errand in late:
        if errand.account_no in accounts and errand.due > look.today:
            soon = due_soon(accounts[errand.account_no], look.today, errand.due, look.ladder.terms)
            found[errand.id] = any(_is_owed(row, errand) for row in soon)
    return found


def _is_owed(row: DueSoon, errand: Errand) -> bool:
    return row.due == errand.due and row.unpaid > ZERO


def _settled(session: Session, look: Look, errand: Errand, unpaid: bool) -> int:
    """1 when it was escalated."""
    if errand.due <= look.today or not unpaid:
        errands.end(session, errand, "missed" if errand.due <= look.today else "paid", look.now)
        return 0
    level = errand.level + 1
    if level > len(errand.chain):
        errands.escalate(session, errand, None)
        return 0
    following = _following(look, errand) if level < len(errand.chain) else None
    if not errands.escalate(session, errand, following):
        return 0
    _tell(session, look, errand, errand.chain[level - 1], f"level-{level}", "到期未反馈，已升级")
    return 1


def _following(look: Look, errand: Errand) -> datetime:
    """The same hour of the next business day."""
    clock = errand.answer_by.astimezone(zone(look.tz)).time()
    return at_local(look.calendar.business_day(look.today, 1), clock, look.tz)


def _tell(session: Session, look: Look, errand: Errand, role: str, who: str, text: str) -> None:
    title = look.by_id(errand.rule).rule.title["zh"]
    key = f"{errand.policy_id}/{errand.rule}/{look.today:%Y%m%d}/{role}/{who}"
    staff.raise_alert(session, staff.Alert(key=key, role=role, case_no="", title=title, text=text, at=look.now))


def _clock(look: Look, instant: datetime) -> str:
    return f"{instant.astimezone(zone(look.tz)):%m-%d %H:%M}"
