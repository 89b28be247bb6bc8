"""The stand-in shows what was sent, masks recipients, and keeps everything when it is killed."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateways.contract import Accepted, LetterRecipient, OutboundMessage, SmsRecipient
from gateways.http import HttpGateway
from gateways.sent_page import masked
from gateways.standins import wall_clock
from letters import __file__ as letters_file

Provider = Any
ROOT = Path(letters_file).parents[1]


async def test_the_page_lists_newest_first_masked_with_links(
    provider: Provider, letter: OutboundMessage, sms: OutboundMessage
) -> None:
    await provider.gateway.send(letter)
    await provider.gateway.send(sms.model_copy(update={"text": "<script>alert(1)</script>"}))
    page = (await provider.http.get("/")).text

    assert page.index(sms.key) < page.index(letter.key)
    assert "138****5678" in page and sms.recipient.model_dump()["phone"] not in page
    assert "江****司" in page and "江城恒通" not in page and "兴业路" not in page
    assert "<script>" not in page and "&lt;script&gt;" in page
    link = page.split('href="')[1].split('"')[0]
    file = await provider.http.get(link)
    assert (file.content, file.headers["content-type"]) == (letter.attachments[0].content, "application/pdf")


async def test_counts_tell_deliveries_from_requests(provider: Provider, sms: OutboundMessage) -> None:
    provider.fail(server_errors=2)
    for _ in range(4):
        await provider.gateway.send(sms)
    [count] = (await provider.http.get("/v1/sent")).json()
    assert count == {"key": sms.key, "channel": "sms", "status": "delivered", "deliveries": 1, "requests": 4}


async def test_faults_are_set_over_http_and_misspelt_ones_refused(provider: Provider, sms: OutboundMessage) -> None:
    assert (await provider.http.post("/faults", json={"too_many": 1})).status_code == 200
    assert provider.faults.now.too_many == 1
    assert (await provider.http.post("/faults", json={"to_many": 1})).status_code == 422
    assert (await provider.http.post("/faults", json={})).status_code == 200
    assert isinstance(await provider.gateway.send(sms), Accepted)


async def test_an_unsigned_request_is_refused(provider: Provider, sms: OutboundMessage) -> None:
    answer = await provider.http.post("/v1/messages", content=sms.model_dump_json())
    assert (answer.status_code, answer.json()) == (401, {"code": "signature_missing"})
    assert (await provider.http.get(f"/v1/messages/{sms.key}")).status_code == 401
    assert provider.store.counts() == []


async def test_files_that_do_not_exist_are_not_found(provider: Provider) -> None:
    assert (await provider.http.get("/files/99/0")).status_code == 404


@pytest.mark.parametrize(
    ("recipient", "shown"),
    [
        (LetterRecipient(name="陆文", address="x"), "陆****"),
        (LetterRecipient(name="陆文舟", address="x"), "陆****舟"),
        (SmsRecipient(phone="123456"), "1****"),
        (SmsRecipient(phone="+8613800005678"), "+86****5678"),
    ],
)
def test_masks(recipient: LetterRecipient | SmsRecipient, shown: str) -> None:
    assert masked(recipient) == shown


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


PROGRAM = """
import asyncio, sys
from pathlib import Path
from gateways.standins import run_standins
asyncio.run(run_standins(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]), None, b"secret"))
"""


async def start(port: int, smtp_port: int, folder: Path) -> asyncio.subprocess.Process:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, str(port), str(smtp_port), str(folder), cwd=ROOT
    )
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        for _ in range(200):
            try:
                if (await client.get("/health")).status_code == 200:
                    return process
            except httpx.TransportError:
                await asyncio.sleep(0.05)
    raise AssertionError("the stand-in did not start")


async def test_what_was_accepted_survives_a_kill(tmp_path: Path, letter: OutboundMessage) -> None:
    port, smtp_port = free_port(), free_port()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        gateway = HttpGateway(client, b"secret", wall_clock)
        process = await start(port, smtp_port, tmp_path)
        first = await gateway.send(letter)
        os.kill(process.pid, signal.SIGKILL)
        await process.wait()

        process = await start(port, smtp_port, tmp_path)
        try:
            assert await gateway.ask(letter.key) == first
            assert await gateway.send(letter) == first
            [count] = (await client.get("/v1/sent")).json()
            assert (count["deliveries"], count["requests"]) == (1, 2)
        finally:
            process.terminate()
        # uvicorn hands the signal on after a clean end
        assert await asyncio.wait_for(process.wait(), 10) in (0, -signal.SIGTERM)
