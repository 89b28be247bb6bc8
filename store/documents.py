"""Documents with gapless numbers per kind and year, and files that people uploaded."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import AwareDatetime
from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.base import Frozen
from domain.errors import Refused
from domain.events import DocumentRef
from store.dialect import insert_into, inserted
from store.tables import AttachmentRow, DocumentRow, SerialRow


class Number(Frozen):
    """A claimed number; `text` is unique in the installation."""

    kind: str
    year: int
    serial: int

    @property
    def text(self) -> str:
        return f"{self.kind.replace('_', '-')}-{self.year}-{self.serial:05d}"


class NewDocument(Frozen):
    """A rendered document. target: whom it is for when there are several. sha256: of `pdf`. content: its JSON."""

    number: Number
    case_no: str
    step: str
    occurrence: int
    target: str = ""
    as_of: date
    ledger_version: int | None = None
    sha256: str
    pdf: bytes
    content: str
    created_at: AwareDatetime


class DocumentLine(Frozen):
    """A stored document without its bytes."""

    number: str
    kind: str
    case_no: str
    step: str
    occurrence: int
    target: str
    as_of: date
    ledger_version: int | None
    sha256: str
    created_at: datetime

    @property
    def ref(self) -> DocumentRef:
        return DocumentRef(kind=self.kind, number=self.number, sha256=self.sha256, as_of=self.as_of)


class Attachment(Frozen):
    """An uploaded file; the same id always holds the same bytes."""

    id: str
    sha256: str
    media_type: str
    name: str
    content: bytes
    uploaded_by: str
    at: AwareDatetime


def claim_number(session: Session, kind: str, year: int) -> Number:
    """The next number of a kind in a year. Without a gap: save the document in the same transaction.

    Others who claim the same kind wait until that transaction ends; look with `find_document` first.
    """
    query = insert_into(session, SerialRow).values(kind=kind, year=year, last=1)
    raised = query.on_conflict_do_update(
        index_elements=["kind", "year"], set_={"last": col(SerialRow.last) + 1}
    ).returning(col(SerialRow.last))
    return Number(kind=kind, year=year, serial=session.connection().execute(raised).scalar_one())


def find_document(
    session: Session,
    kind: str,
    case_no: str,
    step: str,
    occurrence: int,
    target: str = "",
    as_of: date | None = None,
    ledger_version: int | None = None,
) -> DocumentLine | None:
    """The newest document of that kind for that occurrence of a step, with these figures if they are given.

    A retry that finds one claims no second number.
    """
    d = DocumentRow
    query = _lines().where(
        col(d.case_no) == case_no, col(d.step) == step, col(d.occurrence) == occurrence,
        col(d.kind) == kind, col(d.target) == target,
    )  # fmt: skip
    if as_of is not None:
        query = query.where(col(d.as_of) == as_of)
    if ledger_version is not None:
        query = query.where(col(d.ledger_version) == ledger_version)
    row = session.execute(query.order_by(col(d.year).desc(), col(d.serial).desc()).limit(1)).mappings().first()
    return DocumentLine(**row) if row else None


def save_document(session: Session, document: NewDocument) -> DocumentLine:
    """Store a document once; the same content for the same occurrence and target again is the row already there.

    Refused "document_differs" if its number belongs to another document.
    """
    number = document.number
    values: dict[str, Any] = {**document.model_dump(exclude={"number"}), **number.model_dump(), "number": number.text}
    again = find_document(session, number.kind, document.case_no, document.step, document.occurrence, document.target)
    if again is not None and again.sha256 == document.sha256:
        return again
    if not inserted(session, DocumentRow, values):
        raise Refused("document_differs", f"Number {number.text} is taken.", "Claim a number for each document.")
    return DocumentLine(**{name: values[name] for name in DocumentLine.model_fields})


def get_document(session: Session, number: str) -> DocumentLine | None:
    """A document by its number, without its bytes."""
    row = session.execute(_lines().where(col(DocumentRow.number) == number)).mappings().first()
    return DocumentLine(**row) if row else None


def get_pdf(session: Session, number: str) -> bytes | None:
    """The bytes of a document by its number; None when there is none, or its content was destroyed."""
    return session.scalar(select(col(DocumentRow.pdf)).where(col(DocumentRow.number) == number)) or None


def get_content(session: Session, number: str) -> str | None:
    """The JSON a document was rendered from."""
    return session.scalar(select(col(DocumentRow.content)).where(col(DocumentRow.number) == number)) or None


def documents_of(session: Session, case_no: str) -> tuple[DocumentLine, ...]:
    """All documents of a case in the order they were made."""
    query = _lines().where(col(DocumentRow.case_no) == case_no)
    rows = session.execute(query.order_by(col(DocumentRow.created_at), col(DocumentRow.number))).mappings()
    return tuple(DocumentLine(**row) for row in rows)


def add_attachment(session: Session, attachment: Attachment) -> None:
    """Store an uploaded file once; Refused "attachment_differs" if its id holds other bytes."""
    if inserted(session, AttachmentRow, attachment.model_dump()):
        return
    stored = session.scalar(select(col(AttachmentRow.sha256)).where(col(AttachmentRow.id) == attachment.id))
    if stored != attachment.sha256:
        raise Refused("attachment_differs", f"The id {attachment.id} holds another file.", "Use a new id.")


def get_attachment(session: Session, attachment_id: str) -> Attachment | None:
    """An uploaded file."""
    row = session.get(AttachmentRow, attachment_id)
    return Attachment(**row.model_dump()) if row else None


def _lines() -> Select[*tuple[Any, ...]]:
    return select(*(getattr(DocumentRow, name) for name in DocumentLine.model_fields))
