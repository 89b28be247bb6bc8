"""Local stand-in for the providers of letters, SMS, social messages and calls: the contract, and faults on demand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from gateways.contract import Channel, OutboundMessage, Status
from gateways.esign_standin import Signers
from gateways.faults import Faults, FaultSwitches
from gateways.http import MESSAGES
from gateways.receipt_poster import ReceiptPoster
from gateways.sent_page import sent_page
from gateways.signature import SignatureRefused, verify
from gateways.standin_store import KeyReused, SentCount, SentStore, Taken
from gateways.voice_standin import Exchange

PROGRESS: dict[Channel, tuple[Status, ...]] = {
    "sms": (Status.queued, Status.sent, Status.delivered),
    "letter": (Status.queued, Status.sent),
    "social": (Status.queued, Status.sent, Status.delivered),
    "email": (),
    "call": (),
    "signature": (),
}
"""What the providers report of their own accord; e-mail gives no receipts, calls and signatures have events instead."""

PAGE_LENGTH = 200


class AnswerLost(ConnectionAbortedError):
    """Raised on purpose after an answer was begun, so that the server cuts the connection."""


class CutOff(Response):
    """Begins an answer and never ends it: the caller cannot know what happened."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})
        raise AnswerLost("the answer is lost on purpose")


@dataclass
class Standin:
    """What the stand-in works with."""

    store: SentStore
    secret: bytes
    clock: Callable[[], datetime]
    poster: ReceiptPoster | None = None
    faults: FaultSwitches = field(default_factory=FaultSwitches)
    exchange: Exchange | None = None
    caller: ReceiptPoster | None = None
    signers: Signers | None = None
    signing: ReceiptPoster | None = None


def create_standin(standin: Standin) -> FastAPI:
    """The application; while it runs, receipts are posted when a webhook is configured."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for poster in (standin.poster, standin.caller, standin.signing):
                if poster:
                    await stack.enter_async_context(poster.running(standin.faults))
            yield

    app = FastAPI(title="Stand-in of the providers", lifespan=lifespan)
    _add_contract(app, standin)
    _add_views(app, standin.store)
    _add_controls(app, standin)
    return app


def _add_contract(app: FastAPI, standin: Standin) -> None:
    @app.post(MESSAGES)
    async def send(request: Request) -> Response:
        """Take a message once per key."""
        body = await request.body()
        if refusal := _unsigned(standin, request, body):
            return refusal
        try:
            message = OutboundMessage.model_validate_json(body)
        except ValidationError:
            return _problem(422, "message_malformed")
        if request.headers.get("Idempotency-Key") != message.key:
            return _problem(422, "key_mismatch")
        return await _take(standin, message)

    @app.get(MESSAGES + "/{key:path}")
    async def ask(key: str, request: Request) -> Response:
        """Tell what became of a key."""
        if refusal := _unsigned(standin, request, b""):
            return refusal
        taken = await run_in_threadpool(standin.store.find, key)
        return _state(taken, 200) if taken else _problem(404, "not_known")


def _add_views(app: FastAPI, store: SentStore) -> None:
    @app.get("/", response_class=HTMLResponse)
    def page() -> str:
        """What was sent, newest first."""
        return sent_page(store.newest(PAGE_LENGTH))

    @app.get("/files/{delivery}/{ordinal}")
    def attachment(delivery: int, ordinal: int) -> Response:
        """One file that went along."""
        item = store.file(delivery, ordinal)
        if item is None:
            return _problem(404, "not_known")
        # Only PDF is shown in place: the page never serves what a browser would run.
        shown = item.media_type == "application/pdf"
        return Response(
            item.content,
            media_type="application/pdf" if shown else "application/octet-stream",
            headers={
                "X-Content-Type-Options": "nosniff",
                "Content-Disposition": "inline" if shown else "attachment",
            },
        )

    @app.get("/v1/sent")
    def sent() -> list[SentCount]:
        """Counts per key: distinct deliveries and requests."""
        return store.counts()


def _add_controls(app: FastAPI, standin: Standin) -> None:
    @app.get("/health")
    def health() -> dict[str, str]:
        """Answers when the stand-in is up."""
        return {"status": "ok"}

    @app.post("/faults")
    def set_faults(faults: Faults) -> Faults:
        """Replace the faults in force; an empty object ends all of them."""
        standin.faults.set(faults)
        return faults

    @app.post("/receipts/{status}/{key:path}")
    def report(status: Status, key: str) -> Response:
        """Report something more about a delivery, for example that a letter came back."""
        if not standin.store.queue_receipt(key, status, standin.clock()):
            return _problem(404, "not_known")
        return Response(status_code=202)


async def _take(standin: Standin, message: OutboundMessage) -> Response:
    faults = standin.faults
    await run_in_threadpool(standin.store.note_request, message.key, standin.clock())
    await asyncio.sleep(faults.now.delay_ms / 1000)
    if faults.takes("too_many"):
        return _problem(429, "too_many_requests", {"Retry-After": "1"})
    if faults.takes("server_errors"):
        return _problem(500, "internal")
    if faults.now.refuse:
        return _problem(422, faults.now.refuse)
    if message.channel == "email":
        return _problem(422, "wrong_channel")
    try:
        taken = await run_in_threadpool(standin.store.take, message, standin.clock(), PROGRESS[message.channel])
    except KeyReused:
        return _problem(409, "key_reused")
    if standin.signers:
        await run_in_threadpool(standin.signers.ask, message, standin.clock())
    if standin.exchange:
        await run_in_threadpool(standin.exchange.connect, message, standin.clock())
    return CutOff() if faults.takes("drop_answers") else _state(taken, 201)


def _unsigned(standin: Standin, request: Request, body: bytes) -> Response | None:
    raw_path: bytes = request.scope.get("raw_path") or request.url.path.encode()
    path = raw_path.partition(b"?")[0].decode("ascii")
    try:
        verify(standin.secret, request.headers, standin.clock(), request.method, path, body)
    except SignatureRefused as refused:
        return _problem(401, refused.code)
    return None


def _state(taken: Taken, status: int) -> Response:
    return JSONResponse(
        {
            "key": taken.key,
            "provider_ref": taken.provider_ref,
            "accepted_at": taken.at,
            "status": taken.status.value,
        },
        status,
    )


def _problem(status: int, code: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"code": code}, status, headers=headers)
