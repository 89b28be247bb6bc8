"""The way of one overdue lease through the running product, seen from outside."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from tests.e2e.stack import TODAY, Stack, running, until
from tests.imports.files import Sheets, xlsx

CASE = "W1-1"
HEAD = "head_of_asset_management"
SIGNATURE = {"do": "answer_step", "step": "demand_notice_signature", "outcome": "signed"}
LETTER, MAIL = f"{CASE}/demand_notice/1/lessee/letter", f"{CASE}/demand_notice/1/lessee/email"
OWED = "10542.00"  # a rent of 10500 and eight days of 0.05 % on it

LEASES: Sheets = {
    "accounts": [
        ["account_no", "contract_no", "lease_amount", "penalty_rate_per_day", "asset_description"],
        ["W1", "HT-2026-001", 20000, 0.0005, "数控机床一台"],
        ["W2", "HT-2026-002", 10000, 0.0005, "挖掘机一台"],
    ],
    "schedule": [
        ["account_no", "instalment_no", "due_date", "principal", "interest"],
        ["W1", 1, date(2026, 3, 2), 10000, 500],
        ["W1", 2, date(2026, 5, 2), 10000, 500],
        ["W2", 1, date(2026, 4, 15), 10000, 500],
    ],
    "parties": [
        ["account_no", "party_no", "role", "name", "address", "email"],
        ["W1", "C1", "lessee", "示范机械有限公司", "上海市示范路1号", "c1@example.com"],
        ["W2", "C2", "lessee", "示范建筑有限公司", "上海市示范路2号", "c2@example.com"],
    ],
    "control": [
        ["item", "value"],
        ["accounts", 2],
        ["lease_amount", 30000],
        ["postings", 0],
        ["posted_through", date(2026, 3, 9)],
    ],
}


@pytest.fixture
async def stack(tmp_path: Path) -> AsyncIterator[Stack]:
    async with running(tmp_path) as found:
        yield found


async def test_the_way_of_a_lease(stack: Stack) -> None:
    await _import_and_release(stack)
    await _sign(stack)
    await _read_what_arrived(stack)
    paid = await _pay_and_close(stack)
    await _take_back_and_reopen(stack, paid)
    assert _deliveries(stack) == {LETTER: 1, MAIL: 1}


async def _import_and_release(stack: Stack) -> None:
    """The file waits for its release; then the overdue lease is a case, the other is not, and intake adds nothing."""
    file = {"file": ("portfolio.xlsx", xlsx(LEASES).content)}
    held = await stack.post("asset_manager", "/imports", files=file)
    assert (held["state"], held["problems"], held["totals"]["accepted"]) == ("held", [], 2)
    assert await _rows(stack) == []
    released = await stack.post(HEAD, f"/imports/{held['id']}/release")
    assert (released["batch"]["state"], released["opened"]) == ("released", 1)
    rows = await until(lambda: _rows(stack), "the case is listed")
    assert [(row["case_no"], row["dpd"], row["bucket"], row["total_overdue"]) for row in rows] == [(CASE, 8, "I", OWED)]
    assert (await stack.post(HEAD, "/intake")) == {"day": TODAY.isoformat(), "opened": 0}
    assert (await stack.post("asset_manager", "/imports", files=file))["id"] == held["id"]


async def _sign(stack: Stack) -> None:
    """The head finds the notice among the tasks and signs it; the same key again is the same answer."""

    async def asked() -> bool:
        tasks = await stack.get(HEAD, "/tasks")
        return [(task["case_no"], task["step"]) for task in tasks["rows"]] == [(CASE, SIGNATURE["step"])]

    await until(asked, "the head is asked to sign")
    assert _deliveries(stack) == {}, "nothing goes out before the signature"
    first = await stack.post(HEAD, f"/cases/{CASE}/commands", "sign", json=SIGNATURE)
    assert first["state"] == "recorded"
    assert await stack.post(HEAD, f"/cases/{CASE}/commands", "sign", json=SIGNATURE) == first
    assert (await stack.get(HEAD, "/tasks"))["rows"] == []


async def _read_what_arrived(stack: Stack) -> None:
    """Letter and mail arrive once, with the document that the record names, and its receipts come back."""

    async def arrived() -> bool:
        return set(_deliveries(stack)) == {LETTER, MAIL}

    await until(arrived, "letter and mail arrive")
    (document,) = await stack.get("auditor", f"/cases/{CASE}/documents")
    original = await stack.file("auditor", f"/documents/{document['number']}")
    for message in stack.taken.newest(10):
        copy = stack.taken.file(message.id, 0)
        assert copy is not None and copy.content == original, message.key
    assert json.loads(_message(stack, MAIL).recipient)["email"] == "c1@example.com"
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(original)).pages).replace(" ", "")
    for printed in (
        document["number"],
        "示范机械有限公司",
        "HT-2026-001",
        "10,500.00",
        "42.00",
        "10,542.00",
        "逾期8天",
    ):
        assert printed in text
    assert "壹万零伍佰肆拾贰元" in text

    async def acknowledged() -> bool:
        return "receipt_received" in await _kinds(stack)

    await until(acknowledged, "the receipt of the letter is in the record")


async def _pay_and_close(stack: Stack) -> str:
    """What is owed is paid: the case closes and asks nobody any more. Returns the posting."""
    standing = await stack.get("finance", "/accounts/W1/standing")
    assert (standing["total_overdue"], standing["standing"]["current_penalty"]) == (OWED, "42.00")
    payment = {"kind": "payment", "value_date": TODAY.isoformat(), "amount": OWED}
    posted = await stack.post("finance", "/accounts/W1/postings", "receipt-1", json=payment)
    assert (await stack.post("finance", "/accounts/W1/postings", "receipt-1", json=payment))["repeated"]
    await until(lambda: _stands(stack, "closed", "cured"), "the payment closes the case")
    assert (await _case(stack))["asks"] == []
    return posted["posting_id"]


async def _take_back_and_reopen(stack: Stack, paid: str) -> None:
    """The payment is taken back: the same case goes on where it stood, and its record has no gap."""
    reversal = {"kind": "reversal", "value_date": TODAY.isoformat(), "reverses": paid}
    await stack.post("finance", "/accounts/W1/postings", json=reversal)
    await until(lambda: _stands(stack, "open", None), "the reversal opens the case again")

    async def asks_again() -> bool:
        return "phone_collection" in [ask["step"] for ask in (await _case(stack))["asks"]]

    await until(asks_again, "the call is asked for again")
    rows = await _rows(stack)
    assert [(row["case_no"], row["status"], row["total_overdue"]) for row in rows] == [(CASE, "open", OWED)]
    assert (await stack.post(HEAD, "/intake"))["opened"] == 0
    timeline = await stack.get("auditor", f"/cases/{CASE}/timeline")
    assert [event["seq"] for event in timeline] == list(range(1, len(timeline) + 1))
    kinds = [event["kind"] for event in timeline]
    assert (kinds.count("case_opened"), kinds.count("case_closed"), kinds.count("case_reopened")) == (1, 1, 1)
    assert kinds.count("message_sent") == 2
    found = await _case(stack)
    assert (found["source"], found["diverged"], found["live_seq"]) == ("workflow", False, len(timeline))


async def _rows(stack: Stack) -> list[dict[str, Any]]:
    """All cases, open or closed."""
    return (await stack.get("auditor", "/cases"))["rows"]


async def _case(stack: Stack) -> dict[str, Any]:
    return await stack.get("auditor", f"/cases/{CASE}")


async def _stands(stack: Stack, status: str, closed_for: str | None) -> bool:
    line = (await _case(stack))["line"]
    return (line["status"], line["closed_for"]) == (status, closed_for)


async def _kinds(stack: Stack) -> list[str]:
    return [event["kind"] for event in await stack.get("auditor", f"/cases/{CASE}/timeline")]


def _deliveries(stack: Stack) -> dict[str, int]:
    """How often each message really went out."""
    return {count.key: count.deliveries for count in stack.taken.counts()}


def _message(stack: Stack, key: str) -> Any:
    found = stack.taken.find(key)
    assert found is not None, key
    return found
