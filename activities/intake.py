"""Finds accounts that are overdue and have no case, and starts one for each; tells cases when money moved."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import Protocol

import structlog

from activities.registry import Policies
from domain.case import Case
from domain.clock import Clock
from store import cases, ledger
from store.session import Database
from store.views import Candidate

log = structlog.get_logger()
MOST_AT_ONCE = 20


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

    async def open_due(self, policy_id: str, today: date) -> int:
        """A case for every account overdue on that day without one (L2.1, L2.3); returns how many were started."""
        found = await asyncio.to_thread(self._candidates, policy_id, today, None)
        await self._start(policy_id, found)
        return len(found)

    async def relay(self) -> int:
        """Pass pending ledger notices on: to the open case, or to intake when there is none. Returns how many."""
        notices = await asyncio.to_thread(self._pending)
        for account_no, version, case_no in notices:
            if case_no is None or not await self._starter.ledger_changed(case_no):
                await self._look_again(account_no)
            await asyncio.to_thread(self._relayed, account_no, version)
        return len(notices)

    async def _look_again(self, account_no: str) -> None:
        """An account without open case may need one again: its curing payment was taken back."""
        for policy_id in self._policies.ids:
            today = self._clock.now().date()
            found = await asyncio.to_thread(self._candidates, policy_id, today, account_no)
            await self._start(policy_id, [candidate for candidate in found if candidate.reopen is not None])

    async def _start(self, policy_id: str, found: Sequence[Candidate]) -> None:
        gate = asyncio.Semaphore(MOST_AT_ONCE)

        async def start(candidate: Candidate) -> None:
            async with gate:
                await self._starter.start(self._case(policy_id, candidate), candidate.reopen is not None)

        await asyncio.gather(*(start(candidate) for candidate in found))
        if found:
            log.info("cases_opened", policy=policy_id, count=len(found))

    def _case(self, policy_id: str, candidate: Candidate) -> Case:
        if candidate.reopen is not None:
            return candidate.reopen
        return Case(
            case_no=f"{candidate.account_no}-{candidate.ordinal}",
            account_no=candidate.account_no,
            time_zone=candidate.time_zone,
            policy=self._policies.pin(policy_id),
            settings=self._policies.company_sha,
            imported=candidate.history,
        )

    def _candidates(self, policy_id: str, today: date, account_no: str | None) -> Sequence[Candidate]:
        terms = self._policies.current(policy_id).terms
        with self._database.session() as session:
            return cases.open_cases_due(session, today, terms, account_no)

    def _pending(self) -> list[tuple[str, int, str | None]]:
        with self._database.session() as session:
            notices = ledger.pending_notices(session)
            return [(n.account_no, n.ledger_version, cases.open_case_of(session, n.account_no)) for n in notices]

    def _relayed(self, account_no: str, version: int) -> None:
        with self._database.session() as session:
            ledger.mark_relayed(session, account_no, version, self._clock.now())
