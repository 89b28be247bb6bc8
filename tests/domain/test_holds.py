"""A new hold of the day count beside those there are."""

from __future__ import annotations

from datetime import date

import pytest

from domain.errors import Refused
from domain.holds import check_hold
from domain.ledger import HoldFact


def hold(start: str, end: str) -> HoldFact:
    return HoldFact(start=date.fromisoformat(start), end=date.fromisoformat(end))


THERE = hold("2022-09-15", "2022-09-22")


@pytest.mark.parametrize(
    "new",
    [
        hold("2022-09-09", "2022-09-15"),  # touches the beginning
        hold("2022-09-22", "2022-09-23"),  # touches the end
        hold("2022-09-07", "2022-09-08"),  # on the day the lease began, backdated
    ],
)
def test_holds_that_are_possible(new: HoldFact) -> None:
    check_hold(new, [THERE], date(2022, 9, 7))


def test_a_plain_hold() -> None:  # V048
    check_hold(hold("2022-09-09", "2022-09-19"), [], date(2022, 9, 7))


@pytest.mark.parametrize(
    ("new", "code"),
    [
        (hold("2022-09-15", "2022-09-22"), "hold_overlaps"),  # V053: the same again
        (hold("2022-09-10", "2022-09-16"), "hold_overlaps"),
        (hold("2022-09-21", "2022-09-30"), "hold_overlaps"),
        (hold("2022-09-16", "2022-09-17"), "hold_overlaps"),
        (hold("2022-09-01", "2022-09-30"), "hold_before_activation"),
        (hold("2022-09-25", "2022-09-25"), "hold_ends_before_start"),
        (hold("2022-09-25", "2022-09-24"), "hold_ends_before_start"),
    ],
)
def test_holds_that_are_refused(new: HoldFact, code: str) -> None:
    with pytest.raises(Refused) as refused:
        check_hold(new, [THERE], date(2022, 9, 7))
    assert refused.value.code == code
