"""Posts the stand-in's receipts to our webhook until they are acknowledged."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Protocol

import httpx
import structlog
from pydantic import BaseModel

from gateways.faults import FaultSwitches
from gateways.signature import sign

BATCH = 100
log = structlog.get_logger(__name__)


class Outbox(Protocol):
    """What waits to be posted: receipts of messages, events of calls."""

    def receipts_to_post(self, limit: int) -> Sequence[tuple[int, BaseModel]]:
        """What nobody has acknowledged yet, oldest first."""
        ...

    def receipt_posted(self, number: int) -> None:
        """The receiver has acknowledged it."""
        ...


class ReceiptPoster:
    """Posts receipts one by one; what is not acknowledged (2xx) is posted again after a pause in seconds."""

    def __init__(
        self,
        store: Outbox,
        client: httpx.AsyncClient,
        url: str,
        secret: bytes,
        clock: Callable[[], datetime],
        pause: float = 1.0,
    ) -> None:
        self._store = store
        self._client = client
        self._url = httpx.URL(url)
        self._secret = secret
        self._clock = clock
        self._pause = pause

    @asynccontextmanager
    async def running(self, faults: FaultSwitches) -> AsyncIterator[None]:
        """Post in the background while the context lasts."""
        task = asyncio.create_task(self._run(faults))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def post_waiting(self, faults: FaultSwitches) -> int:
        """Post what waits; give the number acknowledged."""
        waiting = await asyncio.to_thread(self._store.receipts_to_post, BATCH)
        ordered = list(reversed(waiting)) if faults.now.reverse_receipts else waiting
        posted = 0
        for number, receipt in ordered:
            acknowledged = await self._post(receipt)
            if faults.now.repeat_receipts:
                acknowledged = await self._post(receipt)
            if acknowledged:
                await asyncio.to_thread(self._store.receipt_posted, number)
                posted += 1
        return posted

    async def _run(self, faults: FaultSwitches) -> None:
        while True:
            try:
                posted = await self.post_waiting(faults)
            except sqlite3.OperationalError as error:
                log.warning("receipts_not_read", reason=str(error))
                posted = 0
            if not posted:
                await asyncio.sleep(self._pause)

    async def _post(self, receipt: BaseModel) -> bool:
        body = receipt.model_dump_json().encode()
        path = self._url.raw_path.decode("ascii")
        headers = sign(self._secret, self._clock(), "POST", path, body)
        try:
            answer = await self._client.post(
                self._url, content=body, headers={"Content-Type": "application/json", **headers}
            )
        except httpx.TransportError as error:
            log.warning("receipt_not_posted", reason=type(error).__name__)
            return False
        if not answer.is_success:
            log.warning("receipt_refused", status=answer.status_code)
        return answer.is_success
