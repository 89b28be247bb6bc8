"""Chinese words for what the record says in codes, and texts cut to what a line of a document holds."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Final

from domain.ladder import Ladder
from domain.policy import Bucket

UNREPORTED: Final = "未填报"
LINE: Final = 300
TEXT: Final = 20_000

CHANNELS: Final = {
    "phone": "电话",
    "visit": "上门",
    "sms": "短信",
    "email": "电子邮件",
    "letter": "信函",
    "other": "其他",
}
CONTACTS: Final = {
    "contacted": "已联系上", "not_reached": "未联系上", "wrong_number": "号码错误", "wrong_address": "地址错误",
}  # fmt: skip
DELIVERIES: Final = {"refused": "发送被拒", "unknown": "发送结果不明，待核实"}
OUTCOMES: Final = {
    "pursue": "进一步追索", "waive": "不再追索", "agreed": "同意", "refused": "不同意", "approved": "批准",
    "accepted": "通过", "returned": "退回修改", "confirmed": "确认", "not_confirmed": "不确认", "signed": "签字",
    "given": "已出具意见", "direct_disposal": "直接进入资产处置", "assisting": "已配合",
    "release_again": "重新签发", "without_letter": "不再发函", "new_plan": "重新制定预案", "resume": "继续处置",
}  # fmt: skip
CLOSED: Final = {
    "cured": "已还清", "bought_back": "已回购", "recourse_waived": "不再追索", "recourse_ended": "追索终结",
}  # fmt: skip


def line(text: str, limit: int = LINE) -> str:
    """One line of at most `limit` characters; an empty text is reported as such."""
    flat = re.sub(r"\s+", " ", text).strip()
    if not flat:
        return UNREPORTED
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


def day(value: date) -> str:
    """2026-03-07 becomes 2026年3月7日."""
    return f"{value.year}年{value.month}月{value.day}日"


def money(amount: Decimal) -> str:
    """12300.5 becomes 12,300.50."""
    return f"{amount:,.2f}"


def title(ladder: Ladder, step: str) -> str:
    """The Chinese title of a step; an unknown step keeps its id."""
    found = ladder.by_id.get(step)
    return found.rule.title["zh"] if found else step


def role(ladder: Ladder, name: str) -> str:
    """The Chinese title of a role; an unknown role keeps its name."""
    found = ladder.policy.roles.get(name)
    return found.zh if found else name


def receiver(target: str) -> str:
    """Whom a dispatch went to and how: "guarantor-2/letter" becomes 担保人2，信函."""
    who, _, channel = target.partition("/")
    kind, _, number = who.partition("-")
    name = {
        "lessee": "承租人",
        "borrower": "借款人",
        "guarantor": "担保人",
        "vendor": "出卖人",
        "guarantors": "担保人",
    }.get(kind, kind)
    return f"{name}{number}，{CHANNELS.get(channel, channel)}" if channel else f"{name}{number}"


def bucket(found: Bucket | None) -> str:
    """A class of days past due, such as 31-45天 or 45天以上."""
    if found is None:
        return "未逾期"
    return f"{found.from_}-{found.to}天" if found.to is not None else f"{found.from_ - 1}天以上"
