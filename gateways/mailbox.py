"""Local stand-in for a mail server: takes every mail and keeps it beside the letters and SMS."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as default_policy
from hashlib import sha256

from aiosmtpd.smtp import SMTP, Envelope, Session

from gateways.contract import Attachment, EmailRecipient, OutboundMessage
from gateways.faults import FaultSwitches
from gateways.smtp import key_of
from gateways.standin_store import SentStore

SIZE_LIMIT = 32 * 1024 * 1024
OWN_KEY = re.compile(r"[A-Za-z0-9._~/-]{1,200}")


class Mailbox:
    """Keeps each mail it receives; a mail that comes twice is two deliveries, as with a real server."""

    def __init__(self, store: SentStore, clock: Callable[[], datetime], faults: FaultSwitches) -> None:
        self._store = store
        self._clock = clock
        self._faults = faults

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        """Take any recipient, unless told to refuse."""
        if self._faults.now.mail_refuse:
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep the mail for each recipient, then answer, unless told to cut the connection."""
        content = envelope.original_content or b""
        for address in envelope.rcpt_tos:
            message = read_mail(content, address)
            await asyncio.to_thread(self._store.note_request, message.key, self._clock())
            await asyncio.to_thread(self._store.take, message, self._clock(), ())
        await asyncio.sleep(self._faults.now.delay_ms / 1000)
        if self._faults.takes("mail_drop_answers") and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
        return "250 OK"

    @asynccontextmanager
    async def running(self, port: int, host: str = "127.0.0.1") -> AsyncIterator[int]:
        """Serve while the context lasts; gives the port (0 asks for a free one)."""
        server = await asyncio.get_running_loop().create_server(
            lambda: SMTP(self, data_size_limit=SIZE_LIMIT, enable_SMTPUTF8=True, hostname="localhost"),
            host,
            port,
        )
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
            await server.wait_closed()


def read_mail(content: bytes, address: str) -> OutboundMessage:
    """The message inside a mail; a mail that is not ours gets a key from its hash."""
    mail = message_from_bytes(content, policy=default_policy)
    key = key_of(str(mail.get("Message-ID", "")))
    if not OWN_KEY.fullmatch(key):
        key = f"mail/{sha256(content).hexdigest()[:16]}"
    body = mail.get_body(("plain",))
    return OutboundMessage(
        key=key,
        recipient=EmailRecipient(email=address),
        subject=str(mail.get("Subject", "")).strip() or "-",
        text=body.get_content() if body else "",
        attachments=tuple(_attachment(part) for part in mail.iter_attachments()),
    )


def _attachment(part: EmailMessage) -> Attachment:
    payload = part.get_payload(decode=True)
    return Attachment(
        name=part.get_filename() or "attachment",
        media_type=part.get_content_type(),
        content=payload if isinstance(payload, bytes) else b"",
    )
