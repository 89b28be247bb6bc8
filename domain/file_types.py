"""Tells what a file is by its content; its name and what the sender says do not count."""

from __future__ import annotations

MAGIC = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
AUDIO = {b"OggS": "audio/ogg", b"ID3": "audio/mpeg", b"\xff\xfb": "audio/mpeg", b"\xff\xf3": "audio/mpeg"}


def media_type_of(content: bytes) -> str | None:
    """application/pdf, image/png or image/jpeg; None for anything else."""
    return next((media_type for magic, media_type in MAGIC.items() if content.startswith(magic)), None)


def audio_type_of(content: bytes) -> str | None:
    """audio/wav, audio/mpeg or audio/ogg; None for anything else."""
    if content.startswith(b"RIFF") and content[8:12] == b"WAVE":
        return "audio/wav"
    return next((media_type for magic, media_type in AUDIO.items() if content.startswith(magic)), None)
