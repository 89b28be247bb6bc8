"""Whether each case has exactly the events that the simulator makes of its recorded inputs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median, quantiles

from domain import events as e
from domain.base import local_date
from domain.calendar import Calendar
from domain.case import Case
from domain.commands import Command
from domain.ladder import Ladder
from domain.ledger import AccountFacts
from domain.scenario import Planned, ScriptedStaff
from domain.simulate import Simulator
from domain.timeline import timeline

Line = tuple[str, ...]


def lines(events: Sequence[e.Event], tz: str) -> Counter[Line]:
    """What happened, by the day on which it was due."""
    return Counter((row.columns(tz)[0][:10], *row.columns(tz)[1:]) for row in timeline(list(events)))


def replayed(
    ladder: Ladder,
    account: AccountFacts,
    calendar: Calendar,
    recorded: Sequence[e.Event],
    given: dict[str, Command],
    start: Case,
) -> list[e.Event]:
    """The events of the simulator, fed with the recorded commands and postings at the instants they took effect."""
    seen = _as_seen(account, recorded)
    simulator = Simulator(ladder, seen, calendar, ScriptedStaff(ladder, ()))
    for event in recorded:
        if event.command_id and event.command_id in given:
            simulator.plan(event.at, Planned(event.at, given.pop(event.command_id)))
    played = simulator.play(start, recorded[0].at, recorded[-1].at + timedelta(minutes=1))
    return played.events


def _as_seen(account: AccountFacts, recorded: Sequence[e.Event]) -> AccountFacts:
    """The postings dated to the moment at which the case read them."""
    read = [(event.at, event.body.facts.ledger_version) for event in recorded if isinstance(event.body, e.FactsUpdated)]
    first = read[0][1]
    postings = []
    for version, posting in enumerate(account.postings, start=1):
        later = [at for at, seen in read if seen >= version]
        at = posting.at if version <= first or not later else later[0]
        postings.append(posting.model_copy(update={"at": at}))
    return account.model_copy(update={"postings": tuple(postings)})


def differences(recorded: Sequence[e.Event], simulated: Sequence[e.Event], tz: str) -> list[str]:
    """What one has and the other has not; nothing after the last instant of the record counts."""
    have, want = lines(recorded, tz), lines(simulated, tz)
    return [f"  only recorded:  {' | '.join(line)}" for line in sorted((have - want).elements())] + [
        f"  only simulated: {' | '.join(line)}" for line in sorted((want - have).elements())
    ]


def lateness(events: Sequence[e.Event]) -> list[timedelta]:
    """How late everything was that people had no part in."""
    return [event.at - event.due_at for event in events if event.actor is None and event.at > event.due_at]


def shown(late: list[timedelta], speed: float) -> str:
    """Median, 95th percentile and maximum in hours of business time, and what that was really."""
    hours = sorted(item.total_seconds() / 3600 for item in late) or [0.0]
    p95 = quantiles(hours, n=20)[-1] if len(hours) > 1 else hours[0]
    real = hours[-1] * 3600 / speed
    return f"median {median(hours):.1f} h, p95 {p95:.1f} h, most {hours[-1]:.1f} h (really {real:.1f} s)"


def gapless(events: Sequence[e.Event]) -> bool:
    """Numbered from 1 without a gap."""
    return [event.seq for event in events] == list(range(1, len(events) + 1))


def too_late(events: Sequence[e.Event], calendar: Calendar, tz: str, most: int) -> list[e.Event]:
    """Events without a person's part that came more than `most` business days late."""

    def limit(event: e.Event) -> datetime:
        day = calendar.business_day(local_date(event.due_at, tz), most)
        return event.due_at + timedelta(days=(day - local_date(event.due_at, tz)).days)

    return [event for event in events if event.actor is None and event.at > limit(event)]
