"""Five categories as a risk officer would check them, and what holds for every book."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from domain.classification import BASIS_POINT, DebtElsewhere, Exposure, Rated, classify, totals
from domain.classification_file import in_force, load_classification
from domain.errors import Invalid, Refused
from domain.exposure import exposure_of
from domain.ledger import AccountFacts, HoldFact, Instalment, Posting, PostingKind
from domain.standing import standing
from domain.terms import Terms
from tests.builders.effort import examples
from tests.domain.test_standing_properties import accounts, days_on

FILE = Path(__file__).parents[2] / "policies" / "classification" / "cn-2023.yaml"
TEXT = FILE.read_text(encoding="utf-8")
(PACK,) = load_classification({FILE.name: TEXT})
ORDER = [category.id for category in PACK.categories]


def owes(account_no: str, balance: str, days: int, customer: str = "", **more: object) -> Exposure:
    values = {"account_no": account_no, "customer": customer or account_no, "balance": balance, "days": days}
    return Exposure.model_validate({**values, **more})


def categories(*exposures: Exposure, elsewhere: tuple[DebtElsewhere, ...] = ()) -> dict[str, str]:
    found = classify(PACK, exposures, elsewhere)
    names = {category.id: category.zh for category in PACK.categories}
    return {one.exposure.account_no: names[one.category] for one in found}


@pytest.mark.parametrize(
    ("days", "category"),
    [(0, "正常"), (1, "关注"), (90, "关注"), (91, "次级"), (270, "次级"), (271, "可疑"), (360, "可疑"), (361, "损失"),
     (2000, "损失")],
)  # fmt: skip
def test_days_past_due_decide_on_the_boundaries(days: int, category: str) -> None:
    assert categories(owes("A", "100.00", days)) == {"A": category}


def test_the_ratio_is_the_three_worst_over_the_whole_book() -> None:
    found = classify(
        PACK,
        [
            owes("A", "600000.00", 0), owes("B", "300000.00", 30), owes("C", "50000.00", 100),
            owes("D", "30000.00", 300), owes("E", "20000.00", 400), owes("F", "70.00", 400, currency="USD"),
        ],
    )  # fmt: skip
    book, dollars = totals(PACK, found)
    assert [(line.accounts, line.balance) for line in book.lines] == [
        (1, Decimal("600000.00")), (1, Decimal("300000.00")), (1, Decimal("50000.00")),
        (1, Decimal("30000.00")), (1, Decimal("20000.00")),
    ]  # fmt: skip
    assert (book.balance, book.non_performing) == (Decimal("1000000.00"), Decimal("100000.00"))
    assert book.npl_ratio == Decimal("0.1000")
    assert (dollars.currency, dollars.npl_ratio) == ("USD", Decimal("1.0000"))
    assert totals(PACK, ()) == ()
    (nothing,) = totals(PACK, classify(PACK, [owes("Z", "0.00", 0)]))
    assert nothing.npl_ratio is None


def test_the_base_of_2022_comes_out() -> None:
    """968 of 1,000 performing: the 3.2 % of U2.1a."""
    (book,) = totals(PACK, classify(PACK, [owes("A", "968.00", 0), owes("B", "32.00", 91)]))
    assert book.npl_ratio == Decimal("0.0320")


def test_more_than_a_tenth_non_performing_pulls_every_account_of_a_company_down() -> None:
    assert categories(owes("A", "90.00", 0, "K"), owes("B", "10.00", 95, "K")) == {"A": "正常", "B": "次级"}
    assert categories(owes("A", "89.00", 0, "K"), owes("B", "11.00", 95, "K")) == {"A": "次级", "B": "次级"}
    assert categories(owes("A", "89.00", 400, "K"), owes("B", "11.00", 5, "K")) == {"A": "损失", "B": "次级"}
    found = classify(PACK, [owes("A", "89.00", 0, "K"), owes("B", "11.00", 95, "K")])
    assert [(one.by_days, one.basis, one.rule) for one in found] == [
        ("normal", "contagion", "non_performing_share"),
        ("substandard", "days", ""),
    ]


def test_debts_elsewhere_overdue_for_more_than_90_days_count_above_a_fifth() -> None:
    late = DebtElsewhere(customer="K", balance=Decimal("20.00"), days=91)
    later = late.model_copy(update={"balance": Decimal("20.01")})
    young = late.model_copy(update={"balance": Decimal("500.00"), "days": 90})
    others = DebtElsewhere(customer="X", balance=Decimal("500.00"), days=400)
    own = owes("A", "80.00", 0, "K")
    assert categories(own, elsewhere=(late,)) == {"A": "正常"}
    assert categories(own, elsewhere=(later,)) == {"A": "次级"}
    assert categories(own, elsewhere=(young, others)) == {"A": "正常"}


def test_individuals_and_other_customers_are_not_pulled_down() -> None:
    for retail in (owes("A", "50.00", 0, "K", retail=True), owes("B", "50.00", 95, "K", retail=True)):
        assert retail.retail
    pair = (owes("A", "50.00", 0, "K", retail=True), owes("B", "50.00", 95, "K", retail=True))
    assert categories(*pair) == {"A": "正常", "B": "次级"}
    assert categories(owes("A", "50.00", 0, "K"), owes("B", "50.00", 95, "L")) == {"A": "正常", "B": "次级"}


def test_a_person_may_set_a_worse_category_and_it_counts_for_contagion() -> None:
    worse = classify(PACK, [owes("A", "50.00", 0, "K", judged="doubtful"), owes("B", "50.00", 0, "K")])
    assert [(one.category, one.basis) for one in worse] == [("doubtful", "person"), ("substandard", "contagion")]
    better = classify(PACK, [owes("A", "50.00", 280, judged="special_mention")])
    assert [(one.category, one.basis) for one in better] == [("doubtful", "days")]


def test_amounts_of_two_currencies_are_never_added() -> None:
    found = categories(owes("A", "1000.00", 0, "K"), owes("B", "10.00", 95, "K", currency="USD"))
    assert found == {"A": "次级", "B": "次级"}  # all the customer owes in dollars is non-performing


def lease(*postings: Posting) -> AccountFacts:
    """Three instalments of 1,000.00 principal and 50.00 interest, in January, February and March 2026."""
    schedule = tuple(
        Instalment(no=no, due=date(2026, no, 10), principal=Decimal("1000.00"), interest=Decimal("50.00"))
        for no in (1, 2, 3)
    )
    return AccountFacts(account_no="A", schedule=schedule, postings=postings)


def paid(kind: PostingKind, amount: str, day: date) -> Posting:
    at = f"{day.isoformat()}T12:00:00+08:00"
    return Posting.model_validate({"id": f"{kind}{day}", "kind": kind, "value_date": day, "at": at, "amount": amount})


def test_an_exposure_is_the_principal_that_is_left_and_the_days_without_grace_and_holds() -> None:
    hold = HoldFact(start=date(2026, 1, 20), end=date(2026, 2, 20))
    first = paid(PostingKind.PAYMENT, "550.00", date(2026, 1, 10))
    account = lease(first).model_copy(update={"holds": (hold,)})
    kind_terms = Terms(grace_days=5, holds="stop_clock")
    found = exposure_of(account, date(2026, 2, 25), kind_terms, "K")
    assert (found.balance, found.days) == (Decimal("2500.00"), 46)
    assert standing(account, date(2026, 2, 25), kind_terms).dpd < 46

    bought = exposure_of(
        lease(first, paid(PostingKind.BUYBACK_PRICE, "9.00", date(2026, 2, 1))), date(2026, 2, 25), Terms(), "K"
    )
    assert (bought.balance, bought.days) == (Decimal("0.00"), 0)
    ahead = exposure_of(lease(paid(PostingKind.PAYMENT, "5000.00", date(2026, 1, 5))), date(2026, 1, 11), Terms(), "K")
    assert (ahead.balance, ahead.days) == (Decimal("2000.00"), 0)


@settings(max_examples=examples(50), deadline=None)
@given(accounts(), days_on)
def test_days_are_those_of_the_standing(account: AccountFacts, as_of: date) -> None:
    found = exposure_of(account, as_of, Terms(), "K")
    assert found.days == standing(account, as_of, Terms()).past_due_days
    assert 0 <= found.balance <= sum(instalment.principal for instalment in account.schedule)


@st.composite
def whole_books(draw: st.DrawFn) -> list[Exposure]:
    """Up to eight accounts of three customers."""
    return [
        owes(
            f"A{number}", str(Decimal(draw(st.integers(0, 100_000))) / 100), draw(st.integers(0, 500)),
            draw(st.sampled_from("KLM")), retail=draw(st.booleans()), currency=draw(st.sampled_from(["CNY", "USD"])),
            judged=draw(st.sampled_from([None, *ORDER])),
        )
        for number in range(draw(st.integers(1, 8)))
    ]  # fmt: skip


def ranks(rated: tuple[Rated, ...]) -> list[int]:
    return [ORDER.index(one.category) for one in rated]


@settings(max_examples=examples(60), deadline=None)
@given(whole_books(), st.integers(0, 7), st.integers(1, 400))
def test_worse_days_never_give_anybody_a_better_category(book: list[Exposure], which: int, more: int) -> None:
    index = which % len(book)
    worse = [*book]
    worse[index] = book[index].model_copy(update={"days": book[index].days + more})
    before, after = ranks(classify(PACK, book)), ranks(classify(PACK, worse))
    assert all(late >= early for early, late in zip(before, after, strict=True))


@settings(max_examples=examples(60), deadline=None)
@given(whole_books())
def test_contagion_never_improves_and_the_books_hold_everything(book: list[Exposure]) -> None:
    alone = PACK.model_copy(update={"contagion": ()})
    found = classify(PACK, book)
    for with_it, without in zip(ranks(found), ranks(classify(alone, book)), strict=True):
        assert with_it >= without
    for one in found:
        assert ORDER.index(one.category) >= ORDER.index(one.by_days)
        assert ORDER.index(one.category) >= ORDER.index(one.exposure.judged or "normal")
    shown = totals(PACK, found)
    assert sum(line.accounts for one in shown for line in one.lines) == len(book)
    for one in shown:
        if one.npl_ratio is not None:
            assert abs(one.npl_ratio * one.balance - one.non_performing) <= BASIS_POINT * one.balance


def test_the_file_says_what_the_regulation_says() -> None:
    assert [(c.zh, c.from_days) for c in PACK.categories] == [
        ("正常", None), ("关注", 1), ("次级", 91), ("可疑", 271), ("损失", 361),
    ]  # fmt: skip
    assert [(rule.share_above, rule.overdue_above, rule.debtors) for rule in PACK.contagion] == [
        (Decimal("0.20"), 90, "company"), (Decimal("0.10"), None, "company"),
    ]  # fmt: skip


def test_the_pack_of_a_day_is_the_newest_in_force() -> None:
    later = TEXT.replace("effective: 2023-07-01", "effective: 2027-01-01")
    packs = load_classification({"a.yaml": TEXT, "b.yaml": later})
    assert in_force(packs, "cn", date(2026, 12, 31)).effective == date(2023, 7, 1)
    assert in_force(packs, "cn", date(2027, 1, 1)).effective == date(2027, 1, 1)
    for name, day in (("cn", date(2023, 6, 30)), ("other", date(2026, 1, 1))):
        with pytest.raises(Refused) as refused:
            in_force(packs, name, day)
        assert refused.value.code == "no_classification"


@pytest.mark.parametrize(
    ("old", "new", "at", "said"),
    [
        ("from_days: 271", "from_days: 91", "id: doubtful", "doubtful begins on day 91, not after substandard"),
        ("id: doubtful", "id: loss", "id: loss, zh: 损失", "the category loss stands twice"),
        ("en: pass}", "en: pass, from_days: 1}", "id: normal", "from_days is needed by all but the best"),
        (", from_days: 361", "", "id: loss", "from_days is needed by all but the best"),
        ("from: substandard\ncont", "from: normal\ncont", "non_performing_from: n", "normal cannot stand here"),
        ("    overdue_above: 90\n", "", "id: overdue_share", "one of overdue_above and classified_from is needed"),
        ("classified_from: substandard", "classified_from: bad", "classified_from: bad", "bad cannot stand here"),
        ("id: non_performing_share", "id: overdue_share", "overdue_share      #", "overdue_share stands twice"),
        ('share_above: "0.20"', 'share_above: "20"', 'share_above: "20"', "less than 1"),
        ("debtors: company\n    classified", "debtors: banks\n    classified", "debtors: banks", "'all' or 'company'"),
        ("en: loss,", "en: loss, worst: true,", "worst: true", "Extra inputs"),
    ],
)
def test_a_bad_pack_is_refused_with_line_and_remedy(old: str, new: str, at: str, said: str) -> None:
    text = TEXT.replace(old, new, 1)
    line = 1 + next(number for number, found in enumerate(text.splitlines()) if at in found and "#   " not in found)
    with pytest.raises(Invalid) as refused:
        load_classification({"cn.yaml": text})
    (problem,) = [one for one in refused.value.problems if said in one.message]
    assert problem.place == f"cn.yaml:{line}" and problem.remedy


def test_all_faults_of_all_files_are_told_at_once() -> None:
    wrong = TEXT.replace("from_days: 271", "from_days: 91").replace("at_least: substandard", "at_least: nothing")
    with pytest.raises(Invalid) as refused:
        load_classification({"a.yaml": wrong, "b.yaml": "- 1", "c.yaml": TEXT, "d.yaml": TEXT})
    places = [problem.place.partition(":")[0] for problem in refused.value.problems]
    assert places.count("a.yaml") == 3 and "b.yaml" in places and places[-1] == "d.yaml"
