"""A disposal in parts through the running product: an objection comes in between and stops what is not done yet."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from domain.base import days
from tests.builders.files import PDF
from tests.e2e.stack import TODAY, Stack, running, until
from tests.imports.files import Sheets, xlsx

CASE = "D1-1"
MANAGER, HEAD = "asset_manager", "head_of_asset_management"
SOLD = [{"item": "处置价款", "side": "income", "amount": "8000.00"}]

LEASE: Sheets = {
    "accounts": [
        ["account_no", "contract_no", "lease_amount", "penalty_rate_per_day", "asset_description"],
        ["D1", "HT-2025-060", 10000, 0.0005, "数控机床一台"],
    ],
    "schedule": [
        ["account_no", "instalment_no", "due_date", "principal", "interest"],
        ["D1", 1, TODAY - days(60), 10000, 500],
    ],
    "parties": [
        ["account_no", "party_no", "role", "name", "address", "email", "buyback_guarantee"],
        ["D1", "C1", "lessee", "示范机械有限公司", "上海市示范路1号", "c1@example.com", ""],
        ["D1", "V1", "vendor", "示范设备有限公司", "上海市设备路2号", "", "yes"],
    ],
    "assets": [
        ["account_no", "asset_no", "description", "serial_no", "place", "insured_until"],
        ["D1", "D1-1", "数控机床一台", "SN-7781", "上海市示范路1号二车间", date(2026, 12, 31)],
    ],
    "history": [
        ["account_no", "entry", "name", "outcome", "date"],
        ["D1", "step", "asset_inspection", "inspected", date(2026, 1, 27)],
        ["D1", "step", "capacity_report", "issued", date(2026, 1, 30)],
        ["D1", "step", "disposal_plan", "submitted", date(2026, 2, 10)],
        ["D1", "step", "disposal_plan_decision", "accepted", date(2026, 2, 13)],
    ],
    "control": [
        ["item", "value"],
        ["accounts", 1],
        ["lease_amount", 10000],
        ["postings", 0],
        ["posted_through", date(2026, 3, 9)],
    ],
}


@pytest.fixture
async def stack(tmp_path: Path) -> AsyncIterator[Stack]:
    async with running(tmp_path) as found:
        yield found


async def test_a_hold_stops_the_parts_that_are_not_done_and_the_others_stand(stack: Stack) -> None:  # L7.2, L7.4
    await _imported(stack)
    await _give(stack, MANAGER, do="finish_part", part="appraisal", note="评估报告")
    await _give(stack, MANAGER, do="start_part", part="publicity")
    await _object(stack)

    assert await _refused(stack, MANAGER, do="start_part", part="sale") == "held"
    assert await _refused(stack, MANAGER, do="finish_part", part="publicity", note="公告期满") == "held"
    await _give(stack, HEAD, do="finish_part", part="publicity", note="公告已刊出，不再撤回")  # it was running
    assert await _refused(stack, MANAGER, do="finish_part", part="sale", note="成交") == "held"
    assert await _parts(stack) == [("part_finished", "appraisal"), ("part_started", "publicity"),
                                   ("part_finished", "publicity")]  # fmt: skip

    await _withdraw(stack)
    assert await _refused(stack, MANAGER, do="answer_step", outcome="finished", note="完成") == "parts_missing"
    await _give(stack, MANAGER, do="start_part", part="sale")
    await _give(stack, MANAGER, do="finish_part", part="sale", note="成交确认书", figures=SOLD)
    await _give(stack, MANAGER, do="answer_step", outcome="finished", note="完成")
    await until(lambda: _asked(stack, "finance", "profit_and_loss"), "Finance is asked for the result")
    assert (await _parts(stack))[3:] == [("part_started", "sale"), ("part_finished", "sale")]


async def _imported(stack: Stack) -> None:
    """The account with its asset; at 60 days the disposal of the accepted plan is open."""
    file = {"file": ("portfolio.xlsx", xlsx(LEASE).content)}
    held = await stack.post(MANAGER, "/imports", files=file)
    assert held["problems"] == []
    await stack.post(HEAD, f"/imports/{held['id']}/release")
    await until(lambda: _asked(stack, MANAGER, "disposal"), "the disposal is open")
    (asset,) = await stack.get(MANAGER, "/accounts/D1/assets")
    assert (asset["state"]["serial_no"], asset["actor"]["user"]) == ("SN-7781", HEAD)


async def _object(stack: Stack) -> None:
    """The vendor objects in writing, and the head confirms it: the disposal stands still."""
    paper = (await stack.post(MANAGER, "/attachments", files={"file": ("notice.pdf", PDF)}))["id"]
    await _give(stack, MANAGER, do="open_step", step="vendor_objection", evidence=paper)
    await until(lambda: _asked(stack, HEAD, "vendor_objection"), "the head is asked")
    await _give(stack, HEAD, do="answer_step", step="vendor_objection", outcome="confirmed")
    await until(lambda: _happened(stack, "step_frozen"), "the disposal is held")


async def _withdraw(stack: Stack) -> None:
    paper = (await stack.post(MANAGER, "/attachments", files={"file": ("back.pdf", PDF)}))["id"]
    await _give(stack, MANAGER, do="end_hold", hold="vendor_objection", evidence=paper)
    await until(lambda: _happened(stack, "step_resumed"), "the disposal goes on")


async def _give(stack: Stack, by: str, **command: Any) -> None:
    sent = command if command["do"] == "end_hold" else {"step": "disposal", **command}
    answer = await stack.post(by, f"/cases/{CASE}/commands", json=sent)
    assert answer["state"] in ("recorded", "accepted"), answer


async def _refused(stack: Stack, by: str, **command: Any) -> str:
    """The code of the refusal."""
    headers = {"Authorization": f"Bearer {stack.tokens[by]}", "Idempotency-Key": str(uuid4())}
    sent = {"step": "disposal", **command}
    answer = await stack.api.post(f"/cases/{CASE}/commands", headers=headers, json=sent)
    assert answer.status_code in (409, 422), answer.text
    return str(answer.json()["code"])


async def _timeline(stack: Stack) -> list[dict[str, Any]]:
    return [one["body"] for one in await stack.get("auditor", f"/cases/{CASE}/timeline?limit=1000")]


async def _parts(stack: Stack) -> list[tuple[str, str]]:
    return [(one["kind"], one["part"]) for one in await _timeline(stack) if one["kind"].startswith("part_")]


async def _happened(stack: Stack, kind: str) -> bool:
    return any(one["kind"] == kind and one["step"] == "disposal" for one in await _timeline(stack) if "step" in one)


async def _asked(stack: Stack, role: str, step: str) -> bool:
    return step in [task["step"] for task in (await stack.get(role, "/tasks?limit=200"))["rows"]]
