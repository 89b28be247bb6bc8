"""What a company sets in a layer: limits of grades, who decides, and how soon something must be done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from domain.base import days
from domain.errors import Refused
from store.errands import Answer, Errand, answer
from tests.activities.layered import Lessor
from tests.activities.reminded import Lender, database_in, local
from tests.builders.layers import Life, layer, lived


@pytest.fixture
def lessor(tmp_path: Path) -> Iterator[Lessor]:
    made = Lessor(database_in(tmp_path))
    Lender(made.database).prepare()
    yield made
    made.database.close()


@pytest.mark.parametrize(
    ("name", "duty", "small", "large"),
    [
        ("claims", "indicators", "B", "C"),
        ("trade", "risk_grade", "watch", "high"),
        ("collection_1", "risk_grade", "medium", "high"),
        ("collection_2", "grade", "two", "three"),
    ],
)
def test_a_large_amount_makes_the_grade_worse_than_one_day_would(name: str, duty: str, small: str, large: str) -> None:
    """D10.1, M3.2, MA5.1, MB2.1a: one day past due with 1,000.00 and with 250,000.00."""
    assert graded(name, duty, "1000.00") == [small]
    assert graded(name, duty, "250000.00") == [large]


def test_f4_1_1_the_assessment_of_a_customer_taken_over_late_starts_from_the_days() -> None:
    """31 days past due on the first day here: C is proposed, not A."""
    late = Life(kind="customer", opened=date(2026, 3, 16), due=date(2026, 2, 13))
    found = lived(layer("daily"), late, date(2026, 3, 16), date(2026, 3, 16))
    assert [(run.duty, run.grade) for _, run in found if run.duty == "credit_assessment"] == [
        ("credit_assessment", "C")
    ]


@pytest.mark.parametrize(("grade", "measures"), [("B", 0), ("C", 1), ("D", 1)])
def test_d10_2_measures_are_set_for_each_grade_that_is_watched(grade: str, measures: int) -> None:
    found = lived(layer("claims"), Life(kind="customer"), date(2026, 4, 1), date(2026, 4, 30), {"assessment": grade})
    assert [run.duty for _, run in found].count("control_measures") == measures


@pytest.mark.parametrize(
    ("policy", "product", "name", "duty", "day", "roles", "due"),
    [
        ("leasing", "leasing", "servicing", "disposal_way", 91, "head_of_post_lending", None),
        ("leasing", "leasing", "claims", "disposal_way", 91, "head_of_claims", None),
        ("lender", "business_loan", "trade", "treatment", 92, "operations_management", None),
        ("lender", "business_loan", "trade", "dunning_notice", 1, "operations_management", "2026-03-17"),
        ("credit", "credit_loan", "collection_1", "risk_handled", 62, "collector", "2026-05-18"),
        ("treatment", "instalment_loan", "collection_2", "measure_choice", 61, "head_of_collection_group", None),
        ("treatment", "instalment_loan", "collection_2", "concession", 2, "head_of_collection_group", None),
    ],
)
async def test_the_company_says_who_decides_and_prompt_is_the_next_business_day(
    lessor: Lessor, policy: str, product: str, name: str, duty: str, day: int, roles: str, due: str | None
) -> None:
    """14.8: the texts name nobody. 及时: Tuesday 17 March; after Saturday 16 May, Monday 18 May."""
    found = await opened(lessor, policy, product, name, duty, day)
    assert found.roles == (roles,)
    assert due is None or found.deadline == local(f"{due} 18:00")


@pytest.mark.parametrize(
    ("name", "found", "outcome", "then"),
    [
        ("claims", "monitoring", "problem_found", "problem_solved"),
        ("daily", "internal_audit", "findings", "correction"),
    ],
)
async def test_what_was_found_is_mended_by_the_next_business_day(
    lessor: Lessor, name: str, found: str, outcome: str, then: str
) -> None:
    """D11.1, F5.3.2: found on Tuesday 31 March, done by the end of 1 April."""
    lessor.account("C-1")
    await lessor.run("2026-03-31")
    lessor.answer(lessor.one(name, found), outcome, "2026-03-31")
    await lessor.run("2026-04-01")
    assert lessor.one(name, then).deadline == local("2026-04-01 18:00")


async def test_an_answer_is_not_given_anew_under_another_number(lessor: Lessor) -> None:
    """MA3.3, MB2.2b: what was answered stays as it was answered."""
    found = await opened(lessor, "credit", "credit_loan", "collection_1", "invitation", 1)
    lessor.answer(found, "invited", "2026-03-16")
    later = Answer(outcome="not_reached", answers=dict.fromkeys(found.items, "改口"))
    with lessor.database.session() as session, pytest.raises(Refused) as refused:
        answer(session, found.id, later, "c-other", "u-1", "collector", local("2026-03-17 15:00"))
    assert refused.value.code == "already_answered"
    assert [one.outcome for one in lessor.register("invitation_record")] == ["invited"]


async def opened(lessor: Lessor, policy: str, product: str, name: str, duty: str, dpd: int) -> Errand:
    """That duty for an account due on 15 March 2026, so many days past due; it was looked at the day before too."""
    lessor = Lessor(lessor.database, policy, product)
    lessor.account("C-1")
    for number in range(max(1, dpd - 1), dpd + 1):
        await lessor.run(str(date(2026, 3, 15) + days(number)))
    return lessor.one(name, duty)


def graded(name: str, duty: str, overdue: str) -> list[str | None]:
    """The grades entered on day 1."""
    life = Life(due=date(2026, 3, 15), overdue=Decimal(overdue))
    found = lived(layer(name), life, date(2026, 3, 16), date(2026, 3, 16))
    return [run.grade for _, run in found if run.duty == duty]
