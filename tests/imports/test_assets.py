"""Asset facts in files: read with their faults row by row, entered once, changed by later files, never overwritten."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from domain.asset import AssetState
from domain.events import Actor
from imports.batch import check_files, release, stage
from imports.changes import Applied, apply_changes
from imports.delta import compare
from store.accounts import get_account
from store.assets import AssetEntry, asset_history, assets_of, enter_asset
from store.book import OnePolicy
from store.session import Database
from tests.imports.files import NOW, TODAY, Sheets, Value, good, ladder, loading, put, read, set_control, xlsx

HEADER: list[Value] = [
    "account_no", "description", "asset_no", "kind", "serial_no", "place", "tracker", "insured_until", "register_no",
    "registered_on", "value", "valued_on", "released",
]  # fmt: skip
LATHE: list[Value] = [
    "A1", "数控机床一台", "A1-1", "", "SN-7781", "上海市示范路1号二车间", "GPS-01", date(2026, 12, 31), "登记0042",
    date(2025, 3, 1), "", "", "",
]  # fmt: skip
HOUSE: list[Value] = ["A1", "厂房", "A1-2", "抵押物", "", "", "", "", "", "", 800000, date(2026, 1, 5), "否"]
BOOK = OnePolicy("leasing", ladder().terms)


def with_assets(*rows: list[Value]) -> Sheets:
    return {**good(), "assets": [HEADER, *(list(row) for row in rows)]}


def loaded(database: Database, *rows: list[Value], hold: bool = False) -> str:
    with database.session() as session:
        return stage(session, check_files([xlsx(with_assets(*rows))], loading()), "u-7", NOW, hold=hold).batch.id


def later(database: Database, *rows: list[Value]) -> Applied:
    sheets = set_control(with_assets(*rows), "posted_through", TODAY)
    with database.session() as session:
        delta = compare(session, check_files([xlsx(sheets)], loading()), BOOK)
        return apply_changes(session, delta, "u-8", NOW + timedelta(days=1))


def test_the_facts_of_an_asset_are_read_and_collateral_is_nothing_leased() -> None:
    account = read(xlsx(with_assets(LATHE, HOUSE))).accounts[0]
    assert account.assets == (
        AssetState(
            asset="A1-1", kind="leased_asset", description="数控机床一台", serial_no="SN-7781",
            place="上海市示范路1号二车间", tracker="GPS-01", insured_until=date(2026, 12, 31), register_no="登记0042",
            registered_on=date(2025, 3, 1),
        ),
        AssetState(
            asset="A1-2", kind="mortgage", description="厂房", value=Decimal("800000.00"), valued_on=date(2026, 1, 5)
        ),
    )  # fmt: skip
    assert account.asset_description == "数控机床一台"


def test_a_row_without_a_number_is_a_description() -> None:
    account = read(xlsx({**good(), "assets": [["account_no", "description"], ["A1", "刀具一套"]]})).accounts[0]
    assert (account.assets, account.asset_description) == ((), "数控机床一台；刀具一套")


@pytest.mark.parametrize(
    ("column", "value", "place", "said"),
    [
        ("asset_no", "", "asset_no (资产编号)", "the number of the asset of which the row states serial_no"),
        ("asset_no", "机床 1", "asset_no (资产编号)", "should match pattern"),
        ("asset_no", "A1-2", "asset_no (资产编号)", "each asset once (first in row 2)"),
        ("kind", "房子", "kind (资产类型)", "one of"),
        ("insured_until", "31/12/2026", "insured_until (保险到期日)", "a date"),
        ("registered_on", TODAY + timedelta(days=1), "registered_on (登记日)", "a day up to 2026-03-18"),
        ("registered_on", "", None, "give register_no and registered_on, or neither"),
        ("value", 100, None, "give value and valued_on, or neither"),
        ("serial_no", "9" * 15 + "S" * 90, "serial_no (序列号)", "at most 100 characters"),
        ("released", "perhaps", "released (已解除)", "yes (是) or no (否)"),
    ],
)
def test_a_fault_names_row_and_column_and_leaves_the_account_out(
    column: str, value: Value, place: str | None, said: str
) -> None:
    sheets = with_assets(HOUSE, LATHE)
    found = read(xlsx(put(sheets, "assets", 3, column, value)))
    assert found.left_out == ("A1",) and [account.account_no for account in found.accounts] == ["A2"]
    faults = [fault.as_problem() for fault in found.faults if said in fault.expected]
    assert [problem.place for problem in faults] == [
        f"assets, row 3, column {place}" if place else "assets, row 3"
    ], [str(fault.as_problem()) for fault in found.faults]  # fmt: skip


def test_where_an_asset_stands_is_repeated_in_no_message() -> None:
    found = read(xlsx(put(with_assets(LATHE), "assets", 2, "place", "示范路" * 100)))
    (problem,) = [fault.as_problem() for fault in found.faults]
    assert problem.place == "assets, row 2, column place (存放地点)" and "示范路" not in str(problem)


def test_an_asset_of_no_account_is_a_fault() -> None:
    found = read(xlsx(with_assets(["A9", *LATHE[1:]])))
    assert [fault.place for fault in found.faults] == ["assets, row 2, column account_no (账户编号)"]


def test_a_held_import_enters_its_assets_when_it_is_released(database: Database) -> None:
    batch = loaded(database, LATHE, HOUSE, hold=True)
    with database.session() as session:
        assert assets_of(session, "A1") == ()
        release(session, batch, "u-9", NOW)
    with database.reading() as session:
        found = assets_of(session, "A1")
        assert [(one.state.asset, one.version, one.actor.user, one.actor.authority) for one in found] == [
            ("A1-1", 1, "u-9", f"import:{batch}"), ("A1-2", 1, "u-9", f"import:{batch}"),
        ]  # fmt: skip
        assert get_account(session, "A1").asset_description == "数控机床一台"


def test_a_later_file_enters_what_it_says_anew_and_leaves_what_staff_found(database: Database) -> None:
    loaded(database, LATHE, HOUSE)
    moved = AssetState.model_validate({**state_of(database, "A1-1").model_dump(), "place": "苏州仓库"})
    entry = AssetEntry(
        account_no="A1", key="k-1", state=moved, at=NOW + timedelta(hours=1),
        actor=Actor(user="u-1", role="asset_manager", authority="test"),
    )  # fmt: skip
    with database.session() as session:
        enter_asset(session, entry)
    assert later(database, LATHE, HOUSE).assets == 0  # the sender says what it said before
    assert state_of(database, "A1-1").place == "苏州仓库"

    insured = [*LATHE[:7], date(2027, 12, 31), *LATHE[8:]]
    assert later(database, insured, HOUSE).assets == 1
    assert (state_of(database, "A1-1").insured_until, state_of(database, "A1-1").place) == (
        date(2027, 12, 31), "上海市示范路1号二车间",
    )  # fmt: skip
    with database.reading() as session:
        assert [one.version for one in asset_history(session, "A1") if one.state.asset == "A1-1"] == [1, 2, 3]


def test_an_asset_that_is_no_longer_sent_stays_and_another_kind_is_reconciled(database: Database) -> None:
    loaded(database, LATHE, HOUSE)
    pledged = [*HOUSE[:3], "质押物", *HOUSE[4:]]
    found = later(database, pledged)
    assert [(problem.place, problem.message) for problem in found.problems] == [
        ("account A1, asset A1-2", "mortgage here, pledge in the file")
    ]
    assert (found.assets, state_of(database, "A1-1").serial_no) == (0, "SN-7781")


def state_of(database: Database, asset: str) -> AssetState:
    with database.reading() as session:
        return next(one.state for one in assets_of(session, "A1") if one.state.asset == asset)
