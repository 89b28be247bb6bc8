"""Gives every open case an owner: a new one at once, others when their bucket changes, the queue when it can."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

import structlog
from sqlalchemy.orm import Session

from activities.alive import alive
from activities.key_accounts import KeyAccounts
from activities.registry import Policies
from domain.base import local_date
from domain.clock import Clock
from domain.commands import DISTRIBUTION, ChangeOwner, Command
from domain.distribution import Candidate, Given, Work, hand_out, holder_of, may_hold
from domain.distribution_rule import Holder
from domain.errors import UnknownPolicy
from domain.ladder import Ladder
from domain.money import ZERO
from store import owners
from store.book import terms_in
from store.facts import standings_by_terms
from store.feed import last_position
from store.owners import OpenCase
from store.session import Database

log = structlog.get_logger()
TIME_ZONE = "Asia/Shanghai"  # of those who work here
MOST_AT_ONCE = 20
PAGE = 500
RULE = DISTRIBUTION.user


class Commander(Protocol):
    """Gives commands to running cases."""

    async def command(self, case_no: str, command: Command) -> bool:
        """Carry a command out once per id; False when the case refuses it or runs no more."""
        ...


@dataclass(frozen=True)
class Decided:
    """What is to become of a case."""

    case: OpenCase
    given: Given


class Distributor:
    """Everything it does may be done again: a case that has the right owner is left alone."""

    def __init__(self, database: Database, policies: Policies, commander: Commander, clock: Clock) -> None:
        self._database = database
        self._policies = policies
        self._commander = commander
        self._clock = clock
        self._keys = KeyAccounts(database, policies, clock)
        self._position: int | None = None

    def today(self) -> date:
        """The business day of the installation, on which absences begin and end."""
        return local_date(self._clock.now(), TIME_ZONE)

    async def run(self, policy_id: str) -> int:
        """Mark the key accounts of a policy and look at all its open cases; how many got another owner."""
        await self._keys.mark_all(policy_id)
        return await self._through(policy_id, None)

    async def queue(self) -> int:
        """Give out what nobody owns, as far as somebody can take it now, key accounts first."""
        return await self._through(None, False)

    async def follow(self) -> int:
        """Cases that opened, or whose bucket or policy changed, since the last look; the first look finds the place."""
        if self._position is None:
            self._position = await asyncio.to_thread(self._last)
            return 0
        changed, (names, position) = 0, await asyncio.to_thread(self._turned, self._position)
        for start in range(0, len(names), PAGE):
            changed += await self._give(await asyncio.to_thread(self._named, names[start : start + PAGE]))
        self._position = position
        return changed

    async def _through(self, policy_id: str | None, owned: bool | None) -> int:
        changed, cursor, more = 0, None, True
        while more:
            decided, cursor = await asyncio.to_thread(self._page, policy_id, owned, cursor)
            changed += await self._give(decided)
            more = cursor is not None
            alive(changed)
        return changed

    async def _give(self, decided: Sequence[Decided]) -> int:
        gate = asyncio.Semaphore(MOST_AT_ONCE)

        async def give(one: Decided) -> bool:
            async with gate:
                return await self._commander.command(one.case.case_no, _command(one))

        done = await asyncio.gather(*(give(one) for one in decided))
        if any(done):
            log.info("cases_distributed", count=sum(done))
        return sum(done)

    # ── in a thread ────────────────────────────────────────────────────────────────────────────────────────────────

    def _last(self) -> int:
        with self._database.reading() as session:
            return last_position(session)

    def _turned(self, position: int) -> tuple[tuple[str, ...], int]:
        with self._database.reading() as session:
            return owners.turned(session, position)

    def _page(self, policy_id: str | None, owned: bool | None, cursor: str | None) -> tuple[list[Decided], str | None]:
        with self._database.reading() as session:
            page = owners.open_cases(session, owned, policy_id, cursor, PAGE)
            return self._changed(session, page.rows), page.next

    def _named(self, names: Sequence[str]) -> list[Decided]:
        """Their accounts are marked first: a new case of a key account is handed out first."""
        with self._database.session() as session:
            found = owners.open_cases_named(session, names)
            for policy_id in sorted({case.policy.id for case in found}):
                self._keys.mark(session, policy_id, [one.account_no for one in found if one.policy.id == policy_id])
            return self._changed(session, owners.open_cases_named(session, names))

    def _changed(self, session: Session, cases: Sequence[OpenCase]) -> list[Decided]:
        found = judged(session, self._policies, self._clock.now(), cases)
        return [one for one in found if one.given.changes]


def judged(session: Session, policies: Policies, now: datetime, cases: Sequence[OpenCase]) -> list[Decided]:
    """What the rule says of these cases, of each that it speaks of. A person's choice stands until the next bucket."""
    staff = {one.user: one for one in owners.candidates(session, local_date(now, TIME_ZONE))}
    work = _work(session, policies, now, cases)
    unfit = [name for name, (one, holder) in work.items() if _is_unfit(one, holder, staff)]
    for name in owners.named_by_people(session, unfit, RULE):
        del work[name]
    by_no = {case.case_no: case for case in cases}
    return [Decided(by_no[given.work.case_no], given) for given in hand_out(work.values(), staff.values())]


def _work(
    session: Session, policies: Policies, now: datetime, cases: Sequence[OpenCase]
) -> dict[str, tuple[Work, Holder | None]]:
    """The cases whose policy says who holds them."""
    ladders = {case.case_no: ladder for case in cases if (ladder := _ladder(policies, case))}
    ours = [case for case in cases if case.case_no in ladders]
    risks = owners.risk_classes(session, [case.account_no for case in ours])
    overdue = _overdue(session, policies, now, [case for case in ours if _amounts(ladders[case.case_no])])
    found: dict[str, tuple[Work, Holder | None]] = {}
    for case in ours:
        ladder = ladders[case.case_no]
        if ladder.policy.distribution is not None:
            bucket = case.bucket or _bucket(ladder, case, now)
            one = case.work(bucket, risks.get(case.account_no, "low"), overdue.get(case.account_no, ZERO))
            found[case.case_no] = one, holder_of(ladder.policy.distribution, one, _amounts(ladder))
    return found


def _bucket(ladder: Ladder, case: OpenCase, now: datetime) -> str:
    """Of a case that is in none: before the hour of the ladder that of its days, else the first one."""
    past = (local_date(now, case.time_zone) - case.anchor).days if case.anchor else 0
    return (ladder.bucket(past) or ladder.policy.buckets.list[0]).id


def _overdue(session: Session, policies: Policies, now: datetime, cases: Sequence[OpenCase]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for tz in sorted({case.time_zone for case in cases}):
        here = [case for case in cases if case.time_zone == tz]
        terms = {case.account_no: terms_in(policies, case.policy.id) for case in here}
        owed = standings_by_terms(session, terms, local_date(now, tz))
        found |= {name: one.total_overdue for name, one in owed.items()}
    return found


def _ladder(policies: Policies, case: OpenCase) -> Ladder | None:
    try:
        return policies.ladder(case.policy, case.settings)
    except UnknownPolicy:
        log.warning("case_not_distributed", case_no=case.case_no, reason="unknown_policy")
        return None


def _amounts(ladder: Ladder) -> dict[str, Decimal]:
    rule = ladder.policy.distribution
    named = {holder.overdue_from for holder in rule.holders if holder.overdue_from} if rule else set[str]()
    return {name: ladder.money(name) for name in named}


def _is_unfit(work: Work, holder: Holder | None, staff: Mapping[str, Candidate]) -> bool:
    """Whether somebody who works here owns a case that by the rule is another's."""
    owner = staff.get(work.owner or "")
    return owner is not None and (holder is None or not may_hold(owner, work, holder))


def _command(one: Decided) -> Command:
    """The same decision on the same state of a case is the same command."""
    given = one.given
    reason = f"{given.why}: {given.role}" if given.role else given.why
    body = ChangeOwner(owner=given.owner, reason=reason, expected=one.case.owner or "")
    return Command(id=f"distribution:{one.case.case_no}:{one.case.seq}", actor=DISTRIBUTION, body=body)
