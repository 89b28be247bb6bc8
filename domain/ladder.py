"""A policy with the company's settings filled in: what `decide` reads, resolved once and shared by all cases."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time
from decimal import Decimal

from domain.hold_rule import HoldRule
from domain.ledger import DoneStep
from domain.policy import Bucket, Policy, SettingValue
from domain.step_rule import Mode, Predicate, StepRule, Trigger, What
from domain.terms import Terms

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Deadline:
    """Resolved deadline rule: business days, and at the earliest a DPD, or the next meeting if by that DPD."""

    business_days: int
    dpd: int | None = None
    meeting: int | None = None
    committee: bool = False


@dataclass(frozen=True, slots=True)
class Limit:
    """How far a role may decide: an amount in the currency of the account, a share of the penalty interest."""

    amount: Decimal | None = None
    per_cent: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """Resolved ask: roles in order, how many must answer (needed: of n_of), outcomes (favourable first), deadlines.

    limits: of the roles that may not decide just any amount; whoever has none may.
    """

    what: What
    roles: tuple[str, ...]
    mode: Mode
    outcomes: tuple[str, ...]
    within: Deadline
    start_within: int | None
    people: int = 0
    team: tuple[str, ...] = ()
    preselected: str | None = None
    preselected_if: tuple[Predicate, ...] = ()
    report: tuple[str, ...] = ()  # headings of what has to be written
    choices: tuple[str, ...] = ()
    needed: int = 0
    limits: dict[str, Limit] = field(default_factory=dict[str, "Limit"])


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Resolved cadence: times per week, day or business day; or days after the last contact."""

    times: int = 1
    per: str | None = None
    earliest: int | None = None
    latest: int | None = None


@dataclass(frozen=True, slots=True)
class Wakes:
    """What can make which step due, by its place in the policy: most steps of a case need not be asked.

    by_day: places in the order of `days`, the days past due that wake them. after: by step and how it must have ended.
    """

    always: tuple[int, ...] = ()
    held: tuple[int, ...] = ()
    days: tuple[int, ...] = ()
    by_day: tuple[int, ...] = ()
    after: dict[tuple[str, str | None], tuple[int, ...]] = field(
        default_factory=dict[tuple[str, str | None], tuple[int, ...]]
    )


@dataclass(frozen=True, slots=True)
class Step:
    """One step ready to be decided on: the rule of the policy and everything looked up in the settings.

    recurs: a later day, cell or window takes the place of an opening that is still unanswered.
    by_amount: whether it is for this account depends on what is overdue.
    """

    rule: StepRule
    id: str
    dpds: tuple[int, ...]
    when: tuple[Trigger, ...]
    asked: Asked | None
    targets: tuple[str, ...]
    receivers: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    opened_by: tuple[str, ...] = ()
    rhythm: Rhythm | None = None
    recurs: bool = False
    by_amount: bool = False


@dataclass(frozen=True)
class Ladder:
    """A policy as one company runs it. `settings` holds every value, defaults included."""

    policy: Policy
    sha256: str
    settings_id: str
    settings: dict[str, SettingValue]
    terms: Terms
    steps: tuple[Step, ...]
    portfolio: tuple[Step, ...]
    by_id: dict[str, Step] = field(repr=False)
    holds: dict[str, HoldRule] = field(repr=False)
    scoped_holds: dict[str, tuple[HoldRule, ...]] = field(repr=False)
    wakes: Wakes = field(repr=False)
    days: tuple[int, ...] = ()
    moving: tuple[Step, ...] = ()
    openers: tuple[Step, ...] = ()  # what a person may report so that a case is opened
    by_hand: frozenset[str] = frozenset()  # they and what only follows from them
    revocable: tuple[Step, ...] = ()  # asks that something else can make needless
    reminders: tuple[Step, ...] = ()  # before the instalments of an agreement
    counts_instalments: bool = False  # the next due date matters, beside the oldest one
    evaluate_at: time = time(9)
    close: time = time(18)

    def bucket(self, dpd: int) -> Bucket | None:
        """The bucket of that many days past due; None when nothing is overdue (L3.1)."""
        for bucket in self.policy.buckets.list:
            if dpd >= bucket.from_ and (bucket.to is None or dpd <= bucket.to):
                return bucket
        return None

    def floor(self, dpd: int) -> int:
        """First day of the bucket in which the account is found (S7)."""
        bucket = self.bucket(dpd)
        return bucket.from_ if bucket else 1

    def with_implied(self, history: tuple[DoneStep, ...]) -> tuple[DoneStep, ...]:
        """Imported history with what must have come before: a letter sent was signed, released and prepared (S7)."""
        done = {item.step: item for item in history}
        waiting = list(history)
        while waiting:
            item = waiting.pop()
            for name, outcome in self._always_before(item.step):
                if name not in done:
                    done[name] = DoneStep(step=name, outcome=outcome, on=item.on)
                    waiting.append(done[name])
        return tuple(done.values())

    def _always_before(self, name: str) -> set[tuple[str, str]]:
        step = self.by_id[name]
        afters = [set(trigger.after.items()) for trigger in step.when if not trigger.dpd or trigger.after]
        first_time = [after for after in afters if not any(outcome == "figures_moved" for _, outcome in after)]
        ways = first_time + [set[tuple[str, str]]() for trigger in step.when if trigger.dpd and not trigger.after]
        before = set[tuple[str, str]].intersection(*ways) if ways else set[tuple[str, str]]()
        return before | {next(iter(need.items())) for need in step.rule.needs if len(need) == 1}

    def integer(self, name: str) -> int:
        """An integer setting."""
        value = self.settings[name]
        if not isinstance(value, int):
            raise TypeError(f"setting {name} is not an integer")
        return value

    def money(self, name: str) -> Decimal:
        """A money setting, in the currency of the account."""
        return Decimal(str(self.settings[name]))

    def head_of(self, role: str) -> str | None:
        """Whom an overdue ask of that role is escalated to first; None for heads, committees and the manager."""
        found = self.policy.roles.get(role)
        return found.head if found else None
