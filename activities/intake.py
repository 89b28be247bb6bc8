"""Finds accounts that are overdue and have no case, and starts one for each; tells cases when money moved."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Protocol

import structlog
from sqlalchemy.orm import Session

from activities.alive import alive
from activities.registry import Policies
from domain.base import local_date
from domain.case import Case
from domain.clock import Clock
from domain.ledger import DoneStep
from store import cases, ledger
from store.accounts import get_account
from store.intake import candidate_of, open_cases_due
from store.session import Database
from store.views import Candidate, Notice, Page

log = structlog.get_logger()
MOST_AT_ONCE = 20
SOME = 100  # cases started between two signs of life


class CaseStarter(Protocol):
    """Starts and nudges the durable workflows; the real one speaks to the engine."""

    async def start(self, case: Case, reopen: bool) -> None:
        """Start a case, or go on with a closed one; a case that runs already is left alone."""
        ...

    async def ledger_changed(self, case_no: str) -> bool:
        """Tell a case that money moved; False when it runs no more."""
        ...


class Intake:
    """Opens cases and passes on ledger notices; everything it does may be done again."""

    def __init__(self, database: Database, policies: Policies, starter: CaseStarter, clock: Clock) -> None:
        self._database = database
        self._policies = policies
        self._starter = starter
        self._clock = clock
        self._were_behind: frozenset[str] = frozenset()
        self._reminded: frozenset[str] = frozenset()

    @property
    def clock(self) -> Clock:
        """The business clock of this installation."""
        return self._clock

    async def open_due(self, policy_id: str, today: date) -> int:
        """A case for every account of that policy overdue on that day without one (L2.1, L2.3); returns how many."""
        opened = 0
        after: str | None = ""
        while after is not None:
            page = await asyncio.to_thread(self._candidates, policy_id, today, after)
            for start in range(0, len(page.rows), SOME):
                await self._start(page.rows[start : start + SOME])
                alive(opened + start)
            opened, after = opened + len(page.rows), page.next
            alive(opened)
        return opened

    async def relay(self) -> int:
        """Pass pending ledger notices on: to the open case, or to intake when there is none. Returns how many."""
        notices = await asyncio.to_thread(self._pending)
        for notice in notices:
            if notice.case_no is None or not await self._starter.ledger_changed(notice.case_no):
                await self._look_again(notice.account_no)
            await asyncio.to_thread(self._relayed, notice)
        return len(notices)

    async def remind(self) -> int:
        """Tell open cases that are behind their ledger at two looks running; each once until it has caught up.

        A notice that came between a case's reading of its facts and its first record found no case to tell.
        """
        behind = frozenset(await asyncio.to_thread(self._behind))
        late = (behind & self._were_behind) - self._reminded
        for case_no in sorted(late):
            await self._starter.ledger_changed(case_no)
        self._were_behind, self._reminded = behind, (self._reminded & behind) | late
        return len(late)

    async def _look_again(self, account_no: str) -> None:
        """An account without open case may need one again: its curing payment was taken back."""
        found = await asyncio.to_thread(self._reopening, account_no)
        if found is not None:
            await self._start([found])

    async def _start(self, found: Sequence[Candidate]) -> None:
        gate = asyncio.Semaphore(MOST_AT_ONCE)

        async def start(candidate: Candidate) -> None:
            async with gate:
                case = await asyncio.to_thread(self._case, candidate)
                await self._starter.start(case, candidate.reopens)

        await asyncio.gather(*(start(candidate) for candidate in found))
        for policy_id, count in Counter(candidate.policy_id for candidate in found).items():
            log.info("cases_opened", policy=policy_id, count=count)

    def _case(self, candidate: Candidate) -> Case:
        if candidate.reopens:
            with self._database.reading() as session:
                closed = cases.snapshot_of(session, candidate.case_no)
            if closed is None:
                raise LookupError(f"{candidate.case_no} has no snapshot")
            return closed
        return Case(
            case_no=candidate.case_no,
            account_no=candidate.account_no,
            time_zone=candidate.time_zone,
            policy=self._policies.pin(candidate.policy_id),
            settings=self._policies.company_sha,
            imported=self._known_steps(candidate),
        )

    def _known_steps(self, candidate: Candidate) -> tuple[DoneStep, ...]:
        """The imported history as far as it speaks of this policy; the account may have been assigned anew since."""
        ladder = self._policies.current(candidate.policy_id)
        return tuple(done for done in candidate.history if done.step in ladder.by_id)

    def _candidates(self, policy_id: str, today: date, after: str) -> Page[Candidate]:
        with self._database.reading() as session:
            return open_cases_due(session, today, self._policies, after, policy_id=policy_id)

    def _reopening(self, account_no: str) -> Candidate | None:
        with self._database.reading() as session:
            found = candidate_of(session, account_no, self._today(session, account_no), self._policies)
        return found if found is not None and found.reopens else None

    def _today(self, session: Session, account_no: str) -> date:
        return local_date(self._clock.now(), get_account(session, account_no).time_zone)

    def _pending(self) -> list[Notice]:
        with self._database.reading() as session:
            return ledger.pending_notices(session)

    def _behind(self) -> list[str]:
        with self._database.reading() as session:
            return cases.behind(session)

    def _relayed(self, notice: Notice) -> None:
        with self._database.session() as session:
            ledger.mark_relayed(session, [notice], self._clock.now())
