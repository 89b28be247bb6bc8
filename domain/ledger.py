"""What a lease owes and what was paid: schedule, postings and the parties, as append-only facts."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from pydantic import AwareDatetime

from domain.base import Frozen
from domain.money import ZERO


class Instalment(Frozen):
    """One rent of the schedule; amounts in the currency of the account."""

    no: int
    due: date
    principal: Decimal
    interest: Decimal = ZERO

    @property
    def rent(self) -> Decimal:
        return self.principal + self.interest


class PostingKind(StrEnum):
    """What kind of money movement a posting is."""

    PAYMENT = "payment"
    VENDOR_ADVANCE = "vendor_advance"  # never cures (L2.4)
    BUYBACK_CLAIM = "buyback_claim"  # asked of the vendor, owed by nobody else; entered by a claim in the case only
    BUYBACK_PRICE = "buyback_price"  # paid in full it closes the case as bought back
    DISPOSAL_PROCEEDS = "disposal_proceeds"  # of the asset: costs first, then what is owed; never cures (L7.2, L7.3)
    COST = "cost"  # raises what is owed
    WAIVER = "waiver"  # lowers the penalty interest of this delinquency; entered by a decision only (B2.2.2.2)
    WRITE_OFF = "write_off"  # out of the book, owed as before; entered by a decision only
    REVERSAL = "reversal"  # takes an earlier posting back


class Posting(Frozen):
    """One append-only entry of the ledger.

    value_date: the day it counts for. at: when we learned of it. reverses: id of the posting it takes back.
    """

    id: str
    kind: PostingKind
    value_date: date
    at: AwareDatetime
    amount: Decimal = ZERO
    reverses: str | None = None


class PartyRole(StrEnum):
    """The part somebody plays in a lease or loan (L-Q22: a vendor is not a guarantor)."""

    LESSEE = "lessee"
    BORROWER = "borrower"
    GUARANTOR = "guarantor"
    VENDOR = "vendor"


DEBTORS = (PartyRole.LESSEE, PartyRole.BORROWER)
"""Who owes: the lessee of a lease, the borrower of a loan; an account has one of them."""


class PartyFact(Frozen):
    """What the rules need to know of a party; names and addresses stay in the store."""

    id: str
    role: PartyRole
    buyback_guarantee: bool = False
    channels: tuple[str, ...] = ("letter", "email")


class DoneStep(Frozen):
    """A step done before we took the account over (S7), from the imported history."""

    step: str
    outcome: str
    on: date
    document_no: str | None = None


class HoldFact(Frozen):
    """A hold for the day count: [start, end) is subtracted when the policy stops the clock."""

    start: date
    end: date


class AccountFacts(Frozen):
    """A lease as the rules see it: schedule, rate, postings, parties; nothing personal."""

    account_no: str
    currency: str = "CNY"
    time_zone: str = "Asia/Shanghai"
    lease_amount: Decimal = ZERO
    penalty_rate_per_day: Decimal = Decimal(0)
    schedule: tuple[Instalment, ...]
    postings: tuple[Posting, ...] = ()
    parties: tuple[PartyFact, ...] = ()
    holds: tuple[HoldFact, ...] = ()
    history: tuple[DoneStep, ...] = ()

    def known_at(self, instant: datetime) -> AccountFacts:
        """The same account with only the postings that had been entered by that instant."""
        kept = tuple(posting for posting in self.postings if posting.at <= instant)
        return self.model_copy(update={"postings": kept})
