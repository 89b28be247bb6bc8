"""Delegations on both databases: in force between two instants, revoked by a row of their own, never changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from domain.errors import Refused
from store import delegations, staff
from store.delegations import Delegation
from store.session import Database
from store.staff import StaffMember

NOON = datetime(2026, 3, 10, 4, tzinfo=UTC)
DAY = timedelta(days=1)
WANTED = Delegation(
    id="d-1", from_user="gm", to_user="fin", role="general_manager", begins=NOON, ends=NOON + DAY, reason="出差",
    given_by="gm", given_at=NOON,
)  # fmt: skip


@pytest.fixture
def given(database: Database) -> Database:
    with database.session() as session:
        for user, role in (("gm", "general_manager"), ("fin", "finance"), ("old", "finance")):
            member = StaffMember(
                id=user, login=user, name="职员", password_hash="x", roles=(role,), active=user != "old"
            )
            staff.add(session, member)
        delegations.give(session, WANTED, ("auditor",))
    return database


def held(database: Database, at: datetime) -> list[str]:
    with database.reading() as session:
        by_deputy = [one.id for one in delegations.held_by(session, "fin", at)]
        assert by_deputy == [one.id for one in delegations.deputies_of(session, "general_manager", at)]
        return by_deputy


def test_it_holds_from_its_beginning_up_to_its_end(given: Database) -> None:
    instants = (NOON - timedelta(seconds=1), NOON, NOON + DAY - timedelta(seconds=1), NOON + DAY)
    assert [held(given, at) for at in instants] == [[], ["d-1"], ["d-1"], []]


def test_a_repeat_gives_the_same_and_another_under_its_id_is_refused(given: Database) -> None:
    with given.session() as session:
        later = WANTED.model_copy(update={"given_at": NOON + DAY / 2})
        assert delegations.give(session, later, ()) == WANTED
    with given.session() as session, pytest.raises(Refused) as refused:
        delegations.give(session, WANTED.model_copy(update={"ends": NOON + 2 * DAY}), ())
    assert refused.value.code == "command_differs"


def test_a_deputy_has_to_work_here(given: Database) -> None:
    with given.session() as session, pytest.raises(Refused) as refused:
        delegations.give(session, WANTED.model_copy(update={"id": "d-2", "to_user": "old"}), ())
    assert refused.value.code == "unknown_staff"


@pytest.mark.parametrize(("change", "place"), [({"given_by": "fin"}, "to_user"), ({"begins": NOON - DAY}, "begins")])
def test_nobody_takes_a_role_themselves_nor_for_days_that_are_over(
    given: Database, change: dict[str, object], place: str
) -> None:
    with given.session() as session, pytest.raises(Refused, match=f"{place}: ") as refused:
        delegations.give(session, WANTED.model_copy(update={"id": "d-3", **change}), ())
    assert refused.value.code == "delegation_unfit"


def test_a_revocation_is_added_and_nothing_is_changed(given: Database) -> None:
    with given.session() as session:
        revoked = delegations.revoke(session, "d-1", "gm", NOON + DAY / 2, "back early")
    assert (revoked.revoked_by, revoked.revoked_at) == ("gm", NOON + DAY / 2)
    assert held(given, NOON + DAY / 2) == []
    with given.session() as session, pytest.raises(Refused) as again:
        delegations.revoke(session, "d-1", "gm", NOON + DAY / 2, "back early")
    assert again.value.code == "already_revoked"
    for statement in ("DELETE FROM delegation_revocation", "UPDATE delegation SET to_user = 'x'"):
        with pytest.raises(DBAPIError), given.engine.begin() as connection:
            connection.execute(text(statement))


def test_a_role_that_was_taken_away_is_worth_nothing_to_the_deputy(given: Database) -> None:
    with given.session() as session:
        member = staff.working(session, "gm")
        staff.change(session, member.model_copy(update={"roles": ("finance",)}))
    assert held(given, NOON) == []
