"""Whether a policy's distribution gives every case a holder; says everything that is wrong at once."""

from __future__ import annotations

from collections.abc import Iterator

from domain.before_due_rule import Counted
from domain.distribution_rule import Distribution, Holder, KeyAccounts
from domain.errors import Problem
from domain.policy import Policy
from domain.policy_file import Path, Source

SECTION = "distribution"
COMBINE = ("all", "any")


def check_distribution(policy: Policy, source: Source) -> Iterator[Problem]:
    """Roles, buckets and settings that are named, entries that are never reached, buckets that nobody holds."""
    rule = policy.distribution
    if rule is None:
        return
    for index, holder in enumerate(rule.holders):
        yield from _holder(policy, holder, source, (SECTION, "holders", index))
        if any(earlier.is_default for earlier in rule.holders[:index]):
            place = source.place((SECTION, "holders", index))
            yield Problem(place, "an earlier entry takes every case: this one is never reached", "put it before that")
    yield from _left_out(policy, rule, source)
    if rule.key_accounts is not None:
        yield from _key_accounts(policy, rule.key_accounts, source)


def _holder(policy: Policy, holder: Holder, source: Source, path: Path) -> Iterator[Problem]:
    if holder.role not in policy.roles:
        yield Problem(source.place((*path, "role")), f"unknown role {holder.role}", "name a role of this policy")
    known = [bucket.id for bucket in policy.buckets.list]
    for bucket in holder.bucket:
        if bucket not in known:
            yield Problem(source.place((*path, "bucket")), f"unknown bucket {bucket}", f"one of: {', '.join(known)}")
    if holder.overdue_from is not None:
        yield from _typed(policy, holder.overdue_from, "money", source.place((*path, "overdue_from")))


def _left_out(policy: Policy, rule: Distribution, source: Source) -> Iterator[Problem]:
    """Whatever its risk and amount, a case in any bucket must have a holder."""
    always = [one for one in rule.holders if not one.risk and one.overdue_from is None]
    for bucket in policy.buckets.list:
        if not any(not one.bucket or bucket.id in one.bucket for one in always):
            place = source.place((SECTION, "holders"))
            remedy = "add an entry with this bucket, or a last one without conditions"
            yield Problem(place, f"nobody holds every case in bucket {bucket.id}", remedy)


def _key_accounts(policy: Policy, key: KeyAccounts, source: Source) -> Iterator[Problem]:
    path: Path = (SECTION, "key_accounts")
    for index, condition in enumerate(key.if_):
        place = source.place((*path, "if", index))
        named = settings_of(condition)
        if len(named) != 1:
            yield Problem(place, "a condition counts one thing", "write one line for each")
        for name in named:
            yield from _typed(policy, name, "integer", place)
    if key.combine in COMBINE:
        return
    place = source.place((*path, "combine"))
    yield from _typed(policy, key.combine, "choice", place)
    setting = policy.settings.get(key.combine)
    if setting and set(setting.choices) != set(COMBINE):
        yield Problem(place, f"{key.combine} offers other choices", f"choices: {', '.join(COMBINE)}")


def settings_of(condition: Counted) -> list[str]:
    """The settings a condition names."""
    return [name for name in (condition.delinquencies_above, condition.overdue_days_above) if name]


def _typed(policy: Policy, name: str, kind: str, place: str) -> Iterator[Problem]:
    setting = policy.settings.get(name)
    if setting is None or setting.type != kind:
        yield Problem(place, f"unknown setting {name}", f"declare it under settings with type: {kind}")
