"""Named changes of code that break a rule which no part of a policy carries out, for `make rules-mutate`.

What they change is imported when it is needed: a run that breaks something else does not wait for the API to load.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial

from domain import company_check, layer_check, policy_check, standing
from domain.base import days
from domain.kpi import FIGURES, Figure, Tally
from domain.ladder import Ladder
from domain.ledger import HoldFact, Instalment
from domain.money import ZERO
from domain.policy import Approval, Policy, SettingValue
from domain.replay import Owed
from domain.terms import Terms
from tests.rules.complaint_mutations import COMPLAINTS
from tests.rules.conduct_mutations import CONDUCT
from tests.rules.decided_mutations import DECIDED
from tests.rules.ground_mutations import GROUND, module
from tests.rules.kept_mutations import KEPT
from tests.rules.pursued_mutations import PURSUED
from tests.rules.wording_mutations import WORDING

Change = Callable[[], None]


def count_from_the_due_date() -> None:
    """L2.3: the due date itself would be day 1."""
    counted = standing.days_past_due

    def days_past_due(oldest: date | None, as_of: date, terms: Terms, holds: Sequence[HoldFact]) -> tuple[int, int]:
        return counted(oldest - days(1) if oldest else None, as_of, terms, holds)

    standing.days_past_due = days_past_due


def earlier_penalty_left_out() -> None:
    """L2.2: penalty interest of an earlier delinquency would be forgotten."""
    fallen_due = Owed.fall_due

    def fall_due(self: Owed, instalment: Instalment) -> None:
        fallen_due(self, instalment)
        self.earlier, self.earlier_since = ZERO, None

    Owed.fall_due = fall_due


def approval_not_asked() -> None:
    """L10.1: every version would count as approved."""

    def approval_of(values: dict[str, SettingValue]) -> Approval | None:
        return Approval(by="general_manager", on=date(2026, 1, 5))

    company_check.approval_of = approval_of


def layer_without_approval() -> None:
    """P4.1: whoever approved it, a layer would be in force."""
    problems = layer_check.check_values

    def check_values(*given: object) -> Iterable[object]:
        return [found for found in problems(*given) if "is not in force" not in found.message]  # pyright: ignore

    module("domain.layer_file").check_values = check_values


def anybody_answers_a_step() -> None:
    """B4.2.1a, O3.5a: the role of who answers would not matter."""
    for user in ("answering", "check", "voting"):
        module(f"domain.{user}").must_be_asked = lambda *given: None


def anything_goes_in_a_duty() -> None:
    """P5, M5, MA2.1, MA3.3: any role may answer a duty, also one that was answered."""
    module("store.errands")._allowed = lambda found, given, user, role: None


def only_the_first_account() -> None:
    """D2.1: a layer would stop after one account of each page."""
    layers = module("store.layers")
    covered = layers.covered
    layers.covered = lambda *given: replace(page := covered(*given), rows=page.rows[:1])


def no_schedule_asked_for() -> None:
    """D5.3, F3.2.2: an account without a schedule would be taken in."""
    checking = module("imports.crosscheck")
    found = checking._schedule
    checking._schedule = lambda bundle, sheets: found(bundle, sheets) if bundle.schedule else ()


def nothing_is_collected() -> None:
    """D6.2b: the escalation policies beside the layer would have no steps."""
    compiled = policy_check.compile_ladder

    def compile_ladder(policy: Policy, sha256: str, settings_id: str, settings: dict[str, SettingValue]) -> Ladder:
        return compiled(policy.model_copy(update={"steps": ()}), sha256, settings_id, settings)

    policy_check.compile_ladder = compile_ladder


def all_grades_alike() -> None:
    """MB4.2a: what is asked would be shown without regard to the grade."""
    module("activities.duty_errands")._rank = lambda layer, facts: 0


def nothing_is_escalated() -> None:
    """F5.3.1: what was not done in time would wait where it is."""
    module("store.errands").escalate = lambda session, errand, following: False


def anybody_posts_money() -> None:
    """F3.5.1: every role would post."""
    table = module("api.permissions")
    table.PERMISSIONS["post"] = (table.STAFF,)


def departments_shut_out() -> None:
    """C5.2a: only administrators and auditors would read cases."""
    table = module("api.permissions")
    table.PERMISSIONS["see"] = (table.ADMINISTRATOR, table.AUDITOR)


def readings_are_not_logged() -> None:
    """C5.2a: nobody would know who read what."""
    module("api.access_log").AccessLog._tell = lambda self, scope, status, seconds: None


def names_in_the_log() -> None:
    """F5.2.2: whatever stands in a path would be logged."""
    log = module("api.access_log")
    log.ID = log.re.compile(".*")


def nobody_is_refused() -> None:
    """F5.2.2: every action would be open to all who are logged in."""
    module("api.auth").fitting = lambda action, roles: tuple(roles)


def _is_nothing(name: str) -> None:
    """The figure of that name would always be zero."""
    computed = Figure.of

    def of(self: Figure, tally: Tally) -> Decimal | None:
        return ZERO if self.id == name else computed(self, tally)

    Figure.of = of


def _figures() -> dict[str, dict[str, Change]]:
    """Each key figure is broken for each rule that asks for it."""
    rules = dict.fromkeys(rule for figure in FIGURES for rule in figure.rules)
    return {
        rule: {f"{figure.id}_is_nothing": partial(_is_nothing, figure.id) for figure in FIGURES if rule in figure.rules}
        for rule in rules
    }


def _together(*tables: dict[str, dict[str, Change]]) -> dict[str, dict[str, Change]]:
    """Every change of every rule; several tables may break the same rule."""
    rules = dict.fromkeys(rule for table in tables for rule in table)
    return {rule: {name: change for table in tables for name, change in table.get(rule, {}).items()} for rule in rules}


ROLES = {"anybody_answers": anything_goes_in_a_duty}
GENERAL: dict[str, dict[str, Change]] = {
    "L2.2": {"earlier_penalty_left_out": earlier_penalty_left_out},
    "L2.3": {"count_from_the_due_date": count_from_the_due_date},
    "L10.1": {"approval_not_asked": approval_not_asked},
    "B4.2.1a": {"anybody_answers": anybody_answers_a_step},
    "B4.2.1s": {"anybody_answers": anybody_answers_a_step},
    "C5.2a": {"departments_shut_out": departments_shut_out, "readings_are_not_logged": readings_are_not_logged},
    "O3.5a": {"anybody_answers": anybody_answers_a_step},
    "P4.1": {"without_approval": layer_without_approval},
    **dict.fromkeys(("P5.1", "P5.2", "P5.3", "P5.4", "P5.5", "M5.1", "M5.2", "MA2.1"), ROLES),
    "D2.1": {"only_the_first_account": only_the_first_account},
    "D5.3": {"no_schedule_asked_for": no_schedule_asked_for},
    "D6.2b": {"nothing_is_collected": nothing_is_collected},
    "F3.2.2": {"no_schedule_asked_for": no_schedule_asked_for},
    "F3.5.1": {"anybody_posts_money": anybody_posts_money},
    "F5.2.2": {"names_in_the_log": names_in_the_log, "nobody_is_refused": nobody_is_refused},
    "F5.3.1": {"nothing_is_escalated": nothing_is_escalated},
    "MA3.3": {"answered_again": anything_goes_in_a_duty},
    "MB2.2b": {"answered_again": anything_goes_in_a_duty},
    "MB4.2a": {"all_grades_alike": all_grades_alike},
}
CODE = _together(GENERAL, COMPLAINTS, CONDUCT, GROUND, WORDING, *DECIDED, *PURSUED, KEPT, _figures())
