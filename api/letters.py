"""Documents of a case as people see them: with what became of each outside, and which were corrected."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from domain.base import Frozen
from store import deliveries, letters
from store.documents import DocumentLine


class DeliveryView(Frozen):
    """One delivery of a document. registered_no, receipt: of the registered letter and its uploaded receipt."""

    key: str
    target: str
    status: str
    sent_at: datetime | None
    changed_at: datetime
    registered_no: str | None = None
    receipt: str | None = None


class DocumentView(DocumentLine):
    """corrected_by: number of the letter that corrects this one."""

    deliveries: tuple[DeliveryView, ...] = ()
    corrected_by: str | None = None


def document_views(session: Session, case_no: str, lines: Iterable[DocumentLine]) -> list[DocumentView]:
    """The documents with their deliveries, proofs and corrections."""
    proofs = letters.proofs_of(session, case_no)
    corrected = {one.number: one.correction for one in letters.corrections_of(session, case_no)}
    sent: dict[str, list[DeliveryView]] = {}
    for one in deliveries.deliveries_of(session, case_no):
        proof = proofs.get(one.key)
        seen = DeliveryView(
            key=one.key, target=one.target, status=one.status, sent_at=one.sent_at, changed_at=one.changed_at,
            registered_no=proof.registered_no if proof else None, receipt=proof.evidence if proof else None,
        )  # fmt: skip
        sent.setdefault(one.number, []).append(seen)
    return [
        DocumentView(
            **line.model_dump(), deliveries=tuple(sent.get(line.number, ())), corrected_by=corrected.get(line.number)
        )
        for line in lines
    ]
