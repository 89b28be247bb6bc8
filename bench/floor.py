"""The floor to compare with: a bare workflow with a timer, an activity that reads and one that writes the record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from temporalio import activity, workflow

with workflow.unsafe.imports_passed_through():
    from domain.calendar import Calendar
    from domain.case import Case
    from domain.events import Event, NoteAdded
    from domain.terms import Terms
    from store.facts import read_facts
    from store.record import record
    from store.session import Database
    from workflows.options import ONCE, QUICK


@dataclass(frozen=True)
class Wake:
    """An instant of real time, and how often facts are read then."""

    at: datetime
    reads: int


@dataclass(frozen=True)
class Bare:
    """What a bare workflow does: wake, read, write once; again and again."""

    account_no: str
    wakes: tuple[Wake, ...]


class Floor:
    """The same queries and transactions as those of a case, with the smallest messages."""

    def __init__(self, database: Database, calendar: Calendar) -> None:
        self._database = database
        self._calendar = calendar

    @activity.defn
    def bare_read(self, account_no: str, day: str) -> int:
        """Read the facts of an account."""
        with self._database.reading() as session:
            return read_facts(session, account_no, date.fromisoformat(day), Terms(), "CN").ledger_version

    @activity.defn
    def bare_write(self, account_no: str, seq: int) -> None:
        """Append one event to the record."""
        now = datetime.now(UTC)
        happened = Event(seq=seq, due_at=now, at=now, dpd=None, body=NoteAdded(text="a note"))
        case = Case(case_no=f"{account_no}-1", account_no=account_no, seq=seq)
        with self._database.session() as session:
            record(session, case.case_no, [happened], case)


@workflow.defn
class BareWorkflow:
    """Nothing but the engine."""

    @workflow.run
    async def run(self, start: Bare) -> None:
        """Wake, read, write; then sleep for ever, as a case does."""
        for seq, wake in enumerate(start.wakes, start=1):
            await workflow.sleep(max(timedelta(milliseconds=1), wake.at - workflow.now()))
            for _ in range(wake.reads):
                await workflow.execute_local_activity_method(
                    Floor.bare_read, args=[start.account_no, "2026-03-10"],
                    start_to_close_timeout=QUICK, retry_policy=ONCE,
                )  # fmt: skip
            await workflow.execute_local_activity_method(
                Floor.bare_write, args=[start.account_no, seq], start_to_close_timeout=QUICK, retry_policy=ONCE
            )
        await workflow.wait_condition(lambda: False)
