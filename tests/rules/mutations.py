"""Ways to break one rule, for `make rules-mutate`: a part of the policy taken away, or a named change of meaning."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from domain.policy import Policy, SettingValue
from domain.step_rule import DayRange, InSequence, StepRule, Stop, Trigger

Settings = dict[str, SettingValue]
Changed = tuple[Policy, Settings]
ON_DAY = ("cured", "bought_back")  # these two closings are looked up by name and cannot be taken away
INTAKE = "portfolio open_cases"
ALONE = ("step ", "portfolio ", "hold ", "before due ", "closing ")  # parts that `without` can take away


@dataclass(frozen=True)
class Mutation:
    """A change of the policy as it is loaded."""

    apply: Callable[[Policy, Settings], Changed]


def without(parts: Iterable[str]) -> Mutation:
    """The policy without these parts ("step lawsuit", "hold suspension" ...): they stay known and never happen."""
    return Mutation(partial(_without, tuple(parts)))


def _without(parts: tuple[str, ...], policy: Policy, settings: Settings) -> Changed:
    steps = tuple(_never(step) if f"step {step.id}" in parts else step for step in policy.steps)
    portfolio = tuple(_never(step) if f"portfolio {step.id}" in parts else step for step in policy.portfolio)
    holds = tuple(hold.model_copy(update={"placed_by": {}}) if f"hold {hold.id}" in parts else hold
                  for hold in policy.holds)  # fmt: skip
    closing = {name: closing for name, closing in policy.closing.items() if f"closing {name}" not in parts}
    before_due = tuple(duty for duty in policy.before_due if f"before due {duty.id}" not in parts)
    changed = {
        "steps": steps, "portfolio": portfolio, "holds": holds, "closing": closing, "before_due": before_due,
    }  # fmt: skip
    return policy.model_copy(update=changed), settings


def _never(step: StepRule) -> StepRule:
    return step.model_copy(update={"when": (), "on_demand": None})


def step(name: str, **changes: Any) -> Mutation:
    """One step with other words."""
    return steps(lambda rule: rule.model_copy(update=changes) if rule.id == name else rule)


def ask(name: str, **changes: Any) -> Mutation:
    """One step that asks differently."""
    return steps(lambda rule: _asking(rule, changes) if rule.id == name else rule)


def steps(change: Callable[[StepRule], StepRule]) -> Mutation:
    """Every step changed by a function."""
    return Mutation(lambda policy, settings: (
        policy.model_copy(update={
            "steps": tuple(map(change, policy.steps)), "portfolio": tuple(map(change, policy.portfolio)),
        }),
        settings,
    ))  # fmt: skip


def _asking(rule: StepRule, changes: dict[str, Any]) -> StepRule:
    return rule if rule.ask is None else rule.model_copy(update={"ask": rule.ask.model_copy(update=changes)})


def policy(**changes: Any) -> Mutation:
    """Other words at the top of the policy."""
    return Mutation(lambda found, settings: (found.model_copy(update=changes), settings))


def setting(name: str, value: SettingValue) -> Mutation:
    """Another value of a setting."""
    return Mutation(lambda found, settings: (found, {**settings, name: value}))


def _vendor_advance_cures(found: Policy, settings: Settings) -> Changed:
    standing = found.standing.model_copy(update={"vendor_advance_cures": True})
    return found.model_copy(update={"standing": standing}), settings


def _classes_a_day_early(found: Policy, settings: Settings) -> Changed:
    shifted = tuple(
        bucket.model_copy(update={"from_": max(1, bucket.from_ - 1), "to": bucket.to and bucket.to - 1})
        for bucket in found.buckets.list
    )
    return found.model_copy(update={"buckets": found.buckets.model_copy(update={"list": shifted})}), settings


def _objection(found: Policy, settings: Settings, stops: Callable[[tuple[Stop, ...]], tuple[Stop, ...]]) -> Changed:
    holds = tuple(
        hold.model_copy(update={"stops": stops(hold.stops)}) if hold.id == "vendor_objection" else hold
        for hold in found.holds
    )
    return found.model_copy(update={"holds": holds}), settings


def _objection_stops(stops: Callable[[tuple[Stop, ...]], tuple[Stop, ...]]) -> Mutation:
    return Mutation(partial(_objection, stops=stops))


def _all_on_day_one(rule: StepRule) -> StepRule:
    when = tuple(trigger.model_copy(update={"dpd": (1,)}) if trigger.dpd else trigger for trigger in rule.when)
    return rule.model_copy(update={"when": when})


def _without_record(rule: StepRule) -> StepRule:
    return (
        _asking(rule, {"what": "task", "outcomes": ("contacted",)}) if rule.ask and rule.ask.what == "contact" else rule
    )


def _uncopied(rule: StepRule) -> StepRule:
    return rule.model_copy(update={"issue": rule.issue.model_copy(update={"copy_to": ()})}) if rule.issue else rule


def _filed_by_finance(name: str) -> Mutation:
    return steps(lambda rule: rule.model_copy(update={"file": rule.file.model_copy(update={"by": "finance"})})
                 if rule.file and rule.id == name else rule)  # fmt: skip


def when(**trigger: Any) -> tuple[Trigger, ...]:
    """One trigger."""
    return (Trigger(**trigger),)


CHAIN = InSequence(sequence=("head_of_business", "head_of_asset_management", "review_committee"))
SUIT = Stop(scopes=("litigation",), dpd=DayRange())

# rule -> named changes of its meaning; those of the code are in `code_mutations.py`
NAMED: dict[str, dict[str, Mutation]] = {
    "L2.1": {"part_payment_cures": setting("tolerance", "1000000.00")},
    "L2.4": {"vendor_advance_cures": Mutation(_vendor_advance_cures)},
    "L3.1": {"classes_a_day_early": Mutation(_classes_a_day_early)},
    "L3.2": {"all_measures_on_day_one": steps(_all_on_day_one)},
    "L4.2a": {"telephone_stops": step("phone_collection", when=when(dpd=(8,)))},
    "L4.2c": {"notice_without_signature": step("demand_notice", when=when(dpd=(8,)))},
    "L4.3": {"a_day_late": step("prepare_rent_collection_letter", when=when(dpd=(16,)))},
    "L4.4a": {"monthly": step("weekly_report", when=when(every={"month_end": "last_business_day"}))},
    "L4.4b": {"no_copy": steps(_uncopied)},
    "L4.5a": {"contact_without_record": steps(_without_record)},
    "L4.5b": {"no_table": step("master_table_signature", writes=None)},
    "L4.5c": {"one_signature": ask("master_table_signature", of="head_of_asset_management")},
    "L4.5d": {"filed_by_finance": _filed_by_finance("master_table_archive")},
    "L4.5e": {"filed_by_finance": _filed_by_finance("collection_records_archive")},
    "L5.1a": {"not_at_once": ask("asset_inspection", start_within=None)},
    "L5.1b": {"no_report": step("asset_inspection", writes=None)},
    "L5.1c": {"uncountersigned": step("asset_inspection_archive", when=when(after={"asset_inspection": "inspected"}))},
    "L5.2a": {"not_promptly": ask("capacity_investigation", start_within=None)},
    "L5.2b": {"also_without_vendor": step("vendor_contact", if_=())},
    "L5.2c": {"no_report": step("capacity_report", writes=None)},
    "L5.2d": {"for_every_lease": step("financial_reports", if_=())},
    "L5.2e": {"without_analysis": step("capacity_report", needs=())},
    "L5.2f": {"no_opinion": step("capacity_report_archive", when=when(after={"capacity_report": "issued"}))},
    "L5.4b": {"without_reports": step("fast_track", needs=())},
    "L5.4c": {"not_before_day_46": step("disposal", when=when(dpd=(46,)))},
    "L5.5a": {"without_consent": step("prepare_litigation_letter", when=when(dpd=(30,)))},
    "L5.5b": {"asked_again": step("litigation_letter_consent", unless={})},
    "L6.1a": {
        "unreleased": step("litigation_letter", when=when(dpd=(31,))),
        "unreleased_rent_collection_letter": step("rent_collection_letter", when=when(dpd=(31,))),
    },
    "L6.1c": {"later": step("guarantor_notice", when=when(dpd=(46,)))},
    "L6.3": {
        "stops_nothing": _objection_stops(lambda stops: ()),
        "without_guarantee": step("vendor_objection", if_=()),
    },
    "L7.2": {"without_plan": step("disposal", needs=())},
    "L7.3b": {"one_decides": ask("recourse_resolution", of="review_committee")},
    "L7.4": {"stops_the_suit": _objection_stops(lambda stops: (*stops, SUIT))},
    "L7.5b": {"without_general_manager": ask("suspension_approval", of=CHAIN)},
    "L8.2": {"unconfirmed": step("blacklist_entry", when=when(after={"blacklist_names": "listed"}))},
    "L9.1": {"another_owner": policy(owner="finance")},
}
