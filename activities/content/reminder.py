"""The text of a reminder before the due date: amount, due date, contact details (B2.1.1.1c); no name in it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from domain.policy import Company

SUBJECT: Final = "还款提醒"


def reminder_text(company: Company, contract_no: str, amount: Decimal, currency: str, due: date) -> str:
    """What the debtor is sent; the amount is what is unpaid of this instalment."""
    money = f"人民币{amount:,.2f}元" if currency == "CNY" else f"{currency} {amount:,.2f}"
    return (
        f"【{company.name['zh']}】还款提醒：您的合同（编号：{contract_no}）本期应还款项{money}，"
        f"到期日为{due.year}年{due.month}月{due.day}日，请按时足额还款。如已还款，请忽略本提醒。"
        f"联系电话：{company.phone}。"
    )
