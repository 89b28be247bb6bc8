"""Assets of an account: every change is a version of its own, nothing is overwritten, a key counts once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from domain.asset import AssetState
from domain.errors import Refused
from domain.events import Actor
from domain.ledger import Posting, PostingKind
from domain.terms import Terms
from store.accounts import add_account
from store.assets import AssetEntry, asset_history, assets_of, enter_asset, securing
from store.costs import ActualCost, enter_cost
from store.ledger import post
from store.project_result import project_result
from store.record import record
from store.session import Database
from tests.store.samples import after, at, lease, new_case, opening

WHO = Actor(user="u-1", role="asset_manager", authority="permission:enter_asset")
MACHINE = AssetState(
    asset="M1", kind="leased_asset", description="数控机床", serial_no="SN-1", place="江城市一号厂房",
    insured_until=date(2026, 12, 31), register_no="0420-1", registered_on=date(2025, 12, 1),
    value=Decimal("400000.00"), valued_on=date(2025, 12, 1),
)  # fmt: skip


@pytest.fixture
def account(database: Database) -> Database:
    with database.session() as session:
        add_account(session, lease())
        record(session, "L-1-1", opening(), after(new_case(), opening()))
    return database


def enter(
    database: Database, state: AssetState, key: str, day: int = 1, more: dict[str, str] | None = None
) -> AssetEntry:
    values = {"account_no": "L-1", "key": key, "state": state, "actor": WHO, "at": at(3, day), **(more or {})}
    with database.session() as session:
        return enter_asset(session, AssetEntry.model_validate(values))


def test_a_changed_place_is_a_new_version_and_the_old_one_stays(account: Database) -> None:
    enter(account, MACHINE, "k1")
    moved = enter(account, MACHINE.model_copy(update={"place": "苏州市二号厂房"}), "k2", day=5)
    assert moved.version == 2
    with account.reading() as session:
        assert [one.state.place for one in assets_of(session, "L-1")] == ["苏州市二号厂房"]
        assert [one.state.place for one in asset_history(session, "L-1")] == ["江城市一号厂房", "苏州市二号厂房"]
        assert assets_of(session, "L-1")[0].state.value == Decimal("400000.00")


def test_the_same_key_counts_once_and_another_entry_under_it_is_refused(account: Database) -> None:
    first = enter(account, MACHINE, "k1")
    assert enter(account, MACHINE, "k1") == first
    with pytest.raises(Refused, match="another entry"):
        enter(account, MACHINE.model_copy(update={"place": "x"}), "k1")


def test_what_is_released_secures_nothing_and_stays_in_the_record(account: Database) -> None:
    enter(account, MACHINE, "k1")
    enter(account, MACHINE.model_copy(update={"released": True}), "k2", day=5)
    with account.reading() as session:
        assert securing(assets_of(session, "L-1")) == () and len(asset_history(session, "L-1")) == 2


@pytest.mark.parametrize(("state", "more", "code"), [
    (MACHINE.model_copy(update={"kind": "pledge"}), {}, "asset_kind_differs"),
    (MACHINE, {"evidence": "nothing"}, "unknown_attachment"),
    (MACHINE, {"account_no": "L-9"}, "unknown_account"),
])  # fmt: skip
def test_what_does_not_fit_is_refused(account: Database, state: AssetState, more: dict[str, str], code: str) -> None:
    enter(account, MACHINE, "k1")
    with pytest.raises(Refused) as refused:
        enter(account, state, "k2", more=more)
    assert refused.value.code == code


def test_rows_are_never_changed(account: Database) -> None:
    enter(account, MACHINE, "k1")
    with pytest.raises(DBAPIError), account.session() as session:
        session.execute(text("UPDATE asset SET place = 'x'"))


def test_a_registration_and_a_value_are_complete_or_not_given() -> None:
    faulty = {"asset": "M1", "kind": "pledge", "description": "x", "register_no": "1", "value": "1.005"}
    with pytest.raises(ValueError, match=r"registration has a number and a day.*a value is of a day.*two decimals"):
        AssetState.model_validate(faulty)


def test_the_result_adds_the_ledger_and_the_register_of_costs_to_the_cent(account: Database) -> None:  # L7.3a
    proceeds = Posting(
        id="D1", kind=PostingKind.DISPOSAL_PROCEEDS, value_date=date(2026, 3, 5), at=at(3, 5), amount=Decimal("1000.01")
    )
    spent = ActualCost(
        id="c1", case_no="L-1-1", item="评估费", day=date(2026, 3, 4), amount=Decimal("123.45"), user="u-1", at=at(3, 4)
    )
    later = spent.model_copy(update={"id": "c2", "day": date(2026, 3, 20)})
    foreign = spent.model_copy(update={"id": "c3", "currency": "USD"})
    with account.session() as session:
        post(session, proceeds, "L-1")
        for cost in (spent, later, foreign):
            enter_cost(session, cost)
    with account.reading() as session:
        found = project_result(session, "L-1", date(2026, 3, 10), Terms())
    amounts = {one.item: one.amount for one in found.figures}
    assert (amounts["处置价款"], amounts["催收、诉讼及委外费用"]) == (Decimal("1000.01"), Decimal("123.45"))
    signed = [one.amount if one.side == "income" else -one.amount for one in found.figures]
    assert found.net == sum(signed, Decimal(0))
