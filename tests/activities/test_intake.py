"""Cases are opened once, go on when their curing payment is taken back, and hear of every movement of money."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

import pytest
from temporalio.testing import ActivityEnvironment

from activities.intake import Intake
from activities.registry import Policies
from domain import events as e
from domain.case import Case
from domain.ledger import DoneStep, PostingKind
from store import ledger
from store.accounts import add_account
from store.facts import read_facts
from tests.activities.world import DAY, World, at, lease, posting


@dataclass
class Engine:
    """Remembers what was asked of it; `running` are the cases that can be told something."""

    started: list[tuple[Case, bool]] = field(default_factory=list[tuple[Case, bool]])
    told: list[str] = field(default_factory=list[str])
    running: set[str] = field(default_factory=set[str])

    async def start(self, case: Case, reopen: bool) -> None:
        if case.case_no not in self.running:
            self.running.add(case.case_no)
            self.started.append((case, reopen))

    async def ledger_changed(self, case_no: str) -> bool:
        self.told.append(case_no)
        return case_no in self.running


@dataclass(frozen=True)
class Noon:
    """A clock that stands."""

    day: date

    def now(self) -> datetime:
        return at(self.day, 12)


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
def intake(world: World, policies: Policies, engine: Engine) -> Intake:
    """With all notices of the small portfolio passed on."""
    with world.database.session() as session:
        ledger.mark_relayed(session, ledger.pending_notices(session), at(DAY))
    return Intake(world.database, policies, engine, Noon(DAY))


def save_open(world: World, account_no: str, anchor: date) -> None:
    """The first case of an account is in the record, open."""
    with world.database.session() as session:
        world.story(account_no, anchor).save(session)


def save_cured(world: World, account_no: str, on: date, receipt: str, amount: str = "42300.00") -> None:
    """The case of an account closed on a payment."""
    with world.database.session() as session:
        ledger.post(session, posting(receipt, PostingKind.PAYMENT, amount, on), account_no)
        facts = read_facts(session, account_no, on, world.ladder.terms, "CN")
    told = world.story(account_no, None)
    told.tell(on, e.FactsUpdated(facts=facts), e.CaseClosed(reason="cured"))
    with world.database.session() as session:
        told.save(session)
        ledger.mark_relayed(session, ledger.pending_notices(session), at(on))


def take_back(world: World, account_no: str, receipt: str) -> None:
    """The bank returns a payment."""
    with world.database.session() as session:
        back = posting(f"{receipt}-back", PostingKind.REVERSAL, "0.00", DAY).model_copy(update={"reverses": receipt})
        ledger.post(session, back, account_no)


# ── opening ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_the_engine_hears_of_the_daily_intake(intake: Intake, engine: Engine) -> None:
    heard: list[object] = []
    environment = ActivityEnvironment()
    environment.on_heartbeat = lambda *details: heard.append(details)
    assert await environment.run(intake.open_due, "leasing", DAY) == len(engine.started)
    assert heard[-1] == (len(engine.started),)


async def test_every_overdue_account_gets_a_case_with_its_policy(
    world: World, policies: Policies, engine: Engine, intake: Intake
) -> None:
    assert await intake.open_due("leasing", DAY) == 4
    assert {case.case_no for case, reopen in engine.started if not reopen} == {"L-1-1", "L-2-1", "L-4-1", "L-5-1"}
    for case, _ in engine.started:
        assert (case.policy, case.settings, case.status) == (world.pin, policies.company_sha, "new")


async def test_what_is_recorded_is_not_opened_again(world: World, engine: Engine, intake: Intake) -> None:
    save_open(world, "L-1", date(2026, 1, 31))
    save_open(world, "L-4", date(2026, 2, 18))
    assert await intake.open_due("leasing", DAY) == 2
    assert {case.account_no for case, _ in engine.started} == {"L-2", "L-5"}


async def test_asked_twice_before_anything_is_recorded_it_starts_each_once(engine: Engine, intake: Intake) -> None:
    await intake.open_due("leasing", DAY)
    await intake.open_due("leasing", DAY)
    numbers = [case.case_no for case, _ in engine.started]
    assert len(numbers) == len(set(numbers)) == 4


async def test_done_steps_of_the_old_system_go_along(world: World, engine: Engine, intake: Intake) -> None:
    done = DoneStep(step="asset_inspection", outcome="inspected", on=date(2026, 3, 1))
    with world.database.session() as session:
        add_account(session, lease("L-6", (date(2026, 2, 10),), history=(done,)))
    await intake.open_due("leasing", DAY)
    assert {case.account_no: case.imported for case, _ in engine.started}["L-6"] == (done,)


async def test_an_account_overdue_anew_gets_a_second_case(world: World, engine: Engine, intake: Intake) -> None:
    with world.database.session() as session:
        add_account(session, lease("L-6", (date(2026, 2, 10), date(2026, 3, 8))))
    save_cured(world, "L-6", date(2026, 2, 20), "paid")
    await intake.open_due("leasing", DAY)
    again = [(case, reopen) for case, reopen in engine.started if case.account_no == "L-6"]
    assert [(case.case_no, reopen) for case, reopen in again] == [("L-6-2", False)]


async def test_a_curing_payment_taken_back_goes_on_with_the_same_case(
    world: World, engine: Engine, intake: Intake
) -> None:
    save_cured(world, "L-2", date(2026, 3, 9), "paid")
    take_back(world, "L-2", "paid")
    await intake.open_due("leasing", DAY)
    [(case, reopen)] = [(case, reopen) for case, reopen in engine.started if case.account_no == "L-2"]
    assert (case.case_no, reopen, case.status, case.closed_for) == ("L-2-1", True, "closed", "cured")
    assert case.seq > 0  # it goes on from its snapshot


# ── the relay ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_money_is_told_to_the_open_case_once(world: World, engine: Engine, intake: Intake) -> None:
    save_open(world, "L-1", date(2026, 1, 31))
    engine.running.add("L-1-1")
    with world.database.session() as session:
        ledger.post(session, posting("x", PostingKind.PAYMENT, "100.00", DAY), "L-1")
    assert [await intake.relay(), await intake.relay()] == [1, 0]
    assert engine.told == ["L-1-1"]


async def test_an_engine_that_is_away_leaves_the_notice(world: World, policies: Policies) -> None:
    class Away(Engine):
        async def ledger_changed(self, case_no: str) -> bool:
            raise RuntimeError("no engine")

    save_open(world, "L-1", date(2026, 1, 31))
    intake = Intake(world.database, policies, Away(), Noon(DAY))
    with pytest.raises(RuntimeError):
        await intake.relay()
    with world.database.reading() as session:
        assert [notice.account_no for notice in ledger.pending_notices(session)] != []


async def test_a_reversal_on_an_account_without_open_case_reopens_it(
    world: World, engine: Engine, intake: Intake
) -> None:
    save_cured(world, "L-2", date(2026, 3, 9), "paid")
    take_back(world, "L-2", "paid")
    assert await intake.relay() == 1
    assert [(case.case_no, reopen) for case, reopen in engine.started] == [("L-2-1", True)]
    assert engine.told == []


async def test_money_on_an_account_without_case_starts_nothing(world: World, engine: Engine, intake: Intake) -> None:
    with world.database.session() as session:
        ledger.post(session, posting("x", PostingKind.PAYMENT, "100.00", DAY), "L-3")
    assert [await intake.relay(), await intake.relay()] == [1, 0]
    assert (engine.started, engine.told) == ([], [])


async def test_a_case_that_runs_no_more_is_not_lost_on_the_relay(world: World, engine: Engine, intake: Intake) -> None:
    save_open(world, "L-1", date(2026, 1, 31))
    with world.database.session() as session:
        ledger.post(session, posting("x", PostingKind.PAYMENT, "100.00", DAY), "L-1")
    assert await intake.relay() == 1
    assert (engine.told, engine.started) == (["L-1-1"], [])


# ── reminders ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_money_that_came_before_the_first_record_is_told_afterwards(
    world: World, engine: Engine, intake: Intake
) -> None:
    told = world.story("L-1", date(2026, 1, 31))  # facts are read, nothing is recorded
    with world.database.session() as session:
        ledger.post(session, posting("x", PostingKind.PAYMENT, "100.00", DAY), "L-1")
    engine.running.add("L-1-1")
    assert (await intake.relay(), engine.told) == (1, [])
    with world.database.session() as session:
        told.save(session)
    assert [await intake.remind(), await intake.remind(), await intake.remind()] == [0, 1, 0]
    assert engine.told == ["L-1-1"]


async def test_a_case_that_caught_up_is_reminded_of_the_next_movement(
    world: World, engine: Engine, intake: Intake
) -> None:
    told = world.story("L-1", date(2026, 1, 31))
    for number in (1, 2):
        with world.database.session() as session:
            told.save(session)
            ledger.post(session, posting(f"x{number}", PostingKind.PAYMENT, "100.00", DAY), "L-1")
        assert [await intake.remind() for _ in range(3)] == [0, 1, 0]
        with world.database.session() as session:
            facts = read_facts(session, "L-1", DAY, world.ladder.terms, "CN")
            told.tell(DAY, e.FactsUpdated(facts=facts))
            told.save(session)
        assert await intake.remind() == 0
    assert engine.told == ["L-1-1", "L-1-1"]
