"""Documents of a case as people see them: with what became of each outside, and which were corrected."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy.orm import Session

from domain.base import Frozen
from store import deliveries, letters
from store.deliveries import Delivery
from store.documents import DocumentLine
from store.letters import Proof


class DeliveryView(Frozen):
    """One delivery of a document. registered_no, receipt: of the registered letter and its uploaded receipt.

    received_on: the day it arrived, as the receipt or a correction says.
    """

    key: str
    target: str
    status: str
    sent_at: datetime | None
    changed_at: datetime
    registered_no: str | None = None
    receipt: str | None = None
    received_on: date | None = None


class DocumentView(DocumentLine):
    """corrected_by: number of the letter that corrects this one."""

    deliveries: tuple[DeliveryView, ...] = ()
    corrected_by: str | None = None


def delivery_view(sent: Delivery, proof: Proof | None) -> DeliveryView:
    """A delivery with the proof that counts."""
    received_on = proof.received_on if proof else None
    return DeliveryView(
        key=sent.key, target=sent.target, status=sent.status, sent_at=sent.sent_at, changed_at=sent.changed_at,
        registered_no=proof.registered_no if proof else None, receipt=proof.evidence if proof else None,
        received_on=received_on or sent.received_on,
    )  # fmt: skip


def document_views(session: Session, case_no: str, lines: Iterable[DocumentLine]) -> list[DocumentView]:
    """The documents with their deliveries, proofs and corrections."""
    proofs = letters.proofs_of(session, case_no)
    corrected = {one.number: one.correction for one in letters.corrections_of(session, case_no)}
    sent: dict[str, list[DeliveryView]] = {}
    for one in deliveries.deliveries_of(session, case_no):
        sent.setdefault(one.number, []).append(delivery_view(one, proofs.get(one.key)))
    return [
        DocumentView(
            **line.model_dump(), deliveries=tuple(sent.get(line.number, ())), corrected_by=corrected.get(line.number)
        )
        for line in lines
    ]
