"""The evidence file of a case: an index with page numbers, what the ledger and the record prove, then the papers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from hashlib import sha256
from io import BytesIO
from typing import Final

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError

from letters.parts import CaseReference, Claim, Issuer, Line, PenaltyRow, Piece, Text
from letters.render import RenderedDocument, Renderer, TemplateBroken
from letters.view import View, claim_view, penalty_view, plain

TEMPLATE: Final = "evidence_bundle"
TITLE: Final = "证据材料"
PASSES: Final = 4  # the index says where each paper begins, and is itself some pages long


class ScheduleRow(Piece):
    """One instalment of the contract and what was paid on it by the day of the file."""

    number: int
    due: date
    principal: Decimal
    interest: Decimal
    unpaid: Decimal


class MoneyRow(Piece):
    """One posting of the ledger."""

    on: date
    kind: Line
    amount: Decimal
    reference: Line


class ContactRow(Piece):
    """One contact with the debtor."""

    at: Line
    channel: Line
    result: Line
    by: Line
    note: Text | None = None


class LetterRow(Piece):
    """One letter that went out, and what proves that it arrived."""

    sent_on: date
    title: Line
    number: Line
    to: Line
    channel: Line
    proof: Line


class ClockRow(Piece):
    """One clock that runs against us, with its last day and what interrupted it."""

    name: Line
    ends: Line
    grounds: Line


class EvidenceContent(Piece):
    """Everything the file says before its papers. gaps: what is missing, by name; `title`: what a paper proves."""

    case: CaseReference
    issuer: Issuer
    number: Line
    as_of: date
    claim: Claim | None
    penalty: tuple[PenaltyRow, ...]
    schedule: tuple[ScheduleRow, ...]
    postings: tuple[MoneyRow, ...]
    contacts: tuple[ContactRow, ...]
    letters: tuple[LetterRow, ...]
    clocks: tuple[ClockRow, ...]
    gaps: tuple[Line, ...]


@dataclass(frozen=True)
class Exhibit:
    """A paper that is appended. media_type: of its content; sha256 (hex): of what was stored."""

    name: str
    proves: str
    source: str
    content: bytes
    media_type: str
    sha256: str


@dataclass
class _Bound:
    """An exhibit as pages; None when its file cannot be read."""

    exhibit: Exhibit
    reader: PdfReader | None
    first: int = field(default=0)


def bind(renderer: Renderer, content: EvidenceContent, exhibits: Sequence[Exhibit]) -> RenderedDocument:
    """One PDF: the index and what the system proves, then every paper with a bookmark; the same bytes each time.

    A paper that cannot be read stands in the index as such. Raises MissingGlyphs.
    """
    bound = [_Bound(one, _reader(renderer, one, content.as_of)) for one in exhibits]
    pages, front = 0, b""
    for _ in range(PASSES):
        _number(bound, pages)
        front = renderer.typeset(TEMPLATE, renderer.checked(_view(content, bound)), content.as_of)
        found = len(PdfReader(BytesIO(front)).pages)
        if found == pages:
            break
        pages = found
    writer = PdfWriter()
    writer.append(PdfReader(BytesIO(front)), import_outline=False)
    for one in bound:
        if one.reader is not None:
            writer.append(one.reader, outline_item=one.exhibit.name, import_outline=False)
    made = BytesIO()
    writer.write(made)
    pdf = made.getvalue()
    return RenderedDocument(pdf=pdf, sha256=sha256(pdf).hexdigest(), pages=len(writer.pages))


def _reader(renderer: Renderer, one: Exhibit, as_of: date) -> PdfReader | None:
    try:
        if one.media_type == "application/pdf":
            reader = PdfReader(BytesIO(one.content))
            return None if reader.is_encrypted or not reader.pages else reader
        suffix = "png" if one.media_type == "image/png" else "jpg"
        return PdfReader(BytesIO(renderer.image_page(one.content, suffix, as_of)))
    except (PyPdfError, TemplateBroken):
        return None


def _number(bound: Sequence[_Bound], front: int) -> None:
    """The page on which each paper begins, after so many of the front part."""
    following = front + 1
    for one in bound:
        one.first = following if one.reader is not None else 0
        following += len(one.reader.pages) if one.reader is not None else 0


def _view(content: EvidenceContent, bound: Sequence[_Bound]) -> dict[str, View]:
    shown = {name: plain(getattr(content, name)) for name in type(content).model_fields}
    shown["title"] = TITLE
    shown["claim"] = claim_view(content.claim) if content.claim else None
    shown["penalty"] = [penalty_view(row) for row in content.penalty]
    exhibits: list[View] = [
        {
            "name": one.exhibit.name, "proves": one.exhibit.proves, "source": one.exhibit.source,
            "pages": len(one.reader.pages) if one.reader else 0, "first": one.first,
            "sha256": one.exhibit.sha256[:16],
        }
        for one in bound
    ]  # fmt: skip
    shown["exhibits"] = exhibits
    return shown
