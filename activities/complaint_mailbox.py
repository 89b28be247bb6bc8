"""The mailbox for complaints (催收投诉): the folder in which a mail system puts what it receives (Maildir)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from activities.complaints import enter_complaint
from activities.registry import Policies
from domain.clock import BusinessClock
from domain.errors import Transient
from gateways.inbound_mail import InboundMail, read_mail
from store import complaints, documents
from store.complaints import ComplaintRecord, NewComplaint
from store.session import Database

log = structlog.get_logger()
AT_ONCE: Final = 50  # mails in one look
PAUSE: Final = 2.0  # seconds between looks
SEEN: Final = ":2,S"  # what Maildir appends to the name of a mail that was read
MAILBOX: Final = "mailbox"  # stands where a complaint names who entered it


class ComplaintMailbox:
    """Makes a complaint of every mail, once per message id; a mail leaves `new` only when it is in the register."""

    def __init__(self, database: Database, policies: Policies, folder: Path, clock: BusinessClock) -> None:
        self._database = database
        self._policies = policies
        self._folder = folder
        self._clock = clock
        for part in ("new", "cur", "tmp"):
            (folder / part).mkdir(parents=True, exist_ok=True)

    async def watch(self, stop: asyncio.Event, pause: float = PAUSE) -> None:
        """Look again and again until told to stop; an outage of the database only delays it."""
        while not stop.is_set():
            try:
                await asyncio.to_thread(self.take)
            except (Transient, DBAPIError, OSError) as fault:
                log.warning("mailbox_waits", reason=type(fault).__name__)
            await asyncio.sleep(pause)

    def take(self) -> int:
        """Take what has arrived, the oldest first; how many mails."""
        taken = 0
        for file in self._arrived():
            content, at = file.read_bytes(), datetime.fromtimestamp(file.stat().st_mtime, UTC)
            with self._database.session() as session:
                found = enter_mail(session, self._policies, content, self._clock.business(at), self._now())
            _seen(file, self._folder / "cur")
            log.info("complaint_mail", number=found.number)
            taken += 1
        return taken

    def _arrived(self) -> Iterator[Path]:
        """Whole mails only: a mail system writes to `tmp` and moves what is finished."""
        files = [one for one in (self._folder / "new").iterdir() if one.is_file() and not one.is_symlink()]
        yield from sorted(files, key=lambda one: (one.stat().st_mtime_ns, one.name))[:AT_ONCE]

    def _now(self) -> datetime:
        return self._clock.business(datetime.now(UTC))


def enter_mail(
    session: Session, policies: Policies, content: bytes, received_at: datetime, now: datetime
) -> ComplaintRecord:
    """The complaint in a mail, entered once; its files are kept.

    Somebody else's mail that bears a known message id is a complaint of its own: nothing that was written is lost.
    """
    mail = read_mail(content)
    wanted = _complaint(mail, _kept(session, mail, now), min(received_at, now))
    known = complaints.find_by_key(session, wanted.key)
    if known is not None and known.email == wanted.email:
        return known
    if known is not None:
        other = f"{wanted.key}#{sha256(content).hexdigest()[:24]}"
        wanted = wanted.model_copy(update={"key": other})
    return enter_complaint(session, policies, wanted, now)


def _kept(session: Session, mail: InboundMail, at: datetime) -> tuple[str, ...]:
    """The files of a mail in the document store; their ids."""
    ids: list[str] = []
    for file in mail.files:
        digest = sha256(file.content).hexdigest()
        attachment = documents.Attachment(
            id=f"att-{digest[:32]}", sha256=digest, media_type=file.media_type, name=file.name, content=file.content,
            uploaded_by=MAILBOX, at=at,
        )  # fmt: skip
        documents.add_attachment(session, attachment)
        ids.append(attachment.id)
    return tuple(dict.fromkeys(ids))


def _complaint(mail: InboundMail, files: tuple[str, ...], received_at: datetime) -> NewComplaint:
    """A mail that says nothing is a complaint too: a person looks at it."""
    words = [mail.subject, mail.text or ("" if mail.subject else "(空白邮件)")]
    words += [f"(另有{mail.left_out}个附件因类型或大小未保存)"] if mail.left_out else []
    words += ["(邮件过长或无法完整读取，未全部保存)"] if mail.cut else []
    return NewComplaint(
        key=f"mail:{mail.message_id}", channel="email", complainant=mail.name, email=mail.sender,
        text="\n\n".join(part for part in words if part), received_at=received_at, entered_by=MAILBOX,
        attachments=files,
    )  # fmt: skip


def _seen(file: Path, folder: Path) -> None:
    """Read; another worker may have been faster."""
    with suppress(FileNotFoundError):
        file.rename(folder / f"{file.name.partition(':')[0]}{SEEN}")
