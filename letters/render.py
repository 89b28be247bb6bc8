"""Typesets a document's content as an archivable PDF, byte for byte the same each time."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import typst
from pypdf import PdfReader

from domain.errors import Permanent
from letters.content import DocumentContent
from letters.glyphs import FontSet
from letters.view import View, view

TEMPLATES: Final = Path(__file__).parent / "templates"
ARCHIVE_STANDARD: Final = "a-2u"
IMAGE_PAGE: Final = """#set page(paper: "a4", margin: 15mm)
#align(center + horizon, image("FILE", width: 100%, height: 100%, fit: "contain"))
"""


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

    def render(self, content: DocumentContent, template: str | None = None) -> RenderedDocument:
        """Typeset the content. Raises `MissingGlyphs` for characters without a glyph, before typesetting.

        template: what a company made of the template of this kind; None: as it came with the product.
        """
        self._fonts.refuse_missing({**content.model_dump(mode="json"), "template": template or ""})
        pdf = self._compile(content, template)
        pages = len(PdfReader(BytesIO(pdf)).pages)
        return RenderedDocument(pdf=pdf, sha256=sha256(pdf).hexdigest(), pages=pages)

    def _compile(self, content: DocumentContent, template: str | None) -> bytes:
        return self.typeset(content.kind.template, self._data(content), content.as_of, template)

    def typeset(self, kind: str, data: dict[str, View], as_of: date, template: str | None = None) -> bytes:
        """The PDF of a template with finished texts; their glyphs have been checked before."""
        source = (TEMPLATES / f"{kind}.typ").read_bytes() if template is None else template.encode()
        compiler = typst.Compiler(root=str(TEMPLATES), font_paths=self._typeset_fonts)
        try:
            pdf, warnings = compiler.compile_with_warnings(
                input=source,
                format="pdf",
                # The data travels as JSON: no text in it is ever read as markup.
                sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
                pdf_standards=ARCHIVE_STANDARD,
                # The date of the document, not of the machine: the same content gives the same bytes.
                timestamp=datetime.combine(as_of, time(), tzinfo=UTC),
            )
        except typst.TypstError as error:
            raise TemplateBroken(f"{kind}: {error.message}") from error
        if warnings or not isinstance(pdf, bytes):
            raise TemplateBroken(f"{kind}: {'; '.join(warning.message for warning in warnings)}")
        return pdf

    def checked(self, data: dict[str, View]) -> dict[str, View]:
        """The texts with the fonts they are set in. Raises `MissingGlyphs`."""
        self._fonts.refuse_missing(data)
        return {**data, "fonts": self._faces()}

    def image_page(self, image: bytes, suffix: str, as_of: date) -> bytes:
        """A page with an uploaded picture. Raises TemplateBroken when it is none."""
        with TemporaryDirectory() as folder:
            shown = Path(folder) / f"image.{suffix}"
            shown.write_bytes(image)
            page = Path(folder) / "page.typ"
            page.write_text(IMAGE_PAGE.replace("FILE", shown.name), encoding="utf-8")
            try:
                stamp = datetime.combine(as_of, time(), tzinfo=UTC)
                pdf = typst.compile(str(page), root=folder, format="pdf", timestamp=stamp)
            except typst.TypstError as error:
                raise TemplateBroken(f"image: {error.message}") from error
        if not isinstance(pdf, bytes):
            raise TemplateBroken("image: no page")
        return pdf

    def _data(self, content: DocumentContent) -> dict[str, View]:
        return {**view(content), "fonts": self._faces()}

    def _faces(self) -> dict[str, View]:
        serif, sans = self._fonts.families
        return {"serif": serif, "sans": sans}
