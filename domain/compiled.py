"""Fills the settings of a company into a policy: everything looked up once, so that `decide` only reads."""

from __future__ import annotations

from decimal import Decimal

from domain.ladder import Asked, Deadline, Ladder, Limit, Rhythm, Step, Wakes
from domain.policy import Approval, Policy, SettingValue
from domain.step_rule import (
    AllOf,
    AnyOf,
    Ask,
    Days,
    Every,
    InSequence,
    Mode,
    NOf,
    Predicate,
    StepRule,
    Trigger,
    What,
    Within,
)
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
    "visit": ("visited", "not_met"),
    "interview": ("held", "not_held"),
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
    "visit": "task_days",
    "interview": "task_days",
}
SENT_OUTCOMES = ("sent", "failed", "figures_moved")
ATTEMPTED = "attempted"  # a contact of a cadence that reached nobody


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
        wakes=_wakes(steps),
        days=tuple(sorted({day for step in steps for day in step.dpds} | {b.from_ for b in policy.buckets.list})),
        counts_instalments=policy.occurrence is not None or any(_by_amount(rule) for rule in policy.steps),
        moving=tuple(step for step in steps if _moves(step)),
        reminders=tuple(step for step in steps if any(trigger.agreement for trigger in step.when)),
        openers=tuple(step for step in steps if step.rule.on_demand and step.rule.on_demand.opens_case_until),
        by_hand=_by_hand(policy),
        revocable=tuple(step for step in steps + portfolio if step.asked and _may_be_needless(step)),
        evaluate_at=policy.evaluate_at,
        close=policy.close_of_business,
    )


def _by_hand(policy: Policy) -> frozenset[str]:
    """The steps that open a case by hand, and those that only follow from them."""
    found = {rule.id for rule in policy.steps if rule.on_demand and rule.on_demand.opens_case_until}
    while True:
        more = {
            rule.id
            for rule in policy.steps
            if rule.id not in found and rule.when and all(t.after and t.after.keys() <= found for t in rule.when)
        }
        if not more:
            return frozenset(found)
        found |= more


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
        counted_per="borrower" if settings.get("counter_period") == "life_of_borrower" else "account",
    )


def _step(rule: StepRule, policy: Policy, settings: dict[str, SettingValue]) -> Step:
    when = tuple(_trigger(trigger, settings) for trigger in rule.when)
    return Step(
        rule=rule,
        id=rule.id,
        dpds=tuple(day for trigger in when for day in trigger.dpd or ()),
        when=when,
        asked=_asked(rule, rule.ask, policy, settings) if rule.ask else None,
        targets=rule.send.by if rule.send else (),
        receivers=_roles(rule.issue.to, settings) if rule.issue else (),
        copies=rule.issue.copy_to if rule.issue else (),
        opened_by=_openers(rule, settings),
        rhythm=_rhythm(rule, settings),
        recurs=_recurs(rule),
        by_amount=_by_amount(rule),
    )


def _wakes(steps: tuple[Step, ...]) -> Wakes:
    always: list[int] = []
    held: list[int] = []
    by_day: list[tuple[int, int]] = []
    after: dict[tuple[str, str | None], list[int]] = {}
    for place, step in enumerate(steps):
        if step.rhythm is not None:
            always.append(place)
        for trigger in step.when:
            if trigger.ending:
                continue
            if trigger.after and not trigger.finding:
                for ended in trigger.after.items():
                    after.setdefault(ended, []).append(place)
            elif trigger.dpd and not (trigger.lead or trigger.finding or trigger.business_day):
                by_day.append((trigger.dpd[0], place))
            else:
                (held if trigger.held else always).append(place)
    by_day.sort()
    return Wakes(
        always=tuple(always),
        held=tuple(held),
        days=tuple(day for day, _ in by_day),
        by_day=tuple(place for _, place in by_day),
        after={ended: tuple(places) for ended, places in after.items()},
    )


def _by_amount(rule: StepRule) -> bool:
    return any(isinstance(needed, Predicate) and needed.by_amount for needed in rule.if_)


def _recurs(rule: StepRule) -> bool:
    numbers = sum(len(trigger.dpd or ()) + len(trigger.business_day or ()) for trigger in rule.when)
    return rule.cadence is not None or any(trigger.cell for trigger in rule.when) or numbers > 1


def _may_be_needless(step: Step) -> bool:
    return bool(step.rule.unless) or any(trigger.promise for trigger in step.when)


def _moves(step: Step) -> bool:
    """Whether the instants of a step depend on the calendar or on contacts, not on days past due alone."""
    triggers = any(t.business_day or t.lead or t.held or "lost_contact" in t.finding for t in step.when)
    return step.rhythm is not None or triggers


def _rhythm(rule: StepRule, settings: dict[str, SettingValue]) -> Rhythm | None:
    cadence = rule.cadence
    if cadence is None:
        return None
    if cadence.every_days:
        spread = cadence.every_days
        return Rhythm(earliest=_number(spread.earliest, settings), latest=_number(spread.latest, settings))
    return Rhythm(_number(cadence.times, settings), str(settings.get(cadence.per or "", cadence.per)))


def outcomes_of(rule: StepRule) -> tuple[str, ...]:
    """How a step can end, the favourable outcome first."""
    if rule.ask:
        usual = rule.ask.outcomes or DEFAULT_OUTCOMES[rule.ask.what]
        return (*usual, ATTEMPTED) if rule.cadence else usual
    return SENT_OUTCOMES if rule.send else ("done",)


def _openers(rule: StepRule, settings: dict[str, SettingValue]) -> tuple[str, ...]:
    if rule.on_demand is None:
        return ()
    by = rule.on_demand.by
    return _roles(by.all, settings) if isinstance(by, AllOf) else by


def _trigger(trigger: Trigger, settings: dict[str, SettingValue]) -> Trigger:
    if trigger.dpd_setting is not None:
        trigger = trigger.model_copy(update={"dpd": (_number(trigger.dpd_setting, settings),)})
    if trigger.agreement:
        trigger = trigger.model_copy(update={"days_before": _number(trigger.days_before, settings)})
    if not isinstance(trigger.every, Every):
        return trigger
    values = {name: str(settings.get(value, value)) for name, value in trigger.every if value is not None}
    return trigger.model_copy(update={"every": Every(**values)})


def _asked(rule: StepRule, ask: Ask, policy: Policy, settings: dict[str, SettingValue]) -> Asked:
    roles, mode, needed = _who(ask.of, settings)
    committee = len(roles) == 1 and policy.roles[roles[0]].committee
    outcomes = outcomes_of(rule)
    start = ask.start_within.business_days if ask.start_within else None
    return Asked(
        what=ask.what,
        roles=roles,
        mode=mode,
        outcomes=outcomes,
        people=ask.people or 0,
        team=ask.team,
        preselected=ask.preselected,
        preselected_if=ask.preselected_if,
        report=ask.report,
        choices=ask.choices,
        needed=needed,
        limits={role: _limit(names, settings) for role, names in ask.limits.items()},
        within=_deadline(ask, committee, settings),
        start_within=None if start is None else _number(start, settings),
    )


Who = tuple[tuple[str, ...], Mode, int]


def _who(of: str | AllOf | AnyOf | NOf | InSequence, settings: dict[str, SettingValue]) -> Who:
    match of:
        case str():
            return (of,), "any", 0
        case AllOf():
            return _roles(of.all, settings), "all", 0
        case AnyOf():
            return _roles(of.any, settings), "any", 0
        case NOf():
            return _roles(of.n_of.roles, settings), "n_of", _number(of.n_of.n, settings)
        case InSequence():
            return of.sequence, "sequence", 0


def _limit(names: tuple[str, ...], settings: dict[str, SettingValue]) -> Limit:
    """Settings of type money are amounts, integers shares in per cent."""
    values = [settings[name] for name in names]
    return Limit(
        amount=next((Decimal(str(value)) for value in values if not isinstance(value, int)), None),
        per_cent=next((value for value in values if isinstance(value, int)), None),
    )


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
