"""Whether a case file makes sense: dates, amounts, reversals, holds, buckets, and the words of the policy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from zoneinfo import available_timezones

from commands.case_file import CaseFile, FileAccount
from domain.compiled import outcomes_of
from domain.errors import Invalid, Problem
from domain.ladder import Ladder
from domain.ledger import PostingKind
from domain.policy import Bucket
from domain.policy_file import Path, Source


def check_account(file: CaseFile, source: Source) -> list[Problem]:
    """What must be right for a standing."""
    found = [*_schedule(file.account, source), *_holds(file.account, source), *_postings(file, source)]
    if file.account.time_zone not in available_timezones():
        place = source.place(("account", "time_zone"))
        found.append(Problem(place, f"unknown time zone {file.account.time_zone}", "an IANA name like Asia/Shanghai"))
    return [*found, *_buckets(file.settings.buckets or (), source)]


def check_script(file: CaseFile, ladder: Ladder, source: Source) -> list[Problem]:
    """What must be right besides for a simulation: steps, outcomes and roles that the policy knows."""
    return [
        *_counting(file, source),
        *_history(file, ladder, source),
        *_answers(file, ladder, source),
        *_commands(file, ladder, source),
    ]


def refuse(problems: list[Problem]) -> None:
    """Raise Invalid when there is anything to complain of."""
    if problems:
        raise Invalid(list(dict.fromkeys(problems)))


def _schedule(account: FileAccount, source: Source) -> Iterator[Problem]:
    seen: set[int] = set()
    if not account.schedule:
        yield Problem(
            source.place(("account", "schedule")), "there is no instalment", "list at least one: {due, amount}"
        )
    for index, row in enumerate(account.schedule):
        place = source.place(("account", "schedule", index))
        if (row.amount is None) == (row.principal is None):
            yield Problem(place, "an instalment has either an amount or a principal", "give one of them")
        elif row.amount is not None and row.interest:
            yield Problem(place, "interest stands beside an amount", "give principal and interest instead")
        number = row.no or index + 1
        if number in seen:
            yield Problem(place, f"instalment {number} stands twice", "number them 1, 2, 3 ... or leave `no` out")
        seen.add(number)


def _holds(account: FileAccount, source: Source) -> Iterator[Problem]:
    for index, hold in enumerate(account.holds):
        place = source.place(("account", "holds", index))
        if hold.end < hold.start:
            yield Problem(
                place, f"the hold ends {hold.end}, before it starts", "end is the day after the last held day"
            )
        for other in account.holds[:index]:
            if hold.start < other.end and other.start < hold.end:
                yield Problem(
                    place, f"overlaps the hold {other.start} to {other.end}", "end one before the other starts"
                )


def _postings(file: CaseFile, source: Source) -> Iterator[Problem]:
    ids: dict[str, PostingKind] = {}
    reversed_ids: set[str] = set()
    for number, row in enumerate(file.postings, start=1):
        place = source.place(("postings", number - 1))
        name = row.id or f"posting-{number}"
        if name in ids:
            yield Problem(place, f"posting {name} stands twice", "give each an id of its own")
        if row.at is None and row.value_date is None:
            yield Problem(place, "neither at nor value_date is given", "give one of them")
        if row.kind is PostingKind.REVERSAL:
            if ids.get(row.reverses or "", PostingKind.REVERSAL) is PostingKind.REVERSAL:
                yield Problem(place, f"reverses {row.reverses}, which is no earlier payment", "name an id above it")
            elif row.reverses in reversed_ids:
                yield Problem(place, f"{row.reverses} is taken back twice", "remove one of the reversals")
            reversed_ids.add(row.reverses or "")
        elif row.reverses:
            yield Problem(place, f"a {row.kind.value} reverses nothing", "kind: reversal, or leave `reverses` out")
        elif not row.amount:
            yield Problem(place, "the amount is missing or 0", "an amount above 0")
        ids[name] = row.kind


def _buckets(buckets: tuple[Bucket, ...], source: Source) -> Iterator[Problem]:
    before: Bucket | None = None
    for index, bucket in enumerate(buckets):
        place = source.place(("settings", "buckets", index))
        if bucket.from_ < 1 or (bucket.to is not None and bucket.to < bucket.from_):
            yield Problem(place, f"bucket {bucket.id} holds no day", "from 1 on, and `to` not below `from`")
        if before and (before.to is None or bucket.from_ <= before.to):
            yield Problem(
                place, f"buckets {before.id} and {bucket.id} overlap", "let each begin a day after the one before"
            )
        before = bucket


def _counting(file: CaseFile, source: Source) -> Iterator[Problem]:
    """Triggers are calendar days past due: grace and a stopped clock are readings of a standing."""
    if file.settings.grace_days or file.settings.holds == "stop_clock" or file.settings.buckets:
        for name in ("grace_days", "holds", "buckets"):
            if getattr(file.settings, name):
                yield Problem(
                    source.place(("settings", name)),
                    f"{name} changes a standing, not the days of a ladder",
                    "remove it here; another ladder is another policy file (--policy)",
                )


def _history(file: CaseFile, ladder: Ladder, source: Source) -> Iterator[Problem]:
    for index, item in enumerate(file.account.history):
        step = ladder.by_id.get(item.step)
        outcome = item.outcome if step and step.asked else None  # only answers have outcomes that matter later
        yield from _ended(ladder, item.step, outcome, source, ("account", "history", index))


def _answers(file: CaseFile, ladder: Ladder, source: Source) -> Iterator[Problem]:
    for index, answer in enumerate(file.staff_answers):
        path: Path = ("staff_answers", index)
        given = [*answer.answers.values(), *([answer.outcome] if answer.outcome else [])]
        if not given:
            yield Problem(source.place(path), "says neither outcome nor answers", "outcome: first, for example")
        yield from _roles(ladder, answer.answers, source, path)
        if answer.step != "*":
            for outcome in given:
                yield from _ended(ladder, answer.step, outcome, source, path)


def _commands(file: CaseFile, ladder: Ladder, source: Source) -> Iterator[Problem]:
    for index, plan in enumerate(file.commands):
        path: Path = ("commands", index)
        yield from _roles(ladder, [plan.role], source, path)
        if plan.do in ("open_step", "answer", "start_task") and plan.step is None:
            yield Problem(source.place(path), f"{plan.do} needs a step", "step: one of the policy")
        if plan.do == "answer" and plan.outcome is None:
            yield Problem(source.place(path), "answer needs an outcome", "outcome: one that the step allows")
        if plan.do == "end_hold" and plan.hold not in ladder.holds:
            yield Problem(source.place(path), f"unknown hold {plan.hold}", f"one of: {', '.join(ladder.holds)}")
        if plan.do == "end_hold" and not plan.document:
            yield Problem(source.place(path), "end_hold needs the document that ends it", "document: its kind")
        if plan.do == "correct_entry" and (plan.seq is None or not plan.reason):
            yield Problem(source.place(path), "correct_entry needs seq and reason", "give both")
        if plan.step:
            yield from _ended(ladder, plan.step, plan.outcome, source, path)


def _ended(ladder: Ladder, step: str, outcome: str | None, source: Source, path: Path) -> Iterator[Problem]:
    found = ladder.by_id.get(step)
    if found is None:
        yield Problem(source.place((*path, "step")), f"unknown step {step}", _near(step, ladder.by_id))
    elif outcome not in (None, "first", *outcomes_of(found.rule)):
        remedy = f"one of: {', '.join(outcomes_of(found.rule))}"
        yield Problem(source.place((*path, "outcome")), f"{step} never ends with {outcome}", remedy)


def _roles(ladder: Ladder, roles: Iterable[str], source: Source, path: Path) -> Iterator[Problem]:
    for role in roles:
        if role not in ladder.policy.roles:
            yield Problem(source.place((*path, "role")), f"unknown role {role}", _near(role, ladder.policy.roles))


def _near(word: str, known: Iterable[str]) -> str:
    near = get_close_matches(word, list(known), n=1)
    return f"do you mean {near[0]}?" if near else "name one of this policy; `arrears policy check` lists the settings"
