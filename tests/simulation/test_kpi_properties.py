"""What holds for the key figures of any account: nothing is counted twice, lost, or more than there was."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings, strategies as st

from domain.kpi import FIGURES, part_of, tally_of
from domain.kpi_stock import ByBucket, ByOwner, Stock, stocks, whole
from domain.kpi_walk import NOTHING, History, history_of
from domain.ledger import AccountFacts, Instalment, Posting, PostingKind
from domain.money import ZERO
from domain.standing import standing
from domain.terms import Terms
from tests.builders.effort import examples
from tests.builders.figures import BUCKETS, posted

FIRST, LAST = date(2026, 4, 1), date(2026, 6, 30)
START = date(2026, 1, 1)
AMOUNTS = st.integers(1, 150_000).map(lambda cents: f"{cents / 100:.2f}")
DAYS = st.integers(0, 200).map(lambda day: START + timedelta(days=day))
KINDS = st.sampled_from([PostingKind.PAYMENT] * 4 + [PostingKind.COST, PostingKind.VENDOR_ADVANCE])
TERMS = st.builds(
    Terms,
    grace_days=st.sampled_from([0, 3]),
    tolerance=st.sampled_from([ZERO, Decimal("5.00")]),
    cure_includes_current_penalty=st.booleans(),
    returned_payment=st.sampled_from(["original_due", "return_date"]),
)


@st.composite
def accounts(draw: st.DrawFn) -> AccountFacts:
    """Up to four rents, up to eight movements, some of them taken back."""
    dues = sorted(draw(st.sets(DAYS, min_size=1, max_size=4)))
    schedule = tuple(
        Instalment(no=no, due=due, principal=Decimal("300.00"), interest=Decimal("12.34"))
        for no, due in enumerate(dues, start=1)
    )
    moves = draw(st.lists(st.tuples(DAYS, AMOUNTS, KINDS, st.booleans()), max_size=8))
    return AccountFacts(
        account_no="X", schedule=schedule, postings=tuple(_postings(moves)),
        penalty_rate_per_day=draw(st.sampled_from([Decimal(0), Decimal("0.0005")])),
    )  # fmt: skip


def _postings(moves: list[tuple[date, str, PostingKind, bool]]) -> Iterator[Posting]:
    for no, (day, amount, kind, taken_back) in enumerate(sorted(moves, key=lambda move: move[0])):
        yield posted(f"p{no}", day, amount, kind)
        if taken_back:
            reversal = posted(f"r{no}", day + timedelta(days=9), "0.00", PostingKind.REVERSAL)
            yield reversal.model_copy(update={"reverses": f"p{no}"})


def lived(account: AccountFacts, terms: Terms, until: date = LAST) -> History:
    return history_of(account, until, terms)


def everything(history: History, first: date = FIRST, last: date = LAST) -> Stock:
    return stocks(history, first, last, whole(history.reading)).get("all", Stock())


@settings(max_examples=examples(150))
@given(accounts(), TERMS)
def test_buckets_share_out_what_was_collected_and_no_rate_leaves_its_bounds(
    account: AccountFacts, terms: Terms
) -> None:
    history = lived(account, terms)
    whole_stock = everything(history)
    parts = stocks(history, FIRST, LAST, ByBucket(BUCKETS, history.reading))
    assert sum((part.collected for part in parts.values()), NOTHING) == whole_stock.collected
    assert sum((part.end for part in parts.values()), NOTHING) == whole_stock.end
    assert sum((part.start for part in parts.values()), NOTHING) == whole_stock.start
    long = stocks(history, FIRST, LAST, whole(history.reading, 90)).get("all", Stock())
    tallies = [tally_of(history, FIRST, LAST, whole_stock, long, ZERO), *map(part_of, parts.values())]
    for tally in tallies:
        for figure in FIGURES:
            value = figure.of(tally)
            if value is None or figure.id in ("reduction_rate", "npl_change"):  # both may fall below zero
                continue
            assert value >= 0, figure.id
            if figure.unit == "share" and figure.id != "cost_rate":
                assert value <= 1, figure.id


@settings(max_examples=examples(150))
@given(accounts(), TERMS)
def test_what_was_there_or_came_in_was_collected_or_is_left_or_went_elsewhere(
    account: AccountFacts, terms: Terms
) -> None:
    history = lived(account, terms)
    for part in stocks(history, FIRST, LAST, ByBucket(BUCKETS, history.reading)).values():
        gone = part.start + part.added - part.collected - part.end
        for amount in (gone, part.added, part.collected, part.start, part.end):
            assert min(amount.principal, amount.interest, amount.charges) >= 0


@settings(max_examples=examples(150))
@given(accounts(), TERMS, st.integers(0, (LAST - FIRST).days - 1))
def test_a_period_in_two_parts_collected_what_it_collected_in_one(
    account: AccountFacts, terms: Terms, cut: int
) -> None:
    middle = FIRST + timedelta(days=cut)
    history = lived(account, terms)
    one, two = everything(history, FIRST, middle), everything(history, middle + timedelta(days=1), LAST)
    both = everything(history)
    assert one.collected + two.collected == both.collected
    assert (one.start, one.end, two.end) == (both.start, two.start, both.end)
    assert one.added + two.added == both.added
    owners = ByOwner(((middle, "u-1"),), whole(history.reading))
    shared = stocks(history, FIRST, LAST, owners)
    assert sum((part.collected for part in shared.values()), NOTHING) == both.collected


@settings(max_examples=examples(150))
@given(accounts(), TERMS, st.integers(0, 200))
def test_what_is_overdue_on_a_day_is_what_the_standing_says(account: AccountFacts, terms: Terms, offset: int) -> None:
    day = START + timedelta(days=offset)
    bare = account.model_copy(update={
        "postings": tuple(p for p in account.postings if p.kind is not PostingKind.REVERSAL),
        "penalty_rate_per_day": Decimal(0),
    })  # fmt: skip
    history, known = lived(bare, terms, day), standing(bare, day, terms)
    state = history.at(day)
    assert history.reading.dpd(state.oldest, day) == known.dpd
    if known.dpd:
        assert state.level(day).rent == known.overdue_rent
        assert state.level(day).total == known.total_overdue
