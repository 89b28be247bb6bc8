"""Writes what happened in a case into the permanent record."""

from __future__ import annotations

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.messages import Recorded, Recording
from activities.verbs import DIVERGED
from domain.errors import Transient
from domain.outcome import Wait
from store.record import Diverged, record
from store.session import Database


class Recorder:
    """The only writer of the record; the same recording twice is one."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @activity.defn(no_thread_cancel_exception=True)
    def record_events(self, recording: Recording) -> Recorded:
        """Insert if absent, accept an identical repeat, refuse a gap or a difference (error type Diverged, final).

        What a lost turn of the same run had recorded stands: it is handed back instead.
        """
        wait = Wait(recording.next_at, recording.why)
        try:
            with self._database.session() as session:
                _must_be_wanted()
                instead = record(
                    session, recording.case_no, recording.events, recording.snapshot, wait, recording.writer
                )
        except Diverged as fault:
            raise ApplicationError(str(fault), type=DIVERGED, non_retryable=True) from fault
        return Recorded(instead=instead)


def _must_be_wanted() -> None:
    """While a writer waited for its turn the engine may have given it up and asked another: the turn is the next one's.

    Raises Transient.
    """
    if activity.in_activity() and activity.is_cancelled():
        raise Transient("The recording was given up before its turn came.")
