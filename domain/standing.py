"""The standing of an account on any day: days past due, what is owed and why, from schedule and postings alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from domain.aging import OpenInstalment, days_past_due
from domain.base import Frozen, days
from domain.buyback import performance
from domain.ledger import AccountFacts, Posting, PostingKind
from domain.money import ZERO, rounded
from domain.replay import Owed, effective_postings, replay
from domain.terms import Terms


class Standing(Frozen):
    """Where an account stands at the end of `as_of`; amounts in the account's currency.

    oldest_due: due date of the oldest instalment not fully paid, None when nothing is overdue.
    past_due_days: calendar days since oldest_due. dpd: the same less grace and, with stop_clock, less holds (L2.3).
    cured: nothing that was due by `as_of` is unpaid. penalty split as in L2.2. Proceeds of a disposal lower what is
    owed; days past due and cure are counted as if there were none.
    missed: instalments of the schedule that were not paid in full on their due date, before `as_of` (H-Q1), the last
    one since `missed_since`; missed_on: the days since which the first of them are. delinquencies: how often the
    account fell behind, the present time included.
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
    missed: int
    missed_since: date | None
    missed_on: tuple[date, ...]
    delinquencies: int
    cured: bool
    bought_back: bool

    @property
    def total_overdue(self) -> Decimal:
        """What has to be paid to be current, with the penalty interest of this delinquency (L2.2)."""
        return self.overdue_rent + self.costs + self.earlier_penalty + self.current_penalty


def standing(account: AccountFacts, as_of: date, terms: Terms) -> Standing:
    """The standing of an account at the end of a day (L2.1-L2.4, S1)."""
    postings = effective_postings(account, as_of, terms)
    owed = replay(account, as_of, terms, postings)
    behind = _without_proceeds(account, as_of, terms, postings) or owed
    cured = behind.required() <= terms.tolerance
    oldest = None if cured else behind.oldest()
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
        missed=owed.missed,
        missed_since=owed.missed_since,
        missed_on=tuple(owed.missed_on),
        delinquencies=owed.delinquencies,
        cured=cured,
        bought_back=performance(account, as_of).done,
    )


def _without_proceeds(account: AccountFacts, as_of: date, terms: Terms, postings: Sequence[Posting]) -> Owed | None:
    """How far the account is behind by itself: proceeds of its asset cure nothing (L7.3); None: there are none."""
    own = [posting for posting in postings if posting.kind is not PostingKind.DISPOSAL_PROCEEDS]
    return replay(account, as_of, terms, own) if len(own) < len(postings) else None


def _open_rows(owed: Owed, as_of: date) -> tuple[OpenInstalment, ...]:
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


def as_known(account: AccountFacts, instant: datetime, as_of: date, terms: Terms) -> Standing:
    """The standing on `as_of` as one would have computed it at `instant` with what was entered by then."""
    return standing(account.known_at(instant), as_of, terms)
