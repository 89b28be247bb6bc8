"""The event stream: everything once and in order, resumable, without content."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import httpx
import pytest
import uvicorn
from sqlalchemy import text

from api.event_stream import EventStream
from store import feed
from tests.api.world import SIGN, World, key


def parsed(text: str) -> list[dict[str, str]]:
    """The events of a stream as their fields."""
    blocks = [block for block in text.replace("\r\n", "\n").split("\n\n") if "data:" in block]
    return [dict(line.split(": ", 1) for line in block.splitlines() if ": " in line) for block in blocks]


async def test_a_stream_resumes_after_the_last_event_id(world: World) -> None:
    case_no = await world.case()
    async with world.client("head_of_asset_management") as client:
        whole = parsed((await client.get("/events?follow=false", headers={"Last-Event-ID": "0"})).text)
        await client.post(f"/cases/{case_no}/commands", json=SIGN, headers=key("c-1"))
        last = {"Last-Event-ID": whole[-1]["id"]}
        rest = parsed((await client.get("/events?follow=false", headers=last)).text)
        nothing = parsed((await client.get("/events?follow=false")).text)
        timeline = (await client.get(f"/cases/{case_no}/timeline")).json()
    told = [(event["event"], json.loads(event["data"])["seq"]) for event in whole + rest]
    assert told == [(line["kind"], line["seq"]) for line in timeline]
    assert rest[0]["event"] == "step_completed"
    assert nothing == []
    assert set(json.loads(whole[0]["data"])) == {"case_no", "seq", "kind", "step", "at"}


@pytest.mark.parametrize("last", ["x", "-1", "9" * 30])
async def test_a_bad_last_event_id_is_refused(world: World, last: str) -> None:
    async with world.client("auditor") as client:
        answer = await client.get("/events?follow=false", headers={"Last-Event-ID": last})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


async def test_a_listener_is_told_while_it_happens(world: World) -> None:
    stream = EventStream(world.deps, 0).messages(follow=True)
    first = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0.05)
    assert not first.done()
    await world.case()
    assert (await asyncio.wait_for(first, 5)).event == "facts_updated"
    await stream.aclose()


async def test_a_listener_over_http_gets_events_as_they_are_recorded(world: World) -> None:
    config = uvicorn.Config(world.app, host="127.0.0.1", port=0, log_level="warning", lifespan="off")
    server = uvicorn.Server(config)
    serving = asyncio.ensure_future(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    async with world.client("auditor") as known:
        headers = {"Authorization": known.headers["Authorization"]}
    kinds: list[str] = []
    async with (
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, headers=headers) as client,
        client.stream("GET", "/events") as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        await world.case()
        async for line in answer.aiter_lines():
            if line.startswith("event: "):
                kinds.append(line.removeprefix("event: "))
            if len(kinds) == 2:
                break
    server.should_exit = True
    await serving
    assert kinds == ["facts_updated", "case_opened"]


async def test_a_number_that_never_comes_holds_nobody_up_and_loses_nothing(world: World) -> None:
    await world.case()
    with world.database.session() as session:
        before = feed.events_after(session, 0, 100)
        session.execute(text("DELETE FROM feed WHERE position = 3"))
    stream = EventStream(world.deps, 0).messages(follow=False)
    told = [int(message.id or 0) async for message in stream]
    assert told == [line.position for line in before if line.position != 3]


async def test_a_listener_outlasts_a_database_that_goes_away(world: World, tmp_path: Path) -> None:
    await world.case()
    stream = EventStream(world.deps, 0).messages(follow=True)
    first = await anext(stream)
    away = tmp_path / "away.db"
    world.database.close()
    (tmp_path / "arrears.db").rename(away)
    (tmp_path / "arrears.db").mkdir()
    rest = EventStream(world.deps, int(first.id or 0)).messages(follow=True)
    waiting = asyncio.ensure_future(anext(rest))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    (tmp_path / "arrears.db").rmdir()
    away.rename(tmp_path / "arrears.db")
    assert (await asyncio.wait_for(waiting, 5)).id == "2"
    await rest.aclose()
    await stream.aclose()
