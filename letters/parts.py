"""The parts letters are composed of: who writes, to whom, about which lease, for how much, by when."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Amount = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=2)]
"""Non-negative money in the currency of the surrounding part, already rounded to two places."""

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300, pattern=r"^[^\r\n]*$")]
"""A non-empty text of one line."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]
"""Running text written by a person; line breaks separate paragraphs."""

Currency = Literal["CNY", "HKD", "USD", "EUR"]


class Piece(BaseModel):
    """Base of all content: immutable, and nothing unknown slips in."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Issuer(Piece):
    """The company in whose name the document is written."""

    company: Line
    address: Line
    phone: Line
    contact: Line = Field(description="Title of the person to ask, e.g. 资产管理部 催收专员")


class Recipient(Piece):
    """The party a letter is addressed to."""

    name: Line
    address: Line


class CaseReference(Piece):
    """Which lease or loan the document is about; `debtor` says which of the two, `lessee` is who owes."""

    case_no: Line
    account_no: Line
    contract_no: Line
    debtor: Literal["承租人", "借款人"] = "承租人"
    lessee: Line
    asset: Line | None = Field(default=None, description="What is leased; None = a loan")
    signed_on: date | None = Field(default=None, description="Date of the contract")
    guarantee_document: Line | None = Field(default=None, description="Name and number of the guarantee")


class UnpaidInstalment(Piece):
    """One instalment not fully paid at the document's date."""

    number: Annotated[int, Field(ge=0, description="0 = a returned payment that is owed anew")]
    due: date
    rent: Amount
    paid: Amount
    unpaid: Amount
    dpd: Annotated[int, Field(ge=0)]

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.unpaid != self.rent - self.paid:
            owed = self.rent - self.paid
            raise ValueError(f"instalment {self.number}: unpaid must be rent - paid = {owed}")
        return self


class ClaimAmounts(Piece):
    """The claim at the document's date; a vendor's advance is shown and never subtracted (L2.2, L2.4)."""

    currency: Currency = "CNY"
    overdue_rent: Amount
    costs: Amount = Decimal(0)
    earlier_penalty: Amount = Decimal(0)
    current_penalty: Amount = Decimal(0)
    vendor_advance: Amount = Decimal(0)
    total: Amount

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        parts = self.overdue_rent + self.costs + self.earlier_penalty + self.current_penalty
        if self.total != parts:
            raise ValueError(f"total {self.total} must be rent + costs + penalty interest = {parts}")
        return self


class Claim(Piece):
    """What is owed: amounts, the instalments behind them, days past due and class.

    `oldest_due` is given when the oldest thing unpaid is no instalment but costs or earlier penalty interest (L2.2).
    """

    amounts: ClaimAmounts
    instalments: tuple[UnpaidInstalment, ...] = ()
    oldest_due: date | None = None
    dpd: Annotated[int, Field(ge=1)]
    bucket: Line

    @model_validator(mode="after")
    def _rows_agree(self) -> Self:
        problems: list[str] = []
        owed = sum((row.unpaid for row in self.instalments), Decimal(0))
        if owed != self.amounts.overdue_rent:
            problems.append(f"overdue_rent {self.amounts.overdue_rent} must be the sum of unpaid {owed}")
        problems += self._wrong_days()
        numbers = [row.number for row in self.instalments if row.number]
        if len(set(numbers)) != len(numbers):
            problems.append("an instalment is listed twice")
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _wrong_days(self) -> list[str]:
        if not self.instalments:
            return [] if self.oldest_due else ["instalments: without any, oldest_due is needed"]
        oldest = max(row.dpd for row in self.instalments)
        if self.oldest_due is None and oldest != self.dpd:
            return [f"dpd {self.dpd} must be that of the oldest instalment, {oldest}"]
        return [f"dpd {self.dpd} is less than that of an instalment, {oldest}"] if oldest > self.dpd else []


class Owed(Piece):
    """What is owed on one contract, in a letter that speaks of several. daily: the penalty interest of a day more."""

    contract_no: Line
    account_no: Line
    due: date
    dpd: Annotated[int, Field(ge=1)]
    amounts: ClaimAmounts
    daily: Amount = Decimal(0)


class PenaltyRow(Piece):
    """One line of the calculation of penalty interest: owed * rate * days, both days included (B2.1.2.2a).

    A payment of penalty interest has no days and a negative amount. Amounts are rounded in their sum only.
    """

    start: date
    end: date
    days: Annotated[int, Field(ge=0)]
    owed: Amount
    rate: Annotated[Decimal, Field(ge=0)]
    amount: Decimal

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.days and self.amount != self.owed * self.rate * self.days:
            raise ValueError(f"penalty of {self.start}: amount must be owed * rate * days")
        return self


class Upcoming(Piece):
    """An instalment that is not due yet, less what was paid in advance."""

    due: date
    amount: Annotated[Amount, Field(gt=0)]
    currency: Currency = "CNY"


class Appointment(Piece):
    """When and where the customer is asked to come, and what to bring (H2.2.2a)."""

    on: date
    hours: Line
    place: Line
    bring: tuple[Line, ...] = Field(min_length=1)


class BankAccount(Piece):
    """Where to pay."""

    holder: Line
    bank: Line
    number: Line


class Correction(Piece):
    """Which letter was wrong, in what, and what is right."""

    number: Line
    title: Line
    dated: date
    wrong: Text
    right: Text


class Demand(Piece):
    """Pay by this day (inclusive) into this account."""

    deadline: date
    account: BankAccount


class GuaranteeTerms(Piece):
    """What a guarantor is claimed from by. joint: liable like the debtor; until: the last day of their period.

    agreed: the contract names that day; else it is the one of the law.
    """

    joint: bool
    until: date
    agreed: bool = False


class VendorRights(Piece):
    """What is planned and until when a vendor with a buyback guarantee may object in writing (L6.3, L7.4)."""

    planned: tuple[Line, ...] = Field(min_length=1)
    reply_by: date


class BuybackClaim(Piece):
    """The price of the buyback as of a day, line by line, and what the vendor has paid of it.

    adjustment: what the claim differs from the computed price, for this reason.
    """

    currency: Currency = "CNY"
    priced_on: date
    rents_due: Amount
    rents_to_come: Amount
    penalty: Amount
    costs: Amount
    unallocated: Amount = Decimal(0)
    adjustment: Decimal = Decimal(0)
    reason: Line | None = None
    price: Amount
    paid: Amount = Decimal(0)
    open: Amount
    pay_by: date
    account: BankAccount

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        computed = self.rents_due + self.rents_to_come + self.penalty + self.costs - self.unallocated
        problems: list[str] = []
        if self.price != max(computed, Decimal(0)) + self.adjustment:
            problems.append(f"price {self.price} must be the computed {computed} with the adjustment {self.adjustment}")
        if self.open != max(self.price - self.paid, Decimal(0)):
            problems.append(f"open {self.open} must be price - paid")
        if problems:
            raise ValueError("; ".join(problems))
        return self


class DisputeReceipt(Piece):
    """When a dispute was received and until when it is answered."""

    received: date
    reply_by: date


class DisputeAnswer(Piece):
    """What was found out about a dispute; reason: in the words of whoever decided."""

    received: date
    founded: bool
    reason: Text | None = None


class Suspension(Piece):
    """How long the disposal shall rest and what shows that the lessee will pay again (L7.5)."""

    until: date | None = Field(default=None, description="Last held day; None = not reported")
    evidence: tuple[Line, ...] = Field(min_length=1)


class Section(Piece):
    """A heading and what a person wrote under it."""

    heading: Line
    text: Text


class Signature(Piece):
    """A place to sign: role title, name when known, date when signed, opinion for countersignatures."""

    role: Line
    name: Line | None = None
    signed_on: date | None = None
    opinion: Line | None = None
