"""E-mail by SMTP: the Message-ID is the key, and what may have been taken is never sent again."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime
from urllib.parse import quote, unquote

import aiosmtplib
from pydantic import BaseModel, ConfigDict, SecretStr

from gateways.contract import (
    Accepted,
    AskResult,
    EmailRecipient,
    GatewayUnavailable,
    OutboundMessage,
    Rejected,
    SendResult,
    Unknown,
)


class SmtpServer(BaseModel):
    """Where and how to hand over mail; `timeout` is in seconds per command."""

    model_config = ConfigDict(frozen=True)

    host: str
    port: int
    use_tls: bool = False
    start_tls: bool | None = None
    username: str | None = None
    password: SecretStr | None = None
    timeout: float = 30.0
    local_hostname: str = "localhost"


class SmtpGateway:
    """Sends one mail per key over its own connection."""

    def __init__(
        self,
        server: SmtpServer,
        sender: str,
        key_domain: str,
        clock: Callable[[], datetime],
        tls_context: ssl.SSLContext | None = None,
    ) -> None:
        self._server = server
        self._sender = sender
        self._key_domain = key_domain
        self._clock = clock
        self._tls_context = tls_context

    async def send(self, message: OutboundMessage) -> SendResult:
        """Send the mail.

        A failure before DATA raises `GatewayUnavailable`; from DATA on a lost answer is Unknown.
        """
        if not isinstance(message.recipient, EmailRecipient):
            return Rejected(code="wrong_channel", permanent=True)
        mail = compose(message, message.recipient, self._sender, self._key_domain, self._clock())
        client = self._client()
        try:
            refused = await self._open(client, message.recipient.email)
            return refused or await self._data(client, mail)
        finally:
            client.close()

    async def ask(self, key: str) -> AskResult:
        """SMTP has no status query."""
        return Unknown()

    async def _open(self, client: aiosmtplib.SMTP, recipient: str) -> Rejected | None:
        """Everything before DATA: nothing has been taken when it fails."""
        try:
            await client.connect()
            await client.mail(self._sender)
            await client.rcpt(recipient)
        except aiosmtplib.SMTPResponseException as error:
            # Refusing the recipient concerns this message; refusing us or our sender concerns the set-up.
            if isinstance(error, aiosmtplib.SMTPRecipientRefused) and error.code >= 500:
                return Rejected(code=f"smtp_{error.code}", permanent=True)
            raise GatewayUnavailable(f"smtp_{error.code}") from None
        except (aiosmtplib.SMTPException, OSError) as error:
            # `from None`: an SMTP answer may quote the address.
            raise GatewayUnavailable(type(error).__name__) from None
        return None

    async def _data(self, client: aiosmtplib.SMTP, mail: EmailMessage) -> SendResult:
        try:
            await client.data(mail.as_bytes(policy=SMTP_POLICY))
        except aiosmtplib.SMTPDataError as error:
            if error.code >= 500:
                return Rejected(code=f"smtp_{error.code}", permanent=True)
            raise GatewayUnavailable(f"smtp_{error.code}") from None
        except (aiosmtplib.SMTPException, OSError):
            return Unknown()
        return Accepted(provider_ref=str(mail["Message-ID"]), at=self._clock())

    def _client(self) -> aiosmtplib.SMTP:
        server = self._server
        return aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.username,
            password=server.password.get_secret_value() if server.password else None,
            timeout=server.timeout,
            use_tls=server.use_tls,
            start_tls=server.start_tls,
            local_hostname=server.local_hostname,
            tls_context=self._tls_context,
        )


def message_id(key: str, domain: str) -> str:
    """The Message-ID that stands for a key: `<L-1%2Fnotice%2F1@domain>`."""
    return f"<{quote(key, safe='')}@{domain}>"


def key_of(header: str) -> str:
    """The key inside a Message-ID; the header itself when it is not one of ours."""
    return unquote(header.strip().removeprefix("<").removesuffix(">").rpartition("@")[0]) or header


def compose(
    message: OutboundMessage, recipient: EmailRecipient, sender: str, key_domain: str, now: datetime
) -> EmailMessage:
    """The mail as it goes out: plain text and attachments."""
    mail = EmailMessage(policy=SMTP_POLICY)
    mail["Message-ID"] = message_id(message.key, key_domain)
    mail["Date"] = format_datetime(now)
    mail["From"] = sender
    mail["To"] = Address(recipient.name or "", addr_spec=recipient.email)
    mail["Subject"] = message.subject
    mail.set_content(message.text)
    for attachment in message.attachments:
        main, _, sub = attachment.media_type.partition("/")
        mail.add_attachment(attachment.content, maintype=main, subtype=sub, filename=attachment.name)
    return mail
