"""What people upload: taken only when it is whole, is what its name says, and is not too large."""

from __future__ import annotations

from domain.errors import Refused
from domain.file_types import document_type
from letters.readable import pdf_fault


def checked_document(name: str, content: bytes, most: int) -> str:
    """The type of a document that may be kept. Refused: type_not_allowed, too_large, name_differs, file_damaged."""
    if len(content) > most:
        raise Refused("too_large", f"The limit here is {most} bytes.", "")
    media_type = document_type(name, content)
    fault = pdf_fault(content) if media_type == "application/pdf" else None
    if fault is not None:
        raise Refused("file_damaged", f"The file {fault}.", "Open it, print it as a PDF and send that.")
    return media_type
