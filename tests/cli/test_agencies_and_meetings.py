"""`arrears agency` and `arrears meeting`: what the registers say at a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from commands.demonstration import prepare
from domain.meeting import Meeting, MeetingDecision, Resolution
from settings import load_settings
from store import agencies, meetings, staff
from store.agencies import Agency
from store.session import Database
from tests.cli.running import Arrears

NOW = datetime(2026, 3, 10, 2, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """An installation of its own with one agency that nobody has checked."""
    monkeypatch.setenv("ARREARS_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("ARREARS_MODE", "up")
    found = Database(load_settings().database_url)
    prepare(found, datetime.now(UTC))
    agency = Agency(
        id="A-1", name="Huaxin", licence_no="1", licence_until=date(2099, 12, 31), licence_document="att-1",
        nda_until=date(2026, 1, 31), nda_document="att-2", entered_by="u-1", changed_at=NOW,
    )  # fmt: skip
    with found.session() as session:
        agencies.put_agency(session, agency)
    yield found
    found.close()


def test_agencies_are_listed_with_what_keeps_cases_from_them(arrears: Arrears, database: Database) -> None:
    (line,) = arrears("agency", "list").out.splitlines()[1:]
    assert [cell.strip() for cell in line.split("|")] == [
        "A-1", "Huaxin", "2099-12-31", "2026-01-31", "no", "0", "confidentiality_expired",
    ]  # fmt: skip


def test_a_person_of_an_agency_belongs_to_one_that_there_is(arrears: Arrears, database: Database) -> None:
    wrong = arrears("agency", "person", "x.1", "--agency", "A-9", "--password", "secret")
    assert (wrong.code, "unknown_agency" in wrong.err) == (1, True)
    assert arrears("agency", "person", "x.1", "--agency", "A-1", "--password", "secret").out == "x.1: A-1\n"
    with database.reading() as session:
        found = staff.working(session, "x.1")
    assert (found.roles, found.agency) == (("agency",), "A-1")


def test_decisions_are_listed_with_what_became_of_them(arrears: Arrears, database: Database) -> None:
    meeting = Meeting(
        id="", key="k", kind="committee", policy="leasing", role="review_committee", day=date(2026, 3, 10),
        title="March", entered_by="u-1", at=NOW,
    )  # fmt: skip
    with database.session() as session:
        number = meetings.add_meeting(session, meeting).id
        body = Resolution(text="x", responsible="u-1", by=date(2026, 3, 20))
        decision = MeetingDecision(
            meeting=number, no=0, key="d", body=body, status="open", actor_user="u-1", actor_role="r", at=NOW
        )
        meetings.decided(session, meetings.enter_decision(session, decision), "assigned", errand="e-1")
    (line,) = arrears("meeting", "list").out.splitlines()[1:]
    assert [cell.strip() for cell in line.split("|")] == [
        number, "committee", "2026-03-10", "March", "1", "resolve", "assigned", "e-1",
    ]  # fmt: skip
    found = arrears("meeting", "agenda", "--policy", "leasing", "--role", "review_committee")
    assert (found.code, len(found.out.splitlines())) == (0, 1)
