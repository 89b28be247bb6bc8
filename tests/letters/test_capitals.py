"""Amounts in capital characters: examples by hand, and a property checked by an independent reader."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from letters.capitals import capitals

EXAMPLES = {
    "0": "人民币零元整",
    "0.00": "人民币零元整",
    "-0.00": "人民币零元整",
    "0.05": "人民币伍分",
    "0.50": "人民币伍角整",
    "0.56": "人民币伍角陆分",
    "1": "人民币壹元整",
    "10": "人民币壹拾元整",
    "10.50": "人民币壹拾元伍角整",
    "100": "人民币壹佰元整",
    "101": "人民币壹佰零壹元整",
    "110": "人民币壹佰壹拾元整",
    "1001": "人民币壹仟零壹元整",
    "1010": "人民币壹仟零壹拾元整",
    "1409.50": "人民币壹仟肆佰零玖元伍角整",
    "6007.14": "人民币陆仟零柒元壹角肆分",
    "12300.05": "人民币壹万贰仟叁佰元零伍分",
    "12300": "人民币壹万贰仟叁佰元整",
    "16409.02": "人民币壹万陆仟肆佰零玖元零贰分",
    "100000": "人民币壹拾万元整",
    "100001": "人民币壹拾万零壹元整",
    "107000.53": "人民币壹拾万柒仟元伍角叁分",
    "1000000": "人民币壹佰万元整",
    "10050300": "人民币壹仟零伍万零叁佰元整",
    "100000000": "人民币壹亿元整",
    "100000001.01": "人民币壹亿零壹元零壹分",
    "100010000": "人民币壹亿零壹万元整",
    "120003000": "人民币壹亿贰仟万叁仟元整",
    "1000000010": "人民币壹拾亿零壹拾元整",
    "100001000": "人民币壹亿零壹仟元整",
    "1000000000000": "人民币壹万亿元整",
    "1234500000000": "人民币壹万贰仟叁佰肆拾伍亿元整",
    "1000100000000": "人民币壹万零壹亿元整",
    "1000010000000": "人民币壹万亿零壹仟万元整",
    "-88.80": "人民币负捌拾捌元捌角整",
}


@pytest.mark.parametrize(("figures", "words"), EXAMPLES.items())
def test_examples(figures: str, words: str) -> None:
    assert capitals(Decimal(figures)) == words


def test_other_currencies_have_their_names() -> None:
    assert capitals(Decimal("20.10"), "HKD") == "港币贰拾元壹角整"
    assert capitals(Decimal("2"), "USD") == "美元贰元整"


@pytest.mark.parametrize("wrong", ["0.001", "NaN", "Infinity", "10000000000000000", "-1E16"])
def test_what_cannot_be_written_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="in capitals"):
        capitals(Decimal(wrong))


def test_a_currency_without_a_name_is_refused() -> None:
    with pytest.raises(ValueError, match="XAU"):
        capitals(Decimal(1), "XAU")


DIGITS = {char: value for value, char in enumerate("零壹贰叁肆伍陆柒捌玖")}
PLACES = {"拾": 10, "佰": 100, "仟": 1000}


def read_integer(words: str) -> int:
    """Read capital characters the way a person does: split at 亿, then at 万, then add the places."""
    for mark, factor in (("亿", 10**8), ("万", 10**4)):
        if mark in words:
            high, low = words.rsplit(mark, 1)
            return read_integer(high) * factor + read_integer(low)
    total, digit = 0, 0
    for char in words:
        if char in PLACES:
            total, digit = total + digit * PLACES[char], 0
        else:
            digit = DIGITS[char]
    return total + digit


def read_amount(words: str) -> Decimal:
    words = words.removeprefix("人民币")
    sign = -1 if words.startswith("负") else 1
    words = words.removeprefix("负").removesuffix("整")
    yuan, _, change = words.rpartition("元")
    jiao, _, fen = change.rpartition("角")
    cents = (DIGITS[jiao[-1]] * 10 if jiao else 0) + (DIGITS[fen[-2]] if fen.endswith("分") else 0)
    return sign * (Decimal(read_integer(yuan)) + Decimal(cents) / 100)


@given(st.decimals(min_value=Decimal("-9999999999999999.99"), max_value=Decimal("9999999999999999.99"), places=2))
def test_reading_it_gives_the_amount_back(amount: Decimal) -> None:
    assert read_amount(capitals(amount)) == amount


@given(
    st.integers(0, 9_999),
    st.sampled_from([1, 10, 100, 1000, 10**4, 10**5, 10**6, 10**8, 10**9, 10**12]),
    st.integers(0, 99),
)
def test_amounts_with_many_zeros_read_back_and_never_double_a_zero(high: int, scale: int, cents: int) -> None:
    amount = Decimal(high * scale) + Decimal(cents) / 100
    words = capitals(amount)
    assert read_amount(words) == amount
    assert "零零" not in words and "零万" not in words and "零亿" not in words
    assert words.endswith("分") or words.endswith("整")
