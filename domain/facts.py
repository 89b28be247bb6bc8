"""What a case knows of its account: a kilobyte read from the ledger, applied as an event."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field

from domain.base import Frozen, shared
from domain.buyback import buyback_price, performance
from domain.calendar import Calendar
from domain.ledger import AccountFacts, PartyRole
from domain.money import ZERO
from domain.received import Received, received, total
from domain.standing import standing
from domain.terms import Terms


def _none(found: tuple[object, ...] | Decimal) -> bool:
    return not found


class Facts(Frozen):
    """The facts `decide` may use, as of the end of the day before a timer or of a posting just made.

    oldest_due: due date of the oldest instalment not fully paid on `as_of` (None: nothing overdue).
    cured: everything that was due by `as_of` is paid. posted_through: last day whose postings are complete.
    settings: content address of the company settings in force; empty keeps those of the case.
    missed: instalments not paid in full on their due date so far, the last since missed_since, the first ones since
    the days of missed_on (H-Q1). delinquencies: how often the account fell behind, or all those of
    the borrower where the policy counts so. next_due: first due date from
    `as_of` on.
    recipients: who can be written to and how, e.g. "lessee/letter"; no names, no addresses.
    buyback_price: what performance of a guaranteed buyback would cost; claimed from and paid by the vendor so far.
    daily_penalty: what each further day adds to the penalty interest, not rounded.
    unpassed: letters of which a text that would be sent has not been passed by Legal (B4.1.1.2b).
    paid: all payments so far, none that was taken back; received: those from a day on that the case asked for, else
    those of `as_of`, by day. to_come: what falls due from `as_of` on and is not paid in advance.
    """

    as_of: date
    ledger_version: int
    posted_through: date
    oldest_due: date | None
    cured: bool
    bought_back: bool = False
    overdue_rent: Decimal = ZERO
    total_overdue: Decimal = ZERO
    current_penalty: Decimal = Field(default=ZERO, exclude_if=_none)
    daily_penalty: Decimal = Field(default=ZERO, exclude_if=_none)
    lease_amount: Decimal = ZERO
    recipients: Annotated[tuple[str, ...], AfterValidator(shared)] = ()
    guarantors: int = 0
    vendor: bool = False
    buyback_guarantee: bool = False
    buyback_price: Decimal = Field(default=ZERO, exclude_if=_none)
    buyback_claimed: Decimal = Field(default=ZERO, exclude_if=_none)
    buyback_paid: Decimal = Field(default=ZERO, exclude_if=_none)
    missed: int = 0
    missed_since: date | None = None
    missed_on: tuple[date, ...] = Field(default=(), exclude_if=_none)
    delinquencies: int = 0
    next_due: date | None = None
    settings: str = ""
    unpassed: tuple[str, ...] = Field(default=(), exclude_if=_none)
    paid: Decimal = Field(default=ZERO, exclude_if=_none)
    received: tuple[Received, ...] = Field(default=(), exclude_if=_none)
    to_come: Decimal = Field(default=ZERO, exclude_if=_none)
    calendar: Annotated[Calendar, AfterValidator(shared)]

    @property
    def buyback_short(self) -> bool:
        """Whether the vendor paid a part of what was claimed."""
        return ZERO < self.buyback_paid < self.buyback_claimed


def facts_of(
    account: AccountFacts, as_of: date, terms: Terms, calendar: Calendar, posted: date, since: date | None = None
) -> Facts:
    """The facts of an account on a day; `account` holds only what is known by then.

    posted: last day whose postings are complete. since: see `received`.
    """
    now = standing(account, as_of, terms)
    vendors = [party for party in account.parties if party.role is PartyRole.VENDOR]
    guaranteed = any(party.buyback_guarantee for party in vendors)
    vendor, payments = performance(account, as_of), received(account, as_of)
    return Facts(
        as_of=as_of,
        ledger_version=len(account.postings),
        posted_through=posted,
        oldest_due=now.oldest_due,
        cured=now.cured,
        bought_back=now.bought_back,
        overdue_rent=now.overdue_rent,
        total_overdue=now.total_overdue,
        current_penalty=now.current_penalty,
        daily_penalty=now.overdue_rent * account.penalty_rate_per_day,
        lease_amount=account.lease_amount,
        recipients=recipients_of(account),
        guarantors=sum(party.role is PartyRole.GUARANTOR for party in account.parties),
        vendor=bool(vendors),
        buyback_guarantee=guaranteed,
        buyback_price=buyback_price(account, as_of, terms).total if guaranteed and now.oldest_due else ZERO,
        buyback_claimed=vendor.claimed or ZERO,
        buyback_paid=vendor.paid,
        missed=now.missed,
        missed_since=now.missed_since,
        missed_on=now.missed_on,
        delinquencies=now.delinquencies,
        paid=total(payments),
        received=tuple(one for one in payments if one.day >= (since or as_of)),
        to_come=_to_come(account, as_of, now.unallocated),
        next_due=min((i.due for i in account.schedule if i.due >= as_of), default=None),
        calendar=calendar,
    )


def _to_come(account: AccountFacts, as_of: date, in_advance: Decimal) -> Decimal:
    later = sum((instalment.rent for instalment in account.schedule if instalment.due >= as_of), ZERO)
    return max(ZERO, later - in_advance)


def portfolio_facts(as_of: date, calendar: Calendar, posted_through: date) -> Facts:
    """What the standing work of a portfolio knows: the days."""
    return Facts(
        as_of=as_of, ledger_version=0, posted_through=posted_through, oldest_due=None, cured=False, calendar=calendar
    )


def recipients_of(account: AccountFacts) -> tuple[str, ...]:
    """Who can be written to and how: "lessee/letter", "guarantor-2/letter", "vendor/email"."""
    found: list[str] = []
    guarantor = 0
    for party in account.parties:
        name = party.role.value
        if party.role is PartyRole.GUARANTOR:
            guarantor += 1
            name = f"guarantor-{guarantor}"
        found += [f"{name}/{channel}" for channel in party.channels]
    return tuple(found)
