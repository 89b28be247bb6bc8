"""Which accounts come first in the work: those with a long history of delinquencies and overdue days (Z3.1)."""

from __future__ import annotations

from collections.abc import Mapping

from domain.before_due_rule import Counted
from domain.counters import Counters
from domain.distribution_rule import KeyAccounts
from domain.policy import SettingValue

MOST_DAYS = 99_999  # of overdue days in a rank


def rank_of(counted: Counters) -> int:
    """The order of key accounts: the more delinquencies, then the more overdue days, the lower (Z-Q3)."""
    return -(counted.missed * (MOST_DAYS + 1) + min(counted.overdue_days, MOST_DAYS))


def is_key_account(rule: KeyAccounts, settings: Mapping[str, SettingValue], counted: Counters) -> bool:
    """Whether the lifetime counters are above the thresholds of the company, all of them or any (Z3.1a)."""
    combine = rule.combine if rule.combine in ("all", "any") else settings[rule.combine]
    met = (_above(condition, settings, counted) for condition in rule.if_)
    return all(met) if combine == "all" else any(met)


def _above(condition: Counted, settings: Mapping[str, SettingValue], counted: Counters) -> bool:
    if condition.delinquencies_above is not None:
        return counted.missed > int(str(settings[condition.delinquencies_above]))
    return counted.overdue_days > int(str(settings[str(condition.overdue_days_above)]))
