"""Files of every kind that is taken: whole ones, and what is cut off, packed twice, or named otherwise."""

from __future__ import annotations

import io
import zipfile

import pytest

from domain.errors import Refused
from domain.file_types import audio_type, document_type, media_type_of
from tests.builders.files import PDF, chunk, jpeg, mp3, ogg, pdf, png, wav

WHOLE = {"a.pdf": PDF, "a.png": png(), "a.jpg": jpeg(), "a.wav": wav(), "a.ogg": ogg(), "a.mp3": mp3()}
TYPES = {
    "a.pdf": "application/pdf", "a.png": "image/png", "a.jpg": "image/jpeg",
    "a.wav": "audio/wav", "a.ogg": "audio/ogg", "a.mp3": "audio/mpeg",
}  # fmt: skip


def told(name: str, content: bytes) -> str:
    """The type, or the code of the refusal."""
    try:
        return (audio_type if name.endswith(("wav", "ogg", "mp3")) else document_type)(name, content)
    except Refused as refused:
        return refused.code


def archive() -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as packed:
        packed.writestr("run.sh", "echo")
    return kept.getvalue()


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_file_is_what_it_is(name: str) -> None:
    assert told(name, WHOLE[name]) == TYPES[name]
    assert told(name.upper().replace("WAV", "wav").replace("OGG", "ogg").replace("MP3", "mp3"), WHOLE[name])


@pytest.mark.parametrize("name", WHOLE)
def test_a_file_that_was_cut_off_is_refused_wherever_it_was(name: str) -> None:
    content = WHOLE[name]
    assert {told(name, content[:length]) for length in range(12, len(content) - 1)} <= {
        "file_damaged", "type_not_allowed",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["a.pdf", "a.png", "a.jpg"])
def test_two_files_in_one_are_refused(name: str) -> None:
    assert told(name, WHOLE[name] + archive()) == "file_damaged"
    assert media_type_of(WHOLE[name] + archive()) is None


@pytest.mark.parametrize("start", [b"MZ", b"\x7fELF", b"#!/bin/sh\n", b"<html>", b""])
def test_what_begins_otherwise_is_none_of_them(start: bytes) -> None:
    assert told("a.pdf", start + PDF if start else b"") == "type_not_allowed"
    assert told("a.wav", start) == "type_not_allowed"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.png", PDF, "name_differs"),
        ("a.pdf.exe", PDF, "name_differs"),
        ("a.jpeg", jpeg(), "image/jpeg"),
        ("合同 V1.2", PDF, "application/pdf"),
        ("", PDF, "application/pdf"),
        ("a.mp3", wav(), "name_differs"),
    ],
)
def test_a_name_may_not_say_otherwise(name: str, content: bytes, code: str) -> None:
    assert told(name, content) == code


@pytest.mark.parametrize(
    "content",
    [
        png(rows=bytes(10_000_000)),  # a picture of four points that unpacks to ten million
        png(rows=b""),
        png(width=0),
        png(width=1_000_000, height=1_000_000, rows=b""),
        png()[:-12] + chunk(b"IEND", b"")[:-1] + b"\0",
        png() + b"<?php echo 1;",
        png().replace(b"IDAT", b"IDAX"),
        jpeg() + b"<script>alert(1)</script>",
        jpeg().replace(b"\xff\xc2", b"\xff\xe1"),  # without a size
        pdf() + b"<html>",
        pdf().replace(b"startxref\n", b"startxref\n999"),
    ],
)
def test_what_only_looks_like_it_is_refused(content: bytes) -> None:
    assert media_type_of(content) is None
