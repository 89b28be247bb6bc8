"""New business of listed customers: taken with a warning or left out, each with its place."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from domain.errors import Invalid, Refused
from imports.batch import Staged, check_files, release, stage
from imports.changes import apply_changes
from imports.delta import compare
from imports.listed import Listed, without_listed
from store.accounts import list_accounts
from store.batches import problems_of
from store.book import OnePolicy
from store.customer_marks import CustomerMark, add_mark
from store.new_business import new_business
from store.session import Database
from tests.imports.files import NOW, Sheets, good, ladder, loading, put, xlsx

STAFF = "u-7"
BOOK = OnePolicy("leasing", ladder().terms)
GUARANTOR, LESSEE, VENDOR = "C2", "C1", "C3"


def stop(database: Database, party_id: str) -> None:
    mark = CustomerMark(
        key=f"m-{party_id}", party_id=party_id, kind="new_business", value="stopped", reason="恶意欠款",
        actor_user="u-1", actor_role="risk_management", at=NOW,
    )  # fmt: skip
    with database.session() as session:
        add_mark(session, mark)


def staged(database: Database, listed: Listed) -> Staged:
    with database.session() as session:
        return stage(session, check_files([xlsx(good())], loading()), STAFF, NOW, hold=False, listed=listed)


def taken(database: Database) -> list[str]:
    with database.reading() as session:
        return [one.account_no for one in list_accounts(session).rows]


def test_an_import_without_listed_customers_says_nothing(database: Database) -> None:
    stop(database, VENDOR)  # a vendor gets no credit
    assert staged(database, "refuse").problems == ()
    assert taken(database) == ["A1", "A2"]


def test_a_warning_names_the_party_and_the_account_is_taken(database: Database) -> None:
    stop(database, GUARANTOR)
    found = staged(database, "warn")
    said = "no new business: stopped since 2026-03-18 (m-C2); the account is taken with this warning"
    assert [(one.place, one.message) for one in found.problems] == [
        ("accounts, account A1, parties, guarantor 2", said)
    ]
    assert taken(database) == ["A1", "A2"]
    with database.reading() as session:
        assert problems_of(session, found.batch.id) == found.problems  # it stays with the import
    assert "王示范" not in str(found.problems)


def test_somebody_whom_risk_put_on_the_blacklist_is_named_until_their_last_day(database: Database) -> None:
    """L8.2, MA5.3b: an entry by hand, over since yesterday it says nothing."""
    entry = CustomerMark(
        key="b-1", party_id=GUARANTOR, kind="blacklist", value="listed", reason="恶意欠款", actor_user="u-1",
        actor_role="risk_management", at=NOW, until=NOW.date() - timedelta(days=1),
    )  # fmt: skip
    with database.session() as session:
        add_mark(session, entry)
    assert staged(database, "refuse").problems == ()
    with database.session() as session:
        add_mark(session, entry.model_copy(update={"key": "b-2", "until": NOW.date(), "at": NOW + timedelta(hours=1)}))
        found = without_listed(session, check_files([xlsx(good())], loading()).accounts, "warn", NOW)[1]
    assert ["blacklisted" in one.message for one in found] == [True]


def limit(database: Database, amount: str, currency: str = "CNY") -> None:
    mark = CustomerMark(
        key="limit", party_id=LESSEE, kind="credit_limit", value="limited", amount=Decimal(amount), currency=currency,
        reason="年度授信", actor_user="u-1", actor_role="risk_management", at=NOW,
    )  # fmt: skip
    with database.session() as session:
        add_mark(session, mark)


def over(database: Database) -> list[tuple[str, str]]:
    """A1 brings 20,000.00 that are not paid, A2 20,000.50."""
    with database.session() as session:
        checked = check_files([xlsx(good())], loading())
        found = stage(session, checked, STAFF, NOW, hold=False, listed="refuse", book=BOOK)
    return [(one.place, one.message) for one in found.problems]


def test_new_business_above_the_credit_limit_is_taken_with_a_warning_of_exactly_how_much(database: Database) -> None:
    """M6.1b: what stood in the file before counts; a debt that exists is never left out for its limit."""
    limit(database, "30000.00")
    said = "over the credit limit of 30000.00 CNY by 10000.50 (limit); the account is taken with this warning"
    assert over(database) == [("accounts, account A2", said)]
    assert taken(database) == ["A1", "A2"]
    with database.reading() as session:
        (restriction,) = new_business(session, LESSEE, NOW.date(), BOOK, Decimal("0.50")).restrictions
    assert (restriction.why, restriction.over_by) == ("over_limit", Decimal("10001.00"))


@pytest.mark.parametrize(("amount", "places"), [("40000.50", []), ("40000.49", ["accounts, account A2"])])
def test_a_limit_may_be_used_up_to_the_last_cent(database: Database, amount: str, places: list[str]) -> None:
    limit(database, amount)
    assert [place for place, _ in over(database)] == places


def test_a_limit_in_another_currency_covers_nothing(database: Database) -> None:
    limit(database, "100000.00", "USD")
    assert ["limit of the customer is in USD, this account in CNY" in said for _, said in over(database)] == [True] * 2


def test_changes_above_the_limit_are_warned_of_with_what_is_owed_already(database: Database) -> None:
    """The third lease brings 10,000.00 more."""
    staged(database, "warn")
    limit(database, "40000.50")
    with database.session() as session:
        delta = compare(session, check_files([xlsx(renumbered())], loading()), BOOK)
        applied = apply_changes(session, delta, STAFF, NOW, book=BOOK)
    said = [(one.place, one.message) for one in applied.problems if "credit limit" in one.message]
    assert [place for place, _ in said] == ["accounts, account A3"] and "by 10000.00 (limit)" in said[0][1]


def test_every_reason_against_new_business_is_named(database: Database) -> None:
    """M8.1: a trading stop and the blacklist are two warnings."""
    stop(database, LESSEE)
    entry = CustomerMark(
        key="b-1", party_id=LESSEE, kind="blacklist", value="listed", reason="恶意欠款", actor_user="u-1",
        actor_role="risk_management", at=NOW,
    )  # fmt: skip
    with database.session() as session:
        add_mark(session, entry)
    found = [one.message.split(" since")[0] for one in staged(database, "warn").problems if "A1" in one.place]
    assert found == ["no new business: blacklisted", "no new business: stopped"]


def test_where_the_company_refuses_the_account_is_left_out(database: Database) -> None:
    """MA5.3b: only the account of the listed customer."""
    stop(database, GUARANTOR)
    found = staged(database, "refuse")
    assert (found.accounts, taken(database)) == (1, ["A2"])
    (problem,) = found.problems
    assert problem.message.endswith("the account is left out") and problem.remedy.startswith("lift it")


def test_a_file_of_listed_customers_only_is_refused_with_every_place(database: Database) -> None:
    stop(database, LESSEE)
    with pytest.raises(Invalid) as refused:
        staged(database, "refuse")
    places = [one.place for one in refused.value.problems]
    assert places == ["accounts, account A1, parties, lessee 1", "accounts, account A2, parties, lessee 1"]
    assert taken(database) == []


def renumbered() -> Sheets:
    """The portfolio of tomorrow with a third lease of the same lessee."""
    sheets = good()
    sheets["accounts"].append(["A3", "HT-2025-003", 10000, 11000, 0.0005, "叉车一台"])
    sheets["schedule"].append(["A3", 1, sheets["schedule"][3][2], 10000, 1000])
    sheets["parties"].append(["A3", "C1", "lessee", "示范机械有限公司", "上海市示范路1号", "c1@example.com", "", ""])
    for row, value in ((2, 3), (3, 60000.5)):
        put(sheets, "control", row, "value", value)
    return sheets


@pytest.mark.parametrize(("listed", "new"), [("warn", 1), ("refuse", 0)])
def test_changes_bring_no_new_business_of_listed_customers_either(database: Database, listed: Listed, new: int) -> None:
    staged(database, "warn")
    stop(database, LESSEE)
    checked = check_files([xlsx(renumbered())], loading())
    assert checked.problems == ()
    with database.session() as session:
        delta = compare(session, checked, BOOK)
        applied = apply_changes(session, delta, STAFF, NOW, listed=listed)
    assert applied.new == new
    places = [one.place for one in applied.problems if "no new business" in one.message]
    assert places == ["accounts, account A3, parties, lessee 1"]  # what is here already is no new business


def test_a_held_import_is_looked_at_again_when_it_is_released(database: Database) -> None:
    with database.session() as session:
        held = stage(session, check_files([xlsx(good())], loading()), STAFF, NOW, listed="refuse").batch
    stop(database, GUARANTOR)
    with pytest.raises(Refused) as refused, database.session() as session:
        release(session, held.id, STAFF, NOW, "refuse")
    assert refused.value.code == "customer_listed" and "account A1, parties, guarantor 2" in refused.value.message
    assert taken(database) == []
    with database.session() as session:
        assert release(session, held.id, STAFF, NOW, "warn").state == "released"
    assert taken(database) == ["A1", "A2"]
