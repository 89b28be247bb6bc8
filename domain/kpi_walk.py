"""The life of an account for the key figures: what was overdue on each day and what was collected of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from domain.aging import days_past_due
from domain.base import days
from domain.buyback import bought_back_on
from domain.ledger import AccountFacts, HoldFact, Posting, PostingKind
from domain.money import ZERO, rounded
from domain.replay import Owed, effective_postings, replayed
from domain.terms import Terms

DAWN = date.min


@dataclass(frozen=True, slots=True)
class Level:
    """An amount by what it is for, in the account's currency; charges: costs and penalty interest."""

    principal: Decimal = ZERO
    interest: Decimal = ZERO
    charges: Decimal = ZERO

    @property
    def rent(self) -> Decimal:
        """Principal and interest."""
        return self.principal + self.interest

    @property
    def total(self) -> Decimal:
        return self.principal + self.interest + self.charges

    def __add__(self, other: Level) -> Level:
        return Level(
            self.principal + other.principal, self.interest + other.interest, self.charges + other.charges
        )  # fmt: skip

    def __sub__(self, other: Level) -> Level:
        return Level(
            self.principal - other.principal, self.interest - other.interest, self.charges - other.charges
        )  # fmt: skip


NOTHING = Level()


@dataclass(frozen=True, slots=True)
class Reading:
    """How an account's days are counted."""

    terms: Terms
    holds: tuple[HoldFact, ...] = ()

    def dpd(self, oldest: date | None, day: date) -> int:
        """Days past due at the end of a day (L2.3)."""
        return days_past_due(oldest, day, self.terms, self.holds)[1]

    def reaches(self, oldest: date, bound: int) -> date:
        """The first day with so many days past due, if nothing is paid until then."""
        day = oldest + days(bound + self.terms.grace_days)
        while (short := bound - self.dpd(oldest, day)) > 0:
            day += days(short)
        return day


@dataclass(frozen=True, slots=True)
class State:
    """An account from the end of the day `since` until something happens again.

    oldest: due date of the oldest thing unpaid; None: nothing is. unpaid: what was due before `since`, with costs and
    earlier penalty interest. fresh: what fell due on `since`, overdue from the day after. penalty: of the present
    delinquency at the end of `since`; per_day: what it grows by. to_come: principal that is not due yet.
    """

    since: date = DAWN
    oldest: date | None = None
    unpaid: Level = NOTHING
    fresh: Level = NOTHING
    penalty: Decimal = ZERO
    per_day: Decimal = ZERO
    to_come: Decimal = ZERO

    def level(self, day: date) -> Level:
        """What is unpaid of what was due before `day`, at the end of that day before anything is posted."""
        if self.oldest is None:
            return NOTHING
        penalty = max(ZERO, rounded(self.penalty + self.per_day * (day - self.since).days))
        due = self.unpaid + self.fresh if day > self.since else self.unpaid
        return due + Level(charges=penalty)

    @property
    def balance(self) -> Decimal:
        """Outstanding principal, due or not."""
        return self.unpaid.principal + self.fresh.principal + self.to_come


@dataclass(frozen=True, slots=True)
class Turn:
    """A day on which something fell due or was posted.

    collected: paid on what had been due before the day. received: paid on rents, punctual ones included.
    fallen_due: rents that fell due. cost: charged to the account. behind_from: first day past due of the delinquency
    that was cured on this day. realised: what a disposal brought in; part of it is collected, and cures nothing.
    """

    day: date
    before: State
    after: State
    collected: Level
    received: Decimal
    fallen_due: Decimal
    cost: Decimal
    behind_from: date | None
    realised: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class History:
    """The turns of an account in order, and how its days are counted."""

    first: State
    turns: tuple[Turn, ...]
    reading: Reading

    def at(self, day: date) -> State:
        """The state at the end of a day."""
        found = self.first
        for turn in self.turns:
            if turn.day > day:
                break
            found = turn.after
        return found


def history_of(account: AccountFacts, until: date, terms: Terms, ends: date | None = None) -> History:
    """The life of an account up to the end of `until`, with everything the ledger says now.

    Proceeds of a disposal are collected like money of the customer, and cure nothing (L7.3): the days go on. A
    payment that was taken back was never collected, whenever it was taken back; with the setting `return_date` it
    was, and the return is a new debt. After a buyback, and after `ends` for an account that is over, nothing is
    owed.
    """
    reading = Reading(terms, account.holds)
    postings = _standing_postings(account, until, terms)
    first = State(to_come=sum((i.principal for i in account.schedule), ZERO))
    state, seen, behind = first, _Seen(), None
    turns: list[Turn] = []
    costs, realised = _by_day(postings, PostingKind.COST), _by_day(postings, PostingKind.DISPOSAL_PROCEEDS)
    bought = bought_back_on(account, until)
    over = min((day for day in (bought, ends) if day is not None), default=None)
    behind_by_itself = _without_proceeds(account, until, terms, postings)
    for day, owed in replayed(account, until, terms, postings):
        behind = behind or _behind(state, day, reading)
        gone = over is not None and day >= over
        settled = _state(owed, day, sum((i.principal for i in account.schedule if i.due > day), ZERO))
        if behind_by_itself:
            settled = replace(settled, oldest=_last(behind_by_itself, day))
        after = State(since=day) if gone else settled
        cured = behind if settled.oldest is None else None
        collected, received, fallen_due = seen.movement(owed, state.level(day))
        sold = realised.get(day, ZERO)
        turns.append(Turn(day, state, after, collected, received, fallen_due, costs.get(day, ZERO), cured, sold))
        state, behind = after, behind if after.oldest else None
        if gone:
            break
    return History(first, tuple(turns), reading)


def _by_day(postings: Sequence[Posting], kind: PostingKind) -> dict[date, Decimal]:
    found: dict[date, Decimal] = {}
    for posting in postings:
        if posting.kind is kind:
            found[posting.value_date] = found.get(posting.value_date, ZERO) + posting.amount
    return found


def _without_proceeds(
    account: AccountFacts, until: date, terms: Terms, postings: Sequence[Posting]
) -> list[tuple[date, date | None]]:
    """Since when which due date is the oldest one that the customer has not paid; empty when nothing was sold."""
    own = [posting for posting in postings if posting.kind is not PostingKind.DISPOSAL_PROCEEDS]
    if len(own) == len(postings):
        return []
    return [(day, _oldest(owed)) for day, owed in replayed(account, until, terms, own)]


def _last(oldest: Sequence[tuple[date, date | None]], day: date) -> date | None:
    return next((found for since, found in reversed(oldest) if since <= day), None)


def _oldest(owed: Owed) -> date | None:
    return None if owed.required() <= owed.terms.tolerance else owed.oldest()


def _standing_postings(account: AccountFacts, until: date, terms: Terms) -> list[Posting]:
    found = effective_postings(account, until, terms)
    if terms.returned_payment == "return_date":
        return found
    taken_back = {posting.reverses for posting in account.postings if posting.kind is PostingKind.REVERSAL}
    return [posting for posting in found if posting.id not in taken_back]


class _Seen:
    """What a replay showed on the day before, to tell what moved."""

    def __init__(self) -> None:
        self.interest: list[Decimal] = []
        self.principal: list[Decimal] = []
        self.allocated = ZERO

    def movement(self, owed: Owed, before: Level) -> tuple[Level, Decimal, Decimal]:
        """(collected on what had been due, received on rents, rents that fell due) since the last call."""
        known = len(self.principal)
        principal = sum(self.principal, ZERO) - sum(owed.principal[:known], ZERO)
        interest = sum(self.interest, ZERO) - sum(owed.interest[:known], ZERO)
        fallen_due = sum((instalment.rent for instalment in owed.due[known:]), ZERO)
        left = sum(owed.principal[known:], ZERO) + sum(owed.interest[known:], ZERO)
        received = principal + interest + fallen_due - left
        charges = owed.allocated - self.allocated - received
        self.principal, self.interest = list(owed.principal), list(owed.interest)
        self.allocated = owed.allocated
        return Level(principal, interest, min(charges, before.charges)), received, fallen_due


def _state(owed: Owed, day: date, to_come: Decimal) -> State:
    """What a replay shows at the end of a day; what fell due on it stands last in its lists."""
    old = len(owed.due)
    while old and owed.due[old - 1].due == day:
        old -= 1
    fresh = Level(sum(owed.principal[old:], ZERO), sum(owed.interest[old:], ZERO))
    principal, interest = sum(owed.principal[:old], ZERO), sum(owed.interest[:old], ZERO)
    return State(
        since=day,
        oldest=_oldest(owed),
        unpaid=Level(principal, interest, owed.costs + owed.earlier),
        fresh=fresh,
        penalty=owed.current,
        per_day=(principal + interest + fresh.rent) * owed.rate,
        to_come=to_come,
    )


def _behind(state: State, day: date, reading: Reading) -> date | None:
    """Since when the account has been past due, if it is by that day."""
    if state.oldest is None:
        return None
    first = reading.reaches(state.oldest, 1)
    return first if first <= day else None


def bounds(limits: Sequence[int], state: State, reading: Reading, after: date, until: date) -> list[date]:
    """The days in (after, until] on which one of these numbers of days past due is reached, in order."""
    if state.oldest is None or reading.dpd(state.oldest, until) == 0:
        return []
    found = (reading.reaches(state.oldest, limit) for limit in limits)
    return [day for day in found if after < day <= until]
