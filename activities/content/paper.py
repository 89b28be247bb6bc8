"""What every report of a case may say: its parts, and the ledger, letters and contacts in a few lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from activities.content.material import Material
from activities.content.words import CHANNELS, CONTACTS, day, line, money
from activities.content.written import Written
from activities.messages import PrepareRequest
from letters.parts import Section, Signature, Suspension
from letters.tables import Table

SHOWN_CONTACTS: Final = 60


@dataclass(frozen=True)
class Paper:
    """The parts of a report that differ from kind to kind; `signatures` come after those of the staff."""

    sections: tuple[Section, ...] = ()
    table: Table | None = None
    suspension: Suspension | None = None
    signatures: tuple[Signature, ...] = ()


Build = Callable[[Material, Written, PrepareRequest], Paper]


def ledger_text(material: Material) -> str:
    """What the ledger shows as unpaid, in one sentence."""
    now = material.now
    if now.oldest_due is None:
        return f"截至{day(now.as_of)}，逾期款项已付清。"
    if not now.total_overdue:  # what the asset brought in pays and cures nothing
        return f"截至{day(now.as_of)}，逾期{now.past_due_days}天的款项已由处置价款清偿。"
    advance = f"出卖人垫付租金{money(now.vendor_advance)}元，不抵减上述金额。" if now.vendor_advance else ""
    return (
        f"截至{day(now.as_of)}，最早应付日为{day(now.oldest_due)}，已逾期{now.past_due_days}天，"
        f"逾期{material.rent_word}{money(now.overdue_rent)}元，已发生费用{money(now.costs)}元，"
        f"此前累计罚息{money(now.earlier_penalty)}元，本次逾期罚息{money(now.current_penalty)}元，"
        f"合计{money(now.total_overdue)}元（{material.account.currency}）。{advance}"
    )


def letters_text(material: Material) -> str:
    """The letters that went out, one per line."""
    return "\n".join(material.letters_sent()) or "截至报告日无发函记录。"


def contacts_text(material: Material) -> str:
    """The last contacts of the case, one per line."""
    found = material.contacts()
    lines = [
        f"{day(material.local(event))} {CHANNELS[contact.channel]}，{CONTACTS[contact.outcome]}"
        + (f"：{line(contact.note)}" if contact.note else "")
        for event, contact in found[-SHOWN_CONTACTS:]
    ]
    left_out = [f"（此前另有 {len(found) - SHOWN_CONTACTS} 条记录）"] if len(found) > SHOWN_CONTACTS else []
    return "\n".join(left_out + lines) or "截至报告日无联系记录。"
