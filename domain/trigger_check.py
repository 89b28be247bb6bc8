"""Whether the triggers, conditions and cadences of a step make sense in their policy; every fault at once."""

from __future__ import annotations

from collections.abc import Iterator

from domain.compiled import outcomes_of
from domain.errors import Problem
from domain.part_check import check_parts
from domain.policy import Policy
from domain.policy_file import Path, Source
from domain.step_rule import Cadence, Predicate, StepRule

AGREEMENT_SETTINGS = {
    "agreement_tolerance_days": "integer", "agreement_revive": "boolean", "agreement_longest_days": "integer",
}  # fmt: skip
FINDING_SETTINGS = {"no_effect": "collections_without_effect", "lost_contact": "lost_contact_days"}
PERS = ("week", "day", "business_day")


def check_step(policy: Policy, rule: StepRule, source: Source, path: Path) -> Iterator[Problem]:
    """Faults of one step: what it refers to, and combinations that can never fire."""
    place = source.place((*path, "id"))
    found = (
        *_agreement(policy, rule),
        *_triggers(policy, rule),
        *_conditions(policy, rule),
        *_cadence(policy, rule),
        *_preselected(rule),
        *check_parts(policy, rule),
    )
    for what, remedy in found:
        yield Problem(place, f"{rule.id}: {what}", remedy)


def _triggers(policy: Policy, rule: StepRule) -> Iterator[tuple[str, str]]:
    for trigger in rule.when:
        if trigger.cell:
            yield from _buckets(policy, trigger.cell.bucket)
            if policy.occurrence is None:
                yield "a cell needs a count of occurrences", "say `occurrence:` in the policy"
            elif any(not 1 <= number <= policy.occurrence.most for number in trigger.cell.occurrence):
                yield "an occurrence that never comes", f"1 to {policy.occurrence.most}"
        for finding in trigger.finding:
            if finding in FINDING_SETTINGS:
                yield from _setting(policy, FINDING_SETTINGS[finding], "integer")
        if trigger.dpd_setting:
            yield from _setting(policy, trigger.dpd_setting, "integer")
            if trigger.dpd:
                yield "the day is said twice", "either dpd or dpd_setting"
        if trigger.lead and len(trigger.dpd or ()) != 1:
            yield "a lead needs one day past due", "dpd: n"
        if trigger.agreement and not any(step.ask and step.ask.concludes for step in policy.steps):
            yield "an instalment that never comes: no step concludes an agreement", "say `concludes: agreement`"
        if trigger.agreement and isinstance(trigger.days_before, str):
            yield from _setting(policy, trigger.days_before, "integer")
        if trigger.delivery and not any(step.send for step in policy.steps):
            yield "a delivery that never fails: no step sends anything", "leave the step out"
        if any(number < 1 for number in trigger.business_day or ()):
            yield "business days count from 1", "business_day: 1 or later"


def _agreement(policy: Policy, rule: StepRule) -> Iterator[tuple[str, str]]:
    """What is agreed is watched by these settings."""
    for name, kind in AGREEMENT_SETTINGS.items() if rule.ask and rule.ask.concludes else ():
        yield from _setting(policy, name, kind)


def _preselected(rule: StepRule) -> Iterator[tuple[str, str]]:
    ask = rule.ask
    if ask is None:
        return
    if ask.preselected is not None and ask.preselected not in outcomes_of(rule):
        yield f"{ask.preselected} can never be answered", f"one of: {', '.join(outcomes_of(rule))}"
    if ask.preselected_if and ask.preselected is None:
        yield "nothing is preselected", "say what, or leave out preselected_if"


def _conditions(policy: Policy, rule: StepRule) -> Iterator[tuple[str, str]]:
    steps = {step.id: step for step in policy.steps}
    ask = rule.ask
    for needed in (*rule.if_, *(ask.preselected_if if ask else ())):
        if not isinstance(needed, Predicate):
            continue
        for amount in (needed.overdue_above, needed.overdue_from):
            if amount:
                yield from _setting(policy, amount, "money")
        if needed.setting:
            yield from _setting(policy, needed.setting, "boolean")
        yield from _buckets(policy, needed.bucket)
        for name, outcomes in needed.answered.items():
            known = outcomes_of(steps[name]) if name in steps else ()
            for outcome in outcomes:
                if outcome not in known:
                    yield f"{name} never ends with {outcome}", f"one of: {', '.join(known)}" if known else "name a step"


def _cadence(policy: Policy, rule: StepRule) -> Iterator[tuple[str, str]]:
    cadence = rule.cadence
    if cadence is None:
        return
    if rule.when or rule.ask is None or rule.ask.what not in ("contact", "visit"):
        yield "a cadence asks for contacts or visits and begins by itself", "`ask: {what: contact}` and no `when`"
    if (cadence.during.bucket is None) == (cadence.during.business_days is None):
        yield "a cadence runs in a bucket or between business days", "during: {bucket: ...} or {business_days: ...}"
    yield from _buckets(policy, (cadence.during.bucket,) if cadence.during.bucket else ())
    if (cadence.per is None) == (cadence.every_days is None):
        yield "a cadence counts per block or from the last contact", "`times` with `per`, or `every_days`"
    yield from _numbers(policy, cadence)


def _numbers(policy: Policy, cadence: Cadence) -> Iterator[tuple[str, str]]:
    spread = cadence.every_days
    for value in (cadence.times, *((spread.earliest, spread.latest) if spread else ())):
        if isinstance(value, str):
            yield from _setting(policy, value, "integer")
    if cadence.per and cadence.per not in PERS:
        yield from _setting(policy, cadence.per, "choice")
    if (
        spread
        and isinstance(spread.earliest, int)
        and isinstance(spread.latest, int)
        and spread.earliest > spread.latest
    ):
        yield "the earliest day is after the latest", "earliest <= latest"


def _buckets(policy: Policy, named: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    known = [bucket.id for bucket in policy.buckets.list]
    for bucket in named:
        if bucket not in known:
            yield f"unknown bucket {bucket}", f"one of: {', '.join(known)}"


def _setting(policy: Policy, name: str, kind: str) -> Iterator[tuple[str, str]]:
    setting = policy.settings.get(name)
    if setting is None or setting.type != kind:
        yield f"setting {name} ({kind}) is not declared", "declare it under settings"
