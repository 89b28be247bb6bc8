"""Money in Chinese capital characters, as banks and courts want it written."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
PLACES: Final = ("", "拾", "佰", "仟")
GROUPS: Final = ("", "万", "亿", "万亿")
UNITS: Final = {"CNY": ("人民币", "元"), "HKD": ("港币", "元"), "USD": ("美元", "元"), "EUR": ("欧元", "元")}
LIMIT: Final = Decimal(10) ** 16
CENT: Final = Decimal("0.01")


def capitals(amount: Decimal, currency: str = "CNY") -> str:
    """Write an amount in capital characters: 12300.05 becomes 人民币壹万贰仟叁佰元零伍分.

    Rules: consecutive zeros become one 零; 整 follows when nothing stands below 元 or the amount ends in 角;
    an amount under one 元 has no 元; negative amounts carry 负. Raises ValueError for more than two decimals,
    for 10^16 and more, for what is not a number and for a currency without a Chinese name.
    """
    if not amount.is_finite() or abs(amount) >= LIMIT or amount != amount.quantize(CENT):
        raise ValueError("an amount in capitals must be finite, below 10^16 and have at most two decimals")
    if currency not in UNITS:
        raise ValueError(f"no Chinese name for the currency {currency}")
    name, unit = UNITS[currency]
    cents = int(abs(amount) * 100)
    sign = "负" if amount < 0 and cents else ""
    return f"{name}{sign}{_yuan(cents // 100, unit, cents % 100)}{_change(cents // 100, cents % 100)}"


def _yuan(whole: int, unit: str, change: int) -> str:
    if whole == 0:
        return "" if change else f"零{unit}"
    return f"{_integer(whole)}{unit}"


def _change(whole: int, change: int) -> str:
    tens, ones = divmod(change, 10)
    if change == 0:
        return "整"
    gap = "零" if whole and tens == 0 else ""
    jiao = f"{DIGITS[tens]}角" if tens else ""
    return f"{gap}{jiao}{DIGITS[ones]}分" if ones else f"{jiao}整"


def _integer(whole: int) -> str:
    """Join the groups of four digits; a group below 1000 after a higher one is announced by 零."""
    text = ""
    for power in range(len(GROUPS) - 1, -1, -1):
        group = whole // 10_000**power % 10_000
        if group == 0:
            continue
        if text and (group < 1000 or _ends_open(whole, power)):
            text += "零"
        text += _group(group) + _group_name(whole, power)
    return text


def _ends_open(whole: int, power: int) -> bool:
    """Tell whether an empty group stands directly above this one."""
    return whole // 10_000 ** (power + 1) % 10_000 == 0


def _group_name(whole: int, power: int) -> str:
    """亿 is said once: 1,2345,0000,0000 is 壹万贰仟叁佰肆拾伍亿."""
    if power == 3 and whole // 10_000**2 % 10_000:
        return "万"
    return GROUPS[power]


def _group(group: int) -> str:
    text, zero = "", False
    for place in range(3, -1, -1):
        digit = group // 10**place % 10
        if digit == 0:
            zero = bool(text)
            continue
        text += ("零" if zero else "") + DIGITS[digit] + PLACES[place]
        zero = False
    return text
