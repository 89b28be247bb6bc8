"""Lists of cases and inboxes: filtered, sorted, paged without a row twice or lost."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from domain import events as e
from domain.errors import Refused
from domain.outcome import Wait
from store.accounts import add_account
from store.book import OnePolicy
from store.cases import (
    CaseFilter,
    CaseOrder,
    asks_for_roles,
    behind,
    get_case,
    list_cases,
    open_case_of,
    portfolio_summary,
    snapshot_of,
)
from store.ledger import post
from store.record import record
from store.session import Database
from tests.store.samples import NOON, TERMS, after, at, events, lease, new_case, opening, payment

DAY = date(2026, 3, 10)


def add_case(database: Database, account_no: str, days_old: int = 8, **more: object) -> None:
    """An account with an open case, that many days past due on DAY."""
    anchor = DAY - timedelta(days=days_old)
    case = after(new_case(account_no), opening(anchor))
    with database.session() as session:
        add_account(session, lease(account_no, (anchor,), **more))
        record(session, case.case_no, opening(anchor), case, Wait(until=at(3, 10 + days_old), why="next"))


def walk(database: Database, sort: CaseOrder, between: list[str] | None = None) -> list[str]:
    """All cases page by page; `between`: accounts that get a case after each page."""
    seen: list[str] = []
    cursor: str | None = None
    while True:
        with database.reading() as session:
            page = list_cases(session, DAY, sort=sort, cursor=cursor, limit=2)
        seen += [row.account_no for row in page.rows]
        if between:
            add_case(database, between.pop())
        if page.next is None:
            return seen
        cursor = page.next


@pytest.fixture
def database(database: Database) -> Database:
    """With five cases of different ages; C and D are equally old."""
    for account_no, old in (("B", 3), ("A", 12), ("C", 8), ("D", 8), ("E", 1)):
        add_case(database, account_no, old)
    return database


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("case_no", "ABCDE"), ("-case_no", "EDCBA"), ("anchor", "ACDBE"), ("-anchor", "EBDCA"),
        ("next_at", "EBCDA"), ("opened_at", "ABCDE"), ("-opened_at", "EDCBA"), ("-next_at", "ADCBE"),
    ],
)  # fmt: skip
def test_pages_follow_the_order(database: Database, sort: CaseOrder, order: str) -> None:
    assert "".join(walk(database, sort)) == order


@pytest.mark.parametrize("sort", ["case_no", "anchor", "-anchor", "next_at"])
def test_cases_that_come_between_pages_shift_nothing(database: Database, sort: CaseOrder) -> None:
    seen = walk(database, sort, between=["A0", "C5", "Z"])
    assert len(seen) == len(set(seen))
    assert [name for name in seen if name in "ABCDE"] == walk_old(database, sort)


def walk_old(database: Database, sort: CaseOrder) -> list[str]:
    """The five first cases in order."""
    return [name for name in walk(database, sort) if name in "ABCDE"]


@pytest.mark.parametrize("cursor", ["nonsense", "W10", "", "eyJhIjogMX0", "WyJhbmNob3IiLCAiQS0xIl0"])
def test_a_foreign_cursor_is_refused(database: Database, cursor: str) -> None:
    with database.reading() as session, pytest.raises(Refused) as caught:
        list_cases(session, DAY, cursor=cursor)
    assert caught.value.code == "bad_cursor"


def test_a_cursor_is_good_for_its_own_order_only(database: Database) -> None:
    with database.reading() as session:
        page = list_cases(session, DAY, sort="anchor", limit=1)
        with pytest.raises(Refused):
            list_cases(session, DAY, sort="-anchor", cursor=page.next)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (CaseFilter(), "ABCDE"),
        (CaseFilter(status="open"), "ABCDE"),
        (CaseFilter(status="closed"), ""),
        (CaseFilter(bucket="I", held=False), "ABCDE"),
        (CaseFilter(bucket="II"), ""),
        (CaseFilter(held=True), ""),
        (CaseFilter(owner="u7"), ""),
        (CaseFilter(branch="east", product="leasing"), "ABCDE"),
        (CaseFilter(branch="west"), ""),
        (CaseFilter(text="CB"), "B"),
        (CaseFilter(text="B-"), "B"),
        (CaseFilter(text="%"), ""),
        (CaseFilter(policy_id="leasing", account_no="D"), "D"),
        (CaseFilter(anchor_to=DAY - timedelta(days=8)), "ACD"),
        (CaseFilter(anchor_from=DAY - timedelta(days=3)), "BE"),
    ],
)
def test_filters(database: Database, asked: CaseFilter, found: str) -> None:
    with database.reading() as session:
        assert "".join(row.account_no for row in list_cases(session, DAY, asked).rows) == found


def test_days_past_due_are_of_the_asked_day(database: Database) -> None:
    with database.reading() as session:
        today = list_cases(session, DAY, limit=1).rows[0]
        later = list_cases(session, DAY + timedelta(days=5), limit=1).rows[0]
    assert (today.dpd, later.dpd, today.lessee, today.contract_no) == (12, 17, "江南机械", "CA")


def test_the_portfolios_own_case_is_not_in_the_list_but_can_be_read(database: Database) -> None:
    case = after(new_case("").model_copy(update={"case_no": "portfolio-1"}), opening())
    with database.session() as session:
        record(session, "portfolio-1", opening(), case)
        assert len(list_cases(session, DAY).rows) == 5
        assert get_case(session, "portfolio-1", DAY) is not None
        assert open_case_of(session, "") == "portfolio-1"


def test_unknown_cases_are_none(database: Database) -> None:
    with database.reading() as session:
        assert get_case(session, "Z-1", DAY) is None
        assert snapshot_of(session, "Z-1") is None
        assert open_case_of(session, "Z") is None


def test_the_inbox_lists_what_waits_for_these_roles_page_by_page(database: Database) -> None:
    roles = ("collector", "head_of_business")
    seen: list[tuple[str, str]] = []
    cursor: str | None = None
    with database.reading() as session:
        while True:
            page = asks_for_roles(session, roles, DAY, cursor, limit=3)
            seen += [(ask.case_no, ask.role) for ask in page.rows]
            cursor = page.next
            if cursor is None:
                break
        nobody = asks_for_roles(session, ("general_manager",), DAY)
    names = [f"{letter}-1" for letter in "ABCDE"]
    assert seen == [(name, "collector") for name in names] + [(name, "head_of_business") for name in names]
    assert nobody.rows == ()


def test_an_offer_has_no_deadline_and_comes_last(database: Database) -> None:
    offer = events(
        e.StepOffered(step="early", asked=("collector",), outcomes=("done",), mode="any", document=None), first=6
    )
    with database.session() as session:
        case = snapshot_of(session, "A-1")
        assert case is not None
        record(session, "A-1", offer, after(case, offer))
        last = asks_for_roles(session, ("collector",), DAY).rows[-1]
    assert (last.step, last.status, last.deadline, last.account_no, last.dpd) == ("early", "offered", None, "A", 12)


def test_cases_behind_their_ledger_are_found(database: Database) -> None:
    with database.session() as session:
        for account_no in ("B", "D"):
            post(session, payment(f"R{account_no}", "1.00"), account_no)
        assert behind(session) == ["B-1", "D-1"]
        assert behind(session, after="B-1", limit=1) == ["D-1"]


def test_the_summary_adds_up(database: Database) -> None:
    with database.session() as session:
        post(session, payment("R1", "50.00", on=DAY), "A")
        case = snapshot_of(session, "E-1")
        assert case is not None
        closing = events(e.CaseClosed(reason="cured"), first=6)
        record(session, "E-1", closing, after(case, closing))
        summary = portfolio_summary(session, DAY, NOON + timedelta(days=10), OnePolicy("leasing", TERMS))
    assert (summary.accounts, summary.open_cases, summary.held_cases, summary.closed) == (5, 4, 0, {"cured": 1})
    (line,) = summary.buckets
    assert (line.bucket, line.cases, line.overdue_rent) == ("I", 4, Decimal("4150.00"))
    # 1,050.00 at 0.05 % for 12, 8, 8 and 3 days: 6.30 + 4.20 + 4.20 + 1.58; the payment counts from now on
    assert line.total_overdue == Decimal("4166.28")
    assert (summary.open_asks, summary.overdue_asks) == (8, 8)
