"""Named changes of the meaning of one rule, for `make rules-mutate`; whole parts are taken away by `parts.py`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from domain.hold_rule import Stop
from domain.policy import Policy, SettingValue
from domain.step_rule import DayRange, InSequence, StepRule, Trigger
from rules.coverage import Text
from tests.rules.parts import Changed, Mutation, Settings


def of_policy(change: Callable[[Policy], dict[str, Any]]) -> Mutation:
    """A policy with other words at the top."""

    def apply(text: Text, settings: Settings) -> Changed:
        if not isinstance(text, Policy):
            raise TypeError(f"{text.id} is no policy")
        return text.model_copy(update=change(text)), settings

    return Mutation(apply)


def step(name: str, **changes: Any) -> Mutation:
    """One step with other words."""
    return steps(lambda rule: rule.model_copy(update=changes) if rule.id == name else rule)


def ask(name: str, **changes: Any) -> Mutation:
    """One step that asks differently."""
    return steps(lambda rule: _asking(rule, changes) if rule.id == name else rule)


def steps(change: Callable[[StepRule], StepRule]) -> Mutation:
    """Every step changed by a function."""
    return of_policy(lambda found: {
        "steps": tuple(map(change, found.steps)), "portfolio": tuple(map(change, found.portfolio)),
    })  # fmt: skip


def _asking(rule: StepRule, changes: dict[str, Any]) -> StepRule:
    return rule if rule.ask is None else rule.model_copy(update={"ask": rule.ask.model_copy(update=changes)})


def policy(**changes: Any) -> Mutation:
    """Other words at the top of the policy."""
    return of_policy(lambda found: changes)


def setting(name: str, value: SettingValue) -> Mutation:
    """Another value of a setting."""
    return Mutation(lambda found, settings: (found, {**settings, name: value}))


def _vendor_advance_cures(found: Policy) -> dict[str, Any]:
    return {"standing": found.standing.model_copy(update={"vendor_advance_cures": True})}


def _objection(found: Policy, stops: Callable[[tuple[Stop, ...]], tuple[Stop, ...]]) -> dict[str, Any]:
    return {"holds": tuple(
        hold.model_copy(update={"stops": stops(hold.stops)}) if hold.id == "vendor_objection" else hold
        for hold in found.holds
    )}  # fmt: skip


def _objection_stops(stops: Callable[[tuple[Stop, ...]], tuple[Stop, ...]]) -> Mutation:
    return of_policy(partial(_objection, stops=stops))


def _all_on_day_one(rule: StepRule) -> StepRule:
    when = tuple(trigger.model_copy(update={"dpd": (1,)}) if trigger.dpd else trigger for trigger in rule.when)
    return rule.model_copy(update={"when": when})


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
LEASING: dict[str, dict[str, Mutation]] = {
    "L2.1": {"part_payment_cures": setting("tolerance", "1000000.00")},
    "L2.4": {"vendor_advance_cures": of_policy(_vendor_advance_cures)},
    "L3.2": {"all_measures_on_day_one": steps(_all_on_day_one)},
    "L4.2a": {"telephone_stops": step("phone_collection", when=when(dpd=(8,)))},
    "L4.2c": {"notice_without_signature": step("demand_notice", when=when(dpd=(8,)))},
    "L4.3": {"a_day_late": step("prepare_rent_collection_letter", when=when(dpd=(16,)))},
    "L4.4a": {"monthly": step("weekly_report", when=when(every={"month_end": "last_business_day"}))},
    "L4.4b": {"no_copy": steps(_uncopied)},
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
    "L7.2": {"without_plan": step("disposal", needs=()), "without_parts": step("disposal", parts=None)},
    "L7.3b": {"one_decides": ask("recourse_resolution", of="review_committee")},
    "L7.4": {"stops_the_suit": _objection_stops(lambda stops: (*stops, SUIT))},
    "L7.5b": {"without_general_manager": ask("suspension_approval", of=CHAIN)},
    "L8.2": {"unconfirmed": step("blacklist_entry", when=when(after={"blacklist_names": "listed"}))},
    "L9.1": {"another_owner": policy(owner="finance")},
}

VISITS: dict[str, dict[str, Mutation]] = {
    "C4.3.2b": {"alone": ask("field_visit", people=1), "without_papers": ask("field_visit", noted=())},
    "H3.1": {"without_safety": ask("visit_from_31", noted=())},
    "Z3.4a": {"anywhere": ask("local_visit", locality=None)},
    "Z3.4b": {"alone": ask("local_visit", people=1, team=())},
    "Z3.4d": {"two_are_enough": ask("non_local_visit", people=2, team=())},
    "Z4.2a": {"without_the_manager": ask("local_visit", team=())},
    "Z4.2b": {"nobody_stands_in": ask("local_visit", substitute=None)},
}

LENDER: dict[str, dict[str, Mutation]] = {"O2.4d": {"sued_out_of_turn": step("lawsuit", when=when(dpd=(91,)))}}

NAMED: dict[str, dict[str, Mutation]] = LEASING | VISITS | LENDER
