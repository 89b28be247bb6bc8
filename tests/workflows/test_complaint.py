"""A complaint under time skipping: in time, late, escalated, its worker killed in the middle (B4.2.2)."""

from __future__ import annotations

import asyncio
import sys
from datetime import date, datetime
from pathlib import Path

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment

from domain.base import zone
from domain.complaint import (
    ComplaintEscalated,
    ComplaintEvent,
    ConfirmCorrection,
    ReportFindings,
    RespondComplaint,
    TellResult,
)
from domain.events import Actor
from tests.builders.ladders import ROOT
from tests.workflows.desk import HANDLER, KILLED, Desk, at, chain

BY_PHONE = RespondComplaint(by="phone", text="已收到投诉，三个工作日内答复")
BY_SMS = RespondComplaint(by="sms", text="已收到投诉，三个工作日内答复")
CLEAR = ReportFindings(violation=False, text="通话录音未见违规")
TOLD = TellResult(by="letter", text="经核查未发现违规")


async def opened(engine: WorkflowEnvironment, folder: Path) -> tuple[Desk, datetime]:
    desk = Desk(engine.client, folder)
    desk.enter()
    began = await engine.get_current_time()
    await desk.start(began)
    return desk, began


def escalations(desk: Desk) -> list[tuple[str, str, str]]:
    """(local time, clock, to whom) of every escalation."""
    found = [(one, one.body) for one in desk.events() if isinstance(one.body, ComplaintEscalated)]
    return [(_local(event), body.clock, body.to) for event, body in found]


def _local(event: ComplaintEvent) -> str:
    return event.at.astimezone(zone("Asia/Shanghai")).strftime("%m-%d %H:%M")


async def test_b4_2_2_answered_and_investigated_in_time(engine: WorkflowEnvironment, tmp_path: Path) -> None:
    desk, began = await opened(engine, tmp_path)
    async with desk.working():
        await desk.until(1)
        await at(engine, desk, began, "2026-09-25T09:59+08:00")
        await desk.act("answer", BY_PHONE)
        await at(engine, desk, began, "2026-09-30T17:59+08:00")
        await desk.act("findings", CLEAR)
        assert desk.recorded().status == "open"
        await desk.act("told", TOLD)
        assert [one.body.kind for one in desk.events()] == ["complaint_received", *["complaint_handled"] * 3]
    found = desk.recorded()
    assert (found.status, found.violation, found.due_at) == ("closed", False, None)
    assert escalations(desk) == []


async def test_b4_2_2_both_clocks_run_out_and_go_up_the_chain(engine: WorkflowEnvironment, tmp_path: Path) -> None:
    """24 hours for the answer; Friday is a holiday, so the third business day is Wednesday the 30th."""
    desk, began = await opened(engine, tmp_path)
    first, second, third = chain()
    async with desk.working():
        await desk.until(1)
        await at(engine, desk, began, "2026-10-10T09:00+08:00")
        await desk.until(5)
        assert escalations(desk) == [
            ("09-25 10:00", "response", second),
            ("09-28 18:00", "response", third),
            ("09-30 18:00", "investigation", second),
            ("10-08 18:00", "investigation", third),
        ]
        await desk.act("late", BY_PHONE, HANDLER.model_copy(update={"role": third}))
        assert desk.recorded().state.running("response") is None
        assert desk.recorded().state.running("investigation") is not None  # one answer does not stop the other clock
    assert first == HANDLER.role


async def test_b4_2_2d_a_violation_is_put_right_before_the_result_is_told(
    engine: WorkflowEnvironment, tmp_path: Path
) -> None:
    desk, began = await opened(engine, tmp_path)
    async with desk.working():
        await desk.act("answer", BY_PHONE)
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await desk.act("bare", ReportFindings(violation=True, text="夜间致电"))
        assert isinstance(refused.value.cause, ApplicationError)
        assert refused.value.cause.type == "correction_missing"
        found = ReportFindings(violation=True, text="夜间致电", correction="培训", correction_by=date(2026, 9, 30))
        await desk.act("found", found)
        with pytest.raises(WorkflowUpdateFailedError):
            await desk.act("too soon", TOLD)
        await at(engine, desk, began, "2026-10-08T12:00+08:00")
        await desk.until(4)
        assert escalations(desk) == [("09-30 18:00", "correction", chain()[1])]
        await desk.act("corrected", ConfirmCorrection(text="已培训"))
        await desk.act("told", TOLD)
    assert (desk.recorded().status, desk.recorded().violation) == ("closed", True)


async def test_a_command_sent_twice_happens_once_and_others_may_not(
    engine: WorkflowEnvironment, tmp_path: Path
) -> None:
    desk, _ = await opened(engine, tmp_path)
    async with desk.working():
        once = await desk.act("answer", BY_PHONE)
        assert await desk.act("answer", BY_PHONE) == once
        stranger = Actor(user="u-2", role="junior_specialist", authority="")
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await desk.act("mine", CLEAR, stranger)
        assert isinstance(refused.value.cause, ApplicationError)
        assert refused.value.cause.type == "not_entitled"
    assert [one.command_id for one in desk.events()] == [None, "answer"]


async def test_b4_2_2e_a_message_that_is_refused_leaves_the_clock_running(
    engine: WorkflowEnvironment, tmp_path: Path
) -> None:
    desk, _ = await opened(engine, tmp_path)
    desk.gateway.refuses = True
    async with desk.working():
        await desk.act("answer", BY_SMS)
        assert (await desk.until(3))[-1].body.kind == "complaint_message_ended"
        assert desk.recorded().state.running("response") is not None
        desk.gateway.refuses = False
        await desk.act("again", BY_SMS)
        await desk.until(5)
        assert desk.recorded().state.running("response") is None
    assert desk.gateway.sent() == [f"{desk.number}/message/4"]


async def test_a_worker_killed_after_it_sent_does_not_send_again(engine: WorkflowEnvironment, tmp_path: Path) -> None:
    """The message is with the gateway, the worker is dead: the next one asks, and the clock stops once."""
    desk, _ = await opened(engine, tmp_path)
    address = engine.client.service_client.config.target_host
    command = [sys.executable, "-m", "tests.workflows.desk", address, str(tmp_path)]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT)
    try:
        given = asyncio.create_task(desk.act("answer", BY_SMS))
        assert await asyncio.wait_for(process.wait(), 60) == KILLED
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    async with desk.working():
        assert (await given).seq == 2
        await engine.sleep(30)
        assert [one.body.kind for one in await desk.until(3)] == [
            "complaint_received", "complaint_handled", "complaint_message_ended",
        ]  # fmt: skip
        assert desk.recorded().state.running("response") is None
    assert desk.gateway.sent() == [f"{desk.number}/message/2"]
