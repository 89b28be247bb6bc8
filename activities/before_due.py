"""The portfolio's work before the due dates: page by page, each thing claimed once, safe to begin again."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from activities.alive import alive
from activities.contact_gate import ContactGate
from activities.errands import Errands
from activities.look import SLICE, Look, Wanted
from activities.messages import RunRequest, RunResult
from activities.registry import Policies
from activities.reminding import Outgoing, Reminding
from activities.texts import Texts
from domain.base import days, local_date
from domain.before_due import DueSoon, Occurrence, due_soon, due_today
from domain.clock import Clock
from domain.counters import Counters, counters
from domain.ledger import AccountFacts
from gateways.contract import Gateway
from store import errands, reminders
from store.account_facts import account_facts_many
from store.calendar import calendar
from store.ledger import posted_through
from store.reminders import Reminder
from store.session import Database

log = structlog.get_logger()
PAGE = 1000  # accounts looked at by their days
CHUNK = 100  # accounts claimed in one transaction
SOME = 50  # messages between two signs of life
MOST_FAILURES = 50  # of one run; then the gateway is given time
MOST_MESSAGES = 10_000  # of one run; the others follow a little later
RETRY = timedelta(minutes=10)  # until messages that could not be handed over are tried again
POSTINGS = timedelta(minutes=30)  # between two looks for the postings of the day before
BACK, AHEAD = days(75), days(200)


@dataclass
class Progress:
    """What a run has done so far. later: the next instant at which more is due today."""

    opened: int = 0
    messages: int = 0
    failed: int = 0
    seen: int = 0
    later: datetime | None = None

    @property
    def stalled(self) -> bool:
        """Whether the gateway is away, so that trying more of them now is useless."""
        return self.failed >= MOST_FAILURES


@dataclass(frozen=True)
class Claims:
    """What one transaction claimed."""

    errands: int = 0
    outgoing: list[Outgoing] = field(default_factory=list[Outgoing])


@dataclass(frozen=True)
class Chunk:
    """Some accounts as they are in the claiming transaction."""

    accounts: Mapping[str, AccountFacts]
    versions: Mapping[str, int]
    managers: Mapping[str, str]
    decided: Mapping[tuple[str, date], dict[str, str]]


class BeforeDueWork:
    """Reminds and asks. Everything it does may be done again: what was claimed is never claimed twice."""

    def __init__(
        self,
        database: Database,
        policies: Policies,
        gateways: Mapping[str, Gateway],
        clock: Clock,
        gate: ContactGate,
        texts: Texts,
        most_messages: int = MOST_MESSAGES,
    ) -> None:
        self._database = database
        self._policies = policies
        self._clock = clock
        self._most = most_messages
        self._errands = Errands(database, gate)
        self._reminding = Reminding(database, policies, gateways, gate, texts)

    async def run(self, request: RunRequest) -> RunResult:
        """All that is due by the business clock now; an earlier day's run that comes late does the same.

        Escalates what people missed; then, once the postings of the day before are there, finishes what was begun,
        and works through the accounts with an instalment in the days that matter.
        """
        look, posted = await asyncio.to_thread(self._look, request)
        done = Progress(opened=await self._settle(look))
        if not posted and not request.overridden:
            log.warning("reminders_wait_for_postings", policy=look.policy_id, day=str(look.today))
            return await self._result(look, done, [look.now + POSTINGS])
        await self._finish(look, done)
        complete = await self._work_through(look, done)
        if complete:
            await asyncio.to_thread(self._examined, look)
        again = [done.later and max(done.later, look.now + SLICE), look.next_hour()]
        again += [look.now + RETRY if done.failed else None, None if complete or done.stalled else look.now + SLICE]
        again += [max(at, look.now + SLICE) for at in look.postponed]
        return await self._result(look, done, again)

    async def _settle(self, look: Look) -> int:
        escalated, more = 0, True
        while more:
            some, more = await asyncio.to_thread(self._errands.settle, look)
            escalated += some
            alive(escalated)
        return escalated

    async def _finish(self, look: Look, done: Progress) -> None:
        """What an earlier run claimed and did not bring to its end."""
        after: str | None = ""
        while after is not None and not done.stalled:
            outgoing, after = await asyncio.to_thread(self._reminding.unfinished, look, after)
            await self._send(look, done, outgoing)

    async def _work_through(self, look: Look, done: Progress) -> bool:
        """Every account in the days that matter; False when that is too much for one run, or the gateway is away."""
        after: str | None = ""
        while after is not None:
            wanted, after, later = await asyncio.to_thread(self._page, look, after)
            done.later = min((at for at in (done.later, later) if at), default=None)
            for start in range(0, len(wanted), CHUNK):
                if done.messages >= self._most or done.stalled:
                    return False
                claims = await asyncio.to_thread(self._claim, look, wanted[start : start + CHUNK])
                done.opened += claims.errands
                await self._send(look, done, claims.outgoing)
            done.seen += PAGE
            alive(done.seen)
        return True

    async def _send(self, look: Look, done: Progress, outgoing: Sequence[Outgoing]) -> None:
        """What is not tried stays claimed: the next run asks about it and sends it."""
        for start in range(0, len(outgoing), SOME):
            if done.stalled:
                return
            some = outgoing[start : start + SOME]
            failed = await self._reminding.send_all(look, some)
            done.messages += len(some)
            done.opened += len(some) - failed
            done.failed += failed
            alive(done.seen)

    async def _result(self, look: Look, done: Progress, again: Sequence[datetime | None]) -> RunResult:
        deadline = await asyncio.to_thread(self._deadline, look)
        today = [at for at in (*again, deadline) if at is not None and local_date(at, look.tz) == look.today]
        log.info("before_due_run", policy=look.policy_id, opened=done.opened, failed=done.failed)
        return RunResult(opened=done.opened, again_at=min(today, default=None))

    def _look(self, request: RunRequest) -> tuple[Look, bool]:
        """What this run looks at, and whether the postings of the last posting day are complete."""
        ladder = self._policies.ladder(request.policy, request.settings)
        now = self._clock.now()
        today = local_date(now, request.time_zone)
        with self._database.reading() as session:
            near = calendar(session, ladder.policy.calendar).slice(today - BACK, today + AHEAD)
            upto = reminders.upto(session, ladder.policy.id)
            posted = posted_through(session) >= near.on_or_before(today - days(1))
        return Look.of(ladder, near, now, request.time_zone, upto), posted

    def _page(self, look: Look, after: str) -> tuple[list[Wanted], str | None, datetime | None]:
        first = look.today + days(1)
        with self._database.reading() as session:
            page = reminders.coming(session, self._policies, look.policy_id, first, look.last_due, after, PAGE)
            dues = {row.account_no: row.dues for row in page.rows}
            done = reminders.done(session, look.policy_id, list(dues), look.today)
        wanted, later = look.wanted(dues, done)
        return wanted, page.next, later

    def _claim(self, look: Look, wanted: Sequence[Wanted]) -> Claims:
        """One transaction: lock the ledgers, look at what is unpaid now, claim and ask."""
        names = [one.account_no for one in wanted]
        asked, outgoing = 0, list[Outgoing]()
        with self._database.session() as session:
            versions = reminders.lock_accounts(session, names)
            chunk = Chunk(
                accounts=account_facts_many(session, names),
                versions=versions,
                managers=errands.managers_of(session, names),
                decided=errands.decided(session, look.policy_id, names, look.today),
            )
            for one in wanted:
                account = chunk.accounts[one.account_no]
                counted = counters(account, look.today, look.ladder.terms) if look.counts else Counters()
                for soon, run in _due(look, account, one, chunk, counted):
                    claimed = self._begin(session, look, chunk, counted, soon, run, one.account_no)
                    asked += claimed.errands
                    outgoing += claimed.outgoing
        return Claims(asked, outgoing)

    def _begin(
        self, session: Session, look: Look, chunk: Chunk, counted: Counters, soon: DueSoon, run: Occurrence, name: str
    ) -> Claims:
        rule = look.by_id(run.rule)
        reminder = Reminder(
            account_no=name,
            due=run.due,
            policy_id=look.policy_id,
            rule=run.rule,
            occurrence=run.day,
            act=rule.rule.act,
            status="opened",
            rules=rule.rule.rules,
            planned_at=look.instant(rule, name) or look.now,
            at=look.now,
            amount=soon.unpaid,
            ledger_version=chunk.versions[name],
        )
        if rule.rule.send is not None:
            return Claims(outgoing=self._reminding.claim(session, look, reminder, rule.rule.send) or [])
        if self._errands.barred(session, look, reminder):
            reminders.claim_reminder(session, reminder.model_copy(update={"status": "barred"}))
            return Claims()
        if not reminders.claim_reminder(session, reminder):
            return Claims()
        self._errands.open(session, look, reminder, counted, chunk.managers.get(name))
        return Claims(errands=1)

    def _examined(self, look: Look) -> None:
        with self._database.session() as session:
            reminders.set_upto(session, look.policy_id, look.now)

    def _deadline(self, look: Look) -> datetime | None:
        with self._database.reading() as session:
            return errands.next_deadline(session, look.policy_id)


def _due(
    look: Look, account: AccountFacts, wanted: Wanted, chunk: Chunk, counted: Counters
) -> list[tuple[DueSoon, Occurrence]]:
    """The runs that are due by the ledger as it is now."""
    found: list[tuple[DueSoon, Occurrence]] = []
    for soon in due_soon(account, look.today, look.last_due, look.ladder.terms):
        decisions = chunk.decided.get((account.account_no, soon.due), {})
        known = soon.model_copy(update={"decided": decisions})
        for rule in look.rules:
            run = due_today(rule, known, counted, look.today, look.calendar)
            if run is not None and (rule.id, soon.due) in wanted.runs:
                found.append((known, run))
    return found
