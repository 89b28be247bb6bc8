"""Who owns a case: the least loaded of those who may hold it, or nobody, with the reason (B2.2.1.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from domain.base import Frozen
from domain.distribution_rule import Distribution, Holder, Risk
from domain.money import ZERO

Why = Literal[
    "stays", "least_loaded", "no_holder", "nobody_in_role", "nobody_with_skill", "nobody_there", "all_away", "all_full",
]  # fmt: skip


class Work(Frozen):
    """A case as far as its distribution goes. owner None: nobody. rank: the lower, the earlier handed out (Z3.1b)."""

    case_no: str
    owner: str | None = None
    bucket: str | None = None
    risk: Risk = "low"
    overdue: Decimal = ZERO
    branch: str = ""
    region: str = ""
    rank: int = 0


class Candidate(Frozen):
    """Somebody who may own cases. branch, region: "" is anywhere. load: cases owned now; capacity None: any number."""

    user: str
    roles: tuple[str, ...]
    skills: tuple[str, ...] = ()
    branch: str = ""
    region: str = ""
    capacity: int | None = None
    load: int = 0
    away: bool = False


@dataclass(frozen=True)
class Given:
    """What became of one case. owner None: it is in the queue, and `why` says what is missing there."""

    work: Work
    owner: str | None
    why: Why
    role: str | None

    @property
    def changes(self) -> bool:
        """Whether the case has another owner than before."""
        return self.owner != self.work.owner


def holder_of(rule: Distribution, work: Work, amounts: Mapping[str, Decimal]) -> Holder | None:
    """The first entry that fits; None when the policy names nobody. amounts: the settings that are amounts."""
    for holder in rule.holders:
        enough = holder.overdue_from is None or work.overdue >= amounts[holder.overdue_from]
        if enough and _among(work.bucket, holder.bucket) and _among(work.risk, holder.risk):
            return holder
    return None


def _among(value: str | None, allowed: Sequence[str]) -> bool:
    return not allowed or value in allowed


def may_hold(candidate: Candidate, work: Work, holder: Holder) -> bool:
    """Whether somebody is of the role, has the skill and works where the case is; absence and load aside."""
    return all(test(candidate) for _, test in _lasting(work, holder))


def choose(work: Work, holder: Holder | None, staff: Iterable[Candidate]) -> Given:
    """The owner of one case: as before if they still may hold it, else the least loaded; ties go by user name.

    Nobody who is away is given a new case, nor anybody whose capacity is reached. What nobody can take waits in the
    queue, with the first thing that was missing as the reason.
    """
    if holder is None:
        return Given(work, None, "no_holder", None)
    left = list(staff)
    if any(one.user == work.owner and may_hold(one, work, holder) for one in left):
        return Given(work, work.owner, "stays", holder.role)
    for missing, test in (*_lasting(work, holder), *_TODAY):
        left = [one for one in left if test(one)]
        if not left:
            return Given(work, None, missing, holder.role)
    best = min(left, key=lambda one: (one.load, one.user))
    return Given(work, best.user, "least_loaded", holder.role)


def hand_out(work: Iterable[tuple[Work, Holder | None]], staff: Iterable[Candidate]) -> list[Given]:
    """Many cases one after the other, key accounts first (Z3.1b); each changes the loads for those after it."""
    people = {one.user: one for one in staff}
    found: list[Given] = []
    for one, holder in sorted(work, key=lambda pair: (pair[0].rank, pair[0].case_no)):
        given = choose(one, holder, people.values())
        if given.changes:
            _shift(people, one.owner, -1)
            _shift(people, given.owner, +1)
        found.append(given)
    return found


def stand_ins(today: Mapping[str, str]) -> dict[str, str]:
    """Who does the work of whom, from who is away today and their substitutes: one who is away too hands it on.

    Away in a circle nobody stands in: their work is only in the lists of their roles.
    """
    found: dict[str, str] = {}
    for user in today:
        seen, substitute = {user}, today[user]
        while substitute in today and substitute not in seen:
            seen.add(substitute)
            substitute = today[substitute]
        if substitute not in seen:
            found[user] = substitute
    return found


def _lasting(work: Work, holder: Holder) -> tuple[tuple[Why, Callable[[Candidate], bool]], ...]:
    return (
        ("nobody_in_role", lambda one: holder.role in one.roles),
        ("nobody_with_skill", lambda one: holder.skill is None or holder.skill in one.skills),
        ("nobody_there", lambda one: one.branch in ("", work.branch) and one.region in ("", work.region)),
    )


_TODAY: tuple[tuple[Why, Callable[[Candidate], bool]], ...] = (
    ("all_away", lambda one: not one.away),
    ("all_full", lambda one: one.capacity is None or one.load < one.capacity),
)


def _shift(people: dict[str, Candidate], user: str | None, by: int) -> None:
    if user in people:
        people[user] = people[user].model_copy(update={"load": people[user].load + by})
