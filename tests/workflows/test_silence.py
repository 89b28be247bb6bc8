"""Every signal that nobody gives: it goes up at the written instants, and nothing is decided by silence."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from temporalio.testing import WorkflowEnvironment

from checks.signals import Act, Signal, ladder_of, read_table
from domain import commands as c, events as e
from domain.base import days
from domain.case import Case
from domain.ledger import Instalment, PartyFact, PartyRole
from domain.scenario import GivenCommand, Scenario, ScenarioAccount, actor
from tests.builders.fitting import fits
from tests.builders.ladders import pin
from tests.workflows.rehearsal import Rehearsal
from workflows.options import portfolio_no

TODAY = date(2026, 3, 31)
OPENED = datetime.fromisoformat("2026-03-31T09:30")
ROWS = [row for row in read_table().signals if row.silence.step or row.silence.happens]


def quiet(row: Signal) -> Scenario:
    """Its account, taken over on 31 March; what comes before it is done, then nobody does anything."""
    acts = row.before if row.silence.acts is None else row.silence.acts
    until = max([*row.silence.escalated, *row.silence.happens]) + timedelta(days=20)
    if row.portfolio:
        account = ScenarioAccount(account_no="", schedule=(), first_seen=OPENED)
        return Scenario(until=until, account=account, given=tuple(_given(acts)))
    debtor = PartyRole.LESSEE if row.policy == "leasing" else PartyRole.BORROWER
    vendor = (PartyFact(id="V", role=PartyRole.VENDOR, buyback_guarantee=True),) if row.policy == "leasing" else ()
    rent = Instalment(no=1, due=TODAY - days(row.dpd), principal=Decimal(row.owed), interest=Decimal(500))
    account = ScenarioAccount(
        account_no="S", penalty_rate_per_day=Decimal("0.0005"), lease_amount=Decimal(row.owed), schedule=(rent,),
        parties=(PartyFact(id="C", role=debtor), *vendor), history=row.history, first_seen=OPENED,
    )  # fmt: skip
    return Scenario(until=until, account=account, given=tuple(_given(acts)))


def _given(acts: tuple[Act, ...]) -> list[GivenCommand]:
    given = [(act.by, act.give) for act in acts if act.give is not None]
    assert len(given) == len(acts), "a call is no command of a case"
    return [
        GivenCommand(at=OPENED + timedelta(minutes=no), command=c.Command(id=f"given/{no}", actor=actor(by), body=body))
        for no, (by, body) in enumerate(given, start=1)
    ]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.signal)
async def test_silence_escalates_and_decides_nothing(engine: WorkflowEnvironment, row: Signal) -> None:
    script, step = quiet(row), row.silence.step
    ladder = ladder_of(row.policy)
    portfolio = Case(case_no=portfolio_no(row.policy), account_no="", policy=pin(ladder)) if row.portfolio else None
    rehearsal = Rehearsal(engine, script, ladder, case=portfolio)
    recorded = await rehearsal.play()
    assert rehearsal.refused == []
    gone_up = {
        event.at.astimezone(script.local(OPENED).tzinfo).strftime("%Y-%m-%dT%H:%M"): event.body.to
        for event in recorded
        if isinstance(event.body, e.Escalated) and event.body.step == step
    }
    if row.silence.escalated:
        assert gone_up == {at.strftime("%Y-%m-%dT%H:%M"): to for at, to in row.silence.escalated.items()}
    for at, kind in row.silence.happens.items():
        due = [event for event in recorded if event.due_at == script.local(at)]
        assert kind in [event.body.kind for event in due], [(x.due_at, x.body.kind) for x in recorded]
    assert [event for event in recorded if isinstance(event.body, e.StepCompleted) and event.body.step == step] == []
    assert not [event for event in recorded if isinstance(event.body, e.CaseClosed)]
    if row.silence.acts is None:
        assert not [event for event in recorded if fits(row.records, event.body.model_dump(mode="json"))]
