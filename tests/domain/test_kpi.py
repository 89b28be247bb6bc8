"""The key figures of five accounts against a table worked out by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from domain.kpi import BY_ID, FIGURES, Tally, part_of, tally_of
from domain.kpi_stock import ByBucket, ByOwner, Stock, stocks, whole
from domain.kpi_walk import History, Level, history_of
from domain.ledger import AccountFacts, HoldFact, PostingKind
from domain.terms import Terms
from tests.builders.figures import BOOK, BUCKETS, FIRST, LAST, account, posted

TERMS = Terms()
# April 2026. Each account owes a rent of 1,050 (1,000 principal) on the day named and another one in 2027.
#
#   account  due         days past due      happens                               collected in
#   A        2026-03-11  20 on 31 March     pays 1,050 on 5 April (25 days)       mild 1,050
#   B        2026-03-11  20, 50 at the end  moderate from 11 April (31 days);
#                                           pays 450 on 20 April (40 days)        moderate_1 450
#   C        2025-12-01  120                100 costs on 9 April; pays 500 on 10  severe 500 (100 costs, 400 rent)
#   D        2026-04-15  -                  pays 1,050 on the due date            -
#   E        2026-04-20  10 at the end      nothing                               -
#
#   bucket      start  came in          collected  end      collected / (start + came in)
#   mild        2,100  1,050 (E)        1,050      1,050    1,050 / 3,150
#   moderate_1  -      1,050 (B)        450        600      450 / 1,050
#   severe      1,050  100 (costs)      500        650      500 / 1,150
#   all         3,150  1,150            2,000      2,300    2,000 / 4,300
BY_HAND = {
    "mild": ("2100.00", "1050.00", "1050.00", "1050.00", "0.3333"),
    "moderate_1": ("0.00", "1050.00", "450.00", "600.00", "0.4286"),
    "severe": ("1050.00", "100.00", "500.00", "650.00", "0.4348"),
}
WHOLE = {
    "overdue_accounts": "3",  # B, C, E
    "overdue_before": "3150.00",
    "overdue_end": "2300.00",  # 600 + 650 + 1,050
    "collected": "2000.00",
    "success_rate": "0.4651",  # 2,000 / 4,300
    "success_rate_90": "0.4348",  # C alone: 500 / 1,150
    "cost": "120.00",  # 100 charged to C, 20 for a visit to B
    "cost_rate": "0.0600",  # 120 / 2,000
    "recovery_rate": "0.4524",  # 1,050 + 450 + 400 = 1,900 of 4,200
    "reduction_rate": "0.2698",  # 850 of 3,150
    "delinquency_rate": "0.3103",  # principal 600 + 650 + 1,000 = 2,250 of 7,250
    "receipt_rate": "0.5619",  # 1,900 + 1,050 (D) = 2,950 of 3,150 + 2,100
    "cycle": "24.0",  # A: from 12 March to 5 April
}
VISIT = {date(2026, 4, 12): Decimal("20.00")}


def history(found: AccountFacts, until: date = LAST, terms: Terms = TERMS) -> History:
    return history_of(found, until, terms)


def by_bucket(first: date = FIRST, last: date = LAST) -> dict[str, Tally]:
    """The tallies of the book by bucket."""
    found: dict[str, Tally] = {}
    for one in BOOK.values():
        lived = history(one, last)
        for bucket, stock in stocks(lived, first, last, ByBucket(BUCKETS, lived.reading), costs(one)).items():
            found.setdefault(bucket, Tally()).add(part_of(stock))
    return found


def costs(one: AccountFacts) -> dict[date, Decimal]:
    return VISIT if one.account_no == "B" else {}


def book(first: date = FIRST, last: date = LAST) -> Tally:
    """The tally of the whole book."""
    total = Tally()
    for one in BOOK.values():
        lived = history(one, last)
        everything = stocks(lived, first, last, whole(lived.reading)).get("all", Stock())
        long = stocks(lived, first, last, whole(lived.reading, 90)).get("all", Stock())
        spent = sum((amount for day, amount in costs(one).items() if first <= day <= last), Decimal(0))
        total.add(tally_of(lived, first, last, everything, long, spent))
    return total


def test_the_success_rate_by_bucket_is_that_of_the_table() -> None:
    found = {
        bucket: (*(str(level.total) for level in (t.start, t.added, t.collected, t.end)), str(rate))
        for bucket, t in by_bucket().items()
        if (rate := BY_ID["success_rate"].of(t)) is not None
    }
    assert found == BY_HAND


@pytest.mark.parametrize(("figure", "expected"), WHOLE.items())
def test_the_figures_of_the_whole_book_are_those_of_the_table(figure: str, expected: str) -> None:
    assert str(BY_ID[figure].of(book())) == expected


def test_the_parts_of_what_was_collected() -> None:
    severe = by_bucket()["severe"].collected
    assert severe == Level(Decimal("350.00"), Decimal("50.00"), Decimal("100.00"))
    assert book().collected.rent == Decimal("1900.00")


def test_costs_are_where_the_account_was_when_they_arose() -> None:
    found = by_bucket()
    assert {bucket: str(tally.cost) for bucket, tally in found.items()} == {
        "mild": "0.00", "moderate_1": "20.00", "severe": "100.00",
    }  # fmt: skip


def test_a_book_with_nothing_overdue_has_no_rates() -> None:
    empty = Tally()
    shares = [figure for figure in FIGURES if figure.under]
    assert [figure.of(empty) for figure in shares] == [None] * len(shares)


def test_a_payment_taken_back_was_never_collected() -> None:
    back = posted("a2", date(2026, 5, 4), "0.00", PostingKind.REVERSAL).model_copy(update={"reverses": "a1"})
    bounced = BOOK["A"].model_copy(update={"postings": (*BOOK["A"].postings, back)})
    found = stocks(history(bounced), FIRST, LAST, whole(history(bounced).reading))["all"]
    assert (found.collected.total, found.end.total) == (Decimal(0), Decimal("1050.00"))

    terms = Terms(returned_payment="return_date")  # it was collected, and its return is a debt of 4 May
    lived = history(bounced, date(2026, 5, 31), terms)
    april, may = (
        stocks(lived, *days, whole(lived.reading))["all"]
        for days in ((FIRST, LAST), (date(2026, 5, 1), date(2026, 5, 31)))
    )
    assert (april.collected.total, may.added.total, may.end.total) == (
        Decimal("1050.00"), Decimal("1050.00"), Decimal("1050.00"),
    )  # fmt: skip


def test_what_a_vendor_bought_back_is_neither_collected_nor_left() -> None:
    price = posted("x", date(2026, 4, 8), "1900.00", PostingKind.BUYBACK_PRICE)
    lived = history(account("X", date(2026, 3, 11), price))
    found = stocks(lived, FIRST, LAST, whole(lived.reading))["all"]
    assert (found.start.total, found.collected.total, found.end.total) == (Decimal("1050.00"), Decimal(0), Decimal(0))
    assert lived.at(LAST).balance == 0
    assert [turn.behind_from for turn in lived.turns] == [None, None]


def test_an_account_that_is_over_owes_nothing_more() -> None:
    lived = history_of(BOOK["B"], LAST, TERMS, ends=date(2026, 4, 20))
    found = stocks(lived, FIRST, LAST, whole(lived.reading))["all"]
    assert (found.collected.total, found.end.total, lived.at(LAST).balance) == (Decimal("450.00"), 0, 0)


def test_what_falls_due_on_the_last_day_is_overdue_in_the_next_period() -> None:
    late = account("N", date(2026, 3, 11))
    late = late.model_copy(update={"schedule": (late.schedule[0], late.schedule[1].model_copy(update={"due": LAST}))})
    lived = history(late, date(2026, 5, 31))
    april, may = (
        stocks(lived, *period, whole(lived.reading))["all"]
        for period in ((FIRST, LAST), (date(2026, 5, 1), date(2026, 5, 31)))
    )
    assert (april.end.total, may.start.total, may.added.total) == (
        Decimal("1050.00"), Decimal("1050.00"), Decimal("1050.00"),
    )  # fmt: skip


def test_a_cost_that_is_paid_on_the_day_it_is_charged_was_never_overdue() -> None:
    day = date(2026, 4, 10)
    both = (posted("c", day, "100.00", PostingKind.COST), posted("p", day, "300.00"))
    lived = history(account("Q", date(2026, 3, 11), *both))
    found = stocks(lived, FIRST, LAST, whole(lived.reading))["all"]
    assert (found.collected.total, found.end.total) == (Decimal("200.00"), Decimal("850.00"))
    assert (found.cost, found.added.total) == (Decimal("100.00"), Decimal(0))


def test_the_reduction_is_that_of_principal_and_interest() -> None:
    tally = Tally(start=Level(Decimal(90), Decimal(10), Decimal(50)), end=Level(Decimal(55), Decimal(5), Decimal(90)))
    assert BY_ID["reduction_rate"].of(tally) == Decimal("0.4")


def test_penalty_interest_comes_in_day_by_day_and_is_collected_with_the_rest() -> None:
    late = account("P", date(2026, 3, 11), posted("p", date(2026, 4, 20), "1092.00"))
    late = late.model_copy(update={"penalty_rate_per_day": Decimal("0.001")})
    terms = Terms(allocation=("interest", "principal", "current_penalty"), cure_includes_current_penalty=True)
    lived = history(late, terms=terms)
    found = stocks(lived, FIRST, LAST, ByBucket(BUCKETS, lived.reading))
    # 1.05 a day: 21.00 by 31 March, 31.50 by 10 April, 42.00 by 20 April
    assert found["mild"].start.total == Decimal("1071.00")
    assert found["mild"].added.total == Decimal("10.50")
    assert found["moderate_1"].added.total == Decimal("1092.00")  # 1,082.55 on 11 April and nine days more
    assert found["moderate_1"].collected == Level(Decimal("1000.00"), Decimal("50.00"), Decimal("42.00"))
    assert found["moderate_1"].end.total == 0


def test_a_part_payment_moves_what_is_left_to_a_milder_bucket() -> None:
    two = account("T", date(2026, 2, 20), posted("t", date(2026, 4, 10), "1050.00"))
    two = two.model_copy(update={"schedule": (two.schedule[0], two.schedule[1].model_copy(
        update={"due": date(2026, 3, 20)}))})  # fmt: skip
    lived = history(two)
    found = stocks(lived, FIRST, LAST, ByBucket(BUCKETS, lived.reading))
    assert found["moderate_1"].start.total == Decimal("2100.00")  # 40 days
    assert found["moderate_1"].collected.total == Decimal("1050.00")
    assert found["mild"].added.total == Decimal("1050.00")  # 21 days on 10 April
    assert found["moderate_1"].added.total == Decimal("1050.00")  # 31 days again on 20 April
    assert [turn.behind_from for turn in lived.turns if turn.behind_from] == []  # still the same delinquency


def test_days_within_grace_and_held_days_are_not_past_due() -> None:
    lived = history(BOOK["A"], terms=Terms(grace_days=25))
    assert stocks(lived, FIRST, LAST, whole(lived.reading)) == {}
    held = BOOK["B"].model_copy(update={"holds": (HoldFact(start=date(2026, 4, 1), end=date(2026, 4, 11)),)})
    lived = history(held, terms=Terms(holds="stop_clock"))
    found = stocks(lived, FIRST, LAST, ByBucket(BUCKETS, lived.reading))
    assert found["mild"].collected.total == Decimal("450.00")  # 30 days on 20 April
    assert found["moderate_1"].added.total == Decimal("600.00")


def test_what_one_owner_had_is_theirs_until_another_takes_over() -> None:
    lived = history(BOOK["B"])
    split = ByOwner(((date(2026, 3, 12), "u-1"), (date(2026, 4, 15), "u-2")), whole(lived.reading))
    found = stocks(lived, FIRST, LAST, split)
    assert {name: (str(s.start.total), str(s.added.total), str(s.collected.total)) for name, s in found.items()} == {
        "u-1": ("1050.00", "0.00", "0.00"), "u-2": ("0.00", "1050.00", "450.00"),
    }  # fmt: skip


def test_a_disposal_brings_money_in_and_cures_nothing() -> None:  # L7.3
    """A sells for 1,050 on 5 April: collected as ever, but only what A itself pays on the 25th ends the delinquency."""
    proceeds = posted("s", date(2026, 4, 5), "1050.00", PostingKind.DISPOSAL_PROCEEDS)
    sold = account("A", date(2026, 3, 11), proceeds)
    tally = alone(sold)
    assert (tally.collected.total, tally.realised, tally.end.total) == (Decimal("1050.00"), Decimal("1050.00"), 0)
    assert (tally.cured, history(sold).at(LAST).oldest) == (0, date(2026, 3, 11))
    own = alone(account("A", date(2026, 3, 11), proceeds, posted("o", date(2026, 4, 25), "1050.00")))
    assert (own.cured, own.cure_days, own.collected.total) == (1, 44, Decimal("1050.00"))  # from 12 March


def alone(one: AccountFacts) -> Tally:
    lived = history(one)
    stock = stocks(lived, FIRST, LAST, whole(lived.reading))["all"]
    return tally_of(lived, FIRST, LAST, stock, Stock(), Decimal(0))
