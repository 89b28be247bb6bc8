"""Which policy an account belongs to: the first entry of the company's assignment that fits it, by its order."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from domain.base import Frozen

CustomerKind = Literal["individual", "sole_trader", "company"]


def _amount(value: object) -> object:
    """An amount is written in quotes: without them YAML makes a float of it."""
    if isinstance(value, Decimal):
        return value
    try:
        found = Decimal(value) if isinstance(value, str) else None
    except InvalidOperation:
        found = None
    if found is None or not found.is_finite() or found < 0:
        raise ValueError('an amount in quotes, e.g. "500000.00"')
    return found


Amount = Annotated[Decimal, BeforeValidator(_amount)]


class AssignmentSubject(Frozen):
    """What an assignment looks at. amount: of the contract, in the currency of the account. chosen: by a person."""

    product: str = "leasing"
    customer_kind: CustomerKind = "company"
    amount: Decimal = Decimal("0.00")
    vendor: bool = False
    chosen: str | None = None


class AssignmentCondition(Frozen):
    """What must hold, all of it: one of the products, one of the kinds, from..below in amount, with a vendor or not."""

    product: tuple[str, ...] | None = None
    customer_kind: tuple[CustomerKind, ...] | None = None
    amount_from: Amount | None = None
    amount_below: Amount | None = None
    vendor: bool | None = None

    def fits(self, account: AssignmentSubject) -> bool:
        """Whether everything that is said here holds for the account."""
        return (
            (self.product is None or account.product in self.product)
            and (self.customer_kind is None or account.customer_kind in self.customer_kind)
            and (self.amount_from is None or account.amount >= self.amount_from)
            and (self.amount_below is None or account.amount < self.amount_below)
            and (self.vendor is None or account.vendor == self.vendor)
        )

    def covers(self, other: AssignmentCondition) -> bool:
        """Whether every account that fits `other` fits this too."""
        return (
            _among(other.product, self.product)
            and _among(other.customer_kind, self.customer_kind)
            and (self.amount_from or 0) <= (other.amount_from or 0)
            and (self.amount_below is None or self.amount_below >= (other.amount_below or Decimal("Infinity")))
            and (self.vendor is None or self.vendor == other.vendor)
        )


class AssignmentRule(Frozen):
    """One entry: the policy, and for which accounts; without `if` for all that no earlier entry took."""

    policy: str
    if_: AssignmentCondition | None = Field(default=None, alias="if")


def _among(part: Collection[str] | None, whole: Collection[str] | None) -> bool:
    return whole is None or (part is not None and set(part) <= set(whole))


def policy_for(rules: Sequence[AssignmentRule], policies: Collection[str], account: AssignmentSubject) -> str:
    """The policy of an account: chosen by a person, else the first entry that fits, else the only policy there is.

    A choice of a policy that the company no longer uses counts for nothing. Raises LookupError when several policies
    are in use and no entry fits: company settings that were checked never lead there.
    """
    if account.chosen in policies:
        return str(account.chosen)
    for rule in rules:
        if rule.if_ is None or rule.if_.fits(account):
            return rule.policy
    if len(policies) != 1:
        raise LookupError(f"no entry of the assignment fits; {len(policies)} policies are in use")
    return next(iter(policies))
