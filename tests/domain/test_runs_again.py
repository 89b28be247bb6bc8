"""A run of the portfolio that has more to do on its day goes on at its hour; a later day has a run of its own."""

from __future__ import annotations

from datetime import date, datetime

from domain import events as e
from domain.base import at_local, days, zone
from domain.case import Case
from domain.decide import decide
from domain.facts import Facts
from domain.outcome import Issue, ReadFacts, Record, Run, Wait, record
from domain.run import advance
from domain.simulate import done
from tests.builders.calendars import CHINA_2026
from tests.builders.ladders import ladder, pin

TZ = "Asia/Shanghai"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone(TZ))


class Portfolio:
    """The portfolio's case of the consumer policy; `again` is what its next run before due dates answers."""

    def __init__(self) -> None:
        self.ladder = ladder("consumer")
        self.case = Case(case_no="portfolio-consumer", account_no="", policy=pin(self.ladder))
        self.again: datetime | None = None
        self.runs: list[tuple[date, datetime]] = []

    def to(self, now: datetime) -> Wait:
        """Everything that happens at that instant, and what is waited for after it."""
        while True:
            match decide(self.ladder, self.case, now):
                case Wait() as wait:
                    return wait
                case ReadFacts(today=today):
                    self._happen(record(e.FactsUpdated(facts=_facts(today)), now, (), "read"), now)
                case Run(work="before_due") as run:
                    self.runs.append((run.period, run.due_at))
                    body = e.RunFinished(step=run.step, period=run.period, opened=0, again_at=self.again)
                    self.again = None
                    self._happen(record(body, run.due_at, (), "run"), now)
                case Record() as what:
                    self._happen(what, now)
                case Run() | Issue() as act:
                    self._happen(done(act, now), now)
                case other:
                    raise AssertionError(other)

    def _happen(self, what: Record, now: datetime) -> None:
        self.case, _ = advance(self.ladder, self.case, what, now, None, None)


def _facts(today: date) -> Facts:
    before = today - days(1)
    return Facts(
        as_of=today, ledger_version=0, posted_through=before, oldest_due=None, cured=False, calendar=CHINA_2026
    )


def test_it_goes_on_at_the_hour_it_named_and_then_the_next_morning() -> None:
    portfolio = Portfolio()
    portfolio.again = at("2026-09-14 10:00")
    assert portfolio.to(at("2026-09-14 09:00")).until == at("2026-09-14 10:00")
    assert portfolio.to(at("2026-09-14 09:30")).until == at("2026-09-14 10:00")
    portfolio.again = at("2026-09-14 16:00")
    assert portfolio.to(at("2026-09-14 10:00")).until == at("2026-09-14 16:00")
    assert portfolio.to(at("2026-09-14 16:00")).until == at("2026-09-15 09:00")
    monday = date(2026, 9, 14)
    hours = ("2026-09-14 09:00", "2026-09-14 10:00", "2026-09-14 16:00")
    assert portfolio.runs == [(monday, at(hour)) for hour in hours]


def test_after_an_outage_only_whole_days_are_made_up() -> None:
    """Nobody was there from 09:30 on the 14th to noon of the 16th: the 10:00 of the 14th is gone, no day is."""
    portfolio = Portfolio()
    portfolio.again = at("2026-09-14 10:00")
    portfolio.to(at("2026-09-14 09:00"))
    portfolio.to(at("2026-09-16 12:00"))
    mornings = [date(2026, 9, 14) + days(number) for number in range(3)]
    nine = at("2026-09-14 09:00").time()
    assert portfolio.runs == [(day, at_local(day, nine, TZ)) for day in mornings]
