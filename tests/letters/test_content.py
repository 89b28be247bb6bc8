"""Content that does not add up, or lacks a part its kind needs, is refused with every fault named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from pydantic import ValidationError

from letters.content import DocumentContent
from letters.kinds import REQUIRED, TITLES, DocumentKind, Part
from letters.parts import Claim, ClaimAmounts, Demand, Line, Recipient, UnpaidInstalment
from letters.tables import FORMS, ResultLine, ResultTable

K = DocumentKind
Build = Callable[..., DocumentContent]


def amounts(**changes: str) -> ClaimAmounts:
    return ClaimAmounts.model_validate({"overdue_rent": "100.00", "costs": "5.00", "total": "105.00", **changes})


def instalment(**changes: object) -> UnpaidInstalment:
    fields = {"number": 1, "due": date(2026, 3, 1), "rent": "100", "paid": "0", "unpaid": "100", "dpd": 9}
    return UnpaidInstalment.model_validate({**fields, **changes})


def test_every_kind_has_a_title_and_its_parts() -> None:
    assert set(TITLES) == set(REQUIRED) == set(K)
    assert set(FORMS) >= {kind for kind in K if Part.table in REQUIRED[kind]}


def test_the_total_must_be_the_sum_and_ignores_the_vendors_advance() -> None:
    assert amounts(vendor_advance="50.00").total == Decimal("105.00")
    with pytest.raises(ValidationError, match=r"total 55.00 must be .* 105.00"):
        amounts(vendor_advance="50.00", total="55.00")


@pytest.mark.parametrize("wrong", ["-1.00", "1.005", "NaN"])
def test_amounts_are_rounded_and_not_negative(wrong: str) -> None:
    with pytest.raises(ValidationError):
        amounts(costs=wrong)


def test_rows_of_the_claim_must_agree_with_it_and_all_faults_are_named() -> None:
    with pytest.raises(ValidationError) as refused:
        Claim(
            amounts=amounts(),
            instalments=(instalment(unpaid="60", paid="40"), instalment()),
            dpd=30,
            bucket="1-15天",
        )
    assert "sum of unpaid 160" in str(refused.value)
    assert "oldest instalment, 9" in str(refused.value)
    assert "listed twice" in str(refused.value)


def test_an_instalment_must_add_up() -> None:
    with pytest.raises(ValidationError, match="rent - paid = 90"):
        instalment(paid="10")


def test_profit_and_loss_must_add_up() -> None:
    income, expense = ResultLine(item="收入", amount=Decimal(10)), ResultLine(item="费用", amount=Decimal(12))
    assert ResultTable(income=(income,), expense=(expense,), net=Decimal(-2)).net == -2
    with pytest.raises(ValidationError, match="income - expense = -2"):
        ResultTable(income=(income,), expense=(expense,), net=Decimal(2))


@pytest.mark.parametrize(("kind", "part"), [(kind, part) for kind in K for part in sorted(REQUIRED[kind])])
def test_a_missing_part_is_refused_by_name(kind: K, part: Part, build: Build) -> None:
    empty = () if part in (Part.sections, Part.signatures) else None
    with pytest.raises(ValidationError, match=f"{part.value}: a {kind.value} needs it"):
        build(kind, **{part.value: empty})


def test_a_table_of_another_form_is_refused(build: Build) -> None:
    with pytest.raises(ValidationError, match="takes weekly, not papers"):
        build(K.weekly_report, table=build(K.litigation_file).table)
    with pytest.raises(ValidationError, match="takes no table, not papers"):
        build(K.rent_demand_notice, table=build(K.litigation_file).table)


def test_a_deadline_in_the_past_and_an_instalment_not_yet_due_are_both_named(build: Build) -> None:
    demand = build(K.rent_demand_notice).demand
    assert demand is not None
    late = Demand(deadline=date(2026, 2, 20), account=demand.account)
    with pytest.raises(ValidationError) as refused:
        build(K.rent_demand_notice, as_of=date(2026, 2, 21), demand=late)
    assert "demand.deadline: 2026-02-20" in str(refused.value)
    assert "claim.instalments: 20 is not due yet" in str(refused.value)


@pytest.mark.parametrize("name", ["", "  ", "一\n二", "长" * 301])
def test_a_name_is_one_line_and_not_empty(name: Line) -> None:
    with pytest.raises(ValidationError):
        Recipient(name=name, address="江城市")
