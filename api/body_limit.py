"""Refuses bodies that are too large while they arrive, before anything keeps them."""

from __future__ import annotations

from contextlib import suppress

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.deps import Limits
from api.problems import answer, body_of

ENVELOPE = 16 * 1024  # what a multipart form adds to its file


class TooLarge(Exception):
    """The body passed its limit."""


class BodyLimit:
    """Counts what arrives; the limit depends on the path."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self._app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        limit, seen = self._limit(scope["path"]), 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise TooLarge
            return message

        async def unless_over(message: Message) -> None:
            # the framework answers a body it could not read in its own way: that answer is ours to give
            if seen <= limit:
                await send(message)

        if (announced := _announced(scope)) <= limit:
            with suppress(TooLarge):
                await self._app(scope, counted, unless_over)
        if max(announced, seen) > limit:
            problem = body_of("too_large", f"The limit here is {limit} bytes.")
            await answer(Request(scope), problem)(scope, receive, send)

    def _limit(self, path: str) -> int:
        if path.startswith("/imports"):
            return self._limits.import_file + ENVELOPE
        if path.startswith("/recordings/files"):
            return self._limits.recording + ENVELOPE
        if path.startswith("/receipts/signatures"):
            return self._limits.attachment * 3 // 2 + ENVELOPE  # a file as base64
        if path.startswith("/attachments"):
            return self._limits.attachment + ENVELOPE
        return self._limits.body


def _announced(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0
