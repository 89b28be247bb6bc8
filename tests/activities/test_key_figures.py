"""The key figures of a book in a database against the table of tests/domain/test_kpi.py, and the accounts behind."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text

from activities.key_figures import ROLL, Asked, KeyFigures
from activities.registry import Policies
from domain.errors import Refused
from domain.kpi import FIGURES
from domain.kpi_report import PARTED, By, KpiLine, KpiReport
from store.session import Database
from tests.builders.figures import FIRST, LAST
from tests.builders.measured import fill_book, spend
from tests.domain.test_kpi import BY_HAND, WHOLE

APRIL = Asked(first=FIRST, last=LAST)


def report(database: Database, figures: KeyFigures, asked: Asked = APRIL) -> KpiReport:
    with database.reading() as session:
        return figures.report(session, asked)


def values(line: KpiLine) -> dict[str, str]:
    return {value.figure: str(value.value) for value in line.values if value.value is not None}


def by(split: By) -> Asked:
    return APRIL.model_copy(update={"by": split})


def test_the_figures_of_a_policy_are_those_worked_out_by_hand(database: Database, figures: KeyFigures) -> None:
    lines = {line.policy: line for line in report(database, figures).lines}
    assert set(lines) == {"", "bank"}
    assert {name: values(lines["bank"])[name] for name in WHOLE} == WHOLE
    assert {name: values(lines[""])[name] for name in WHOLE} == WHOLE
    assert lines["bank"].accounts == 5
    met = {value.figure: value.met for value in lines["bank"].values if value.target is not None}
    assert met == {"cost_rate": False}  # 6 %, and less than 5 % is asked for (B3.1.1.2b)


@pytest.mark.parametrize(
    ("policy", "layer", "targets"),
    [
        (
            "credit",
            "collection_1",
            {"recovery_rate": "0.6", "cycle": "45", "attainment": "1", "case_efficiency": "5"},
        ),
        ("leasing", "claims", {"delinquency_rate": "0.3000"}),  # falling: that of 31 March, 3,000 of 10,000
    ],
)
def test_a_framework_has_the_figures_of_the_accounts_it_runs_beside(
    tmp_path: Path, policies: Policies, policy: str, layer: str, targets: dict[str, str]
) -> None:
    """MA1.1, MA4.1, D6.3b: beside the line of the escalation policy stands one with the targets of the framework."""
    other = Database(f"sqlite:///{tmp_path / 'other.db'}")
    other.migrate()
    with other.session() as session:
        fill_book(session, policy)
    lines = {line.policy: line for line in report(other, KeyFigures(policies)).lines}
    alone = report(other, KeyFigures(policies), APRIL.model_copy(update={"policy": layer})).lines
    other.close()
    assert (lines[layer], lines[layer].accounts) == (alone[0], 5)
    assert lines[""].accounts == 5  # nobody counts twice
    measured = {name: value for name, value in values(lines[layer]).items() if name != "attainment"}
    assert measured.items() <= values(lines[policy]).items()
    # 2,000.00 collected in April, of 200,000.00 that the company wants each month
    assert values(lines[layer]).get("attainment") == ("0.0100" if layer == "collection_1" else None)
    assert {one.figure: str(one.target) for one in lines[layer].values if one.target is not None} == targets


def test_each_bucket_has_its_success_rate_and_its_target(database: Database, figures: KeyFigures) -> None:
    lines = report(database, figures, by("bucket")).lines
    rates = {line.group: next(v for v in line.values if v.figure == "success_rate") for line in lines}
    assert list(rates) == ["mild", "moderate_1", "severe"]  # in the order of the policy
    assert {name: str(rate.value) for name, rate in rates.items()} == {name: row[-1] for name, row in BY_HAND.items()}
    assert {name: (str(rate.target), rate.met) for name, rate in rates.items()} == {
        "mild": ("0.8", False), "moderate_1": ("None", None), "severe": ("0.5", False),
    }  # fmt: skip


def test_the_npl_ratio_is_that_of_the_classification(database: Database, figures: KeyFigures) -> None:
    found = values(next(line for line in report(database, figures).lines if line.policy == "bank"))
    # C is 150 days overdue at the end: 1,650 of 7,250; at the start 2,000 (120 days) of 10,000
    assert (found["npl_ratio"], found["npl_change"]) == ("0.2276", "0.0276")


@pytest.mark.parametrize(("split", "groups"), [("branch", ["east", "west"]), ("product", ["loan"]),
                                               ("owner", ["", "u-1", "u-2"])])  # fmt: skip
def test_groups_add_up_to_the_whole(database: Database, figures: KeyFigures, split: By, groups: list[str]) -> None:
    lines = report(database, figures, by(split)).lines
    assert [line.group for line in lines] == groups
    collected = {line.group: Decimal(values(line)["collected"]) for line in lines}
    assert sum(collected.values()) == Decimal("2000.00")
    if split == "branch":
        assert collected == {"east": Decimal("1500.00"), "west": Decimal("500.00")}
    if split == "owner":  # u-2 had B when it paid
        assert collected == {"": Decimal("1550.00"), "u-1": Decimal(0), "u-2": Decimal("450.00")}


@pytest.mark.parametrize("split", [None, "bucket", "product", "branch", "owner"])
def test_behind_every_figure_stand_the_accounts_that_make_it(
    database: Database, figures: KeyFigures, split: By | None
) -> None:
    asked = APRIL.model_copy(update={"by": split, "policy": "bank"})
    for line in report(database, figures, asked).lines:
        shown = values(line)
        for figure in (one for one in FIGURES if one.part or split not in PARTED):
            rows = _all_rows(database, figures, asked, figure.id, line.group)
            top = sum((row.top for row in rows), Decimal(0))
            under = sum((row.under or Decimal(0) for row in rows), Decimal(0))
            if figure.id in ("npl_change", "case_efficiency", "attainment"):
                continue  # not a sum over accounts
            if figure.under is None:
                assert Decimal(shown[figure.id]) == top, figure.id
            else:
                assert (f"{top / under:.4f}" if under else None) == _share(shown.get(figure.id)), figure.id


def _share(value: str | None) -> str | None:
    return None if value is None else f"{Decimal(value):.4f}"


def _all_rows(database: Database, figures: KeyFigures, asked: Asked, figure: str, group: str) -> list:
    """Page by page, two accounts at a time."""
    rows, after = [], ""
    while True:
        with database.reading() as session:
            found = figures.detail(session, asked, figure, group, after, 2)
        rows += found
        if len(found) < 2:
            assert [row.account_no for row in rows] == sorted({row.account_no for row in rows})
            return rows
        after = found[-1].account_no


def test_roll_rates_and_who_rolled(database: Database, figures: KeyFigures) -> None:
    rolls = {(roll.start, roll.end): roll for roll in report(database, figures).rolls}
    assert {name: (roll.accounts, str(roll.share), str(roll.amount)) for name, roll in rolls.items()} == {
        ("current", "mild"): (1, "0.5000", "0.00"),  # E of D and E
        ("mild", "current"): (1, "0.5000", "1050.00"),  # A of A and B
        ("mild", "moderate_1"): (1, "0.5000", "1050.00"),
        ("severe", "severe"): (1, "1.0000", "1050.00"),
    }
    with database.reading() as session:
        rows = figures.detail(session, APRIL, ROLL, "mild>moderate_1", "", 10)
    assert [(row.account_no, row.case_no, str(row.under)) for row in rows] == [("B", "B-1", "1050.00")]


def test_the_month_before_stands_beside(database: Database, figures: KeyFigures) -> None:
    may = Asked(first=date(2026, 5, 1), last=date(2026, 5, 31), policy="bank")
    found = report(database, figures, may)
    assert (found.before_first, found.before_last) == (FIRST, LAST)
    (line,) = found.lines
    before = {value.figure: str(value.before) for value in line.values if value.before is not None}
    assert {name: before[name] for name in WHOLE if name in before} == {
        name: value for name, value in WHOLE.items() if name in before
    }
    assert set(WHOLE) <= set(before)


def test_a_book_of_two_currencies_is_never_summed(database: Database, figures: KeyFigures) -> None:
    with database.session() as session:
        session.execute(text("UPDATE account SET currency = 'USD' WHERE account_no = 'E'"))
    lines = report(database, figures).lines
    assert [(line.policy, line.currency, line.accounts) for line in lines] == [
        ("", "CNY", 4), ("", "USD", 1), ("bank", "CNY", 4), ("bank", "USD", 1),
    ]  # fmt: skip


def test_costs_of_no_account_are_in_the_whole_only(database: Database, figures: KeyFigures) -> None:
    with database.session() as session:
        spend(session, "meeting", "", "7.00")
    costs = {line.policy: values(line)["cost"] for line in report(database, figures).lines}
    assert costs == {"": "127.00", "bank": "120.00"}


@pytest.mark.parametrize(
    ("asked", "figure", "code"),
    [
        (Asked(first=LAST, last=FIRST), "collected", "period_backwards"),
        (Asked(first=date(1, 1, 1), last=LAST), "collected", "period_unfit"),
        (Asked(first=FIRST, last=date(9999, 12, 31)), "collected", "period_unfit"),
        (Asked(first=date(2020, 1, 1), last=LAST), "collected", "period_unfit"),
        (APRIL.model_copy(update={"policy": "nobody"}), "collected", "unknown_policy"),
        (APRIL, "profit", "unknown_figure"),
        (by("owner"), "npl_ratio", "unknown_figure"),
    ],
)
def test_what_cannot_be_asked(database: Database, figures: KeyFigures, asked: Asked, figure: str, code: str) -> None:
    with pytest.raises(Refused) as refused, database.reading() as session:
        figures.detail(session, asked, figure, None, "", 10)
    assert refused.value.code == code
