"""For those who follow along: the feed of all events, and texts kept by their content."""

from __future__ import annotations

from domain import events as e
from store.feed import events_after, last_position
from store.record import record
from store.session import Database
from store.texts import keep_text, texts
from tests.store.samples import after, events, new_case, opening


def test_the_feed_has_every_event_once_in_the_order_of_recording(database: Database) -> None:
    first, second = after(new_case("A"), opening()), after(new_case("B"), opening())
    note = events(e.NoteAdded(text="x"), first=6)
    with database.session() as session:
        assert last_position(session) == 0
        record(session, "B-1", opening(), second)
        record(session, "A-1", opening(), first)
        record(session, "A-1", opening(), first)
        record(session, "B-1", note, after(second, note))
        lines = events_after(session, 0, 100)
        assert [(line.case_no, line.seq) for line in lines] == [
            *(("B-1", seq) for seq in range(1, 6)), *(("A-1", seq) for seq in range(1, 6)), ("B-1", 6),
        ]  # fmt: skip
        assert events_after(session, lines[-2].position, 5) == lines[-1:]
        assert last_position(session) == lines[-1].position


def test_a_text_is_kept_once(database: Database) -> None:
    with database.session() as session:
        keep_text(session, "company", "aa", "one: 1")
        keep_text(session, "company", "aa", "one: 1")
        assert texts(session, "company") == {"aa": "one: 1"}
        assert texts(session, "policy") == {}
