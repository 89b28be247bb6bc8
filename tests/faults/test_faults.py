"""Database gone, worker and engine killed, payer killed: nothing lost, nothing twice, no case failed."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import time
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from temporalio.client import WorkflowUpdateStage

from domain import events as e
from domain.base import days
from domain.ledger import Instalment, PartyRole, Posting, PostingKind
from gateways.faults import Faults
from settings import ROOT
from store.ledger import pending_notices, post
from store.views import NewAccount, Party
from tests.faults.installation import TODAY, Installation, installation, note, until
from workflows.case import CaseWorkflow

RENT = Decimal("10500.00")
AWAY = 8.0  # seconds without a database
KEY = "F-1-1/demand_notice/1/lessee"


def lease(account_no: str, dpd: int) -> NewAccount:
    """A lease of which one rent is overdue since `dpd` days and the next not due yet."""
    first: date = TODAY - days(dpd)
    schedule = tuple(
        Instalment(no=no + 1, due=first + days(60 * no), principal=RENT - 500, interest=Decimal(500)) for no in range(2)
    )
    lessee = Party(
        id=f"{account_no}-P", role=PartyRole.LESSEE, name="示范机械有限公司", address="上海市示范路1号",
        email="finance@lessee.example", phone="02155550001",
    )  # fmt: skip
    return NewAccount(
        account_no=account_no, contract_no=f"C-{account_no}", lease_amount=Decimal("500000.00"),
        penalty_rate_per_day=Decimal("0.0005"), asset_description="数控机床一台",
        created_at=datetime(2026, 1, 5, tzinfo=UTC), schedule=schedule, parties=(lessee,),
    )  # fmt: skip


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Installation]:
    """Two cases on the day on which their demand notice waits for a signature."""
    async with installation(tmp_path, [lease("F-1", 8), lease("F-2", 8)]) as found:
        await found.up("engine", "worker")
        await found.open_cases()
        for case_no in ("F-1-1", "F-2-1"):
            await found.asked(case_no, "demand_notice_signature")
        yield found


async def test_commands_are_taken_while_the_database_is_gone(place: Installation) -> None:
    path = place.database.url.database
    assert path is not None
    rival = sqlite3.connect(path, isolation_level=None)
    rival.execute("BEGIN EXCLUSIVE")
    gone = time.monotonic()
    given = {}
    for number in range(6):
        case_no = f"F-{number % 2 + 1}-1"
        handle = await place.case(case_no)
        given[number] = await handle.start_update(
            CaseWorkflow.command, note(number), id=note(number).id, wait_for_stage=WorkflowUpdateStage.ACCEPTED
        )
    assert time.monotonic() - gone < AWAY, "they were not taken while the database was gone"
    waiting = [asyncio.create_task(update.result()) for update in given.values()]
    await asyncio.sleep(max(0.0, AWAY - (time.monotonic() - gone)))
    assert not any(task.done() for task in waiting), "somebody was told it is recorded"
    assert "note_added" not in place.kinds("F-1-1") + place.kinds("F-2-1")
    rival.execute("ROLLBACK")
    rival.close()
    done = await asyncio.gather(*waiting)
    for answer in done:
        event = place.events(answer.case_no)[answer.seq - 1]
        assert (event.body.kind, event.command_id) == ("note_added", answer.command_id)
    notes = [event.command_id for no in ("F-1-1", "F-2-1") for event in place.events(no) if event.command_id]
    assert sorted(notes) == [note(number).id for number in range(6)]
    await place.unharmed("F-1-1", "F-2-1")


async def test_worker_and_engine_are_killed_between_claim_and_answer(place: Installation) -> None:
    """The gateway has taken the letter, its answer never arrives; the next attempt asks, and does not send."""
    place.sent.gate.clear()
    await place.sign("F-1-1")
    await until(lambda: place.deliveries().get(f"{KEY}/letter"), "the gateway has taken the letter")
    await place.kill("worker", "engine")
    assert "message_sent" not in place.kinds("F-1-1")
    place.sent.gate.set()
    await place.up("engine", "worker")
    await until(lambda: place.kinds("F-1-1").count("message_sent") == 2, "letter and mail are recorded")
    assert place.deliveries() == {f"{KEY}/letter": 1, f"{KEY}/email": 1}
    sent = [event.body for event in place.events("F-1-1") if isinstance(event.body, e.MessageSent)]
    assert [body.target for body in sent] == ["lessee/letter", "lessee/email"]
    assert len({body.document.number for body in sent}) == 1
    await until(lambda: any(ev.body == _notice_sent() for ev in place.events("F-1-1")), "the demand notice is complete")
    await place.give("F-1-1", note(1))
    await place.unharmed("F-1-1", "F-2-1")


def _notice_sent() -> e.Body:
    return e.StepCompleted(step="demand_notice", outcome="sent", document="rent_demand_notice")


async def test_a_payment_whose_program_was_killed_stops_the_letter_and_closes_the_case(place: Installation) -> None:
    """The gateway is busy while the letter is signed; the payment comes; what was decided before is not sent."""
    place.faults.set(Faults(too_many=1_000_000))
    await place.sign("F-1-1")
    await until(lambda: f"{KEY}/letter" in place.deliveries(), "the gateway was tried")
    await place.kill("worker")
    assert await _paid_and_killed(place) == -9
    with place.database.reading() as session:
        assert [notice.account_no for notice in pending_notices(session)] == ["F-1"]
    place.faults.set(Faults())
    await place.up("worker")
    handle = await place.case("F-1-1")
    async with asyncio.timeout(60):
        assert await handle.result() == "cured"
    assert place.deliveries() == {f"{KEY}/letter": 0}
    assert not {"message_sent", "delivery_failed"} & set(place.kinds("F-1-1"))
    assert place.kinds("F-1-1")[-1] == "case_closed"
    with place.database.reading() as session:
        assert pending_notices(session) == []
    await place.unharmed("F-1-1", "F-2-1")


async def _paid_and_killed(place: Installation) -> int:
    program = [sys.executable, "-m", "tests.faults.payer", place.settings.database_url, "F-1", str(RENT)]
    process = await asyncio.create_subprocess_exec(*program, cwd=ROOT)
    return await process.wait()


async def test_money_that_comes_while_the_engine_is_gone_is_told_when_it_is_back(place: Installation) -> None:
    """The worker survives the outage of the engine, and so does the notice."""
    await place.kill("engine")
    paid = Posting(id="R-2", kind=PostingKind.PAYMENT, value_date=TODAY, at=datetime.now(UTC), amount=RENT)
    with place.database.session() as session:
        post(session, paid, "F-1")
    await asyncio.sleep(4)
    assert place.alive("worker"), place.log("worker")
    await place.up("engine")
    await until(lambda: place.kinds("F-1-1")[-1] == "case_closed", "the case is closed")
    assert place.deliveries() == {}
    await place.unharmed("F-1-1", "F-2-1")
