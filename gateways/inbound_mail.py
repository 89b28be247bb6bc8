"""Reads a mail that a stranger wrote: whose, what, which files; whatever is wrong with it, something can be read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as default_policy
from email.utils import parseaddr
from hashlib import sha256
from html.parser import HTMLParser
from typing import Final

import structlog

from domain.file_types import media_type_of

log = structlog.get_logger()
MOST_BYTES: Final = 25 * 1024 * 1024  # of a message; of a longer one only the beginning is read
BEGINNING: Final = 256 * 1024
MOST_TEXT: Final = 19_000  # characters
MOST_FILES: Final = 10
MOST_FILE_BYTES: Final = 10 * 1024 * 1024
LONGEST: Final = {"sender": 254, "name": 200, "subject": 500, "message_id": 200}


@dataclass(frozen=True)
class File:
    """A PDF, PNG or JPEG that came with a mail."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class InboundMail:
    """What a mail says; personal. sender: None when it names no address. left_out: files that were not taken."""

    message_id: str
    sender: str | None
    name: str
    subject: str
    text: str
    files: tuple[File, ...] = ()
    left_out: int = 0
    cut: bool = False


def read_mail(content: bytes) -> InboundMail:
    """The mail in an RFC 5322 message; never raises."""
    cut = len(content) > MOST_BYTES
    digest = sha256(content).hexdigest()
    try:
        return _read(content[:BEGINNING] if cut else content, digest, cut)
    except Exception as fault:  # the parser stumbles over strangers' headers in ways it does not name
        log.warning("mail_unreadable", sha256=digest, reason=type(fault).__name__)
        text = _clean(content[:BEGINNING].decode("utf-8", "replace"), MOST_TEXT)
        return InboundMail(message_id=digest, sender=None, name="", subject="", text=text, cut=True)


def _read(content: bytes, digest: str, cut: bool) -> InboundMail:
    message = message_from_bytes(content, policy=default_policy)
    if not isinstance(message, EmailMessage):
        raise TypeError("not a message")
    name, sender = parseaddr(str(message["From"] or ""))
    text = _text(message)
    files = [] if cut else list(_files(message))
    taken = tuple(file for file in files if file is not None)[:MOST_FILES]
    return InboundMail(
        message_id=_message_id(message, digest),
        sender=_clean(sender, LONGEST["sender"]) if "@" in sender and len(sender) <= LONGEST["sender"] else None,
        name=_clean(name, LONGEST["name"]),
        subject=_clean(str(message["Subject"] or ""), LONGEST["subject"]),
        text=_clean(text, MOST_TEXT),
        files=taken,
        left_out=len(files) - len(taken),
        cut=cut or len(text) > MOST_TEXT,
    )


def _message_id(message: EmailMessage, digest: str) -> str:
    """Its own id; the content's when it has none that can be used."""
    given = "".join(str(message["Message-ID"] or "").split())
    return _clean(given, LONGEST["message_id"]) if 3 <= len(given) <= LONGEST["message_id"] else digest


def _text(message: EmailMessage) -> str:
    body = message.get_body(("plain", "html"))
    if body is None:
        return ""
    payload = body.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    try:
        text = raw.decode(body.get_content_charset("utf-8"), "replace")
    except LookupError:  # a character set that nobody knows
        text = raw.decode("utf-8", "replace")
    return _without_tags(text) if body.get_content_subtype() == "html" else text


def _files(message: EmailMessage) -> Iterator[File | None]:
    """Every attachment; None for one that is not taken: too large, or neither PDF nor a picture by its content."""
    for part in message.iter_attachments():
        payload = part.get_payload(decode=True)
        content = payload if isinstance(payload, bytes) else b""
        media_type = media_type_of(content)
        if media_type is None or len(content) > MOST_FILE_BYTES:
            yield None
        else:
            name = part.get_filename() if isinstance(part, EmailMessage) else None
            yield File(_clean(str(name or ""), LONGEST["name"]), media_type, content)


class _Words(HTMLParser):
    """Collects what a reader sees."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in ("script", "style")
        if tag in ("br", "p", "div", "tr", "li"):
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("script", "style") and self.hidden > 0

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.words.append(data)


def _without_tags(text: str) -> str:
    words = _Words()
    words.feed(text)
    return "".join(words.words)


def _clean(text: str, longest: int) -> str:
    """Only what every database takes: no control characters, no halves of characters."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    kept = "".join(c for c in whole if c in "\n\t" or ((c.isprintable() or c.isspace()) and c != "\r"))
    return kept.strip()[:longest]
