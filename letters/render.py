"""Typesets a document's content as an archivable PDF, byte for byte the same each time."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, time
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Final

import typst
from pypdf import PdfReader

from domain.errors import Permanent
from letters.content import DocumentContent
from letters.glyphs import FontSet
from letters.view import View, view

TEMPLATES: Final = Path(__file__).parent / "templates"
ARCHIVE_STANDARD: Final = "a-2u"


class TemplateBroken(Permanent):
    """A template does not compile or warns: a defect of the product, never of the data."""


@dataclass(frozen=True)
class RenderedDocument:
    """A finished PDF with its hash (hex) and number of pages."""

    pdf: bytes
    sha256: str
    pages: int


class Renderer:
    """Renders any kind of document; safe to share between threads."""

    def __init__(self, fonts: FontSet) -> None:
        self._fonts = fonts
        self._typeset_fonts = typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=fonts.folders
        )

    def render(self, content: DocumentContent) -> RenderedDocument:
        """Typeset the content. Raises `MissingGlyphs` for characters without a glyph, before typesetting."""
        self._fonts.refuse_missing(content.model_dump(mode="json"))
        pdf = self._compile(content)
        pages = len(PdfReader(BytesIO(pdf)).pages)
        return RenderedDocument(pdf=pdf, sha256=sha256(pdf).hexdigest(), pages=pages)

    def _compile(self, content: DocumentContent) -> bytes:
        kind = content.kind.template
        compiler = typst.Compiler(root=str(TEMPLATES), font_paths=self._typeset_fonts)
        try:
            pdf, warnings = compiler.compile_with_warnings(
                input=str(TEMPLATES / f"{kind}.typ"),
                format="pdf",
                # The data travels as JSON: no text in it is ever read as markup.
                sys_inputs={"data": json.dumps(self._data(content), ensure_ascii=False)},
                pdf_standards=ARCHIVE_STANDARD,
                # The date of the document, not of the machine: the same content gives the same bytes.
                timestamp=datetime.combine(content.as_of, time(), tzinfo=UTC),
            )
        except typst.TypstError as error:
            raise TemplateBroken(f"{kind}: {error.message}") from error
        if warnings or not isinstance(pdf, bytes):
            raise TemplateBroken(f"{kind}: {'; '.join(warning.message for warning in warnings)}")
        return pdf

    def _data(self, content: DocumentContent) -> dict[str, View]:
        serif, sans = self._fonts.families
        return {**view(content), "fonts": {"serif": serif, "sans": sans}}
