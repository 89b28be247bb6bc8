"""An account is checked by the words of the policy that it is assigned to, and says what kind of customer it has."""

from __future__ import annotations

from datetime import date

import pytest

from activities.registry import Policies
from imports.portfolio import Loading, Portfolio, read_portfolio
from imports.vocabulary import Vocabularies
from tests.imports.files import GOOD, NOW, ROOT, Sheets, good, xlsx


@pytest.fixture(scope="module")
def loading() -> Loading:
    policies = Policies.from_files(ROOT / "policies", ROOT / "company" / "demo.yaml")
    return Loading(NOW, Vocabularies(policies.ladder_of))


def with_columns(**values: tuple[str, str]) -> Sheets:
    """The good portfolio with more columns of accounts, a value for each of the two."""
    sheets = good()
    for name, both in values.items():
        for row, value in zip(sheets["accounts"], (name, *both), strict=True):
            row.append(value)
    return sheets


def read(sheets: Sheets, loading: Loading) -> Portfolio:
    return read_portfolio([xlsx(sheets)], loading)


@pytest.mark.parametrize(("written", "kind"), [
    ("individual", "individual"), ("个人", "individual"), ("自然人", "individual"), ("个体工商户", "sole_trader"),
    ("公司", "company"), ("企业", "company"), ("", None),
])  # fmt: skip
def test_the_kind_of_customer(loading: Loading, written: str, kind: str | None) -> None:
    found = read(with_columns(客户类型=(written, "")), loading)
    assert found.faults == ()
    assert [account.customer_kind for account in found.accounts] == [kind, None]
    assert found.accounts[0].subject.customer_kind == (kind or "company")
    assert [account.subject.vendor for account in found.accounts] == [True, False]


def test_an_unknown_kind_is_a_fault(loading: Loading) -> None:
    found = read(with_columns(customer_kind=("farmer", "")), loading)
    assert [(fault.account_no, fault.column) for fault in found.faults] == [("A1", "customer_kind (客户类型)")]


def test_history_speaks_the_words_of_the_policy(loading: Loading) -> None:
    sheets = with_columns(product=("credit_loan", "leasing"))
    found = read(sheets, loading)  # A1 has steps of the leasing policy behind it
    assert {fault.account_no for fault in found.faults} == {"A1"}
    assert len(found.faults) == 2
    sheets["history"] = [GOOD["history"][0], ["A1", "step", "entry_call", "", date(2026, 2, 16), "", ""]]
    found = read(sheets, loading)
    assert found.faults == ()
    assert [done.step for done in found.accounts[0].facts.history] == ["entry_call"]


def test_a_suit_needs_a_policy_that_knows_one(loading: Loading) -> None:
    sheets = with_columns(product=("consumer_loan", "leasing"), customer_kind=("individual", ""))
    sheets["history"] = [GOOD["history"][0], ["A1", "suit", "", "", date(2026, 2, 16), "", "(2026)沪01"]]
    (fault,) = read(sheets, loading).faults
    assert (fault.account_no, fault.column) == ("A1", "entry (事项类型)")
    sheets = with_columns(product=("credit_loan", "leasing"))
    sheets["history"] = [GOOD["history"][0], ["A1", "suit", "", "", date(2026, 2, 16), "", "(2026)沪01"]]
    found = read(sheets, loading)
    assert [done.step for done in found.accounts[0].facts.history] == ["lawsuit"]
