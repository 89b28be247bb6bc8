"""Where the proceeds of a disposal go: costs first, then by the contract; no cent is made or lost (L7.2, L7.3)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given, settings, strategies as st

from domain import commands as c
from domain.ledger import AccountFacts, Posting, PostingKind
from domain.project_result import net, recorded_figures, remaining
from domain.standing import standing
from domain.terms import Allocation, Terms
from tests.builders.cases import Desk
from tests.builders.effort import examples
from tests.builders.leases import lease, paid, taken_back

PROCEEDS, COST = PostingKind.DISPOSAL_PROCEEDS, PostingKind.COST
COSTS_LAST = Terms(allocation=("earlier_penalty", "interest", "principal", "current_penalty", "costs"))
DAY = date(2026, 4, 17)  # two rents of 10,500.00 are due, the third of 2 May is to come


def test_proceeds_pay_the_costs_first_even_where_the_contract_says_otherwise() -> None:
    sold = lease(paid("2026-04-10", "800.00", COST), paid("2026-04-17", "5800.00", PROCEEDS), rate="0")
    now = standing(sold, DAY, COSTS_LAST)
    assert (now.costs, now.overdue_rent, now.allocated) == (Decimal(0), Decimal("16000.00"), Decimal("5800.00"))
    ordinary = standing(
        lease(paid("2026-04-10", "800.00", COST), paid("2026-04-17", "5800.00"), rate="0"), DAY, COSTS_LAST
    )
    assert (ordinary.costs, ordinary.overdue_rent) == (Decimal("800.00"), Decimal("15200.00"))


def test_costs_of_the_day_of_the_sale_are_paid_by_it_too() -> None:
    sold = lease(paid("2026-04-17", "1000.00", PROCEEDS), paid("2026-04-17", "600.00", COST), rate="0")
    now = standing(sold, DAY, COSTS_LAST)
    assert (now.costs, now.overdue_rent) == (Decimal(0), Decimal("20600.00"))


def test_proceeds_lower_what_is_owed_and_cure_nothing() -> None:  # L7.3: the resolution ends the case, not the sale
    sold = lease(paid("2026-04-17", "300000.00", PROCEEDS))
    now, before = standing(sold, DAY, Terms()), standing(lease(), DAY, Terms())
    assert now.total_overdue == 0 and not now.cured
    assert (now.dpd, now.oldest_due) == (before.dpd, before.oldest_due) == (46, date(2026, 3, 2))


def test_a_sale_during_the_disposal_leaves_the_case_to_profit_and_loss_and_resolution() -> None:  # L7.3a, L7.3b
    desk = Desk(lease(), "2026-03-03 09:00").work("2026-04-17 12:00", leave=("disposal",))
    desk.post(paid("2026-04-17", "300000.00", PROCEEDS))
    assert desk.status("disposal") == "open" and desk.case.status == "open"
    desk.answer("disposal", "finished").answer("profit_and_loss", "issued")
    assert desk.case.step("recourse_resolution").asked == ("review_committee", "general_manager")
    desk.tell("finance", c.AddNote(text="结清"))
    assert desk.case.status == "open"


def test_what_the_lessee_pays_itself_cures_as_ever() -> None:
    own = lease(paid("2026-04-17", "5000.00", PROCEEDS), paid("2026-04-17", "21000.00"), rate="0")
    assert standing(own, DAY, Terms()).cured


def test_the_deficiency_is_the_whole_contract_less_what_came_in() -> None:  # L7.3b
    sold = lease(paid("2026-04-10", "800.00", COST), paid("2026-04-17", "12300.00", PROCEEDS), rate="0")
    left = remaining(sold, DAY, Terms())
    assert (left.rents_due, left.rents_to_come, left.costs) == (Decimal("9500.00"), Decimal("10500.00"), Decimal(0))
    assert (left.deficiency, left.surplus) == (Decimal("20000.00"), Decimal(0))


def test_more_than_is_owed_is_owed_to_the_customer() -> None:
    left = remaining(lease(paid("2026-04-17", "32000.00", PROCEEDS), rate="0"), DAY, Terms())
    assert (left.deficiency, left.surplus) == (Decimal(0), Decimal("500.00"))


def test_profit_and_loss_has_every_line_of_the_books() -> None:  # L7.3a
    wrong = paid("2026-03-20", "70.00")
    books = lease(
        paid("2026-03-15", "10500.00"), wrong, taken_back(wrong, "2026-03-21"), paid("2026-04-10", "800.00", COST),
        paid("2026-04-11", "500.00", PostingKind.VENDOR_ADVANCE), paid("2026-04-17", "300000.00", PROCEEDS),
    )  # fmt: skip
    figures = recorded_figures(books, DAY, Terms(), Decimal("123.45"))
    assert {figure.item: (figure.side, str(figure.amount)) for figure in figures} == {
        "已收租金及其他还款": ("income", "10500.00"), "出卖人垫付": ("income", "500.00"),
        "处置价款": ("income", "300000.00"), "合同金额（投放）": ("expense", "500000.00"),
        "账面费用": ("expense", "800.00"), "催收、诉讼及委外费用": ("expense", "123.45"),
    }  # fmt: skip
    assert net(figures) == Decimal("-189923.45")


KINDS = [PostingKind.PAYMENT, PROCEEDS, PROCEEDS, COST]
cents = st.integers(1, 4_000_000).map(lambda number: Decimal(number) / 100)
movements = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 70), cents, st.booleans()), max_size=7)
ORDERS: st.SearchStrategy[list[Allocation]] = st.permutations(
    ["costs", "earlier_penalty", "interest", "principal", "current_penalty"]
)


def books(moves: list[tuple[PostingKind, int, Decimal, bool]]) -> AccountFacts:
    """The movements, some taken back a day later."""
    postings: list[Posting] = []
    for number, (kind, on, amount, back) in enumerate(moves):
        day = str(date.fromordinal(date(2026, 3, 1).toordinal() + on))
        one = paid(day, str(amount), kind).model_copy(update={"id": str(number)})
        postings += [one, taken_back(one, day)] if back else [one]
    return lease(*postings)


@settings(max_examples=examples(200), deadline=None)
@given(movements, ORDERS)
def test_money_is_neither_made_nor_lost(
    moves: list[tuple[PostingKind, int, Decimal, bool]], order: list[Allocation]
) -> None:
    account, as_of, terms = books(moves), date(2026, 5, 20), Terms(allocation=tuple(order))
    came_in = sum((amount for kind, _, amount, back in moves if kind is not COST and not back), Decimal(0))
    now, left = standing(account, as_of, terms), remaining(account, as_of, terms)
    assert came_in == now.allocated + now.unallocated
    owed = left.rents_due + left.rents_to_come + left.penalty + left.costs
    assert left.deficiency - left.surplus == owed - left.unallocated
    assert 0 in (left.deficiency, left.surplus) and min(left.deficiency, left.surplus) == 0
    last = max((on for _, on, _, back in moves if not back), default=0)
    realised = sum((a for k, on, a, back in moves if k is PROCEEDS and on == last and not back), Decimal(0))
    charged = sum((a for k, _, a, back in moves if k is COST and not back), Decimal(0))
    assert left.costs <= max(Decimal(0), charged - realised)  # whatever the order: the last proceeds paid costs first
    figures = recorded_figures(account, as_of, terms, Decimal("1.11"))
    assert net(figures) == came_in - charged - account.lease_amount - Decimal("1.11")
