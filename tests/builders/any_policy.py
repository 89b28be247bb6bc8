"""Random cases of any policy: made from its own steps, roles and outcomes, with contacts that go well or badly.

Minutes are chosen as in `scenarios`: no input ever meets a timer of a policy.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal

from hypothesis import strategies as st

from domain.base import days
from domain.events import ContactResult
from domain.ladder import Ladder
from domain.ledger import Instalment, PartyFact, PartyRole
from domain.scenario import PlannedCommand, Scenario, ScenarioAccount, StaffAnswer
from tests.builders.scenarios import LATER, NEXT_DAYS, SOON, WEEKS, postings

CHANNELS = (("sms", "letter", "email"), ("letter",), ("sms",), ("email", "letter"), ())
CONTACTS = st.builds(
    ContactResult,
    outcome=st.sampled_from(("contacted", "contacted", "not_reached", "wrong_number")),
    attitude=st.sampled_from((None, "cooperative", "evasive", "not_cooperating", "refuses")),
)


@st.composite
def cases_of(draw: st.DrawFn, ladder: Ladder) -> Scenario:
    """One account under that policy with everything that may happen to it in 40 to 130 days after its due date."""
    due = draw(st.dates(date(2026, 2, 10), date(2026, 7, 20)))
    account = draw(_accounts(due))
    seen = account.first_seen.date() if account.first_seen else due
    until = max(due + days(draw(st.integers(40, 130))), seen + days(5))
    return Scenario(
        title="drawn at random",
        until=datetime.combine(until, time(18, 47)),
        account=account,
        postings=draw(postings(due, account)),
        staff_answers=draw(_staff(ladder)),
        commands=draw(_commands(ladder, due, until)),
    )


@st.composite
def _accounts(draw: st.DrawFn, due: date) -> ScenarioAccount:
    gap, count = draw(st.sampled_from((15, 30, 31))), draw(st.integers(1, 5))
    schedule = tuple(
        Instalment(no=no, due=due + days(gap * (no - 1)), principal=Decimal("10000.00"), interest=Decimal("500.00"))
        for no in range(1, count + 1)
    )
    borrower = PartyFact(id="P1", role=PartyRole.BORROWER, channels=draw(st.sampled_from(CHANNELS)))
    guarantor = draw(st.sampled_from(((), (PartyFact(id="P2", role=PartyRole.GUARANTOR),))))
    found = draw(st.none() | st.none() | st.integers(2, 100))
    return ScenarioAccount(
        account_no="X-000900",
        lease_amount=Decimal(draw(st.sampled_from(("30000.00", "500000.00")))),
        penalty_rate_per_day=Decimal("0.0005"),
        schedule=schedule,
        parties=(borrower, *guarantor),
        first_seen=datetime.combine(due + days(found), time(draw(st.integers(9, 22)), 23)) if found else None,
    )


@st.composite
def _staff(draw: st.DrawFn, ladder: Ladder) -> tuple[StaffAnswer, ...]:
    """A few steps are answered oddly or by nobody, the others favourably, sooner or later."""
    found: list[StaffAnswer] = []
    asking = [step for step in ladder.steps if step.asked]
    for step in draw(st.lists(st.sampled_from(asking), unique_by=lambda step: step.id, max_size=5)):
        outcomes: Sequence[str | None] = (None, *(step.asked.outcomes if step.asked else ()))
        latency = draw(st.sampled_from(SOON + LATER + NEXT_DAYS + WEEKS))
        answer = StaffAnswer(
            step=step.id, outcome=draw(st.sampled_from(outcomes)), after_minutes=latency, contact=draw(CONTACTS)
        )
        found.append(answer)
    rest = draw(st.sampled_from((*SOON, *SOON, *LATER, *NEXT_DAYS)))
    silent = draw(st.integers(0, 9)) == 0
    usual = StaffAnswer(step="*", outcome=None if silent else "first", after_minutes=rest, contact=draw(CONTACTS))
    return (*found, usual)


@st.composite
def _commands(draw: st.DrawFn, ladder: Ladder, due: date, until: date) -> tuple[PlannedCommand, ...]:
    """What people do on their own, allowed or not: a refusal must be the same everywhere too."""
    found: list[PlannedCommand] = []
    for offset in draw(st.lists(st.integers(1, (until - due).days), unique=True, max_size=6)):
        at = datetime.combine(due + days(offset), time(draw(st.integers(7, 22)), 17))
        found.append(draw(_command(ladder, at)))
    return tuple(sorted(found, key=lambda command: command.at))


def _command(ladder: Ladder, at: datetime) -> st.SearchStrategy[PlannedCommand]:
    role = st.sampled_from(sorted(ladder.policy.roles))
    contact = st.builds(PlannedCommand, at=st.just(at), do=st.just("record_contact"), role=role, contact=CONTACTS)
    correction = st.builds(
        PlannedCommand, at=st.just(at), do=st.just("correct_entry"), role=role, seq=st.integers(2, 60),
        reason=st.just("wrong"),
    )  # fmt: skip
    demands = [
        PlannedCommand(at=at, do="open_step", step=step.id, role=by, document=step.rule.on_demand.document)
        for step in ladder.steps if step.rule.on_demand
        for by in step.opened_by
    ]  # fmt: skip
    opened = st.sampled_from(demands) if demands else contact
    return st.one_of(contact, contact, opened, correction)
