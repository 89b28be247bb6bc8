"""Early warnings: a reported signal proposes a worse class and asks the role that the policy names, at once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from hashlib import sha256

from sqlalchemy.orm import Session

from activities.duty_errands import LAST, chain_of
from activities.messages import RunRequest
from activities.registry import Policies
from domain.base import at_local, days, local_date, zone
from domain.calendar import Calendar
from domain.clock import Clock
from domain.errors import Invalid, Problem
from domain.events import Actor
from domain.ladder import Ladder
from domain.risk import Indicator, RiskPack, Source
from store import calendar, early_warnings, errands, layers, staff
from store.assignment import subjects
from store.early_warnings import KeptSignal, Signal
from store.errands import Errand
from store.risk_ratings import NewRating, add_risk_rating, assessed, risk_class_of, risk_facts
from store.session import Database

DOCUMENT = "early_warning"  # the register of what was done about them
OUTCOMES = ("measure_taken", "no_measure_needed")
LATE = 200  # missed errands escalated in one transaction
AHEAD = days(60)


@dataclass(frozen=True)
class Reporting:
    """Who reports, from which kind of source, by which pack, when. tz: where the day of an observation is counted."""

    policies: Policies
    pack: RiskPack
    source: Source
    actor: Actor
    now: datetime
    tz: str

    @property
    def today(self) -> date:
        return local_date(self.now, self.tz)


@dataclass(frozen=True)
class Asked:
    """Whom a policy or layer asks: `by` is its id. within: business days."""

    by: str
    role: str
    rules: tuple[str, ...]
    within: int
    chain: tuple[str, ...]


def report_signals(session: Session, by: Reporting, signals: Sequence[Signal]) -> tuple[KeptSignal, ...]:
    """Keep signals, each once, with their effects. Raises Invalid with every fault of all; then none is kept."""
    known = early_warnings.known_signals(session, by.source, [one.id for one in signals])
    found = subjects(session, [one.account_no for one in signals])
    problems = [
        problem
        for index, one in enumerate(signals)
        for problem in _faults(by, one, f"signals.{index}", signals[:index], known, one.account_no in found)
    ]
    if problems:
        raise Invalid(problems)
    for one in signals:
        if one.id not in known:
            _keep(session, by, one)
    kept = early_warnings.known_signals(session, by.source, [one.id for one in signals])
    return tuple(kept[one.id] for one in signals)


def _faults(
    by: Reporting, one: Signal, place: str, before: Sequence[Signal], known: dict[str, KeptSignal], is_account: bool
) -> Iterator[Problem]:
    indicator = by.pack.indicator(one.indicator)
    if not is_account:
        yield Problem(f"{place}.account_no", f"there is no account {one.account_no}", "check the account number")
    if indicator is None:
        names = ", ".join(found.id for found in by.pack.indicators)
        yield Problem(f"{place}.indicator", f"there is no indicator {one.indicator}", f"use one of: {names}")
    elif by.source not in indicator.sources:
        message = f"{one.indicator} is not reported from the source {by.source}"
        yield Problem(f"{place}.indicator", message, f"sources: {', '.join(indicator.sources)}")
    if one.observed_on > by.today:
        yield Problem(f"{place}.observed_on", f"{one.observed_on} is after today", "report it when it was seen")
    elif indicator and one.id not in known and one.observed_on + days(indicator.valid_days) < by.today:
        message = f"{one.observed_on} is more than {indicator.valid_days} days ago"
        yield Problem(f"{place}.observed_on", message, "it counts no longer; leave it out")
    if any(one.id == other.id for other in before):
        yield Problem(f"{place}.id", f"{one.id} stands twice", "give each signal an id of its own")
    if one.id in known and known[one.id].said() != one:
        yield Problem(f"{place}.id", f"{one.id} was reported before and said something else", "use a new id")


def _keep(session: Session, by: Reporting, one: Signal) -> None:
    indicator = by.pack.indicator(one.indicator)
    if indicator is None:
        raise LookupError(one.indicator)
    before = assessed(session, one.account_no, by.today, by.policies, by.pack).proposed
    kept = KeptSignal(
        **one.model_dump(), source=by.source, proposes=indicator.proposes,
        valid_until=one.observed_on + days(indicator.valid_days), pack=f"{by.pack.id} {by.pack.effective}",
        actor_user=by.actor.user, actor_role=by.actor.role, at=by.now,
    )  # fmt: skip
    if early_warnings.keep_signal(session, kept):
        _propose(session, by, kept, indicator, before)
        for asked in _asked(session, by, one.account_no):
            _ask(session, by, asked, kept, indicator)


def _propose(session: Session, by: Reporting, kept: KeptSignal, indicator: Indicator, before: str) -> None:
    """A worse class than what stands and was proposed anyway, with the signal as its reason."""
    stands = risk_class_of(session, kept.account_no) or before
    known = [one.id for one in by.pack.classes]
    now = max(by.pack.rank(before), by.pack.rank(stands) if stands in known else 0)
    if by.pack.rank(kept.proposes) > now:
        reason = f"{indicator.title['zh']} ({kept.source}/{kept.id})"
        wanted = NewRating(
            account_no=kept.account_no, kind="proposed", risk_class=kept.proposes, reason=reason, actor=by.actor,
            at=by.now,
        )  # fmt: skip
        add_risk_rating(session, wanted, by.today, by.policies, by.pack)


def _asked(session: Session, by: Reporting, account_no: str) -> list[Asked]:
    """The policy of the account and the layers beside it, as far as they name somebody."""
    policy = by.policies.ladder_of(subjects(session, [account_no])[account_no])
    found: list[Asked] = []
    if (early := policy.policy.early_warning) is not None:
        within = policy.integer(early.within) if isinstance(early.within, str) else early.within
        found.append(Asked(policy.policy.id, early.of, early.rules, within, _chain(policy, early.of)))
    for layer in by.policies.layers.values():
        early = layer.layer.early_warning
        if early is not None and policy.policy.id in layer.beside:
            chain = chain_of(layer, (early.of,))
            found.append(Asked(layer.id, early.of, early.rules, layer.integer(early.within), chain))
    owner = policy.policy.owner  # where nobody is named: nothing that was reported stays unread
    return found or [Asked(policy.policy.id, owner, (), 1, _chain(policy, owner))]


def _chain(ladder: Ladder, role: str) -> tuple[str, ...]:
    last = LAST if LAST in ladder.policy.roles else None
    return tuple(dict.fromkeys(name for name in (ladder.head_of(role), last) if name and name != role))


def _ask(session: Session, by: Reporting, asked: Asked, kept: KeptSignal, indicator: Indicator) -> None:
    policy = by.policies.ladder_of(subjects(session, [kept.account_no])[kept.account_no])
    near = calendar.calendar(session, policy.policy.calendar).slice(by.today, by.today + AHEAD)
    answer_by = _answer_by(near, by.now, by.today, asked.within, policy.close, by.tz)
    mark = _mark(kept)
    errand = Errand(
        id=f"{kept.account_no}.{asked.by}.{DOCUMENT}.{mark}", policy_id=swept(policy.policy.id), rule=indicator.id,
        rules=asked.rules, account_no=kept.account_no, due=answer_by.astimezone(zone(by.tz)).date(),
        occurrence=by.today, rank=-by.pack.rank(kept.proposes), kind="task", title=f"预警：{indicator.title['zh']}",
        say=indicator.measure["zh"], roles=(asked.role,), outcomes=OUTCOMES,
        amount=risk_facts(session, kept.account_no, by.today, by.policies).overdue_amount, opened_at=by.now,
        deadline=answer_by, answer_by=answer_by, chain=asked.chain, subject=kept.account_no, period=mark,
        document=DOCUMENT, items={"measure": "预防措施"},
    )  # fmt: skip
    if layers.open_duty(session, errand, supersedes=False):
        staff.raise_alert(session, _alert(errand, asked.role, by.now, "请尽早采取预防措施"))


def withdraw(session: Session, by: Reporting, signal_id: str, reason: str) -> KeptSignal:
    """Take a signal back with a reason; nobody is asked about it any more. Refused: see `withdraw_signal`."""
    kept = early_warnings.withdraw_signal(session, by.source, signal_id, reason, by.actor, by.now)
    for errand in errands.list_errands(session, None, "open", account_no=kept.account_no, limit=500).rows:
        if errand.document == DOCUMENT and errand.period == _mark(kept):
            errands.end(session, errand, "missed", by.now)
    return kept


def _mark(kept: KeptSignal) -> str:
    return sha256(f"{kept.source}/{kept.id}".encode()).hexdigest()[:16]


def swept(policy_id: str) -> str:
    """Under which name the errands of early warnings wait; they have no due date of money, as others of the policy."""
    return f"{policy_id}.{DOCUMENT}"


def _answer_by(near: Calendar, now: datetime, today: date, within: int, close: time, tz: str) -> datetime:
    wanted = at_local(near.business_day(today, within), close, tz)
    return wanted if wanted > now else at_local(near.business_day(today, within + 1), close, tz)


def _alert(errand: Errand, role: str, at: datetime, text: str) -> staff.Alert:
    key = f"{errand.id}/{role}/level-{errand.level}"
    return staff.Alert(key=key, role=role, case_no="", title=errand.title, text=text, at=at)


class EarlyWarningWork:
    """Sends errands of early warnings that nobody answered in time one up; may be done again at any time."""

    def __init__(self, database: Database, policies: Policies, clock: Clock) -> None:
        self._database = database
        self._policies = policies
        self._clock = clock

    async def run(self, request: RunRequest) -> int:
        """All that is late among the accounts of a policy; how many were escalated."""
        escalated, more = 0, True
        while more:
            found = await asyncio.to_thread(self._settle, request)
            escalated, more = escalated + found, found == LATE
        return escalated

    def _settle(self, request: RunRequest) -> int:
        ladder, now = self._policies.ladder(request.policy, request.settings), self._clock.now()
        name, today = swept(request.policy.id), local_date(now, request.time_zone)
        with self._database.session() as session:
            layers.end_of_closed(session, name, now)
            near = calendar.calendar(session, ladder.policy.calendar).slice(today, today + AHEAD)
            again = at_local(near.business_day(today, 1), ladder.close, request.time_zone)
            late = layers.late_duties(session, name, now, LATE)
            for errand in late:
                level = errand.level + 1
                following = again if level < len(errand.chain) else None
                if errands.escalate(session, errand, following) and level <= len(errand.chain):
                    text = "到期未完成，已升级"
                    staff.raise_alert(session, _alert(errand, errand.chain[level - 1], now, text))
        return len(late)
