"""A lawsuit through the running product: filed in its case, carried through the court, settled when it is paid."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.builders.files import pdf
from tests.e2e.stack import TODAY, Stack, running, until
from tests.imports.files import Sheets, xlsx

CASE = "S1-1"
LEGAL = "legal"
FILED = {"do": "answer_step", "step": "lawsuit", "outcome": "filed"}
ON = TODAY.isoformat()

LOANS: Sheets = {
    "accounts": [
        ["account_no", "contract_no", "lease_amount", "penalty_rate_per_day", "asset_description", "product"],
        ["S1", "HT-2025-009", 3000, 0.0005, "", "instalment_loan"],
    ],
    "schedule": [
        ["account_no", "instalment_no", "due_date", "principal", "interest"],
        *[["S1", no, day, 1000, 50] for no, day in enumerate(
            (date(2025, 12, 20), date(2026, 1, 20), date(2026, 2, 20)), start=1)],
    ],
    "parties": [
        ["account_no", "party_no", "role", "name", "address", "email"],
        ["S1", "C1", "borrower", "王某", "上海市示范路1号", "c1@example.com"],
    ],
    "control": [
        ["item", "value"],
        ["accounts", 1],
        ["lease_amount", 3000],
        ["postings", 0],
        ["posted_through", date(2026, 3, 9)],
    ],
}  # fmt: skip


@pytest.fixture
async def stack(tmp_path: Path) -> AsyncIterator[Stack]:
    async with running(tmp_path) as found:
        yield found


async def test_a_suit_from_its_filing_until_it_is_settled(stack: Stack) -> None:
    await _open(stack)
    number = await _file(stack)
    await _judge(stack, number)
    await _pay(stack)
    await _settle(stack, number)


async def _open(stack: Stack) -> None:
    file = {"file": ("portfolio.xlsx", xlsx(LOANS).content)}
    held = await stack.post("asset_manager", "/imports", files=file)
    assert held["problems"] == []
    await stack.post("head_of_asset_management", f"/imports/{held['id']}/release")
    await until(lambda: _asks(stack, "lawsuit"), "Legal is asked to file")


async def _file(stack: Stack) -> str:
    """The answer in the case starts the suit; it begins at once."""
    await stack.post(LEGAL, f"/cases/{CASE}/commands", "file", json=FILED)

    async def begun() -> str | None:
        rows = (await stack.get(LEGAL, "/suits"))["rows"]
        return rows[0]["number"] if rows and rows[0]["status"] == "open" else None

    number = await until(begun, "the suit is open")
    assert number == "suit-2026-00001"
    assert [line["clock"] for line in await stack.get(LEGAL, "/suits/agenda")] == ["acceptance"]
    assert (await stack.get(LEGAL, f"/cases/{CASE}"))["limitation_ends"] is None, "a pending suit stops limitation"
    return number


async def _judge(stack: Stack, number: str) -> None:
    """Accepted, its fee recorded, settled before the court: what the debtor bears of the costs is owed."""
    upload = await stack.post(LEGAL, "/attachments", files={"file": ("judgment.pdf", pdf("judgment"))})
    acts: list[dict[str, Any]] = [
        {"do": "record_acceptance", "on": ON, "result": "accepted", "court": "浦东法院", "docket": "1号"},
        {"do": "record_cost", "on": ON, "item": "court_fee", "amount": "50.00"},
        {"do": "record_judgment", "on": ON, "result": "settled", "document": upload["id"], "amount": "3150.00",
         "costs_owed": "50.00", "perform_by": "2026-03-20"},
    ]  # fmt: skip
    for place, act in enumerate(acts):
        done = await stack.post(LEGAL, f"/suits/{number}/acts", f"act-{place}", json={"act": act})
        assert done == {"number": number, "state": "recorded", "seq": place + 2}
        assert await stack.post(LEGAL, f"/suits/{number}/acts", f"act-{place}", json={"act": act}) == done
    standing = await stack.get("finance", "/accounts/S1/standing")
    assert standing["standing"]["costs"] == "50.00"
    gaps = await stack.get(LEGAL, f"/cases/{CASE}/evidence/gaps")
    assert "借款合同" in gaps["gaps"] and not gaps["complete"]


async def _pay(stack: Stack) -> None:
    """Everything is paid: the case asks to withdraw or settle, and the suit waits for the same."""
    owed = (await stack.get("finance", "/accounts/S1/standing"))["total_overdue"]
    payment = {"kind": "payment", "value_date": ON, "amount": owed}
    await stack.post("finance", "/accounts/S1/postings", "receipt-1", json=payment)
    await until(lambda: _asks(stack, "suit_settlement"), "Legal is asked to settle the suit")


async def _settle(stack: Stack, number: str) -> None:
    """Answered in the suit, it is answered in the case: both end."""

    async def pending() -> bool:
        return (await stack.get(LEGAL, f"/suits/{number}"))["suit"]["pending"] == "cured"

    await until(pending, "the suit knows that its case ends")
    settle = {"act": {"do": "settle_costs", "on": ON, "note": "已付清"}}
    await stack.post(LEGAL, f"/suits/{number}/acts", "settle", json=settle)

    async def closed() -> bool:
        line = (await stack.get("auditor", f"/cases/{CASE}"))["line"]
        return (line["status"], line["closed_for"]) == ("closed", "cured")

    await until(closed, "the case is closed")
    suit = (await stack.get("auditor", f"/suits/{number}"))["suit"]
    assert (suit["status"], suit["closed_for"], suit["deadlines"]) == ("closed", "settled", [])


async def _asks(stack: Stack, step: str) -> bool:
    try:
        found = await stack.get("auditor", f"/cases/{CASE}")
    except AssertionError:  # not opened yet
        return False
    return step in [ask["step"] for ask in found["asks"]]
