"""Names every request, times it, and logs it as one line with ids only."""

from __future__ import annotations

import re
import time
import uuid

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.metrics import Metrics
from api.schemas import NO

log = structlog.get_logger("api.access")
ID = re.compile(NO)  # anything else in a path is no id of ours and could be a name


def json_lines() -> None:
    """From now on this process logs one JSON object per line; for programs to call, once."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    )


class AccessLog:
    """Logs method, route, status, milliseconds, user id and request id: never a query, a body or a name."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        state = scope.setdefault("state", {})
        state["request_id"] = uuid.uuid4().hex
        began, status = time.perf_counter(), 500

        async def named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = [*message.get("headers", ()), (b"x-request-id", state["request_id"].encode())]
                message = {**message, "headers": headers}
            await send(message)

        try:
            await self._app(scope, receive, named)
        finally:
            self._tell(scope, status, time.perf_counter() - began)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "-")
        self._metrics.request(scope["method"], route, status, seconds)
        state = scope["state"]
        log.info(
            "request",
            method=scope["method"],
            route=route,
            params={name: value for name, value in scope.get("path_params", {}).items() if ID.fullmatch(str(value))},
            status=status,
            ms=round(seconds * 1000, 1),
            user=state.get("user"),
            request_id=state["request_id"],
        )
