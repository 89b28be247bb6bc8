"""Warns Legal long before a claim lapses or a guarantor is free: an errand per clock and warning, escalated."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy.orm import Session

from activities.litigation import chain_of
from activities.messages import RunRequest
from activities.registry import Policies
from domain.base import Frozen, at_local, days, local_date
from domain.calendar import Calendar
from domain.clock import Clock
from domain.ladder import Ladder
from domain.limitation import warning
from domain.litigation_terms import LimitationTerms
from domain.money import ZERO
from store import calendar, errands, layers, limitation, staff
from store.account_facts import chunks
from store.errands import Errand
from store.limitation import Clocks
from store.session import Database

LIMITATION = "limitation"  # stands where errands name their policy
OUTCOMES = ("interrupted", "suit_prepared", "let_lapse")
HOME, COUNTRY = "Asia/Shanghai", "CN"
UNPROVEN = 0  # stands where the days left stand: only a letter whose arrival is not proven saves it
TITLES = {"claim": "诉讼时效将届满", "guarantor": "保证期间将届满"}


class Running(Frozen):
    """A clock of an account that runs: of the claim, or of a guarantor. to_prove: letters that put it off."""

    account_no: str
    name: str
    party: str
    ends: date
    to_prove: tuple[str, ...] = ()


class LimitationWork:
    """Daily work of a portfolio: opens, opens again, and escalates; it never answers."""

    def __init__(self, database: Database, policies: Policies, clock: Clock) -> None:
        self._database = database
        self._policies = policies
        self._clock = clock

    async def run(self, request: RunRequest) -> int:
        """How many errands were opened; each warning once, however often this is repeated."""
        return await asyncio.to_thread(self.warn, request.policy.id)

    def warn(self, policy_id: str) -> int:
        """The warnings of one portfolio for today, and what nobody answered in time."""
        terms, now = self._policies.company.limitation, self._clock.now()
        today = local_date(now, HOME)
        ladder = self._policies.current(policy_id)
        with self._database.reading() as session:
            accounts = limitation.watched_accounts(session, policy_id, terms, today)
            business_days = calendar.calendar(session, COUNTRY)
        opened = 0
        for part in chunks(accounts):
            with self._database.session() as session:
                for account_no in part:
                    found = limitation.clocks_of(session, account_no, self._policies.clocks, today)
                    opened += sum(
                        self._open(session, ladder, one, terms, business_days, now) for one in clocks_running(found)
                    )
        self._escalate(business_days, now)
        return opened

    def _open(
        self, session: Session, ladder: Ladder, one: Running, terms: LimitationTerms, days_: Calendar, now: datetime
    ) -> int:
        """The warning that has come, once; again when it was answered, the clock still runs and time has passed."""
        today = local_date(now, HOME)
        nearest = UNPROVEN if one.to_prove and one.ends < today else warning(one.ends, today, terms)
        if nearest is None:
            return 0
        stem = f"{LIMITATION}.{one.account_no}.{one.party or one.name}.{one.ends:%Y%m%d}.{nearest}"
        known = limitation.warnings_of(session, stem)
        if known and not _again(known[-1], today, terms):
            return 0
        errands.open_errand(session, _errand(stem, len(known) + 1, ladder, one, nearest, terms, days_, now))
        return 1

    def _escalate(self, business_days: Calendar, now: datetime) -> None:
        with self._database.session() as session:
            for late in layers.late_duties(session, LIMITATION, now):
                level = late.level + 1
                following = None
                if level < len(late.chain):
                    following = at_local(business_days.business_day(local_date(now, HOME), 1), now.timetz(), HOME)
                if errands.escalate(session, late, following) and late.chain:
                    to = late.chain[min(level, len(late.chain)) - 1]
                    key = f"{late.id}/{to}/level-{level}"
                    text = f"{late.say}；到期未办理，已升级"
                    staff.raise_alert(
                        session, staff.Alert(key=key, role=to, case_no="", title=late.title, text=text, at=now)
                    )


def clocks_running(found: Clocks) -> Iterator[Running]:
    """Every clock of an account that has not run out and is not met, as far as that is proven."""
    if found.limitation.ends is not None and not found.limitation.lapsed:
        letters = tuple(one.of for one in found.limitation.to_prove)
        yield Running(
            account_no=found.account_no, name="claim", party="", ends=found.limitation.ends, to_prove=letters
        )  # fmt: skip
    for one in found.guarantors:
        if one.ends is not None and not one.lapsed:
            letters = tuple(demand.of for demand in one.to_prove)
            yield Running(
                account_no=found.account_no, name="guarantor", party=one.party, ends=one.ends, to_prove=letters
            )  # fmt: skip


def _say(one: Running, today: date) -> str:
    """How long it still runs, and what has to be proven for it to run longer."""
    letters = "、".join(one.to_prove)
    if one.ends < today:
        return f"{one.ends:%Y-%m-%d} 已届满，除非证明函件已送达及送达日期：{letters}"
    left = f"{one.ends:%Y-%m-%d} 届满，剩余 {(one.ends - today).days} 天"
    return f"{left}；须补送达证明：{letters}" if letters else left


def _again(last: Errand, today: date, terms: LimitationTerms) -> bool:
    """Answered, but nothing has come of it: the clock still ends on the same day."""
    if last.status != "answered" or last.outcome == "let_lapse" or last.ended_at is None:
        return False
    return local_date(last.ended_at, HOME) + days(terms.reopen_days) <= today


def _errand(
    stem: str, round_: int, ladder: Ladder, one: Running, nearest: int, terms: LimitationTerms, days_: Calendar,
    now: datetime,
) -> Errand:  # fmt: skip
    today = local_date(now, HOME)
    role = next((name for name in terms.roles if name in ladder.policy.roles), ladder.policy.owner)
    deadline = at_local(days_.business_day(today, terms.warning_business_days), ladder.close, HOME)
    return Errand(
        id=f"{stem}.{round_}", policy_id=LIMITATION, rule=f"{one.name}-{one.party}-{nearest}", rules=(),
        account_no=one.account_no, due=one.ends, occurrence=today, kind="limitation", title=TITLES[one.name],
        say=_say(one, today), roles=(role,), outcomes=OUTCOMES,
        amount=ZERO, opened_at=now, deadline=deadline, answer_by=deadline,
        chain=chain_of(ladder.policy.roles, role)[1:], subject=one.party,
        items={"measure": "采取的中断措施，或不再主张的理由"},
    )  # fmt: skip
