"""The blacklist by hand: entered with a reason and an end, removed by decision, its history kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest

from domain.errors import Invalid, Refused
from domain.events import Filed
from store import blacklist
from store.accounts import add_account
from store.blacklist import Listing
from store.book import OnePolicy
from store.customer_marks import CustomerMark, Kind, add_mark
from store.new_business import new_business
from store.record import record
from store.session import Database
from tests.store.samples import TERMS, after, at, events, lease, new_case, opening

BOOK = OnePolicy("leasing", TERMS)
DAY = date(2026, 3, 10)
SOON, LATER = at(3, 10, 5), at(3, 10, 6)


@pytest.fixture
def filled(database: Database) -> Database:
    """The case of A put its lessee and guarantors on the blacklist on 3 March."""
    with database.session() as session:
        add_account(session, lease("A"))
        filing = Filed(step="blacklist_entry", register_name="blacklist", role="risk_management", document="names")
        happened = events(*(event.body for event in opening()), filing)
        record(session, "A-1", happened, after(new_case("A"), happened))
    return database


def mark(value: str, when: datetime, party: str = "P1", kind: Kind = "blacklist", **more: object) -> CustomerMark:
    values = {"key": f"{party}-{kind}-{when:%H}", "party_id": party, "kind": kind, "value": value, "reason": "决定"}
    return CustomerMark.model_validate({**values, "actor_user": "u-1", "actor_role": "risk", "at": when, **more})


def enter(database: Database, one: CustomerMark) -> Listing:
    with database.session() as session:
        return blacklist.enter(session, one, DAY)


def remove(database: Database, one: CustomerMark) -> Listing:
    with database.session() as session:
        return blacklist.remove(session, one, DAY)


def why(database: Database, party: str, day: date = DAY) -> list[str]:
    with database.reading() as session:
        return [one.why for one in new_business(session, party, day, BOOK).restrictions]


def code(call: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.code


def test_an_entry_by_hand_keeps_out_until_its_last_day(filled: Database) -> None:
    found = enter(filled, mark("listed", SOON, "K", until=date(2026, 6, 30), case_no="A-1"))
    assert (found.listed, found.entries[0].reason, found.marks[0].case_no) == (True, "决定", "A-1")
    assert why(filled, "K", date(2026, 6, 30)) == ["blacklisted"]
    assert why(filled, "K", date(2026, 7, 1)) == []


def test_a_removal_takes_off_what_a_case_listed_and_the_history_stays(filled: Database) -> None:
    assert why(filled, "P1") == ["blacklisted"]
    found = remove(filled, mark("removed", SOON))
    assert (found.listed, [one.value for one in found.marks]) == (False, ["removed"])
    assert why(filled, "P1") == []
    enter(filled, mark("listed", LATER))
    assert why(filled, "P1") == ["blacklisted"]
    with filled.reading() as session:
        everybody = blacklist.blacklist(session, DAY)
    assert [(one.party_id, one.listed) for one in everybody] == [("P1", True), ("P2", True), ("P4", True)]
    assert [one.value for one in everybody[0].marks] == ["removed", "listed"]


def test_a_permission_of_new_business_takes_nobody_off_the_list(filled: Database) -> None:
    with filled.session() as session:
        add_mark(session, mark("permitted", SOON, kind="new_business"))
        assert blacklist.listing_of(session, "P1", DAY).listed
    assert why(filled, "P1") == []


def test_nobody_is_removed_who_is_not_on_it_and_faults_come_together(filled: Database) -> None:
    assert code(lambda: remove(filled, mark("removed", SOON, "K"))) == "not_listed"
    with pytest.raises(Invalid) as caught:
        enter(filled, mark("listed", SOON, "K", until=DAY, case_no="Z-1"))
    assert [problem.place for problem in caught.value.problems] == ["until", "case_no"]


def test_the_same_removal_again_changes_nothing(filled: Database) -> None:
    once = mark("removed", SOON)
    assert remove(filled, once) == remove(filled, once)
