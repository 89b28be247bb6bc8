"""A complaint answered in time and one nobody answers, line for line: by the rules alone and under time skipping."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import AwareDatetime, Field
from temporalio.testing import WorkflowEnvironment

from activities.complaints import complaint_terms
from domain.base import Frozen, zone
from domain.complaint import (
    CLOCK_OF,
    Complaint,
    ComplaintAct,
    ComplaintCommand,
    ComplaintEscalated,
    ComplaintEvent,
    ComplaintHandled,
    ComplaintReceived,
)
from domain.complaint_check import advance_complaint, check_complaint, escalation, next_escalation, received
from domain.events import Actor
from domain.policy_file import read_yaml
from tests.activities.layered import demonstration
from tests.builders.calendars import CHINA_2026
from tests.workflows.desk import RECEIVED, Desk, at

FOLDER = Path(__file__).parent / "complaints"
NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml"))


class Scripted(Frozen):
    """One act at an instant."""

    at: AwareDatetime
    role: str
    act: Annotated[ComplaintAct, Field(discriminator="do")]


class Script(Frozen):
    """What people do about a complaint, until when it is watched."""

    received: AwareDatetime
    until: AwareDatetime
    acts: tuple[Scripted, ...]


def script(name: str) -> Script:
    """The acts of a timeline."""
    given = read_yaml((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    acts = [
        {"at": one["at"], "role": one["role"], "act": {k: v for k, v in one.items() if k not in ("at", "role")}}
        for one in given["acts"]
    ]
    return Script.model_validate({**given, "acts": acts})


def expected(name: str) -> list[list[str]]:
    """The written lines."""
    lines = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.split("|")] for line in lines if line and not line.startswith("#")]


def shown(events: Iterable[ComplaintEvent]) -> list[list[str]]:
    """The lines of what happened."""
    return [[_local(event.at), *_said(event), _local(event.due_at) if event.due_at else "-"] for event in events]


def _said(event: ComplaintEvent) -> tuple[str, str, str]:
    match event.body:
        case ComplaintHandled(act=act):
            return act.do, event.actor.role if event.actor else "-", CLOCK_OF[act.do]
        case ComplaintEscalated(clock=clock, to=to):
            return event.body.kind, to, clock
        case _:
            return event.body.kind, "-", "-"


def _local(instant: datetime) -> str:
    return instant.astimezone(zone("Asia/Shanghai")).strftime("%Y-%m-%d %H:%M")


def command(number: int, one: Scripted) -> ComplaintCommand:
    return ComplaintCommand(id=f"a{number}", actor=Actor(user="u-1", role=one.role, authority="role"), body=one.act)


def played(told: Script) -> list[ComplaintEvent]:
    """The rules on a jumping clock."""
    found: Complaint = received("T-1", told.received, complaint_terms(demonstration(), "bank"), CHINA_2026)
    found, first = advance_complaint(found, ComplaintReceived(), told.received)
    events = [first]
    for number, one in enumerate([*told.acts, None]):
        now = one.at if one else told.until
        while (due := next_escalation(found)) is not None and due <= now:
            body = escalation(found, due)
            assert body is not None
            found, event = advance_complaint(found, body, due)
            events.append(event)
        if one is not None:
            wanted = command(number, one)
            body = check_complaint(found, wanted, now)
            found, event = advance_complaint(found, body, now, wanted.actor, wanted.id)
            events.append(event)
    return events


@pytest.mark.parametrize("name", NAMES)
def test_b4_2_2_the_rules_alone_match_the_timeline(name: str) -> None:
    assert shown(played(script(name))) == expected(name)


@pytest.mark.parametrize("name", NAMES)
async def test_b4_2_2_the_workflow_matches_the_timeline(name: str, engine: WorkflowEnvironment, tmp_path: Path) -> None:
    told, desk = script(name), Desk(engine.client, tmp_path)
    assert told.received == RECEIVED
    desk.enter()
    began = await engine.get_current_time()
    await desk.start(began)
    async with desk.working():
        await desk.until(1)
        for number, one in enumerate(told.acts):
            await at(engine, desk, began, one.at.isoformat())
            wanted = command(number, one)
            await desk.act(wanted.id, wanted.body, wanted.actor)
        if desk.recorded().status != "closed":
            await at(engine, desk, began, (told.until + timedelta(minutes=1)).isoformat())
        events = await desk.until(len(expected(name)))
    assert shown(events) == expected(name)
    assert desk.recorded().status == ("closed" if told.acts else "open")


def test_each_script_has_its_timeline() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == set(NAMES) == {"answered_in_time", "nobody_answers"}
