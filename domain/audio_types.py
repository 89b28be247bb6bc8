"""Whether a recording is whole: the parts of a WAV, the pages of an OGG, the first frames of an MP3."""

from __future__ import annotations

from typing import Final

STREAMED: Final = (0, 0xFFFFFFFF)  # written before the length was known
RATES: Final = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}  # by MPEG version
KBITS_1: Final = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
KBITS_2: Final = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
CUT_OFF: Final = "is cut off or damaged"


def audio_fault(content: bytes, media_type: str) -> str | None:
    """What is wrong with a recording; None when it is what it says."""
    match media_type:
        case "audio/wav":
            return _wav(content)
        case "audio/ogg":
            return _ogg(content)
        case _:
            return _mp3(content)


def _wav(content: bytes) -> str | None:
    size = int.from_bytes(content[4:8], "little")
    if content[8:12] != b"WAVE":
        return "is no sound"
    if size not in STREAMED and size + 8 > len(content):
        return CUT_OFF
    at, known = 12, set[bytes]()
    while at + 8 <= len(content):
        kind, size = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        known.add(kind)
        if kind == b"data":
            return None if b"fmt " in known and (size in STREAMED or at + 8 + size <= len(content)) else CUT_OFF
        at += 8 + size + size % 2
    return CUT_OFF


def _ogg(content: bytes) -> str | None:
    at, last = 0, False
    while at < len(content):
        page = content[at : at + 27]
        if len(page) < 27 or page[:5] != b"OggS\0":
            return CUT_OFF
        segments = content[at + 27 : at + 27 + page[26]]
        at += 27 + page[26] + sum(segments)
        last = bool(page[5] & 4) and at == len(content)
    return None if last else CUT_OFF


def _mp3(content: bytes) -> str | None:
    """Two frames one behind the other: the first bytes alone may be chance."""
    at = 0
    if content.startswith(b"ID3") and len(content) >= 10:
        size = 0
        for byte in content[6:10]:
            size = size << 7 | byte & 0x7F
        at = 10 + size
    first = _frame(content, at)
    second = _frame(content, at + first) if first else 0
    return None if first and second and at + first + second <= len(content) else CUT_OFF


def _frame(content: bytes, at: int) -> int:
    """The length of the frame of layer III that begins there; 0 when none does."""
    head = content[at : at + 4]
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return 0
    version, rate, kbits = head[1] >> 3 & 3, head[2] >> 2 & 3, head[2] >> 4
    if version == 1 or rate == 3 or kbits in (0, 15):
        return 0
    per, table = (144, KBITS_1) if version == 3 else (72, KBITS_2)
    return per * table[kbits] * 1000 // RATES[version][rate] + (head[2] >> 1 & 1)
