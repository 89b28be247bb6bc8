"""Tells what happens in all cases as it is recorded: ids and kinds only."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Query
from fastapi.concurrency import run_in_threadpool
from sse_starlette import EventSourceResponse

from api.auth import Reader
from api.deps import Needs
from api.event_stream import EventStream, newest
from domain.errors import Refused

router = APIRouter(tags=["事件 events"])
STREAM: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}, "description": "Server-sent events."}
}
Position = Annotated[str | None, Header(alias="Last-Event-ID", max_length=20, pattern=r"^\d{1,18}$")]


@router.get("/events", response_class=EventSourceResponse, responses=STREAM)
async def events(
    person: Reader,
    deps: Needs,
    last_event_id: Position = None,
    follow: Annotated[bool, Query(description="false: give what is there and end.")] = True,
) -> EventSourceResponse:
    """New events of all cases: `event` is the kind, `data` holds case number, seq, kind, step and instant.

    With the header Last-Event-ID it resumes after that event; without it, it starts with what comes next.
    """
    try:
        after = int(last_event_id) if last_event_id is not None else await run_in_threadpool(newest, deps)
    except ValueError:
        raise Refused("cursor_invalid", "Last-Event-ID is a number.", "") from None
    return EventSourceResponse(EventStream(deps, after).messages(follow), ping=15)
