"""The daily work of the layers beside a policy: opens what falls due for every account, escalates what was missed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import structlog
from sqlalchemy.orm import Session

from activities.alive import alive
from activities.duty_errands import LayerLook, duty_errand, following, told
from activities.messages import RunRequest
from activities.registry import Policies
from domain.base import days, local_date
from domain.clock import Clock
from domain.duties import Done, SubjectFacts, duties_due, may_be_due
from domain.layer import LayerInForce, Subject
from domain.ledger import AccountFacts
from domain.money import ZERO
from domain.standing import standing
from store import calendar, errands, layers, staff
from store.account_facts import account_facts_many
from store.layers import Covered
from store.session import Database

log = structlog.get_logger()
PAGE = 1000  # accounts looked at by their days
CHUNK = 100  # accounts whose duties are opened in one transaction
LATE = 200  # missed duties escalated in one transaction
BACK, AHEAD = days(400), days(60)  # the longest period lies inside


class LayerWork:
    """Runs the layers of a policy; may be done again at any time, each duty is opened once."""

    def __init__(self, database: Database, policies: Policies, clock: Clock) -> None:
        self._database = database
        self._policies = policies
        self._clock = clock

    async def run(self, request: RunRequest) -> int:
        """All that is due today in the layers beside the policy; how many duties were opened."""
        opened = 0
        for layer in self._policies.layers.values():
            if request.policy.id in layer.beside:
                look = await asyncio.to_thread(self._look, layer, request)
                if look.today >= layer.since:
                    opened += await self._day(look)
        return opened

    async def _day(self, look: LayerLook) -> int:
        more = True
        while more:
            more = await asyncio.to_thread(self._settle, look)
            alive(0)
        opened = await asyncio.to_thread(self._portfolio, look)
        after: str | None = ""
        while after is not None:
            wanted, after = await asyncio.to_thread(self._page, look, after)
            for start in range(0, len(wanted), CHUNK):
                opened += await asyncio.to_thread(self._open, look, wanted[start : start + CHUNK])
                alive(opened)
            alive(opened)
        log.info("layer_run", layer=look.layer.id, policy=look.policy_id, opened=opened)
        return opened

    def _look(self, layer: LayerInForce, request: RunRequest) -> LayerLook:
        ladder = self._policies.ladder(request.policy, request.settings)
        now = self._clock.now()
        today = local_date(now, request.time_zone)
        with self._database.reading() as session:
            near = calendar.calendar(session, ladder.policy.calendar).slice(today - BACK, today + AHEAD)
        return LayerLook(layer, ladder.policy.id, ladder.terms, near, now, today, request.time_zone, ladder.close)

    def _settle(self, look: LayerLook) -> bool:
        """Some of what was missed goes one up; whether there may be more."""
        with self._database.session() as session:
            layers.end_of_closed(session, look.layer.id, look.now)
            late = layers.late_duties(session, look.layer.id, look.now, LATE)
            for errand in late:
                level = errand.level + 1
                next_at = following(look, errand) if level < len(errand.chain) else None
                if errands.escalate(session, errand, next_at) and level <= len(errand.chain):
                    staff.raise_alert(session, told(look, errand, errand.chain[level - 1], "到期未完成，已升级"))
        return len(late) == LATE

    def _portfolio(self, look: LayerLook) -> int:
        subject = look.portfolio
        with self._database.session() as session:
            done = self._done(session, look, [subject.account_no])
            facts = SubjectFacts("portfolio", subject.account_no, subject.opened)
            return self._begin(session, look, facts, "", done.get(subject.account_no, []))

    def _page(self, look: LayerLook, after: str) -> tuple[list[Covered], str | None]:
        """Accounts for which something may be due by their days alone."""
        with self._database.reading() as session:
            page = layers.covered(session, self._policies, look.policy_id, after, PAGE)
            done = self._done(session, look, _keys(page.rows))
        wanted = [one for one in page.rows if any(_may(look, kind, one, done) for kind in look.kinds())]
        return wanted, page.next

    def _done(self, session: Session, look: LayerLook, keys: Sequence[str]) -> dict[str, list[Done]]:
        return layers.opened(session, look.layer.id, keys, look.today - BACK, look.lasting, look.tz)

    def _open(self, look: LayerLook, wanted: Sequence[Covered]) -> int:
        """One transaction: look at the ledgers and at what was opened, and open the rest."""
        with self._database.session() as session:
            done = self._done(session, look, _keys(wanted))
            together = layers.accounts_of_debtors(session, sorted({one.debtor for one in wanted if one.debtor}))
            names = {one.account_no for one in wanted} | {name for found in together.values() for name in found}
            accounts = account_facts_many(session, sorted(names))
            opened = 0
            for one in wanted:
                for kind in look.kinds():
                    facts = _facts(look, kind, one, accounts, together)
                    opened += self._begin(session, look, facts, one.account_no, done.get(facts.key, []))
        return opened

    def _begin(self, session: Session, look: LayerLook, facts: SubjectFacts, account_no: str, done: list[Done]) -> int:
        opened = 0
        for run in duties_due(look.layer, facts, look.today, look.calendar, done):
            duty = look.layer.duty(run.duty)
            errand = duty_errand(look, duty, run, facts, account_no)
            earlier = duty.every is not None and any(one.duty == duty.id and one.on is None for one in done)
            if layers.open_duty(session, errand, earlier):
                opened += 1
                for role in errand.roles if errand.status == "open" else ():
                    self._tell(session, look, told(look, errand, role, "请按期完成"))
        return opened

    def _tell(self, session: Session, look: LayerLook, alert: staff.Alert) -> None:
        """Once per look and key; over several looks the store sees to it."""
        if alert.key not in look.alerts:
            look.alerts.add(alert.key)
            staff.raise_alert(session, alert)


def _keys(rows: Sequence[Covered]) -> list[str]:
    return sorted({key for one in rows for key in (one.account_no, one.customer)})


def _may(look: LayerLook, kind: Subject, one: Covered, done: Mapping[str, list[Done]]) -> bool:
    key = one.account_no if kind == "account" else one.customer
    return may_be_due(look.layer, kind, key, one.opened, look.today, look.calendar, done.get(key, []))


def _facts(
    look: LayerLook, kind: Subject, one: Covered, accounts: Mapping[str, AccountFacts],
    together: Mapping[str, list[str]],
) -> SubjectFacts:  # fmt: skip
    """The account, or the customer with all their accounts: the most days, the sum of what is overdue."""
    names = [one.account_no] if kind == "account" else together.get(one.debtor, [one.account_no])
    found = [standing(accounts[name], look.today, look.terms) for name in names if name in accounts]
    return SubjectFacts(
        kind=kind,
        key=one.account_no if kind == "account" else one.customer,
        opened=one.opened,
        days_past_due=max((now.dpd for now in found), default=0),
        overdue=sum((now.total_overdue for now in found if now.dpd > 0), ZERO),
        delinquency=max((now.delinquencies for now in found), default=0),
    )
