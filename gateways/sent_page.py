"""The page on which the stand-ins show what was sent."""

from __future__ import annotations

from html import escape
from typing import Final

from pydantic import TypeAdapter

from gateways.contract import (
    CallRecipient,
    EmailRecipient,
    LetterRecipient,
    RecipientOf,
    SignatureRecipient,
    SmsRecipient,
    SocialRecipient,
)
from gateways.standin_store import Taken

CHANNELS: Final = {
    "letter": "信函",
    "email": "邮件",
    "sms": "短信",
    "social": "社交媒体",
    "call": "电话",
    "signature": "电子签名",
}
STATUSES: Final = {
    "queued": "已受理", "sent": "已发出", "failed": "发送失败", "delivered": "已送达", "returned": "被退回",
}  # fmt: skip
RECIPIENT: Final[TypeAdapter[RecipientOf]] = TypeAdapter(RecipientOf)

PAGE: Final = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>已发送 Sent</title><style>
body {{ font: 14px/1.6 system-ui, "Noto Sans SC", sans-serif; margin: 2rem auto; max-width: 76rem;
  padding: 0 1rem; color: #222 }}
h1 {{ font-size: 1.3rem }}
table {{ border-collapse: collapse; width: 100% }}
td, th {{ text-align: left; padding: .45rem .6rem; border-bottom: 1px solid #ddd; vertical-align: top }}
th {{ background: #f4f4f4; white-space: nowrap }}
td.text {{ white-space: pre-wrap }}
</style></head><body><h1>已发送 Sent ({count})</h1>
<p>本机替身网关：没有任何内容真正寄出。 Local stand-ins: nothing really leaves this machine.</p>
<table><thead><tr><th>时间 At</th><th>渠道 Channel</th><th>键 Key</th><th>收件人 Recipient</th>
<th>主题 Subject</th><th>正文 Text</th><th>附件 Files</th><th>状态 Status</th></tr></thead><tbody>
{rows}
</tbody></table></body></html>
"""


def sent_page(newest: list[Taken]) -> str:
    """HTML of the list; recipients are masked, every text is escaped."""
    return PAGE.format(count=len(newest), rows="\n".join(_row(taken) for taken in newest))


def masked(recipient: RecipientOf) -> str:
    """Enough to recognise the recipient, not enough to reach it: 江****司, 138****5678, g***@example.com."""
    match recipient:
        case LetterRecipient():
            return _ends(recipient.name, 1, 1)
        case SmsRecipient() | CallRecipient() | SignatureRecipient():
            return _ends(recipient.phone, 3, 4)
        case EmailRecipient():
            local, _, domain = recipient.email.partition("@")
            return f"{local[0]}***@{domain}"
        case SocialRecipient():
            return _ends(recipient.account, 2, 2)


def _ends(text: str, head: int, tail: int) -> str:
    if len(text) <= head + tail:
        return f"{text[:1]}****"
    return f"{text[:head]}****{text[-tail:]}"


def _row(taken: Taken) -> str:
    files = "<br>".join(
        f'<a href="/files/{taken.id}/{ordinal}">{escape(name)}</a>' for ordinal, name in enumerate(taken.files)
    )
    cells = (
        escape(taken.at[:19].replace("T", " ")),
        CHANNELS[taken.channel],
        f"<code>{escape(taken.key)}</code>",
        escape(masked(RECIPIENT.validate_json(taken.recipient))),
        escape(taken.subject),
    )
    shown = "".join(f"<td>{cell}</td>" for cell in cells)
    status = STATUSES[taken.status.value]
    return f'<tr>{shown}<td class="text">{escape(taken.text)}</td><td>{files}</td><td>{status}</td></tr>'
