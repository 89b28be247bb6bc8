"""Whether a PDF that people upload can be read, page by page, and does nothing by itself."""

from __future__ import annotations

from io import BytesIO
from typing import Final

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import DictionaryObject

ACTIVE: Final = ("/JavaScript", "/Launch")


def pdf_fault(content: bytes) -> str | None:
    """What is wrong with it; None when it can be read without a password, has a page and starts nothing."""
    try:
        reader = PdfReader(BytesIO(content), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            return "opens with a password only"
        if not reader.pages or any(page.mediabox is None for page in reader.pages):
            return "has no page"
        root = reader.trailer["/Root"].get_object()
        return "does something when it is opened" if _active(root) else None
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        return "cannot be read as a PDF"


def _active(root: object) -> bool:
    if not isinstance(root, DictionaryObject):
        raise TypeError("the root of a PDF is a dictionary")
    names, opened = (root.get(name) for name in ("/Names", "/OpenAction"))
    found = [one.get_object() for one in (names, opened) if one is not None]
    actions = [one for one in found if isinstance(one, DictionaryObject)]
    return any("/JavaScript" in one or one.get("/S") in ACTIVE for one in actions)
