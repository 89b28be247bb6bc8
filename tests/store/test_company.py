"""Calendar, staff, alerts, refused commands, imports and suspense."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import chinese_calendar
import pytest

from domain.base import days
from domain.errors import Problem, Refused
from store.accounts import add_account
from store.attempts import Attempt, attempts_of, find_attempt, keep_attempt, latest_attempts
from store.batches import (
    Batch,
    SuspenseItem,
    add_batch,
    add_suspense,
    find_batch,
    get_batch,
    list_batches,
    move_batch,
    problems_of,
    resolve_suspense,
)
from store.calendar import calendar, fill, public_holidays, replace
from store.ledger import post
from store.session import Database
from store.staff import Alert, StaffMember, add, alert_sent, change, find, list_staff, pending_alerts, raise_alert
from store.suspense_read import open_suspense
from tests.store.samples import NOON, at, lease, payment


def code(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.code


@pytest.mark.parametrize("year", [2025, 2026])
def test_every_day_is_what_the_state_council_says(database: Database, year: int) -> None:
    with database.session() as session:
        found = fill(session, (2025, 2026, 2027), NOON)
    day = date(year, 1, 1)
    while day.year == year:
        assert found.is_business_day(day) == chinese_calendar.is_workday(day), day
        day += days(1)


def test_a_year_without_working_weekends_is_not_official(database: Database) -> None:
    with database.session() as session:
        assert fill(session, (2025, 2026, 2027), NOON).official_through == date(2026, 12, 31)
    assert public_holidays("CN", [2027])[2] == date(2026, 12, 31)
    assert public_holidays("CN", [2025, 2027])[2] == date(2025, 12, 31)


def test_filling_again_makes_no_new_version_and_an_edit_does(database: Database) -> None:
    with database.session() as session:
        first = fill(session, (2025, 2026), NOON)
        assert fill(session, (2026, 2025), at(4, 1)) == first
        edited = replace(session, "CN", (*first.days_off, date(2026, 3, 9)), first.working_weekends,
                         first.official_through, at(4, 1), "u1")  # fmt: skip
        assert (first.version, edited.version) == ("CN.1", "CN.2")
        assert calendar(session, "CN") == edited
        assert not edited.is_business_day(date(2026, 3, 9))


def test_an_unknown_calendar_is_refused(database: Database) -> None:
    with database.reading() as session:
        assert code(lambda: calendar(session, "XX")) == "unknown_calendar"
        assert code(lambda: fill(session, (2026,), NOON, "ZZZ")) == "unknown_calendar"


def test_staff_are_found_by_login(database: Database) -> None:
    member = StaffMember(
        id="u1", login="wang", name="王五", password_hash="$argon2", roles=("collector", "asset_manager")
    )
    with database.session() as session:
        add(session, member)
        assert find(session, "wang") == member
        assert find(session, "li") is None
        assert code(lambda: add(session, member.model_copy(update={"id": "u2"}))) == "staff_exists"
        gone = member.model_copy(update={"active": False, "roles": ()})
        change(session, gone)
        assert list_staff(session) == (gone,)
        assert code(lambda: change(session, member.model_copy(update={"id": "u9"}))) == "unknown_staff"


def test_an_alert_waits_until_it_is_sent(database: Database) -> None:
    alert = Alert(key="L-1-1/7", role="general_manager", case_no="L-1-1", title="overdue", text="x", at=NOON)
    with database.session() as session:
        assert [raise_alert(session, alert), raise_alert(session, alert)] == [True, False]
        assert pending_alerts(session) == (alert,)
        alert_sent(session, alert.key, at(3, 4))
        assert pending_alerts(session) == ()
        assert not raise_alert(session, alert)


def test_refused_commands_are_kept_once(database: Database) -> None:
    attempt = Attempt(id="c1", case_no="L-1-1", actor="u1", kind="answer_step", code="not_asked", at=NOON)
    with database.session() as session:
        keep_attempt(session, attempt)
        keep_attempt(session, attempt.model_copy(update={"code": "other"}))
        assert attempts_of(session, "L-1-1") == latest_attempts(session, NOON) == (attempt,)
        assert find_attempt(session, "c1") == attempt
        assert find_attempt(session, "c2") is None


def batch(batch_id: str, sha: str = "1") -> Batch:
    return Batch(
        id=batch_id, sha256=sha, file_name="f.csv", kind="accounts", state="checked", created_by="u1", created_at=NOON
    )


def test_an_import_is_decided_once(database: Database) -> None:
    problem = Problem(place="row 3, column due", message="1900-01-01", remedy="give a date")
    with database.session() as session:
        add_batch(session, batch("B1"), [problem])
        assert problems_of(session, "B1") == (problem,)
        assert move_batch(session, "B1", "held", "u1", NOON).state == "held"
        released = move_batch(session, "B1", "released", "u2", at(3, 4))
        assert (released.decided_by, released.decided_at) == ("u2", at(3, 4))
        assert move_batch(session, "B1", "released", "u3", at(3, 5)) == get_batch(session, "B1") == released
        assert code(lambda: move_batch(session, "B1", "discarded", "u2", NOON)) == "batch_decided"
        assert code(lambda: move_batch(session, "B9", "held", "u2", NOON)) == "unknown_batch"
        assert code(lambda: add_batch(session, batch("B1"))) == "batch_exists"
        assert list_batches(session) == (released,)


def test_the_same_file_is_found_unless_it_was_discarded(database: Database) -> None:
    with database.session() as session:
        add_batch(session, batch("B1"))
        assert find_batch(session, "1", "accounts") == batch("B1")
        assert find_batch(session, "1", "payments") is None
        move_batch(session, "B1", "discarded", "u1", NOON)
        assert find_batch(session, "1", "accounts") is None


def test_a_receipt_waits_until_it_is_booked(database: Database) -> None:
    item = SuspenseItem(
        id="S1", reference="L-?", amount=Decimal("9.90"), value_date=date(2026, 3, 3), reason="unknown_account", at=NOON
    )
    with database.session() as session:
        assert [add_suspense(session, [item]), add_suspense(session, [item])] == [1, 0]
        assert [entry.item for entry in open_suspense(session)] == [item]
        add_account(session, lease())
        post(session, payment("S1", "9.90"), "L-1")
        resolve_suspense(session, "S1", "S1")
        assert open_suspense(session) == ()
        assert code(lambda: resolve_suspense(session, "S1", "S1")) == "suspense_resolved"
