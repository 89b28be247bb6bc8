"""The content of a document: everything that is printed, checked before anything is rendered."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Self

from pydantic import Field, model_validator

from domain.money import rounded
from letters.kinds import REQUIRED, DocumentKind
from letters.parts import (
    Appointment,
    BuybackClaim,
    CaseReference,
    Claim,
    Correction,
    Demand,
    DisputeAnswer,
    DisputeReceipt,
    GuaranteeTerms,
    Issuer,
    Line,
    Owed,
    PenaltyRow,
    Piece,
    Recipient,
    Section,
    Signature,
    Suspension,
    Upcoming,
    VendorRights,
)
from letters.tables import FORMS, Table


def _absent(value: object) -> bool:
    return value is None


class DocumentContent(Piece):
    """One document at one date.

    `as_of` is the day of all figures and the date of the document. template: sha256 of the company's own version of the
    template that it is typeset by; None: the product's. `contracts`: all the customer's, that of the case
    first, where the letter speaks of more than one. Which parts a kind needs stands in
    `letters.kinds.REQUIRED`; everything that is wrong is reported at once.
    """

    kind: DocumentKind
    number: Line
    as_of: date
    issuer: Issuer
    recipient: Recipient | None = None
    case: CaseReference | None = None
    claim: Claim | None = None
    contracts: tuple[Owed, ...] = ()
    upcoming: Upcoming | None = None
    penalty: tuple[PenaltyRow, ...] = ()
    appointment: Appointment | None = None
    correction: Correction | None = None
    demand: Demand | None = None
    vendor_rights: VendorRights | None = None
    buyback: BuybackClaim | None = None
    dispute: DisputeReceipt | None = None
    dispute_answer: DisputeAnswer | None = Field(default=None, exclude_if=_absent)
    guarantee: GuaranteeTerms | None = Field(default=None, exclude_if=_absent)
    suspension: Suspension | None = None
    sections: tuple[Section, ...] = ()
    table: Table | None = None
    signatures: tuple[Signature, ...] = ()
    template: Line | None = Field(default=None, exclude_if=_absent)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        problems = [*self._missing_parts(), *self._wrong_table(), *self._wrong_dates(), *self._wrong_penalty()]
        problems += self._wrong_contracts()
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _missing_parts(self) -> list[str]:
        missing = [part.value for part in sorted(REQUIRED[self.kind]) if not getattr(self, part.value)]
        if self.kind is DocumentKind.reminder and not (self.claim or self.upcoming):
            missing.append("claim or upcoming")
        return [f"{part}: a {self.kind.value} needs it" for part in missing]

    def _wrong_penalty(self) -> list[str]:
        """The lines are those of the claim; a notice that shows how it comes about cannot do without them."""
        if self.claim is None or not (self.penalty or self.kind is DocumentKind.overdue_notice):
            return []
        total, stated = sum((row.amount for row in self.penalty), Decimal(0)), self.claim.amounts.current_penalty
        return [] if rounded(total) == stated else [f"penalty: the lines add up to {total}, the claim says {stated}"]

    def _wrong_contracts(self) -> list[str]:
        """The first is the case's own, with what is claimed."""
        if not self.contracts:
            return []
        own, names = self.contracts[0], {one.account_no for one in self.contracts}
        if len(names) != len(self.contracts) or len(names) < 2:
            return ["contracts: each stands once, and one alone is no several"]
        same = self.case is not None and self.claim is not None and self.case.account_no == own.account_no
        return [] if same and self.claim and self.claim.amounts == own.amounts else ["contracts: the first is no claim"]

    def _wrong_table(self) -> list[str]:
        if self.table is None:
            return []
        wanted = FORMS.get(self.kind)
        if self.table.form == wanted:
            return []
        return [f"table: a {self.kind.value} takes {wanted or 'no table'}, not {self.table.form}"]

    def _wrong_dates(self) -> list[str]:
        later = {
            "demand.deadline": self.demand and self.demand.deadline,
            "vendor_rights.reply_by": self.vendor_rights and self.vendor_rights.reply_by,
            "buyback.pay_by": self.buyback and self.buyback.pay_by,
            "dispute.reply_by": self.dispute and self.dispute.reply_by,
            "guarantee.until": self.guarantee and self.guarantee.until,
            "upcoming.due": self.upcoming and self.upcoming.due,
            "appointment.on": self.appointment and self.appointment.on,
        }
        problems = [
            f"{name}: {day} is before the document's date" for name, day in later.items() if day and day < self.as_of
        ]
        rows = self.claim.instalments if self.claim else ()
        early = [row.number for row in rows if row.due > self.as_of]
        return problems + [f"claim.instalments: {number} is not due yet" for number in early]
