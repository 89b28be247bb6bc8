"""Small files as people upload them: whole ones of every kind that is taken."""

from __future__ import annotations

import io
import struct
import wave
import zlib
from base64 import b64decode


def pdf(text: str = "", root: str = "") -> bytes:
    """One empty page with a title. root: more entries of the catalogue."""
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {root} >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        f"<< /Title ({text}) >>",
    ]
    found, places = b"%PDF-1.7\n", list[int]()
    for number, body in enumerate(objects, start=1):
        places.append(len(found))
        found += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    trailer = f"trailer\n<< /Size 5 /Root 1 0 R /Info 4 0 R >>\nstartxref\n{len(found)}\n%%EOF\n"
    return found + f"xref\n0 5\n0000000000 65535 f \n{table}{trailer}".encode()


def chunk(kind: bytes, body: bytes) -> bytes:
    """A part of a PNG with its checksum."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int = 2, height: int = 2, rows: bytes | None = None) -> bytes:
    """A grey picture; rows: what is packed in it instead of what its header says."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    packed = zlib.compress(bytes((width + 1) * height) if rows is None else rows)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def jpeg() -> bytes:
    """One grey pixel."""
    start = (
        "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP" + "/" * 86 + "wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA="
    )
    return b64decode(start) + b"\xff\xd9"


def wav(seconds: float = 0.1) -> bytes:
    """Silence."""
    kept = io.BytesIO()
    with wave.open(kept, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8000)
        sound.writeframes(b"\x80" * int(8000 * seconds))
    return kept.getvalue()


def ogg() -> bytes:
    """Two pages, of which the second is the last."""

    def page(flags: int, body: bytes) -> bytes:
        return b"OggS\0" + bytes([flags]) + bytes(20) + bytes([1, len(body)]) + body

    return page(2, b"OpusHead") + page(4, b"sound")


def mp3() -> bytes:
    """An empty tag and two frames of MPEG 1, 128 kbit/s, 44.1 kHz."""
    return b"ID3\x04\0\0\0\0\0\0" + 2 * (b"\xff\xfb\x90\x00" + bytes(413))


PDF = pdf()
