"""A policy with the company's settings filled in: what `decide` reads, resolved once and shared by all cases."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time
from decimal import Decimal
from typing import Literal

from domain.ledger import DoneStep
from domain.policy import Approval, Bucket, Policy, SettingValue
from domain.step_rule import AllOf, Ask, Days, Every, HoldRule, InSequence, StepRule, Trigger, What, Within
from domain.terms import Terms

DEFAULT_OUTCOMES: dict[What, tuple[str, ...]] = {
    "contact": ("contacted",),
    "task": ("done",),
    "signature": ("signed",),
    "countersignature": ("signed",),
    "opinion": ("given",),
    "consent": ("agreed", "refused"),
    "release": ("released", "stopped"),
    "confirmation": ("confirmed", "not_confirmed"),
    "approval": ("approved", "refused"),
    "decision": (),
}
DEFAULT_DAYS: dict[What, str] = {
    "contact": "task_days",
    "task": "task_days",
    "signature": "signature_days",
    "countersignature": "countersignature_days",
    "opinion": "decision_days",
    "consent": "decision_days",
    "release": "task_days",
    "confirmation": "decision_days",
    "approval": "decision_days",
    "decision": "decision_days",
}
Mode = Literal["any", "all", "sequence"]
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Deadline:
    """Resolved deadline rule: business days, and at the earliest a DPD, or the next meeting if by that DPD."""

    business_days: int
    dpd: int | None = None
    meeting: int | None = None
    committee: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """Resolved ask: roles in order, how many must answer, outcomes (favourable first), deadlines."""

    what: What
    roles: tuple[str, ...]
    mode: Mode
    outcomes: tuple[str, ...]
    within: Deadline
    start_within: int | None


@dataclass(frozen=True, slots=True)
class Step:
    """One step ready to be decided on: the rule of the policy and everything looked up in the settings."""

    rule: StepRule
    id: str
    dpds: tuple[int, ...]
    when: tuple[Trigger, ...]
    asked: Asked | None
    targets: tuple[str, ...]
    receivers: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    opened_by: tuple[str, ...] = ()


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
    days: tuple[int, ...] = ()
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


def compile_ladder(policy: Policy, sha256: str, settings_id: str, settings: dict[str, SettingValue]) -> Ladder:
    """Fill the settings into a policy that was checked before (`policy_check`)."""
    steps = tuple(_step(rule, policy, settings) for rule in policy.steps)
    portfolio = tuple(_step(rule, policy, settings) for rule in policy.portfolio)
    holds = {hold.id: hold for hold in policy.holds}
    scopes = {scope for hold in policy.holds for stop in hold.stops for scope in stop.scopes}
    stopping = {scope: tuple(h for h in policy.holds if any(scope in s.scopes for s in h.stops)) for scope in scopes}
    return Ladder(
        policy=policy,
        sha256=sha256,
        settings_id=settings_id,
        settings=settings,
        terms=terms_of(policy, settings),
        steps=steps,
        portfolio=portfolio,
        by_id={step.id: step for step in steps + portfolio},
        holds=holds,
        scoped_holds=stopping,
        days=tuple(sorted({day for step in steps for day in step.dpds} | {b.from_ for b in policy.buckets.list})),
        evaluate_at=policy.evaluate_at,
        close=policy.close_of_business,
    )


def terms_of(policy: Policy, settings: dict[str, SettingValue]) -> Terms:
    """How this policy reads a ledger."""
    returned = settings.get("returned_payment", "original_due")
    return Terms(
        grace_days=policy.standing.grace_days,
        holds=policy.standing.holds,
        allocation=policy.standing.allocation,
        vendor_advance_cures=policy.standing.vendor_advance_cures,
        cure_includes_current_penalty=bool(settings.get("cure_includes_current_penalty", False)),
        tolerance=Decimal(str(settings.get("tolerance", "0.00"))),
        returned_payment="return_date" if returned == "return_date" else "original_due",
    )


def _step(rule: StepRule, policy: Policy, settings: dict[str, SettingValue]) -> Step:
    when = tuple(_trigger(trigger, settings) for trigger in rule.when)
    return Step(
        rule=rule,
        id=rule.id,
        dpds=tuple(day for trigger in when for day in trigger.dpd or ()),
        when=when,
        asked=_asked(rule.ask, policy, settings) if rule.ask else None,
        targets=rule.send.by if rule.send else (),
        receivers=_roles(rule.issue.to, settings) if rule.issue else (),
        copies=rule.issue.copy_to if rule.issue else (),
        opened_by=_openers(rule, settings),
    )


def _openers(rule: StepRule, settings: dict[str, SettingValue]) -> tuple[str, ...]:
    if rule.on_demand is None:
        return ()
    by = rule.on_demand.by
    return _roles(by.all, settings) if isinstance(by, AllOf) else by


def _trigger(trigger: Trigger, settings: dict[str, SettingValue]) -> Trigger:
    if not isinstance(trigger.every, Every):
        return trigger
    values = {name: str(settings.get(value, value)) for name, value in trigger.every if value is not None}
    return trigger.model_copy(update={"every": Every(**values)})


def _asked(ask: Ask, policy: Policy, settings: dict[str, SettingValue]) -> Asked:
    roles, mode = _who(ask.of, settings)
    committee = len(roles) == 1 and policy.roles[roles[0]].committee
    start = ask.start_within.business_days if ask.start_within else None
    return Asked(
        what=ask.what,
        roles=roles,
        mode=mode,
        outcomes=ask.outcomes or DEFAULT_OUTCOMES[ask.what],
        within=_deadline(ask, committee, settings),
        start_within=None if start is None else _number(start, settings),
    )


def _who(of: str | AllOf | InSequence, settings: dict[str, SettingValue]) -> tuple[tuple[str, ...], Mode]:
    match of:
        case str():
            return (of,), "any"
        case AllOf():
            return _roles(of.all, settings), "all"
        case InSequence():
            return of.sequence, "sequence"


def _roles(named: str | tuple[str, ...], settings: dict[str, SettingValue]) -> tuple[str, ...]:
    if not isinstance(named, str):
        return named
    value = settings[named]
    if not isinstance(value, tuple):
        raise TypeError(f"setting {named} is not a list of roles")
    return value


def _deadline(ask: Ask, committee: bool, settings: dict[str, SettingValue]) -> Deadline:
    within = ask.within or Within()
    count = within.business_days if within.business_days is not None else DEFAULT_DAYS[ask.what]
    return Deadline(
        business_days=_number(count, settings),
        dpd=None if within.dpd is None else _number(within.dpd, settings),
        meeting=None if within.meeting is None else _number(within.meeting, settings),
        committee=committee,
    )


def _number(value: Days, settings: dict[str, SettingValue]) -> int:
    found = settings[value] if isinstance(value, str) else value
    if not isinstance(found, int):
        raise TypeError(f"{value} is not a number of days")
    return found


def approval_of(values: dict[str, SettingValue]) -> Approval | None:
    """The approval that puts the policy into force, if the company settings record one (L10.1)."""
    found = values.get("approved")
    return found if isinstance(found, Approval) else None
