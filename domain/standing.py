"""The standing of an account on any day: days past due, what is owed and why, from schedule and postings alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from domain.base import Frozen, days
from domain.ledger import AccountFacts, HoldFact, Instalment, Posting, PostingKind
from domain.money import ZERO, rounded

Allocation = Literal["costs", "earlier_penalty", "interest", "principal", "current_penalty"]


class Terms(Frozen):
    """How a policy reads a ledger (policy section `standing` and the settings of the company)."""

    grace_days: int = 0
    holds: Literal["run_on", "stop_clock"] = "run_on"
    allocation: tuple[Allocation, ...] = (
        "costs",
        "earlier_penalty",
        "interest",
        "principal",
        "current_penalty",
    )
    vendor_advance_cures: bool = False
    cure_includes_current_penalty: bool = False
    tolerance: Decimal = ZERO
    returned_payment: Literal["original_due", "return_date"] = "original_due"


class OpenInstalment(Frozen):
    """An instalment that fell due and is not fully paid."""

    no: int
    due: date
    rent: Decimal
    paid: Decimal
    unpaid: Decimal


class Standing(Frozen):
    """Where an account stands at the end of `as_of`; amounts in the account's currency.

    oldest_due: due date of the oldest instalment not fully paid, None when nothing is overdue.
    past_due_days: calendar days since oldest_due. dpd: the same less grace and, with stop_clock, less holds (L2.3).
    cured: nothing that was due by `as_of` is unpaid. penalty split as in L2.2.
    """

    as_of: date
    oldest_due: date | None
    past_due_days: int
    dpd: int
    delinquent_date: date | None
    open_instalments: tuple[OpenInstalment, ...]
    overdue_rent: Decimal
    costs: Decimal
    earlier_penalty: Decimal
    current_penalty: Decimal
    carried_penalty: Decimal
    vendor_advance: Decimal
    allocated: Decimal
    unallocated: Decimal
    next_due: date | None
    cured: bool
    bought_back: bool

    @property
    def total_overdue(self) -> Decimal:
        """What has to be paid to be current, with the penalty interest of this delinquency (L2.2)."""
        return self.overdue_rent + self.costs + self.earlier_penalty + self.current_penalty


class _Owed:
    """Mutable working figures of one replay of the ledger; never leaves this module."""

    def __init__(self, terms: Terms, rate: Decimal) -> None:
        self.terms = terms
        self.rate = rate
        self.due: list[Instalment] = []
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

    def accrue(self, since: date, until: date) -> None:
        """Penalty interest for the days (since, until] on rents that were due by `since`."""
        if self.rate and until > since:
            owed = sum(self.interest, ZERO) + sum(self.principal, ZERO)
            self.current += owed * self.rate * (until - since).days

    def fall_due(self, instalment: Instalment) -> None:
        self.due.append(instalment)
        self.interest.append(instalment.interest)
        self.principal.append(instalment.principal)
        if self.carried:
            self.earlier += self.carried
            self.carried = ZERO
            self.earlier_since = self.earlier_since or instalment.due

    def charge(self, posting: Posting) -> None:
        self.costs += posting.amount
        self.costs_since = self.costs_since or posting.value_date

    def _take(self, owed: Decimal) -> Decimal:
        """How much of the credit goes to something owed; moves it from credit to allocated."""
        part = min(self.credit, owed)
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
                    self.current -= self._take(rounded(self.current))

    def _allocate_rents(self) -> None:
        for index in range(len(self.due)):
            for column in self._rent_columns():
                column[index] -= self._take(column[index])

    def _rent_columns(self) -> list[list[Decimal]]:
        order = [kind for kind in self.terms.allocation if kind in ("interest", "principal")]
        return [self.interest if kind == "interest" else self.principal for kind in order]

    def settle(self, day: date) -> None:
        """At the end of a day without arrears the penalty of this delinquency is carried forward (settled)."""
        if self.required() <= self.terms.tolerance:
            self.earlier_since = None
            self.costs_since = None
            if self.current > 0:
                self.carried += rounded(self.current)
                self.current = Decimal(0)

    def required(self) -> Decimal:
        """What must be paid for a cure of everything that fell due."""
        total = sum(self.interest, ZERO) + sum(self.principal, ZERO) + self.costs + self.earlier
        if self.terms.cure_includes_current_penalty:
            total += rounded(self.current)
        return total

    def oldest(self) -> date | None:
        """Due date of the oldest thing unpaid; earlier penalty interest belongs to the instalment it fell due with."""
        found = [i.due for i, a, b in zip(self.due, self.interest, self.principal, strict=True) if a + b > 0]
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
        return [posting for posting in known if posting.kind is not PostingKind.REVERSAL]
    taken_back = {posting.reverses for posting in known if posting.kind is PostingKind.REVERSAL}
    return [p for p in known if p.kind is not PostingKind.REVERSAL and p.id not in taken_back]


def _schedule(account: AccountFacts, as_of: date, terms: Terms) -> list[Instalment]:
    """The schedule; a returned payment is a new debt of its return date where the setting says so (V025)."""
    found = list(account.schedule)
    if terms.returned_payment == "return_date":
        amounts = {posting.id: posting.amount for posting in account.postings}
        for posting in account.postings:
            if posting.kind is PostingKind.REVERSAL and posting.value_date <= as_of and posting.reverses:
                amount = amounts.get(posting.reverses, ZERO)
                found.append(Instalment(no=0, due=posting.value_date, principal=amount))
    return sorted(found, key=lambda instalment: (instalment.due, instalment.no))


def _replay(account: AccountFacts, as_of: date, terms: Terms, postings: Sequence[Posting]) -> _Owed:
    owed = _Owed(terms, account.penalty_rate_per_day)
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
        for posting in posted_by_day.get(day, ()):
            _enter(owed, posting)
        owed.allocate()
        owed.settle(day)
        last = day
    return owed


def _enter(owed: _Owed, posting: Posting) -> None:
    match posting.kind:
        case PostingKind.PAYMENT:
            owed.credit += posting.amount
        case PostingKind.VENDOR_ADVANCE if owed.terms.vendor_advance_cures:
            owed.credit += posting.amount
        case PostingKind.COST:
            owed.charge(posting)
        case PostingKind.VENDOR_ADVANCE | PostingKind.BUYBACK_PRICE | PostingKind.REVERSAL:
            pass


def held_days(holds: Sequence[HoldFact], since: date, until: date) -> int:
    """Days of [since, until) that lie in at least one hold [start, end)."""
    total = 0
    reached = since
    for hold in sorted(holds, key=lambda hold: hold.start):
        first, last = max(hold.start, reached), min(hold.end, until)
        if last > first:
            total += (last - first).days
            reached = last
    return total


def days_past_due(oldest: date | None, as_of: date, terms: Terms, holds: Sequence[HoldFact]) -> tuple[int, int]:
    """(past due days, days past due after grace and holds) of the oldest unpaid due date (L2.3)."""
    if oldest is None or as_of <= oldest:
        return 0, 0
    past_due = (as_of - oldest).days
    held = held_days(holds, oldest, as_of) if terms.holds == "stop_clock" else 0
    return past_due, max(0, past_due - terms.grace_days - held)


def standing(account: AccountFacts, as_of: date, terms: Terms) -> Standing:
    """The standing of an account at the end of a day (L2.1-L2.4, S1)."""
    postings = effective_postings(account, as_of, terms)
    owed = _replay(account, as_of, terms, postings)
    cured = owed.required() <= terms.tolerance
    oldest = None if cured else owed.oldest()
    past_due, dpd = days_past_due(oldest, as_of, terms, account.holds)
    rows = _open_rows(owed, as_of)
    return Standing(
        as_of=as_of,
        oldest_due=oldest,
        past_due_days=past_due,
        dpd=dpd,
        delinquent_date=oldest + days(terms.grace_days) if oldest else None,
        open_instalments=rows,
        overdue_rent=sum((row.unpaid for row in rows), ZERO),
        costs=owed.costs,
        earlier_penalty=owed.earlier,
        current_penalty=rounded(owed.current),
        carried_penalty=owed.carried,
        vendor_advance=_sum_of(postings, PostingKind.VENDOR_ADVANCE),
        allocated=owed.allocated,
        unallocated=owed.credit,
        next_due=min((i.due for i in account.schedule if i.due > as_of), default=None),
        cured=cured,
        bought_back=any(posting.kind is PostingKind.BUYBACK_PRICE for posting in postings),
    )


def _open_rows(owed: _Owed, as_of: date) -> tuple[OpenInstalment, ...]:
    rows: list[OpenInstalment] = []
    for instalment, interest, principal in zip(owed.due, owed.interest, owed.principal, strict=True):
        unpaid = interest + principal
        if unpaid > 0 and instalment.due < as_of:
            rent = instalment.rent
            row = OpenInstalment(no=instalment.no, due=instalment.due, rent=rent, paid=rent - unpaid, unpaid=unpaid)
            rows.append(row)
    return tuple(rows)


def _sum_of(postings: Sequence[Posting], kind: PostingKind) -> Decimal:
    return sum((posting.amount for posting in postings if posting.kind is kind), ZERO)


def aged_by_bucket(
    rows: Sequence[OpenInstalment], as_of: date, bucket_of: dict[str, tuple[int, int | None]]
) -> dict[str, Decimal]:
    """Unpaid rent split by the bucket of each instalment's own age; buckets map to (from, to) days, both included."""
    split = dict.fromkeys(bucket_of, ZERO)
    for row in rows:
        age = (as_of - row.due).days
        for name, (first, last) in bucket_of.items():
            if age >= first and (last is None or age <= last):
                split[name] += row.unpaid
    return {name: amount for name, amount in split.items() if amount}


def as_known(account: AccountFacts, instant: datetime, as_of: date, terms: Terms) -> Standing:
    """The standing on `as_of` as one would have computed it at `instant` with what was entered by then."""
    return standing(account.known_at(instant), as_of, terms)
