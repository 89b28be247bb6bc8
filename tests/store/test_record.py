"""The record: appended once, in order, the same for ever, and always the fold of its events."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from domain import events as e
from domain.case import Case
from domain.events import Event
from domain.outcome import Wait
from store.accounts import add_account
from store.cases import asks_of_case, events_of_command, get_case, snapshot_of, timeline
from store.portfolio import register_entries, reports
from store.record import Diverged, record, recorded_seq
from store.session import Database
from store.tables import BlacklistRow
from tests.store.samples import NOON, NOTICE, after, at, at_once, events, facts, lease, new_case, opening

DAY = date(2026, 3, 3)


@pytest.fixture
def case(database: Database) -> Case:
    """A case whose opening is recorded."""
    case = after(new_case(), opening())
    with database.session() as session:
        add_account(session, lease())
        record(session, "L-1-1", opening(), case)
    return case


def diverged(database: Database, happened: tuple[Event, ...], snapshot: Case) -> str:
    """The code with which a recording is refused."""
    with pytest.raises(Diverged) as caught, database.session() as session:
        record(session, snapshot.case_no, happened, snapshot)
    return caught.value.code


def test_what_was_recorded_folds_to_the_snapshot(database: Database, case: Case) -> None:
    more = events(
        e.StepAnswered(step="litigation_letter_consent", role="head_of_business", outcome="agreed"),
        e.StepCompleted(step="first_week_phone_collection", outcome="contacted", role="collector", note="会付款"),
        e.DocumentPrepared(step="first_week_phone_collection", document=NOTICE),
        e.HoldPlaced(hold="vendor_objection", source=6, placed_dpd=1, role="head_of_asset_management"),
        e.OwnerChanged(owner="u7"),
        first=6, when=at(3, 4).astimezone(NOON.astimezone().tzinfo), command="c1",
    )  # fmt: skip
    done = after(case, more)
    with database.session() as session:
        record(session, "L-1-1", more, done)
    with database.reading() as session:
        assert timeline(session, "L-1-1") == (*opening(), *more)
        assert after(new_case(), timeline(session, "L-1-1")) == snapshot_of(session, "L-1-1") == done
        assert timeline(session, "L-1-1", after=8, limit=1) == more[3:4]
        assert events_of_command(session, "c1") == {"L-1-1": more}
        found = get_case(session, "L-1-1", DAY)
    assert found is not None
    assert (found.line.held, found.line.owner, found.line.bucket, found.line.dpd, found.line.seq) == (
        True,
        "u7",
        "I",
        1,
        10,
    )
    assert found.line.lessee == "江南机械"


def test_a_repeat_changes_nothing(database: Database, case: Case) -> None:
    with database.session() as session:
        record(session, "L-1-1", opening(), case)
        assert recorded_seq(session, "L-1-1") == 5
        assert len(timeline(session, "L-1-1")) == 5


def test_a_repeat_with_something_new_appends_the_new(database: Database, case: Case) -> None:
    more = (*opening()[3:], *events(e.NoteAdded(text="电话无人接"), first=6))
    with database.session() as session:
        record(session, "L-1-1", more, after(case, more[-1:]))
        assert recorded_seq(session, "L-1-1") == 6


def test_a_late_repeat_of_old_events_leaves_the_newer_state(database: Database, case: Case) -> None:
    note = events(e.NoteAdded(text="x"), first=6)
    with database.session() as session:
        record(session, "L-1-1", note, after(case, note), Wait(until=NOON, why="later"))
        record(session, "L-1-1", opening(), case, Wait(until=None, why="sooner"))
        found = get_case(session, "L-1-1", DAY)
    assert found is not None
    assert (found.line.seq, found.line.next_why) == (6, "later")


def test_a_gap_is_refused(database: Database, case: Case) -> None:
    lost = events(e.NoteAdded(text="6"), e.NoteAdded(text="7"), first=6)
    assert diverged(database, lost[1:], after(case, lost)) == "gap"
    holed = (opening()[3], *lost)
    assert diverged(database, holed, after(case, lost)) == "gap"
    assert diverged(database, opening()[1:], after(new_case("L-2"), opening())) == "gap"


@pytest.mark.parametrize(
    "change",
    [
        {"why": "other"},
        {"dpd": 2},
        {"at": NOON + timedelta(microseconds=1)},
        {"rules": ("L2.1",)},
        {"command_id": "c9"},
        {"actor": e.Actor(user="u1", role="collector", authority="")},
        {"body": e.BucketEntered(bucket="II")},
    ],
)
def test_a_repeat_that_differs_in_anything_is_refused(
    database: Database, case: Case, change: dict[str, object]
) -> None:
    first = opening()
    differing = (*first[:2], first[2].model_copy(update=change), *first[3:])
    assert diverged(database, differing, case) == "difference"


def test_a_snapshot_that_is_not_after_its_events_is_refused(database: Database, case: Case) -> None:
    note = events(e.NoteAdded(text="x"), first=6)
    assert diverged(database, note, case) == "snapshot"
    assert diverged(database, opening(), case.model_copy(update={"owner": "u9"})) == "snapshot"


def test_two_writers_of_different_events_do_not_both_win(database: Database, case: Case) -> None:
    def write(number: int) -> str:
        note = events(e.NoteAdded(text=f"by {number}"), first=6)
        try:
            with database.session() as session:
                record(session, "L-1-1", note, after(case, note))
        except Diverged as error:
            return error.code
        return "recorded"

    assert sorted(at_once(write)) == ["difference", "recorded"]


def test_two_writers_of_the_first_events_agree(database: Database) -> None:
    def write(_: int) -> None:
        with database.session() as session:
            record(session, "L-7-1", opening(), after(new_case("L-7"), opening()))

    at_once(write, 3)
    with database.reading() as session:
        assert timeline(session, "L-7-1") == opening()


def test_an_account_has_one_open_case(database: Database, case: Case) -> None:
    second = after(new_case("L-1", 2), opening())
    assert diverged(database, opening(), second) == "second_case"
    closing = events(e.CaseClosed(reason="cured"), first=6)
    with database.session() as session:
        record(session, "L-1-1", closing, after(case, closing))
        record(session, "L-1-2", opening(), second)
    again = events(e.CaseReopened(), first=7)
    assert diverged(database, again, after(after(case, closing), again)) == "second_case"


def test_the_standing_work_of_every_portfolio_is_open_at_once(database: Database) -> None:
    for case_no in ("portfolio-leasing", "portfolio-bank"):
        case = Case(case_no=case_no, account_no="")
        with database.session() as session:
            record(session, case_no, opening(), after(case, opening()))
    with database.reading() as session:
        assert timeline(session, "portfolio-bank") == opening()


def test_of_two_first_cases_at_once_one_is_refused(database: Database) -> None:
    def write(number: int) -> str:
        case = new_case("L-7", number + 1)
        try:
            with database.session() as session:
                record(session, case.case_no, opening(), after(case, opening()))
        except Diverged as error:
            return error.code
        return "recorded"

    assert sorted(at_once(write)) == ["recorded", "second_case"]


def test_a_closed_case_can_open_again(database: Database, case: Case) -> None:
    closing = events(e.CaseClosed(reason="cured"), first=6, when=at(3, 14))
    closed = after(case, closing)
    reopening = events(e.CaseReopened(), first=7, when=at(3, 20))
    with database.session() as session:
        record(session, "L-1-1", closing, closed)
        line = get_case(session, "L-1-1", DAY)
        assert line is not None
        assert (line.line.status, line.line.closed_for, line.line.closed_at) == ("closed", "cured", at(3, 14))
        assert asks_of_case(session, "L-1-1", DAY) == ()
        record(session, "L-1-1", reopening, after(closed, reopening))
        line = get_case(session, "L-1-1", DAY)
    assert line is not None
    assert (line.line.status, line.line.closed_for, line.line.closed_at) == ("open", None, None)


def test_asks_follow_the_snapshot(database: Database, case: Case) -> None:
    def waiting() -> list[tuple[str, str, str | None]]:
        with database.reading() as session:
            return [(ask.step, ask.role, ask.frozen) for ask in asks_of_case(session, "L-1-1", DAY)]

    consent, call = "litigation_letter_consent", "first_week_phone_collection"
    assert waiting() == [
        (call, "collector", None),
        (consent, "head_of_business", None),
        (consent, "head_of_risk_management", None),
    ]
    more = events(
        e.StepAnswered(step=consent, role="head_of_business", outcome="agreed"),
        e.StepFrozen(step=consent, hold="vendor_objection"),
        e.StepCompleted(step=call, outcome="contacted", role="collector"),
        first=6,
    )
    with database.session() as session:
        record(session, "L-1-1", more, after(case, more))
    assert waiting() == [(consent, "head_of_risk_management", "vendor_objection")]


def test_what_a_case_waits_for_is_kept(database: Database, case: Case) -> None:
    with database.session() as session:
        record(session, "L-1-1", (), case, Wait(until=at(3, 10), why="reached 8 days past due"))
        found = get_case(session, "L-1-1", DAY)
    assert found is not None
    assert (found.line.next_at, found.line.next_why) == (at(3, 10), "reached 8 days past due")


def test_registers_and_reports_are_kept_once(database: Database, case: Case) -> None:
    more = events(
        e.Filed(
            step="capacity_report_archive", register_name="archive", role="risk_management", document="capacity_report"
        ),
        e.Filed(step="blacklist_entry", register_name="blacklist", role="risk_management", document="blacklist_names"),
        e.ReportIssued(step="weekly_report", period=DAY, to=("a", "b"), copy_to=(), document=NOTICE),
        first=6,
    )
    with database.session() as session:
        for _ in range(2):
            record(session, "L-1-1", more, after(case, more))
        assert [entry.document for entry in register_entries(session, "archive")] == ["capacity_report"]
        assert [entry.seq for entry in register_entries(session, "blacklist", "L-1-1")] == [7]
        listed = session.query(BlacklistRow).all()
        assert sorted(row.party_id for row in listed) == ["P1", "P2", "P4"]
        assert [(report.number, report.to, report.copy_to) for report in reports(session)] == [("N-1", ("a", "b"), ())]


def test_the_facts_version_is_that_of_the_snapshot(database: Database, case: Case) -> None:
    more = events(e.FactsUpdated(facts=facts(version=4)), first=6)
    with database.session() as session:
        record(session, "L-1-1", more, after(case, more))
        found = get_case(session, "L-1-1", DAY)
    assert found is not None
    assert found.line.ledger_version == 4


def test_what_a_lost_turn_of_the_same_run_recorded_is_handed_back(database: Database) -> None:
    """A worker died after recording and before the engine kept its turn: the run comes back with other instants."""
    with database.session() as session:
        add_account(session, lease())
        assert record(session, "L-1-1", opening(), after(new_case(), opening()), writer="run-1") == ()
    later = tuple(event.model_copy(update={"at": event.at + timedelta(seconds=5)}) for event in opening())
    snapshot = after(new_case(), later)
    with database.session() as session:
        assert record(session, "L-1-1", later, snapshot, writer="run-1") == opening()
    with pytest.raises(Diverged), database.session() as session:
        record(session, "L-1-1", later, snapshot, writer="run-2")
    with database.reading() as session:
        assert timeline(session, "L-1-1") == opening()
