"""The audit log finds whatever was changed, removed, swapped or added behind its back, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from domain import events as e
from domain.audit import BY_RULE, Anchor, AuditEntry, Fault, sealed
from store import audit, staff
from store.acts import Act
from store.attempts import Attempt, keep_attempt
from store.audit_check import check_database, check_file
from store.documents import Attachment, add_attachment
from store.record import record
from store.session import Database
from store.staff import StaffMember
from tests.store.samples import NOON, after, events, new_case, opening

KEY = b"kept outside of the database"
NOTE = "承租人承诺本周付款"


class Noon:
    def now(self) -> datetime:
        return NOON


@pytest.fixture
def log(database: Database) -> Iterator[Database]:
    """A case with an opening and a command, a refused attempt and a new member of staff: four entries."""
    found = Database(database.url.render_as_string(hide_password=False), audit_key=KEY)
    with found.session() as session:
        case = after(new_case(), opening())
        record(session, case.case_no, opening(), case)
    with found.session() as session:
        note = events(e.NoteAdded(text=NOTE), first=case.seq + 1, command="cmd-1")
        record(session, case.case_no, note, after(case, note))
    with found.session() as session:
        keep_attempt(session, Attempt(id="cmd-2", case_no="L-1-1", actor="u9", kind="end_hold", code="held", at=NOON))
    act = Act(what="POST /staff", subject="u8", clock=Noon(), user="u1", role="administrator", authority="permission:x")
    with found.acting(act).session() as session:
        staff.add(session, StaffMember(id="u8", login="u8", name="张三", password_hash="x", roles=("collector",)))
    yield found
    found.close()


def test_an_untouched_log_is_whole(log: Database) -> None:
    assert _faults(log, anchor=_head(log)) == []
    assert [one.seq for one in _entries(log)] == [1, 2, 3, 4]


def test_each_command_says_who_under_which_authority_and_what_stood_before_and_after(log: Database) -> None:
    opened, noted, refused, added = _entries(log)
    assert (opened.actor_user, opened.command_id, opened.before) == (BY_RULE, None, "")
    assert (noted.actor_user, noted.actor_role, noted.authority, noted.command_id) == (
        "u7", "collector", "L4.1", "cmd-1",
    )  # fmt: skip
    assert noted.before == opened.after != noted.after
    assert [row.key for row in noted.rows] == [("L-1-1", 6)]
    assert (refused.actor_user, refused.command_id, refused.subject) == ("u9", "cmd-2", "L-1-1")
    assert (added.actor_user, added.actor_role, added.what, added.subject) == (
        "u1", "administrator", "POST /staff", "u8",
    )  # fmt: skip


def test_nothing_personal_stands_in_it(log: Database) -> None:
    told = "".join(one.model_dump_json() for one in _entries(log))
    assert NOTE not in told and "张三" not in told


def test_evidence_is_entered_by_its_content(log: Database) -> None:
    upload = Attachment(id=f"att-{'a' * 32}", sha256="ab" * 32, media_type="application/pdf", name="函.pdf",
                        content=b"%PDF", uploaded_by="u7", at=NOON)  # fmt: skip
    with log.session() as session:
        add_attachment(session, upload)
        case = after(after(new_case(), opening()), events(e.NoteAdded(text=NOTE), first=6, command="cmd-1"))
        done = e.StepCompleted(step="first_week_phone_collection", outcome="contacted", role="collector",
                               evidence=upload.id)  # fmt: skip
        happened = events(done, first=7, command="cmd-3")
        record(session, case.case_no, happened, after(case, happened))
    assert _entries(log)[-1].evidence == ("ab" * 32,)


def test_an_act_that_is_rolled_back_leaves_neither_entry_nor_gap(log: Database) -> None:
    with pytest.raises(RuntimeError), log.session() as session:
        keep_attempt(session, Attempt(id="cmd-9", case_no="L-1-1", actor="u9", kind="x", code="held", at=NOON))
        raise RuntimeError
    with log.session() as session:
        keep_attempt(session, Attempt(id="cmd-9", case_no="L-1-1", actor="u9", kind="x", code="held", at=NOON))
    assert [one.seq for one in _entries(log)] == [1, 2, 3, 4, 5]


def test_writers_at_once_stand_one_after_the_other(log: Database) -> None:
    def attempt(number: int) -> None:
        with log.session() as session:
            keep_attempt(session, Attempt(id=f"c{number}", case_no="L-1-1", actor="u9", kind="x", code="y", at=NOON))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(attempt, range(24)))
    assert [one.seq for one in _entries(log)] == list(range(1, 29))
    assert _faults(log) == []


def test_the_database_refuses_to_change_or_remove_an_entry(log: Database) -> None:
    for statement in ("UPDATE audit_entry SET what = 'x'", "DELETE FROM audit_entry"):
        with pytest.raises(DBAPIError, match="append-only"), log.engine.begin() as connection:
            connection.execute(text(statement))


def test_one_byte_changed(log: Database) -> None:
    _tamper(log, "UPDATE audit_entry SET actor_user = 'u6' WHERE seq = 2")
    assert _faults(log) == [(2, "was changed: its hash is that of another content")]


def test_one_byte_changed_and_hashed_anew_by_somebody_without_the_key(log: Database) -> None:
    forged = sealed(_entries(log)[1].model_copy(update={"actor_user": "u6"}), b"another key")
    _tamper(log, f"UPDATE audit_entry SET actor_user = 'u6', hash = '{forged.hash}', seal = '{forged.seal}' "
                 "WHERE seq = 2")  # fmt: skip
    assert _faults(log) == [
        (2, "has a seal of another key: it was changed or appended by hand"),
        (3, "does not follow the entry before it"),
    ]


def test_one_entry_removed_from_the_middle(log: Database) -> None:
    _tamper(log, "DELETE FROM audit_entry WHERE seq = 3")
    assert (3, "is missing") in _faults(log)


def test_the_last_entry_removed(log: Database) -> None:
    anchor = _head(log)
    _tamper(log, "DELETE FROM audit_entry WHERE seq = 4")
    assert _faults(log) == []  # nothing in the database can know
    assert _faults(log, anchor=anchor) == [(4, "is missing: the chain ends at 3, the anchor says 4")]


def test_the_last_entries_of_a_case_removed_leave_its_rows_without_entry(log: Database) -> None:
    _tamper(log, "DELETE FROM audit_entry WHERE seq > 1")
    messages = [message for _, message in _faults(log)]
    assert "case_event L-1-1/6 was added by hand: no entry has it" in messages
    assert "the state of case L-1-1 is not the one that was recorded" in messages


def test_two_entries_swapped(log: Database) -> None:
    for old, new in ((2, 99), (3, 2), (99, 3)):
        _tamper(log, f"UPDATE audit_entry SET seq = {new} WHERE seq = {old}")
    assert [seq for seq, message in _faults(log) if message.startswith("was changed")] == [2, 3]


def test_an_entry_appended_by_hand(log: Database) -> None:
    last = _entries(log)[-1]
    forged = sealed(last.model_copy(update={"seq": 5, "previous": last.hash}), b"guessed")
    columns = "at, actor_user, actor_role, authority, what, subject, body, before, after, command_id, evidence, rows"
    added = f"INSERT INTO audit_entry SELECT 5, {columns}, '{last.hash}', '{forged.hash}', '{forged.seal}'"
    _tamper(log, f"{added} FROM audit_entry WHERE seq = 4")
    assert [seq for seq, _ in _faults(log)] == [5]
    assert _faults(log)[0][1].startswith("has a seal of another key")


@pytest.mark.parametrize(
    ("statement", "wanted"),
    [
        (
            "UPDATE case_event SET body = replace(body, '本周', '下周') WHERE seq = 6",
            (2, "case_event L-1-1/6 was changed"),
        ),
        ("DELETE FROM case_event WHERE seq = 6", (2, "case_event L-1-1/6 was removed")),
        (
            "INSERT INTO case_event SELECT case_no, 7, kind, step, due_at, at, dpd, rules, why, actor_user, actor_role,"
            " authority, command_id, body FROM case_event WHERE seq = 6",
            (0, "case_event L-1-1/7 was added by hand: no entry has it"),
        ),
        ("UPDATE command_attempt SET actor = 'u1'", (3, "command_attempt L-1-1/cmd-2 was changed")),
        (
            """UPDATE "case" SET snapshot = replace(snapshot, '"open"', '"closed"')""",
            (2, "the state of case L-1-1 is not the one that was recorded"),
        ),
    ],
)
def test_what_the_entries_speak_of_was_changed(log: Database, statement: str, wanted: tuple[int, str]) -> None:
    _tamper(log, statement)
    assert _faults(log) == [wanted]


def test_rows_from_before_the_log_are_answered_for_as_a_whole(log: Database) -> None:
    _tamper(log, "DELETE FROM audit_entry")
    with log.session() as session:
        keep_attempt(session, Attempt(id="cmd-7", case_no="L-1-1", actor="u9", kind="x", code="held", at=NOON))
    assert [one.what for one in _entries(log)] == [
        "audit_begun: case_event", "audit_begun: command_attempt", "command_attempt: x",
    ]  # fmt: skip
    assert _faults(log) == []
    _tamper(log, "DELETE FROM case_event WHERE seq = 2")
    assert _faults(log) == [(1, "case_event: rows from before the log were changed, removed or added")]


def _lines(log: Database) -> list[str]:
    return [one.model_dump_json() for one in _entries(log)]


@pytest.mark.parametrize(
    ("tampered", "wanted"),
    [
        (lambda lines: lines, []),
        (lambda lines: [lines[0].replace('"rule"', '"u1"'), *lines[1:]], [1]),
        (lambda lines: [lines[0], *lines[2:]], [2]),
        (lambda lines: [lines[0], lines[2], lines[1], lines[3]], [2, 2]),
        (lambda lines: lines[:-1], [4]),
        (lambda lines: [*lines, lines[-1]], [4]),
        (lambda lines: [*lines, "{}"], [0]),
    ],
)  # fmt: skip
def test_a_file_of_the_entries_is_checked_without_the_database(
    log: Database, tampered: Callable[[list[str]], list[str]], wanted: list[int]
) -> None:
    found = list(check_file(tampered(_lines(log)), KEY, _head(log)))
    assert [one.seq for one in found] == wanted


def test_a_file_of_another_installation_has_other_seals(log: Database) -> None:
    assert [one.seq for one in check_file(_lines(log), b"ours")] == [1, 2, 3, 4]
    assert list(check_file(_lines(log), b"")) == []


def _entries(log: Database) -> list[AuditEntry]:
    with log.reading() as session:
        return list(audit.entries(session))


def _head(log: Database) -> Anchor | None:
    with log.reading() as session:
        return audit.head(session)


def _faults(log: Database, anchor: Anchor | None = None) -> list[tuple[int, str]]:
    with log.reading() as session:
        found: list[Fault] = list(check_database(session, KEY, anchor))
    return [(one.seq, one.message) for one in found]


def _tamper(log: Database, statement: str) -> None:
    """What somebody with all rights on the database could do."""
    with log.engine.begin() as connection:
        _triggers(connection, log.is_sqlite, "DISABLE")
        connection.execute(text(statement))
        _triggers(connection, log.is_sqlite, "ENABLE")


def _triggers(connection: Connection, on_sqlite: bool, wish: str) -> None:
    for table in ("audit_entry", "case_event", "command_attempt"):
        if not on_sqlite:
            connection.execute(text(f"ALTER TABLE {table} {wish} TRIGGER USER"))
        elif wish == "DISABLE":  # this database is of one test
            for verb in ("UPDATE", "DELETE"):
                connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_{verb}"))
