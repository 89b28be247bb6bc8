"""Random scripts of whole cases: schedules, payments, reversals, answers, objections, suspensions, and silence."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from domain.base import days
from domain.ledger import DoneStep, PartyFact, PostingKind
from domain.scenario import PlannedCommand, Scenario, ScenarioAccount, ScenarioPosting, StaffAnswer
from tests.builders.ladders import leasing
from tests.builders.leases import BUYBACK_VENDOR, GUARANTOR, LESSEE, VENDOR, rents

FIRST_DUE = date(2026, 3, 2)
LENGTH = 110
RENT = Decimal("10500.00")
ASKS = {step.id: step.asked for step in leasing().steps if step.asked}
PARTIES: list[tuple[PartyFact, ...]] = [
    (LESSEE,), (LESSEE, GUARANTOR, VENDOR), (LESSEE, BUYBACK_VENDOR), (LESSEE, GUARANTOR, BUYBACK_VENDOR),
    (LESSEE, GUARANTOR, BUYBACK_VENDOR),
]  # fmt: skip
HISTORIES: list[tuple[tuple[str, str], ...]] = [
    (), (), (("demand_notice", "sent"),), (("litigation_letter", "sent"), ("asset_inspection", "inspected")),
]  # fmt: skip
MINUTES = [0, 20, 60, 60, 60, 90, 700, 1500, 6000]
AMOUNTS = [RENT, RENT, RENT * 2, RENT * 3, Decimal("4000.00")]

CHOICES = ["first", "last", "never"]
MOTIONS = [
    "objection", "objection", "withdrawal", "suspension", "suspension", "fast_track", "early_demand", "late_consent",
    "contact",
]  # fmt: skip

days_in = st.one_of(st.integers(1, 62), st.integers(1, LENGTH - 5))
instants = st.tuples(days_in, st.integers(0, 23), st.sampled_from([0, 30])).map(
    lambda drawn: datetime.combine(FIRST_DUE + days(drawn[0]), time(drawn[1], drawn[2]))
)
payments = st.tuples(instants, st.sampled_from(AMOUNTS), st.sampled_from([None, None, 0, 3, 12]), st.integers(0, 2))
answers = st.tuples(st.sampled_from(sorted(ASKS)), st.sampled_from(CHOICES), st.sampled_from(MINUTES))
motions = st.tuples(st.sampled_from(MOTIONS), instants)


@st.composite
def scripts(draw: st.DrawFn) -> Scenario:
    """A lease of one to four rents over some four months, with everything that people and money do to it."""
    gap, count = draw(st.sampled_from([15, 30, 31])), draw(st.integers(1, 4))
    seen = draw(st.sampled_from([1, 1, 1, 1, 9, 20, 38, 50]))
    history = draw(st.sampled_from(HISTORIES)) if seen > 1 else ()
    return Scenario(
        until=datetime.combine(FIRST_DUE + days(LENGTH), time(18)),
        account=ScenarioAccount(
            account_no="L-1",
            lease_amount=draw(st.sampled_from([Decimal("500000.00"), Decimal("3000000.00")])),
            penalty_rate_per_day=Decimal("0.0005"),
            schedule=rents(*(str(FIRST_DUE + days(n * gap)) for n in range(count))),
            parties=draw(st.sampled_from(PARTIES)),
            history=tuple(DoneStep(step=step, outcome=outcome, on=FIRST_DUE + days(1)) for step, outcome in history),
            first_seen=datetime.combine(FIRST_DUE + days(seen), time(9)),
        ),
        postings=tuple(_postings(draw(st.lists(payments, max_size=3)), draw(st.integers(0, 9)))),
        staff_answers=(
            *(_answer(*drawn) for drawn in draw(st.lists(answers, max_size=5))),
            *_everybody(draw(st.sampled_from([60, 60, 1500, 6000, 20000, None]))),
        ),
        commands=tuple(_motion(what, at) for what, at in draw(st.lists(motions, max_size=5))),
    )


def _postings(drawn: list[tuple[datetime, Decimal, int | None, int]], buyback: int) -> list[ScenarioPosting]:
    found: list[ScenarioPosting] = []
    for number, (at, amount, returned, late) in enumerate(drawn):
        value_date = max(FIRST_DUE, at.date() - days(late))
        found.append(ScenarioPosting(id=f"R{number}", at=at, value_date=value_date, amount=amount))
        if returned is not None:
            later = at + timedelta(days=returned, minutes=5)
            found.append(
                ScenarioPosting(
                    id=f"B{number}", at=later, value_date=later.date(), kind=PostingKind.REVERSAL, reverses=f"R{number}"
                )
            )
    if buyback == 0:
        at = datetime.combine(FIRST_DUE + days(60), time(11))
        found.append(
            ScenarioPosting(id="K", at=at, value_date=at.date(), kind=PostingKind.BUYBACK_PRICE, amount=Decimal(480000))
        )
    return found


def _answer(step: str, outcome: str, minutes: int) -> StaffAnswer:
    asked = ASKS[step]
    chosen = {"first": asked.outcomes[0], "last": asked.outcomes[-1], "never": None}[outcome]
    return StaffAnswer(step=step, outcome=chosen, after_minutes=minutes)


def _everybody(minutes: int | None) -> tuple[StaffAnswer, ...]:
    return () if minutes is None else (StaffAnswer(step="*", outcome="first", after_minutes=minutes),)


def _motion(what: str, at: datetime) -> PlannedCommand:
    match what:
        case "objection":
            return PlannedCommand(at=at, do="open_step", step="vendor_objection", role="asset_manager", document="D1")
        case "withdrawal":
            return PlannedCommand(at=at, do="end_hold", hold="vendor_objection", role="asset_manager", document="D2")
        case "suspension":
            end = at.date() + days(12)
            return PlannedCommand(
                at=at, do="open_step", step="suspension_application", role="business", document="D3", end_date=end
            )
        case "fast_track":
            return PlannedCommand(
                at=at, do="open_step", step="fast_track", role="review_committee", present=4, in_favour=3,
                document="minutes",
            )  # fmt: skip
        case "early_demand":
            return PlannedCommand(at=at, do="open_step", step="early_demand", role="head_of_business")
        case "late_consent":
            return PlannedCommand(
                at=at, do="answer", step="litigation_letter_consent", role="head_of_business", outcome="agreed"
            )
        case _:
            return PlannedCommand(at=at, do="record_contact", role="collector")
