"""Several instalments of a person that fall due on one day: one reminder names them all and stands for the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from activities.content.brief import Due
from activities.look import Look
from activities.registry import Policies
from domain.before_due import due_soon, due_today
from domain.counters import Counters, counters
from domain.money import ZERO
from store import deliveries, errands, named, reminders
from store.account_facts import account_facts
from store.accounts import get_account
from store.assignment import subjects
from store.deliveries import Delivery
from store.facts import ledger_version
from store.named import Named
from store.reminders import Reminder


@dataclass(frozen=True)
class Together:
    """Another account of the person: what its instalment is, and its ledger version."""

    due: Due
    named: Named


def due_together(session: Session, policies: Policies, look: Look, reminder: Reminder) -> tuple[Together, ...]:
    """The person's other accounts for which the same rule runs for the same due date now, and did not yet."""
    names = reminders.accounts_of_debtor(session, reminder.account_no)
    ours = [name for name, found in subjects(session, names).items() if policies.policy_of(found) == look.policy_id]
    found: list[Together] = []
    for name in sorted(ours):
        version = ledger_version(session, name)  # before the figures: they may be newer, never older
        known = reminders.find_reminder(session, reminder, name)
        due = _due(session, look, reminder, name) if known is None or known.status == "claimed" else None
        if due is not None:
            found.append(Together(due, Named(account_no=name, ledger_version=version)))
    return tuple(found)


def _due(session: Session, look: Look, reminder: Reminder, name: str) -> Due | None:
    facts, rule = account_facts(session, name), look.by_id(reminder.rule)
    soon = next(
        (s for s in due_soon(facts, look.today, reminder.due, look.ladder.terms) if s.due == reminder.due), None
    )
    if soon is None or soon.unpaid <= ZERO:
        return None
    decided = errands.decided(session, look.policy_id, [name], look.today).get((name, soon.due), {})
    counted = counters(facts, look.today, look.ladder.terms) if look.counts else Counters()
    run = due_today(rule, soon.model_copy(update={"decided": decided}), counted, look.today, look.calendar)
    if run is None or run.day != reminder.occurrence:
        return None
    account = get_account(session, name)
    return Due(account.contract_no, soon.unpaid, account.currency)


def said_already(session: Session, reminder: Reminder, channel: str) -> Delivery | None:
    """A message to the person that names this instalment too, with its figures of now; it stands for this one."""
    ours = Named(account_no=reminder.account_no, ledger_version=reminder.ledger_version)
    rest = reminder.id.removeprefix(reminder.account_no)
    found = named.reminding(session, ours, rest, f"debtor/{channel}")
    if not found:
        return None
    named.take(session, found[0].key, reminder.account_no, reminder.key(channel))
    deliveries.release(session, reminder.key(channel), "named_with_another")
    return found[0]


def fate(session: Session, reminder: Reminder, channel: str) -> Delivery | None:
    """What became of a reminder by one channel: of its own message, or of the one that stands for it."""
    return named.taken_for(session, reminder.key(channel)) or deliveries.find_delivery(session, reminder.key(channel))


def followers(session: Session, reminder: Reminder, channel: str) -> Sequence[Reminder]:
    """The reminders for which the message of this one stands as well."""
    names = [one.account_no for one in named.named_in(session, reminder.key(channel)) if one.taken]
    found = (reminders.find_reminder(session, reminder, name) for name in names)
    return [one for one in found if one is not None]
