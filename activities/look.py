"""One look at a portfolio before its due dates: which rules, which day, what was worked through before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from domain.base import at_local, local_date
from domain.before_due import BeforeDue, Occurrence, horizon, instant_of, planned, rules_before_due, window_of
from domain.calendar import Calendar
from domain.ladder import Ladder

SLICE = timedelta(minutes=5)  # two looks for messages of one hour are at least so far apart


@dataclass(frozen=True)
class Wanted:
    """What may be due for one account now, by rule and due date; the ledger was not asked yet."""

    account_no: str
    runs: frozenset[tuple[str, date]]


@dataclass(frozen=True)
class Look:
    """now: the business instant; examined: up to when this day was worked through before, None for not at all.

    postponed: instants at which the contact gate may let through what it held back in this look.
    """

    ladder: Ladder
    rules: tuple[BeforeDue, ...]
    calendar: Calendar
    now: datetime
    today: date
    tz: str
    examined: datetime | None
    postponed: list[datetime] = field(default_factory=list[datetime])

    @classmethod
    def of(cls, ladder: Ladder, calendar: Calendar, now: datetime, tz: str, upto: datetime | None) -> Look:
        today = local_date(now, tz)
        same_day = upto is not None and local_date(upto, tz) == today
        rules = rules_before_due(ladder.policy, ladder.settings)
        return cls(ladder, rules, calendar, now, today, tz, upto if same_day else None)

    @property
    def policy_id(self) -> str:
        return self.ladder.policy.id

    @property
    def last_due(self) -> date:
        """The last due date for which something can be due today."""
        return horizon(self.rules, self.today, self.calendar)

    @property
    def counts(self) -> bool:
        """Whether any rule asks for the lifetime counters, or for the order of key accounts."""
        return any(rule.thresholds or rule.rule.role for rule in self.rules)

    @property
    def may_write(self) -> bool:
        """Whether messages to debtors may go out at this hour."""
        hours = self.ladder.policy.contact_hours
        opens, closes = (at_local(self.today, hour, self.tz) for hour in (hours.from_, hours.to))
        return hours.from_ == hours.to or opens <= self.now < closes

    def by_id(self, name: str) -> BeforeDue:
        return next(rule for rule in self.rules if rule.id == name)

    def instant(self, rule: BeforeDue, account_no: str) -> datetime | None:
        """When a rule runs today for an account; None for a message after the permitted hours."""
        at = instant_of(rule, account_no, self.today, self.tz, window_of(self.ladder.settings))
        hours = self.ladder.policy.contact_hours
        if rule.rule.act != "send" or hours.from_ == hours.to:
            return at
        if self.now >= at_local(self.today, hours.to, self.tz):
            return None
        return max(at, at_local(self.today, hours.from_, self.tz))

    def wanted(
        self, dues: Mapping[str, Iterable[date]], done: set[tuple[str, Occurrence]]
    ) -> tuple[list[Wanted], datetime | None]:
        """(what may be due now, the next instant at which more is) by days alone."""
        found: list[Wanted] = []
        later: datetime | None = None
        for account_no, days in dues.items():
            runs: set[tuple[str, date]] = set()
            for rule in self.rules:
                at = self.instant(rule, account_no)
                if at is None or (self.examined is not None and at <= self.examined):
                    continue
                open_runs = [due for due in days if self._is_open(rule, account_no, due, done)]
                if at <= self.now:
                    runs.update((rule.id, due) for due in open_runs)
                elif open_runs:
                    later = at if later is None else min(at, later)
            if runs:
                found.append(Wanted(account_no, frozenset(runs)))
        return found, later

    def _is_open(self, rule: BeforeDue, account_no: str, due: date, done: set[tuple[str, Occurrence]]) -> bool:
        run = planned(rule, due, self.today, self.calendar)
        return run is not None and (account_no, run) not in done

    def next_hour(self) -> datetime | None:
        """The next hour today at which a rule begins."""
        begins = (at_local(self.today, rule.at, self.tz) for rule in self.rules)
        return min((at for at in begins if at > self.now), default=None)

    def closing(self, on: date) -> datetime:
        """The end of a business day."""
        return at_local(on, self.ladder.close, self.tz)
