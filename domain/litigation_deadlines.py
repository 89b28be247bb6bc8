"""When what is due in a lawsuit, of what people are reminded, and what the passing of time brings about."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime

from domain.base import at_local, days, local_date
from domain.calendar import Calendar
from domain.litigation import (
    PERIODS,
    CaseTold,
    CaseWord,
    CourtSession,
    PeriodEnded,
    Suit,
    SuitBody,
    SuitClock,
    SuitDeadline,
    SuitEscalated,
    SuitFiled,
    SuitReminded,
)
from domain.litigation_acts import (
    AWARDED,
)
from domain.litigation_terms import LitigationTerms


def after_months(day: date, count: int) -> date:
    """The same day so many months later, or the last one of that month."""
    month = day.month - 1 + count
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def task(suit: Suit, clock: SuitClock, by: date, now: datetime, session: int | None = None) -> SuitDeadline:
    """What somebody has to enter by the close of that day; then it goes up the chain. A past day is the next one."""
    terms = suit.terms
    due = at_local(by, terms.close_of_business, terms.time_zone)
    if due <= now:
        due = business_close(terms, suit.calendar, now, 1)
    return SuitDeadline(clock=clock, due_at=due, escalate_at=due, session=session)


def period(suit: Suit, clock: SuitClock, last: date, now: datetime) -> SuitDeadline:
    """A period of law with its reminders; its last day is included."""
    terms = suit.terms
    reminders = sorted(at_local(last - days(n), terms.reminder_at, terms.time_zone) for n in terms.period_reminder_days)
    end = at_local(last + days(1), terms.reminder_at, terms.time_zone)
    return SuitDeadline(clock=clock, due_at=max(end, now), remind_at=tuple(one for one in reminders if one > now))


def court_date(suit: Suit, session: CourtSession, now: datetime) -> SuitDeadline:
    """A date at court: reminders before it; its outcome is entered by the close of the next business day."""
    terms, day = suit.terms, local_date(session.at, suit.terms.time_zone)
    before = {day - days(n) for n in terms.session_reminder_days}
    before |= {suit.calendar.business_day_before(day, n) for n in terms.session_reminder_business_days}
    reminders = (at_local(one, terms.reminder_at, terms.time_zone) for one in sorted(before))
    due = at_local(suit.calendar.business_day(day, 1), terms.close_of_business, terms.time_zone)
    due = max(due, business_close(terms, suit.calendar, now, 1)) if due <= now else due
    return SuitDeadline(
        clock="session", due_at=due, remind_at=tuple(one for one in reminders if one > now), escalate_at=due,
        session=session.number,
    )  # fmt: skip


def renewal(suit: Suit, until: date, now: datetime) -> SuitDeadline:
    """A measure of preservation is renewed before it ends: reminders, then up the chain."""
    ends = task(suit, "preservation_renewal", until, now)
    return ends.model_copy(update={"remind_at": period(suit, "preservation_renewal", until, now).remind_at})


def business_close(terms: LitigationTerms, calendar: Calendar, after: datetime, count: int) -> datetime:
    """The close of business of the `count`-th business day after an instant."""
    day = calendar.business_day(local_date(after, terms.time_zone), count)
    return at_local(day, terms.close_of_business, terms.time_zone)


def filed(suit: Suit, now: datetime) -> SuitFiled:
    """The first event of a suit: the court has its days to accept it."""
    due = task(suit, "acceptance", suit.filed_on + days(suit.terms.acceptance_days), now)
    return SuitFiled(on=suit.filed_on, choice=suit.choice, opens=(due,))


def told(suit: Suit, word: CaseWord, reason: str, of: int, now: datetime) -> CaseTold | None:
    """What the case says, once; None when it is known already."""
    if of <= suit.case_seq or suit.closed_at is not None:
        return None
    opens: tuple[SuitDeadline, ...] = ()
    if word == "settlement_due" or (word == "closed" and suit.pending is None):
        last = business_close(suit.terms, suit.calendar, now, suit.terms.settlement_business_days)
        opens = (task(suit, "settlement", local_date(last, suit.terms.time_zone), now),)
    return CaseTold(word=word, reason=reason, of=of, opens=opens)


def awarded(suit: Suit, now: datetime, stage_from: date) -> tuple[SuitDeadline, ...]:
    """After a judgment is final: until when enforcement may be applied for."""
    judgment = suit.judgment
    if judgment is None or judgment.result not in AWARDED:
        return ()
    begins = judgment.perform_by or stage_from
    last = after_months(begins, 12 * suit.terms.enforcement_years)
    found = period(suit, "enforcement_application", last, now)
    first = at_local(begins + days(1), suit.terms.reminder_at, suit.terms.time_zone)
    reminders = (first, *found.remind_at) if first > now else found.remind_at
    return (found.model_copy(update={"remind_at": tuple(sorted(set(reminders)))}),)


def next_turn(suit: Suit) -> datetime | None:
    """When something happens by itself if nobody acts."""
    return min((at for one in suit.deadlines if (at := _turn(one)) is not None), default=None)


def by_itself(suit: Suit, now: datetime) -> SuitBody | None:
    """The first thing that the passing of time has brought about by `now`; None when there is nothing (more)."""
    reached = [(at, one) for one in suit.deadlines if (at := _turn(one)) is not None and at <= now]
    if not reached:
        return None
    at, one = min(reached, key=lambda pair: (pair[0], pair[1].clock, pair[1].session or 0))
    if one.remind_at and at == one.remind_at[0]:
        return SuitReminded(clock=one.clock, due_at=one.due_at, to=suit.chain[0], session=one.session)
    if one.clock in PERIODS:
        return _period_ended(suit, one, now)
    level, chain = one.level + 1, suit.chain
    following = business_close(suit.terms, suit.calendar, at, 1) if level < len(chain) - 1 else None
    to = chain[min(level, len(chain) - 1)]
    return SuitEscalated(clock=one.clock, to=to, level=level, next_at=following, session=one.session)


def _turn(one: SuitDeadline) -> datetime | None:
    """The next instant of a deadline: a reminder, the end of a period, an escalation."""
    last = one.due_at if one.clock in PERIODS else one.escalate_at
    found = [at for at in (*one.remind_at[:1], last) if at is not None]
    return min(found, default=None)


def _period_ended(suit: Suit, one: SuitDeadline, now: datetime) -> PeriodEnded:
    if one.clock == "enforcement_application":
        return PeriodEnded(clock="enforcement_application", stage="closed", closed_for="enforcement_lapsed")
    if suit.ruling:
        return PeriodEnded(clock="appeal_period", stage="closed", closed_for="rejected")
    judgment = suit.judgment
    if judgment is None or judgment.result not in AWARDED:
        return PeriodEnded(clock="appeal_period", stage="closed", closed_for="lost")
    opens = awarded(suit, now, local_date(now, suit.terms.time_zone))
    return PeriodEnded(clock="appeal_period", stage="final", opens=opens, costs_owed=judgment.costs_owed)
