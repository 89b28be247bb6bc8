"""What a checked import file says about one account; complete and consistent, or not offered at all."""

from __future__ import annotations

from decimal import Decimal

from domain.asset import AssetState
from domain.assignment import AssignmentSubject, CustomerKind
from domain.base import Frozen
from domain.ledger import AccountFacts, PartyFact, PartyRole


class PartyDetails(Frozen):
    """A party with what the rules need not know: how to name and reach it."""

    fact: PartyFact
    ordinal: int
    name: str
    id_number: str
    phone: str
    email: str
    social: str
    address: str


class ImportedAccount(Frozen):
    """A lease or loan ready to be stored.

    customer_kind: None when the file says nothing; a new account is then that of a company.
    reported_overdue: unpaid rent at the end of `posted_through` as the sender computed it, for reconciliation.
    """

    facts: AccountFacts
    contract_no: str
    product: str
    customer_kind: CustomerKind | None = None
    asset_description: str
    branch: str
    parties: tuple[PartyDetails, ...]
    assets: tuple[AssetState, ...] = ()
    closed: bool = False
    reported_overdue: Decimal | None = None

    @property
    def account_no(self) -> str:
        return self.facts.account_no

    @property
    def subject(self) -> AssignmentSubject:
        """What decides the policy of the account."""
        return AssignmentSubject(
            product=self.product,
            customer_kind=self.customer_kind or "company",
            amount=self.facts.lease_amount,
            vendor=any(party.role is PartyRole.VENDOR for party in self.facts.parties),
        )
