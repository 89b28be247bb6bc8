"""What a checked import file says about one account; complete and consistent, or not offered at all."""

from __future__ import annotations

from decimal import Decimal

from domain.base import Frozen
from domain.ledger import AccountFacts, PartyFact


class PartyDetails(Frozen):
    """A party with what the rules need not know: how to name and reach it."""

    fact: PartyFact
    ordinal: int
    name: str
    id_number: str
    phone: str
    email: str
    address: str


class ImportedAccount(Frozen):
    """A lease ready to be stored.

    reported_overdue: unpaid rent at the end of `posted_through` as the sender computed it, for reconciliation.
    """

    facts: AccountFacts
    contract_no: str
    product: str
    asset_description: str
    branch: str
    parties: tuple[PartyDetails, ...]
    closed: bool = False
    reported_overdue: Decimal | None = None

    @property
    def account_no(self) -> str:
        return self.facts.account_no
