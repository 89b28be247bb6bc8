"""Who may own cases, who stands in for whom, what changed since the last look, and the order of key accounts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from domain import events as e
from domain.errors import Refused
from domain.outcome import Wait
from store import absences, asks, errands, owners, staff
from store.absences import Absence
from store.accounts import add_account
from store.errands import Who
from store.feed import last_position
from store.owners import KeyAccount
from store.record import record
from store.session import Database
from tests.store.samples import after, at, events, lease, new_case, opening
from tests.store.test_errands import REPORTED, errand, opened

TODAY = date(2026, 3, 10)
KEY = KeyAccount(account_no="L-2", policy_id="leasing", delinquencies=4, overdue_days=11, rank=-400_011, since=TODAY)


def hire(database: Database, user: str, *roles: str, **more: object) -> None:
    """Somebody who works here."""
    values = {"id": user, "login": user, "name": "职员", "password_hash": "x", "roles": roles, **more}
    with database.session() as session:
        staff.add(session, staff.StaffMember.model_validate(values))


def happened(database: Database, account_no: str, *bodies: e.Body, by: str | None = None) -> None:
    """A case opens, and then this happens to it."""
    given = events(*bodies, first=6, command="c" if by else None)
    if by:
        actor = e.Actor(user=by, role="collector", authority="x")
        given = tuple(event.model_copy(update={"actor": actor, "command_id": None}) for event in given)
    case, everything = new_case(account_no), (*opening(), *given)
    with database.session() as session:
        record(session, case.case_no, everything, after(case, everything), Wait(at(3, 12), "deadline"))


def away(user: str, substitute: str, first: int, last: int, name: str = "") -> Absence:
    return Absence(
        id=name or f"{user}-{first}", user=user, first=date(2026, 3, first), last=date(2026, 3, last),
        substitute=substitute, reason="年假", by="boss", at=at(3, 1) + timedelta(minutes=len(name)),
    )  # fmt: skip


@pytest.fixture
def company(database: Database) -> Database:
    with database.session() as session:
        for number in range(1, 4):
            add_account(session, lease(f"L-{number}"))
    for user, role in (("a", "collector"), ("b", "collector"), ("c", "collector"), ("z", "finance")):
        hire(database, user, role)
    return database


# ── candidates and absences ─────────────────────────────────────────────────────────────────────────────────────────


def test_candidates_are_who_is_active_with_what_they_own(company: Database) -> None:
    hire(company, "gone", "collector", active=False)
    hire(company, "skilled", "collector", skills=("plans", "dialect"), branch="east", region="coast", capacity=3)
    happened(company, "L-1", e.OwnerChanged(owner="a"))
    happened(company, "L-2", e.OwnerChanged(owner="a"), e.CaseClosed(reason="cured"))
    with company.session() as session:
        absences.record_absence(session, away("b", "a", 10, 12))
        found = {one.user: one for one in owners.candidates(session, TODAY)}
    assert (list(found), found["a"].load, found["b"].away) == (["a", "b", "c", "skilled", "z"], 1, True)
    one = found["skilled"]
    assert (one.skills, one.branch, one.region, one.capacity) == (("plans", "dialect"), "east", "coast", 3)


def test_a_substitute_stands_in_on_the_days_of_the_absence_only(company: Database) -> None:
    with company.session() as session:
        absences.record_absence(session, away("a", "b", 10, 12))
        absences.record_absence(session, away("b", "c", 12, 13))
        standing = {day: absences.stood_in_by(session, "b", date(2026, 3, day)) for day in (9, 10, 11, 12, 13)}
        assert standing == {9: (), 10: ("a",), 11: ("a",), 12: (), 13: ()}
        assert absences.stood_in_by(session, "c", date(2026, 3, 12)) == ("a", "b")  # b hands on what b stood in for
        absences.end_absence(session, "a-10", date(2026, 3, 10))
        assert absences.stood_in_by(session, "b", date(2026, 3, 11)) == ()
        assert [one.id for one in absences.absences_of(session, since=date(2026, 3, 11))] == ["b-12"]


@pytest.mark.parametrize(("absence", "code"), [
    (away("a", "a", 10, 12), "substitute_unfit"), (away("a", "z", 10, 12), "substitute_unfit"),
    (away("a", "nobody", 10, 12), "unknown_staff"), (away("nobody", "a", 10, 12), "unknown_staff"),
    (away("a", "c", 10, 12, "known"), "command_differs"),
])  # fmt: skip
def test_an_absence_needs_a_substitute_of_the_same_role(company: Database, absence: Absence, code: str) -> None:
    with company.session() as session:
        known = absences.record_absence(session, away("a", "b", 10, 12, "known"))
        assert absences.record_absence(session, known) == known  # once per id
        with pytest.raises(Refused) as fault:
            absences.record_absence(session, absence)
        assert fault.value.code == code
        assert len(absences.absences_of(session)) == 1


def test_the_end_of_an_absence_is_not_before_it_began(company: Database) -> None:
    with company.session() as session:
        absences.record_absence(session, away("a", "b", 10, 12, "known"))
        for name, code in (("known", "absence_backwards"), ("other", "unknown_absence")):
            with pytest.raises(Refused) as fault:
                absences.end_absence(session, name, date(2026, 3, 9))
            assert fault.value.code == code


def test_errands_of_who_is_away_come_to_the_substitute(company: Database) -> None:
    opened(company, errand("e1", assignee="a"), errand("e2", "L-2", assignee="b"))
    who = Who(user="b", roles=("business_manager",), stands_in_for=("a",))
    with company.session() as session:
        assert [one.id for one in errands.list_errands(session, who).rows] == ["e1", "e2"]
        with pytest.raises(Refused) as fault:
            errands.answer(session, "e1", REPORTED, "c1", "b", "business_manager", at(3, 26, 7))
        assert fault.value.code == "not_entitled"
        given = errands.answer(session, "e1", REPORTED, "c2", "b", "business_manager", at(3, 26, 7), ("a",))
        assert (given.status, given.answered_by) == ("answered", "b")


# ── what is to be given out ─────────────────────────────────────────────────────────────────────────────────────────


def test_the_queue_is_what_nobody_owns_with_branch_and_region(company: Database) -> None:
    happened(company, "L-1", e.NoteAdded(text="x"))
    happened(company, "L-2", e.OwnerChanged(owner="a"))
    happened(company, "L-3", e.OwnerChanged(owner="a"), e.OwnerChanged(owner=None))
    with company.session() as session:
        owners.set_regions(session, {"east": "coast"})
        page = owners.open_cases(session, owned=False, limit=1)
        rest = owners.open_cases(session, owned=False, cursor=page.next)
        assert [row.case_no for row in (*page.rows, *rest.rows)] == ["L-1-1", "L-3-1"]
        assert (page.rows[0].branch, page.rows[0].region, page.rows[0].bucket) == ("east", "coast", "I")
        assert [row.owner for row in owners.open_cases(session, owned=True).rows] == ["a"]
        assert len(owners.open_cases(session, policy_id="leasing").rows) == 3
        assert not owners.open_cases(session, policy_id="bank").rows


def test_cases_that_opened_or_turned_are_found_once(company: Database) -> None:
    with company.session() as session:
        start = last_position(session)
    happened(company, "L-1", e.NoteAdded(text="x"))
    with company.session() as session:
        found, position = owners.turned(session, start)
        assert found == ("L-1-1",)
        assert owners.turned(session, position) == ((), position)
        _, half = owners.turned(session, start, limit=1)  # the facts come before the opening
        assert owners.turned(session, half)[0] == ("L-1-1",)


def test_what_a_person_named_stands_until_the_rule_decides_anew(company: Database) -> None:
    happened(company, "L-1", e.OwnerChanged(owner="a", reason="语言"), by="boss")
    happened(company, "L-2", e.OwnerChanged(owner="a", reason="语言"), e.BucketEntered(bucket="II"), by="boss")
    happened(company, "L-3", e.OwnerChanged(owner="a", reason="least_loaded"), by="distribution")
    with company.session() as session:
        assert owners.named_by_people(session, ["L-1-1", "L-2-1", "L-3-1"], "distribution") == {"L-1-1"}


# ── key accounts ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_asks_and_cases_of_a_key_account_come_first_of_their_day(company: Database) -> None:  # Z3.1b
    for number in (1, 2, 3):
        happened(company, f"L-{number}", e.NoteAdded(text="x"))
    with company.session() as session:
        owners.mark(session, "leasing", {"L-1": None, "L-2": KEY})
        page = asks.asks_for_roles(session, ("collector",), TODAY, limit=1)
        rest = asks.asks_for_roles(session, ("collector",), TODAY, page.next)
        assert [row.case_no for row in (*page.rows, *rest.rows)] == ["L-2-1", "L-1-1", "L-3-1"]
        assert [row.case_no for row in owners.open_cases(session).rows] == ["L-2-1", "L-1-1", "L-3-1"]
        owners.mark(session, "leasing", {"L-2": None})
        assert not owners.key_accounts(session).rows
        assert asks.asks_for_roles(session, ("collector",), TODAY).rows[0].case_no == "L-1-1"


def test_a_case_of_a_known_key_account_opens_in_its_place(company: Database) -> None:
    with company.session() as session:
        owners.mark(session, "leasing", {"L-2": KEY})
    happened(company, "L-2", e.NoteAdded(text="x"))
    with company.session() as session:
        assert owners.open_cases(session).rows[0].rank == KEY.rank
        assert owners.key_accounts(session).rows == (KEY,)


def test_the_mark_keeps_its_first_day_and_follows_the_history(company: Database) -> None:
    later = KEY.model_copy(update={"overdue_days": 40, "rank": -400_040, "since": date(2026, 4, 1)})
    with company.session() as session:
        owners.mark(session, "leasing", {"L-2": KEY})
        owners.mark(session, "leasing", {"L-2": later})
        found = owners.key_accounts(session).rows[0]
        assert (found.since, found.overdue_days, found.rank) == (TODAY, 40, -400_040)


def test_my_work_leaves_out_what_belongs_to_a_colleague(company: Database) -> None:
    happened(company, "L-1", e.OwnerChanged(owner="a"))
    happened(company, "L-2", e.OwnerChanged(owner="b"))
    happened(company, "L-3", e.NoteAdded(text="x"))
    with company.session() as session:

        def mine(role: str, *of: str) -> list[str]:
            return sorted({row.case_no for row in asks.asks_for_roles(session, (role,), TODAY, of=of).rows})

        assert mine("collector", "a") == ["L-1-1", "L-3-1"]
        assert mine("collector", "a", "b") == ["L-1-1", "L-2-1", "L-3-1"]
        assert len(mine("head_of_business", "z")) == 3  # no owner has that role: it is anybody's in it
