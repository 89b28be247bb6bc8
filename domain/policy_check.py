"""Whether a policy makes sense together with the company's settings; says everything that is wrong at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from domain.authority_check import check_authority
from domain.before_due_check import check_before_due
from domain.company_check import check_company, effective
from domain.compiled import compile_ladder, outcomes_of
from domain.distribution_check import check_distribution
from domain.errors import Invalid, Problem
from domain.ladder import Ladder
from domain.policy import Policy
from domain.policy_file import Path, Source, digest, parse_company, parse_policy, read_source
from domain.standard_holds import with_reviews, with_standard_holds
from domain.step_rule import DOCUMENTS, AllOf, AnyOf, InSequence, NOf, OnDemand, StepRule
from domain.trigger_check import check_step


def load_ladder(policy_text: str, policy_name: str, company_text: str, company_name: str) -> Ladder:
    """A policy with its company settings, ready to run. Raises Invalid with every fault of both files."""
    policy_source = read_source(policy_text, policy_name)
    company_source = read_source(company_text, company_name)
    policy = with_standard_holds(parse_policy(policy_source), policy_source)
    company = parse_company(company_source)
    problems = [*check_policy(policy, policy_source), *check_company(policy, company, company_source)]
    if problems:
        raise Invalid(problems)
    values = company.policies[policy.id]
    return compile_ladder(with_reviews(policy), digest(policy_text), digest(company_text), effective(policy, values))


def check_policy(policy: Policy, source: Source) -> list[Problem]:
    """Contradictions inside a policy: buckets, roles, documents, steps, days."""
    found = [*_buckets(policy, source), *_role_heads(policy, source), *_twice(policy, source)]
    for section, rules in (("steps", policy.steps), ("portfolio", policy.portfolio)):
        for index, rule in enumerate(rules):
            found += _step(policy, rule, source, (section, index))
    found += [*_holds(policy, source), *_rule_names(policy, source), *check_before_due(policy, source)]
    found += _early_warning(policy, source)
    found += check_distribution(policy, source)
    found += _agencies(policy, source)
    for reason, closing in policy.closing.items():
        found += _references(policy, closing.after, source, ("closing", reason))
    return found


def _agencies(policy: Policy, source: Source) -> Iterator[Problem]:
    """What places a case with an agency or takes it back is asked of people; what is placed can be taken back."""
    named = {rule.agency: index for index, rule in enumerate(policy.steps) if rule.agency}
    for kind, index in named.items():
        if policy.steps[index].ask is None:
            yield Problem(source.place(("steps", index, "agency")), f"nobody is asked to {kind} it", "add an ask")
    if "place" in named and "recall" not in named:
        place = source.place(("steps", named["place"], "agency"))
        yield Problem(place, "no step takes back what is placed", "add a step with agency: recall")


def _buckets(policy: Policy, source: Source) -> Iterator[Problem]:
    buckets = policy.buckets.list
    for index, (before, after) in enumerate(pairwise(buckets)):
        place = source.place(("buckets", "list", index + 1))
        if before.to is None or after.from_ <= before.to:
            yield Problem(
                place,
                f"buckets {before.id} and {after.id} overlap",
                "let each begin a day after the one before",
            )
        elif after.from_ > before.to + 1:
            yield Problem(
                place,
                f"gap between buckets {before.id} and {after.id}",
                f"begin {after.id} at {before.to + 1}",
            )
    if buckets[0].from_ != 1:
        yield Problem(source.place(("buckets", "list", 0)), "the first bucket does not begin at 1", "from: 1")
    if buckets[-1].to is not None:
        yield Problem(source.place(("buckets", "list", len(buckets) - 1)), "the last bucket ends", "leave out its `to`")


def _role_heads(policy: Policy, source: Source) -> Iterator[Problem]:
    for name, role in policy.roles.items():
        if role.head and role.head not in policy.roles:
            yield Problem(source.place(("roles", name)), f"unknown role {role.head}", "name a role of this policy")
    for what in (policy.owner, policy.approver):
        if what not in policy.roles:
            yield Problem(source.place(("owner",)), f"unknown role {what}", "name a role of this policy")


def _early_warning(policy: Policy, source: Source) -> Iterator[Problem]:
    asked = policy.early_warning
    if asked is None:
        return
    if asked.of not in policy.roles:
        yield Problem(source.place(("early_warning", "of")), f"unknown role {asked.of}", "name a role of this policy")
    setting = policy.settings.get(str(asked.within))
    if isinstance(asked.within, str) and (setting is None or setting.type != "integer"):
        place = source.place(("early_warning", "within"))
        yield Problem(place, f"{asked.within} is no setting", "a number, or a setting of type integer")


def _twice(policy: Policy, source: Source) -> Iterator[Problem]:
    seen: set[str] = set()
    for section, rules in (("steps", policy.steps), ("portfolio", policy.portfolio)):
        for index, rule in enumerate(rules):
            if rule.id in seen:
                yield Problem(
                    source.place((section, index)),
                    f"step {rule.id} stands twice",
                    "give it a name of its own",
                )
            seen.add(rule.id)


def _step(policy: Policy, rule: StepRule, source: Source, path: Path) -> Iterator[Problem]:
    place = source.place((*path, "id"))
    acts = [act for act in (rule.ask, rule.send, rule.file, rule.issue, rule.run) if act is not None]
    if len(acts) != 1:
        yield Problem(place, f"{rule.id} does {len(acts)} things", "give it exactly one of ask, send, file, issue, run")
    if not rule.when and rule.on_demand is None and rule.cadence is None:
        yield Problem(place, f"{rule.id} can never happen", "say when, or on_demand")
    if not outcomes_of(rule):
        yield Problem(place, f"{rule.id} allows no outcome", "list its outcomes")
    for role in _roles_of(policy, rule):
        if role not in policy.roles:
            yield Problem(
                place,
                f"{rule.id}: unknown role {role}",
                "name a role of this policy, or a setting of type roles",
            )
    for document in _documents_of(rule):
        if document not in DOCUMENTS:
            yield Problem(place, f"{rule.id}: unknown document {document}", "use a known kind of document")
    if (rule.suit or (rule.ask and rule.ask.choices)) and (rule.ask is None or rule.ask.what != "task"):
        yield Problem(place, f"{rule.id}: only a task begins a suit or is answered by one", "ask for a task")
    yield from _triggers(policy, rule, source, path)
    yield from check_step(policy, rule, source, path)
    yield from check_authority(policy, rule, source, path)


def _rule_names(policy: Policy, source: Source) -> Iterator[Problem]:
    """Every rule cited anywhere is one of this regulation."""
    prefixes = "|".join((policy.rule_prefix, *policy.frameworks, "S"))  # S: rules of every regulation
    pattern = re.compile(rf"({prefixes})\d+(\.\d+)*[a-z]*")
    cited: list[tuple[Path, tuple[str, ...]]] = [
        (("standing",), policy.standing.rules),
        (("buckets",), policy.buckets.rules),
        *((("settings", name), setting.rules) for name, setting in policy.settings.items()),
        (("opening",), policy.opening),
        (("contact_rules",), policy.contact_rules),
        (("occurrence",), policy.occurrence.rules if policy.occurrence else ()),
        (("early_warning",), policy.early_warning.rules if policy.early_warning else ()),
        *((("steps", index), rule.rules) for index, rule in enumerate(policy.steps)),
        *((("portfolio", index), rule.rules) for index, rule in enumerate(policy.portfolio)),
        *((("before_due", index), rule.rules) for index, rule in enumerate(policy.before_due)),
        *((("holds", index), hold.rules) for index, hold in enumerate(policy.holds)),
        *((("closing", reason), closing.rules) for reason, closing in policy.closing.items()),
        *_of_distribution(policy),
    ]
    for path, names in cited:
        for name in (name for name in names if not pattern.fullmatch(name)):
            place = source.place((*path, "rules"))
            yield Problem(place, f"{name} is no rule of {policy.rule_prefix}", f"e.g. {policy.rule_prefix}4.2b")


def _of_distribution(policy: Policy) -> Iterator[tuple[Path, tuple[str, ...]]]:
    if policy.distribution is not None:
        yield ("distribution",), policy.distribution.rules
        key = policy.distribution.key_accounts
        yield ("distribution", "key_accounts"), key.rules if key else ()


def _triggers(policy: Policy, rule: StepRule, source: Source, path: Path) -> Iterator[Problem]:
    for index, trigger in enumerate(rule.when):
        yield from _references(policy, trigger.after, source, (*path, "when", index))
        if trigger.dpd and any(later <= earlier for earlier, later in pairwise(trigger.dpd)):
            place = source.place((*path, "when", index))
            yield Problem(place, f"{rule.id}: the days do not ascend", "list each day once, the lowest first")
        for day in trigger.dpd or ():
            if not any(b.from_ <= day and (b.to is None or day <= b.to) for b in policy.buckets.list):
                yield Problem(
                    source.place((*path, "when", index)),
                    f"{rule.id}: no bucket holds day {day}",
                    "use a day from 1 on",
                )
    yield from _references(policy, rule.unless, source, (*path, "unless"))
    if rule.on_demand:
        yield from _references(policy, rule.on_demand.or_after, source, (*path, "on_demand"))
        yield from _references(policy, rule.on_demand.opens_case_until, source, (*path, "on_demand"))
    for index, need in enumerate(rule.needs):
        yield from _references(policy, need, source, (*path, "needs", index))
    if rule.send and rule.send.signed_in:
        yield from _references(policy, {rule.send.signed_in: "signed"}, source, (*path, "send"))
    for name in (rule.ask.locality, rule.ask.substitute) if rule.ask else ():
        if name is not None and name not in {step.id for step in policy.steps}:
            yield Problem(source.place((*path, "ask")), f"unknown step {name}", "name a step of this policy")
    for name in _setting_names(rule):
        setting = policy.settings.get(name)
        if setting is None or setting.type not in ("integer", "roles", "weekday", "choice", "boolean"):
            yield Problem(source.place(path), f"{rule.id}: unknown setting {name}", "declare it under settings")


def _setting_names(rule: StepRule) -> Iterator[str]:
    ask = rule.ask
    for within in (ask.within, ask.start_within) if ask else ():
        for value in (within.business_days, within.dpd, within.meeting) if within else ():
            if isinstance(value, str):
                yield value
    group = _group(ask.of) if ask else ()
    if isinstance(group, str):
        yield group
    if rule.on_demand and isinstance(rule.on_demand.longest, str):
        yield rule.on_demand.longest
    if rule.issue and isinstance(rule.issue.to, str):
        yield rule.issue.to
    if "vendor_notice" in rule.if_:
        yield "vendor_notice"
    if rule.repeat:
        yield rule.repeat


def _references(policy: Policy, named: dict[str, str], source: Source, path: Path) -> Iterator[Problem]:
    rules = {rule.id: rule for rule in (*policy.steps, *policy.portfolio)}
    for step, outcome in named.items():
        if step not in rules:
            yield Problem(source.place((*path, step)), f"unknown step {step}", "name a step of this policy")
        elif outcome not in outcomes_of(rules[step]):
            allowed = ", ".join(outcomes_of(rules[step]))
            yield Problem(source.place((*path, step)), f"{step} never ends with {outcome}", f"one of: {allowed}")


def _roles_of(policy: Policy, rule: StepRule) -> list[str]:
    found: list[str] = (
        list(rule.on_demand.by) if isinstance(rule.on_demand, OnDemand) and isinstance(rule.on_demand.by, tuple) else []
    )
    of = rule.ask.of if rule.ask else None
    if isinstance(of, str):
        found.append(of)
    elif isinstance(of, InSequence):
        found += of.sequence
    elif of is not None and not isinstance(group := _group(of), str):
        found += group
    found += [rule.file.by] if rule.file else []
    found += rule.ask.team if rule.ask else ()
    found += rule.issue.copy_to if rule.issue else ()
    return found


def _group(of: str | AllOf | AnyOf | NOf | InSequence) -> str | tuple[str, ...]:
    """The roles of an ask of several, or the setting that names them."""
    match of:
        case AllOf():
            return of.all
        case AnyOf():
            return of.any
        case NOf():
            return of.n_of.roles
        case _:
            return ()


def _documents_of(rule: StepRule) -> list[str]:
    named = [rule.document, rule.writes, rule.send and rule.send.document, rule.file and rule.file.document]
    named += [rule.issue and rule.issue.document, rule.on_demand and rule.on_demand.document]
    return [document for document in named if document]


def _holds(policy: Policy, source: Source) -> Iterator[Problem]:
    for index, hold in enumerate(policy.holds):
        path: Path = ("holds", index)
        yield from _references(policy, hold.placed_by, source, (*path, "placed_by"))
        if hold.ended_by is None and hold.end_date_from is None:
            yield Problem(source.place(path), f"hold {hold.id} can never end", "say ended_by or end_date_from")
        elif not hold.settled_by and hold.review is None and hold.end_date_from is None:
            remedy = "say end_date_from, settled_by or review"
            yield Problem(source.place(path), f"hold {hold.id} may be forgotten: it waits for nothing", remedy)
        for name, outcomes in hold.settled_by.items():
            for outcome in outcomes:
                yield from _references(policy, {name: outcome}, source, (*path, "settled_by"))
        named = (*(hold.ended_by.role if hold.ended_by else ()), *((hold.review.of,) if hold.review else ()))
        for role in named:
            if role not in policy.roles:
                yield Problem(source.place(path), f"unknown role {role}", "name a role of this policy")
        if hold.review and isinstance(hold.review.after, str) and hold.review.after not in policy.settings:
            place = source.place((*path, "review"))
            yield Problem(place, f"unknown setting {hold.review.after}", "declare it under settings")
        for number, stop in enumerate(hold.stops):
            yield from _references(policy, stop.until, source, (*path, "stops", number))
