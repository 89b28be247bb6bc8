"""What is due before a due date, and for whom: pure functions of the rule, the instalment, the counters and the day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from hashlib import sha256

from pydantic import Field

from domain.base import Frozen, at_local, days
from domain.before_due_rule import BeforeDueRule, Counted
from domain.calendar import Calendar
from domain.counters import Counters
from domain.ledger import AccountFacts
from domain.money import ZERO
from domain.policy import Policy, SettingValue
from domain.replay import effective_postings, replay
from domain.step_rule import Days
from domain.terms import Terms

COUNTED_AS = "delinquencies_counted"  # the choice setting: missed_instalments (default) or delinquencies
WINDOW = "reminder_window_minutes"  # the integer setting: messages of one hour are spread over so many minutes
WINDOW_DEFAULT = 60


@dataclass(frozen=True, slots=True)
class BeforeDue:
    """A rule with the settings filled in. offsets: days before the due date, the longest first.

    business: they are business days. business_only: nothing happens on other days. every: all conditions must hold.
    roles: any one of them does what is asked; none for a message.
    """

    rule: BeforeDueRule
    offsets: tuple[int, ...]
    business: bool
    business_only: bool
    every: bool
    at: time
    thresholds: tuple[Threshold, ...]
    roles: tuple[str, ...]

    @property
    def id(self) -> str:
        return self.rule.id


@dataclass(frozen=True, slots=True)
class Threshold:
    """A condition with its number; overdue_in_both_last_months has none."""

    counts: str
    above: int = 0


class DueSoon(Frozen):
    """An instalment that is coming. unpaid: of its rent, after all that is posted. decided: decisions made for it."""

    due: date
    unpaid: Decimal
    decided: dict[str, str] = Field(default_factory=dict[str, str])


class Occurrence(Frozen):
    """One run of a rule for one instalment; `day` is the planned one, also when it is made up later."""

    rule: str
    due: date
    day: date


def rules_before_due(policy: Policy, settings: Mapping[str, SettingValue]) -> tuple[BeforeDue, ...]:
    """The rules of a policy as one company runs them."""
    return tuple(_resolved(rule, policy, settings) for rule in policy.before_due)


def planned(rule: BeforeDue, due: date, day: date, calendar: Calendar) -> Occurrence | None:
    """The latest run planned by that day: that of the day itself, or one that an outage left undone (made up).

    The due date itself is no day of reminding (Z-Q5). A run of an earlier day gives way to the next one.
    """
    if day >= due or (rule.business_only and not calendar.is_business_day(day)):
        return None
    reached = [on for offset in rule.offsets if (on := _planned_day(rule, due, offset, calendar)) <= day]
    return Occurrence(rule=rule.id, due=due, day=max(reached)) if reached else None


def due_today(
    rule: BeforeDue, account: DueSoon, counters: Counters, day: date, calendar: Calendar
) -> Occurrence | None:
    """The run of a rule that is due for an instalment on a day, or None; whether it was done is not asked here."""
    if account.unpaid <= ZERO or not applies(rule, account, counters):
        return None
    return planned(rule, account.due, day, calendar)


def applies(rule: BeforeDue, account: DueSoon, counters: Counters) -> bool:
    """Whether the conditions of a rule hold and the decision it waits for was taken."""
    if any(account.decided.get(name) != outcome for name, outcome in rule.rule.after.items()):
        return False
    if not rule.thresholds:
        return True
    found = [_holds(threshold, account.due, counters) for threshold in rule.thresholds]
    return all(found) if rule.every else any(found)


def due_soon(account: AccountFacts, today: date, until: date, terms: Terms) -> tuple[DueSoon, ...]:
    """The instalments due after `today` up to `until`, with what is unpaid of them by the postings known today."""
    postings = effective_postings(account, today, terms)
    dues = sorted({instalment.due for instalment in account.schedule if today < instalment.due <= until})
    found: list[DueSoon] = []
    for due in dues:
        owed = replay(account, due, terms, postings)
        rows = zip(owed.due, owed.interest, owed.principal, strict=True)
        unpaid = sum((interest + rest for row, interest, rest in rows if row.due == due), ZERO)
        found.append(DueSoon(due=due, unpaid=unpaid if unpaid > terms.tolerance else ZERO))
    return tuple(found)


def horizon(rules: Iterable[BeforeDue], today: date, calendar: Calendar) -> date:
    """The last due date for which something can be due today."""
    last = today
    for rule in rules:
        ahead = rule.offsets[0]
        if rule.business:
            last = max(last, calendar.business_day(today, ahead))
        else:  # what is planned for a holiday after today is done today
            until = calendar.business_day(today, 1) - days(1) if rule.business_only else today
            last = max(last, until + days(ahead))
    return last


def window_of(settings: Mapping[str, SettingValue]) -> timedelta:
    """Over how long the messages of one hour are spread."""
    found = settings.get(WINDOW, WINDOW_DEFAULT)
    return timedelta(minutes=found if isinstance(found, int) else WINDOW_DEFAULT)


def instant_of(rule: BeforeDue, account_no: str, day: date, tz: str, window: timedelta) -> datetime:
    """When a rule runs for an account on a day: messages at a place of their own inside the window, always the same."""
    begins = at_local(day, rule.at, tz)
    return begins + offset(account_no, window) if rule.rule.act == "send" else begins


def offset(account_no: str, window: timedelta) -> timedelta:
    """The place of an account inside the window, in whole seconds; evenly spread and always the same."""
    seconds = int(window.total_seconds())
    number = int.from_bytes(sha256(account_no.encode()).digest()[:8])
    return timedelta(seconds=number % seconds) if seconds else timedelta(0)


def _planned_day(rule: BeforeDue, due: date, offset: int, calendar: Calendar) -> date:
    """The day itself; on business days only, the business day on or before it."""
    if rule.business:
        return calendar.business_day_before(due, offset)
    nominal = due - days(offset)
    return calendar.on_or_before(nominal) if rule.business_only else nominal


def _holds(threshold: Threshold, due: date, counters: Counters) -> bool:
    match threshold.counts:
        case "missed_instalments":
            return counters.missed > threshold.above
        case "delinquencies":
            return counters.delinquencies > threshold.above
        case "overdue_days":
            return counters.overdue_days > threshold.above
        case "not_overdue_in_both_last_months":
            return not counters.overdue_in_both_last_months(due)
        case _:
            return counters.overdue_in_both_last_months(due)


def _resolved(rule: BeforeDueRule, policy: Policy, settings: Mapping[str, SettingValue]) -> BeforeDue:
    business = bool(rule.on.business_days)
    given = rule.on.business_days or rule.on.days
    on_days = str(settings.get(rule.on_days, rule.on_days))
    return BeforeDue(
        rule=rule,
        offsets=tuple(sorted((_number(value, settings) for value in given), reverse=True)),
        business=business,
        business_only=business or on_days == "business",
        every=str(settings.get(rule.combine, rule.combine)) == "all",
        at=rule.at or policy.evaluate_at,
        thresholds=tuple(_threshold(condition, settings) for condition in rule.if_),
        roles=_roles(rule, settings),
    )


def _roles(rule: BeforeDueRule, settings: Mapping[str, SettingValue]) -> tuple[str, ...]:
    if rule.role is None:
        return ()
    found = settings.get(rule.role)
    return found if isinstance(found, tuple) else (rule.role,)


def _threshold(condition: str | Counted, settings: Mapping[str, SettingValue]) -> Threshold:
    if isinstance(condition, str):
        return Threshold(condition)
    if condition.overdue_days_above is not None:
        return Threshold("overdue_days", _number(condition.overdue_days_above, settings))
    if condition.delinquencies_above is None:
        raise ValueError("a condition counts something")
    counts = str(settings.get(COUNTED_AS, "missed_instalments"))
    return Threshold(counts, _number(condition.delinquencies_above, settings))


def _number(value: Days, settings: Mapping[str, SettingValue]) -> int:
    found = settings[value] if isinstance(value, str) else value
    if not isinstance(found, int):
        raise TypeError(f"{value} is not a number")
    return found
