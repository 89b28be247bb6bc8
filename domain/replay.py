"""Replays the ledger of an account day by day: what falls due, what is paid, what penalty interest accrues."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from domain.base import days
from domain.ledger import AccountFacts, Instalment, Posting, PostingKind
from domain.money import ZERO, rounded
from domain.terms import MOST_MISSED, Terms


class Accrual(NamedTuple):
    """Penalty interest of the days (since, until] on what was overdue; a payment of it has no days and a minus."""

    since: date
    until: date
    owed: Decimal
    amount: Decimal


class Owed:
    """Mutable working figures of one replay of the ledger.

    first: the oldest instalment not fully paid; what is paid stays paid within one replay and is not looked at again.
    """

    def __init__(self, terms: Terms, rate: Decimal) -> None:
        self.terms = terms
        self.rate = rate
        self.due: list[Instalment] = []
        self.first = 0
        self.interest: list[Decimal] = []
        self.principal: list[Decimal] = []
        self.costs = ZERO
        self.costs_since: date | None = None
        self.earlier = ZERO
        self.earlier_since: date | None = None
        self.carried = ZERO
        self.current = Decimal(0)
        self.credit = ZERO
        self.allocated = ZERO
        self.missed = 0
        self.missed_since: date | None = None
        self.missed_on: list[date] = []
        self.behind = False
        self.delinquencies = 0
        self.accruals: list[Accrual] = []
        self.day = date.min

    def accrue(self, since: date, until: date) -> None:
        """Penalty interest for the days (since, until] on rents that were due by `since`."""
        self.day = until
        if self.rate and until > since:
            owed = self.rents()
            if owed:
                self.accruals.append(Accrual(since, until, owed, owed * self.rate * (until - since).days))
                self.current += self.accruals[-1].amount

    def rents(self) -> Decimal:
        """Rents due and unpaid."""
        return sum(self.interest[self.first :], ZERO) + sum(self.principal[self.first :], ZERO)

    def fall_due(self, instalment: Instalment) -> None:
        """The rent of an instalment is owed, and with it the penalty interest carried forward (L2.2)."""
        self.due.append(instalment)
        self.interest.append(instalment.interest + ZERO)
        self.principal.append(instalment.principal + ZERO)
        if self.carried:
            self.earlier += self.carried
            self.carried = ZERO
            self.earlier_since = self.earlier_since or instalment.due

    def miss(self, day: date) -> None:
        """Rents of `day` unpaid at its end are missed: from the day after, whenever they are paid (H-Q1)."""
        late = sum(1 for instalment in self._unpaid() if instalment.due == day)
        if late:
            self.missed += late
            self.missed_since = day + days(1)
            self.missed_on += [self.missed_since] * (late if len(self.missed_on) < MOST_MISSED else 0)
            self.delinquencies += 0 if self.behind else 1
            self.behind = True

    def charge(self, posting: Posting) -> None:
        """Costs are owed from their value date on."""
        self.costs += posting.amount
        self.costs_since = self.costs_since or posting.value_date

    def realise(self, proceeds: Decimal) -> None:
        """Proceeds of a disposal go to the costs first, whatever the order of the contract; the rest is credit."""
        part = min(proceeds, self.costs)
        self.costs -= part
        self.allocated += part
        self.credit += proceeds - part

    def _take(self, owed: Decimal) -> Decimal:
        """How much of the credit goes to something owed; moves it from credit to allocated.

        Penalty interest that was paid or waived in whole cents may be less than nothing by a part of a cent.
        """
        part = max(ZERO, min(self.credit, owed))
        self.credit -= part
        self.allocated += part
        return part

    def allocate(self) -> None:
        """The credit on what is owed, in the order of the contract, oldest instalment first (L-Q19)."""
        for kind in self.terms.allocation:
            match kind:
                case "costs":
                    self.costs -= self._take(self.costs)
                case "earlier_penalty":
                    self.earlier -= self._take(self.earlier)
                case "interest" | "principal":
                    self._allocate_rents()
                case "current_penalty":
                    # what falls due tomorrow comes before a penalty that is carried forward anyway
                    self._pay_current()

    def _pay_current(self) -> None:
        paid = self._take(rounded(self.current))
        if paid:
            self.current -= paid
            self.accruals.append(Accrual(self.day, self.day, ZERO, -paid))

    def waive(self, amount: Decimal) -> None:
        """Penalty interest of this delinquency that is given up; never more than there is of it."""
        part = min(amount, rounded(self.current))
        if part:
            self.current -= part
            self.accruals.append(Accrual(self.day, self.day, ZERO, -part))

    def _allocate_rents(self) -> None:
        columns = self._rent_columns()
        while self.first < len(self.due):
            for column in columns if self.credit else ():
                column[self.first] -= self._take(column[self.first])
            if self.interest[self.first] or self.principal[self.first]:
                return
            self.first += 1

    def _unpaid(self) -> list[Instalment]:
        """The instalments due of which something is unpaid."""
        rows = zip(self.due[self.first :], self.interest[self.first :], self.principal[self.first :], strict=True)
        return [instalment for instalment, interest, principal in rows if interest + principal > 0]

    def _rent_columns(self) -> list[list[Decimal]]:
        order = [kind for kind in self.terms.allocation if kind in ("interest", "principal")]
        return [self.interest if kind == "interest" else self.principal for kind in order]

    def settle(self, day: date) -> None:
        """At the end of a day without arrears the penalty of this delinquency is carried forward (settled)."""
        if self.required() <= self.terms.tolerance:
            self.behind = False
            self.earlier_since = None
            self.costs_since = None
            self.accruals.clear()
            if self.current > 0:
                self.carried += rounded(self.current)
                self.current = Decimal(0)
            elif self.current:  # a payment rounded up: what is too much of it goes on
                self.accruals.append(Accrual(self.day, self.day, ZERO, self.current))

    def required(self) -> Decimal:
        """What must be paid for a cure of everything that fell due."""
        total = self.rents() + self.costs + self.earlier
        if self.terms.cure_includes_current_penalty:
            total += rounded(self.current)
        return total

    def oldest(self) -> date | None:
        """Due date of the oldest thing unpaid; earlier penalty interest belongs to the instalment it fell due with."""
        found = [instalment.due for instalment in self._unpaid()]
        if self.earlier and self.earlier_since:
            found.append(self.earlier_since)
        if self.costs and self.costs_since:
            found.append(self.costs_since)
        if not found and self.due and self.required() > 0:
            found.append(self.due[-1].due)
        return min(found, default=None)


def effective_postings(account: AccountFacts, as_of: date, terms: Terms) -> list[Posting]:
    """The postings that count on a day: reversed ones are gone from their value date on (S2, settled)."""
    known = [posting for posting in account.postings if posting.value_date <= as_of]
    if terms.returned_payment == "return_date":
        never = _never_there(account)
        return [p for p in known if p.kind is not PostingKind.REVERSAL and p.id not in never]
    taken_back = {posting.reverses for posting in known if posting.kind is PostingKind.REVERSAL}
    return [p for p in known if p.kind is not PostingKind.REVERSAL and p.id not in taken_back]


def _never_there(account: AccountFacts) -> set[str | None]:
    """Postings that were taken back for the day on which they were entered: money of another account, not returned."""
    days_of = {posting.id: posting.value_date for posting in account.postings}
    reversals = (posting for posting in account.postings if posting.kind is PostingKind.REVERSAL)
    return {p.reverses for p in reversals if days_of.get(p.reverses or "") == p.value_date}


def _schedule(account: AccountFacts, as_of: date, terms: Terms) -> list[Instalment]:
    """The schedule; a returned payment is a new debt of its return date where the setting says so (V025)."""
    found = list(account.schedule)
    if terms.returned_payment == "return_date":
        never_paid = (PostingKind.BUYBACK_CLAIM, PostingKind.WRITE_OFF)
        never = _never_there(account)
        owed_anew = [p for p in account.postings if p.kind not in never_paid and p.id not in never]
        amounts = {posting.id: posting.amount for posting in owed_anew}
        for posting in account.postings:
            returned = posting.kind is PostingKind.REVERSAL and posting.value_date <= as_of
            if returned and (amount := amounts.get(posting.reverses or "")):
                found.append(Instalment(no=0, due=posting.value_date, principal=amount))
    return sorted(found, key=lambda instalment: (instalment.due, instalment.no))


def replay(account: AccountFacts, as_of: date, terms: Terms, postings: Sequence[Posting]) -> Owed:
    """What is owed at the end of `as_of`, posting by posting and day by day."""
    owed = Owed(terms, account.penalty_rate_per_day)
    for _, latest in replayed(account, as_of, terms, postings):
        owed = latest
    return owed


def replayed(
    account: AccountFacts, as_of: date, terms: Terms, postings: Sequence[Posting]
) -> Iterator[tuple[date, Owed]]:
    """The same, shown at the end of every day on which something fell due or was posted; the last one is `as_of`."""
    owed = Owed(terms, account.penalty_rate_per_day)
    due_by_day: dict[date, list[Instalment]] = {}
    for instalment in _schedule(account, as_of, terms):
        if instalment.due <= as_of:
            due_by_day.setdefault(instalment.due, []).append(instalment)
    posted_by_day: dict[date, list[Posting]] = {}
    for posting in postings:
        posted_by_day.setdefault(posting.value_date, []).append(posting)
    last: date | None = None
    for day in sorted({*due_by_day, *posted_by_day, as_of}):
        owed.accrue(last or day, day)
        for instalment in due_by_day.get(day, ()):
            owed.fall_due(instalment)
        for posting in sorted(posted_by_day.get(day, ()), key=_is_proceeds):  # after the costs of the same day
            _enter(owed, posting)
        owed.allocate()
        owed.settle(day)
        if day < as_of:
            owed.miss(day)
        last = day
        yield day, owed


def _is_proceeds(posting: Posting) -> bool:
    return posting.kind is PostingKind.DISPOSAL_PROCEEDS


def _enter(owed: Owed, posting: Posting) -> None:
    match posting.kind:
        case PostingKind.PAYMENT:
            owed.credit += posting.amount
        case PostingKind.VENDOR_ADVANCE if owed.terms.vendor_advance_cures:
            owed.credit += posting.amount
        case PostingKind.COST:
            owed.charge(posting)
        case PostingKind.DISPOSAL_PROCEEDS:
            owed.realise(posting.amount)
        case PostingKind.WAIVER:
            owed.waive(posting.amount)
        case PostingKind.VENDOR_ADVANCE | PostingKind.BUYBACK_CLAIM | PostingKind.BUYBACK_PRICE | PostingKind.REVERSAL:
            pass
        case PostingKind.WRITE_OFF:  # takes it out of the book; what is owed stays
            pass
