"""Tells what a file is by its whole structure; its name may not say otherwise, and what is cut off is refused."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import PurePath
from typing import Final

from domain.audio_types import audio_fault
from domain.errors import Refused

MAGIC: Final = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
AUDIO: Final = {
    b"RIFF": "audio/wav", b"OggS": "audio/ogg",
    b"ID3": "audio/mpeg", b"\xff\xfb": "audio/mpeg", b"\xff\xf3": "audio/mpeg",
}  # fmt: skip
NAMES: Final = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "audio/wav": (".wav", ".wave"),
    "audio/mpeg": (".mp3",),
    "audio/ogg": (".ogg", ".oga", ".opus"),
}
EXTENSION: Final = re.compile(r"\.[a-z][a-z0-9]{1,4}")  # "V1.2" and "张三.李" end with none
MOST_PIXELS: Final = 200_000_000
FOREIGN: Final = (b"%PDF-", b"<script", b"<?php", b"PK\x03\x04")
END_OF_PDF: Final = re.compile(rb"startxref\s+(\d+)\s+%%EOF[\s\0]*\Z")
Fault = Callable[[bytes], str | None]


def media_type_of(content: bytes) -> str | None:
    """application/pdf, image/png or image/jpeg; None for anything else, and for one that is not whole."""
    found = _by_magic(content, MAGIC)
    return found if found is not None and _fault(content, found) is None else None


def document_type(name: str, content: bytes) -> str:
    """The type of an uploaded document. Refused: type_not_allowed, name_differs, file_damaged."""
    return _checked(name, content, MAGIC, "PDF, PNG, JPEG")


def audio_type(name: str, content: bytes) -> str:
    """audio/wav, audio/mpeg or audio/ogg. Refused: type_not_allowed, name_differs, file_damaged."""
    return _checked(name, content, AUDIO, "WAV, MP3, OGG")


def _checked(name: str, content: bytes, magic: Mapping[bytes, str], known: str) -> str:
    found = _by_magic(content, magic)
    if found is None:
        raise Refused("type_not_allowed", f"The content is none of {known}.", "Send one of these.")
    said = PurePath(name).suffix.lower()
    if EXTENSION.fullmatch(said) and said not in NAMES[found]:
        raise Refused("name_differs", f"The name says {said}, the content is {found}.", "Send the file it names.")
    fault = _fault(content, found)
    if fault is not None:
        raise Refused("file_damaged", f"The file {fault}.", "Open it, save it again and send that.")
    return found


def _by_magic(content: bytes, magic: Mapping[bytes, str]) -> str | None:
    return next((media_type for start, media_type in magic.items() if content.startswith(start)), None)


def _fault(content: bytes, media_type: str) -> str | None:
    if media_type.startswith("audio/"):
        return audio_fault(content, media_type)
    faults: dict[str, Fault] = {"application/pdf": _pdf, "image/png": _png, "image/jpeg": _jpeg}
    if zipfile.is_zipfile(BytesIO(content)):
        return "is an archive as well"
    return faults[media_type](content)


def _pdf(content: bytes) -> str | None:
    """It ends with the place of its table of contents, which lies within it; more is read of it where it is kept."""
    end = END_OF_PDF.search(content, max(0, len(content) - 2048))
    if end is None:
        return "does not end like a PDF: it was cut off, or something was added"
    return None if int(end.group(1)) < end.start() else "has no table of contents where it says"


def _png(content: bytes) -> str | None:
    """Chunk by chunk with its checksum to the end; the picture unpacks to what its header says, and to no more."""
    at, data, header = 8, bytearray(), b""
    while at + 12 <= len(content):
        size, kind = int.from_bytes(content[at : at + 4]), content[at + 4 : at + 8]
        body, end = content[at + 8 : at + 8 + size], at + 12 + size
        if end > len(content) or zlib.crc32(kind + body) != int.from_bytes(content[end - 4 : end]):
            return "is cut off or damaged"
        header = body if kind == b"IHDR" and at == 8 else header
        data += body if kind == b"IDAT" else b""
        if kind == b"IEND":
            return "goes on after its end" if end != len(content) else _unpacked(header, bytes(data))
        at = end
    return "is cut off or damaged"


def _unpacked(header: bytes, data: bytes) -> str | None:
    """The picture is there: at least a row of it, all that was packed, and not more than the header lets expect."""
    if len(header) != 13:
        return "has no header"
    width, height, depth, kind = int.from_bytes(header[:4]), int.from_bytes(header[4:8]), header[8], header[9]
    bits = depth * {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}.get(kind, 0)
    if not 0 < width * height <= MOST_PIXELS or not 0 < bits <= 64:
        return "has no size that a picture can have"
    most = height * (width * bits // 8 + 2) + 16 * (width + height)  # a row filter each; interlaced: a little more
    unpacking = zlib.decompressobj()
    try:
        size = len(unpacking.decompress(data, most + 1))
    except zlib.error:
        return "is damaged"
    if size > most:
        return "unpacks to more than its header says"
    return None if unpacking.eof and size >= height * (width * bits // 8) else "is cut off or damaged"


def _jpeg(content: bytes) -> str | None:
    """Segment by segment to the picture, then to its end; what cameras add behind it may be nothing else."""
    at, sized = 2, False
    while at + 4 <= len(content) and content[at] == 0xFF:
        kind, size = content[at + 1], int.from_bytes(content[at + 2 : at + 4])
        if kind == 0xFF:
            at += 1
            continue
        if 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            height, width = int.from_bytes(content[at + 5 : at + 7]), int.from_bytes(content[at + 7 : at + 9])
            sized = 0 < width * height <= MOST_PIXELS
        at += 2 + size
        if kind == 0xDA:
            end = content.find(b"\xff\xd9", at)
            if not sized or end < 0:
                return "is cut off or damaged"
            return "goes on after its end" if any(mark in content[end:] for mark in FOREIGN) else None
    return "is cut off or damaged"
