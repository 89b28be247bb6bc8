"""Every signal of the regulations through the running product: given over HTTP, carried out, read in the record."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from pydantic import JsonValue

from checks.signals import Act, Signal, ladder_of, read_table
from domain import commands as c
from domain.base import days
from store import audit
from store.session import Database
from tests.builders.files import PDF as PAPER
from tests.builders.fitting import fits
from tests.builders.wording import shipped_texts
from tests.e2e.stack import Stack, running, until
from tests.imports.files import Sheets, Value, xlsx
from workflows.options import portfolio_no

pytestmark = pytest.mark.asyncio(loop_scope="module")
TODAY = date(2026, 3, 31)
ROWS = read_table().signals
PRODUCTS = {
    "leasing": "", "consumer": "consumer_loan", "bank": "bank_loan", "credit": "credit_loan", "union": "union_loan",
    "lender": "business_loan", "treatment": "instalment_loan",
}  # fmt: skip
SCRIPT = shipped_texts().shipped["script.first_call"].body.replace("现在方便通话吗？", "您现在方便吗？")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """The product with one account per row, imported and released: each of them is a case."""
    async with running(tmp_path_factory.mktemp("signals"), TODAY) as found:
        file = {"file": ("portfolio.xlsx", xlsx(_portfolio()).content)}
        held = await found.post("asset_manager", "/imports", files=file)
        assert held["problems"] == []
        await found.post("head_of_asset_management", f"/imports/{held['id']}/release")
        yield found


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.signal)
async def test_a_signal_from_the_api_to_the_record(stack: Stack, row: Signal) -> None:
    played = Played(stack, row)
    for act in (*row.before, *row.acts[:-1]):
        await played.give(act)
    await played.stands()
    await played.give(row.acts[-1])
    last = row.acts[-1].by
    if row.read:
        await until(lambda: played.shows(row.read, row.found), f"{row.read} shows {row.found}")
        assert played.audited(last), f"the audit log does not say that {last} did it"
    if row.records:
        _must_say_who_and_why(row, last, await played.recorded(row.records))
    for one in row.effect:
        await played.recorded(one)


def _must_say_who_and_why(row: Signal, by: str, event: dict[str, Any]) -> None:
    step = ladder_of(row.policy).by_id.get(str(event["step"]))
    assert event["rules"] and (step is None or set(step.rule.rules) <= set(event["rules"]))
    if row.of_itself:
        assert event["actor"] is None
        return
    assert (event["actor"]["user"], event["actor"]["role"]) == (by, by)
    assert event["actor"]["authority"] and event["command_id"]


@dataclass
class Played:
    """One row on its case. known: numbers that answers have given. key: of the last act.

    stood: seq of what was recorded before the last act."""

    stack: Stack
    row: Signal
    known: dict[str, str] = field(default_factory=dict[str, str])
    key: str = ""
    stood: int = 0

    def __post_init__(self) -> None:
        account = account_no(self.row)
        case = portfolio_no(self.row.policy) if self.row.portfolio else f"{account}-1"
        self.known |= {"account": account, "case": case, "party": f"P{account}", "$script": SCRIPT}

    def filled(self, text: str) -> str:
        """A path or a text with what is known of the case."""
        for name, value in self.known.items():
            text = text.replace(name if name.startswith("$") else f"{{{name}}}", value)
        return text

    async def give(self, act: Act) -> None:
        """One command or call, when it is its turn."""
        self.key = str(uuid4())
        if "$paper" in act.model_dump_json() and "$paper" not in self.known:
            upload = await self.stack.post(act.by, "/attachments", files={"file": ("paper.pdf", PAPER)})
            self.known["$paper"] = upload["id"]
        if act.give is not None:
            await self._command(act.by, act.give)
            return
        assert act.call is not None
        if "{suit}" in act.call and "suit" not in self.known:
            self.known["suit"] = str(await until(self._suit, "the suit is open"))
        path = self.filled(act.call.removeprefix("POST "))
        answer = await self.stack.post(act.by, path, self.key, json=self._sent(act.send))
        if path in ("/complaints", "/meetings"):
            self.known[path[1:-1]] = answer.get("number") or answer["id"]
        if path == "/complaints":
            await until(lambda: self.shows("/complaints/{complaint}", {"complaint": {"status": "open"}}), "it is open")

    async def shows(self, path: str, wanted: JsonValue) -> bool:
        """Whether a page shows this."""
        return fits(wanted, await self.stack.get("auditor", self.filled(path)))

    async def recorded(self, fields: dict[str, JsonValue]) -> dict[str, Any]:
        """The event, as soon as it is there."""
        found = await until(lambda: self.happened(fields), f"{fields} is recorded")
        assert found is not None
        return found

    def audited(self, by: str) -> bool:
        """Whether the audit log names who gave the last act, in which role and under which authority."""
        database = Database(self.stack.settings.database_url)
        try:
            with database.reading() as session:
                return any(
                    (one.actor_user, one.actor_role, bool(one.authority)) == (by, by, True)
                    for one in audit.entries(session)
                    if one.command_id is not None and one.command_id.endswith(self.key)
                )
        finally:
            database.close()

    async def happened(self, fields: dict[str, JsonValue]) -> dict[str, Any] | None:
        """The event of the record that has these fields."""
        page = f"/cases/{self.known['case']}/timeline?limit=1000&after={self.stood}"
        return next((one for one in await self.stack.get("auditor", page) if fits(fields, one["body"])), None)

    async def stands(self) -> None:
        """Take down how far the record goes: what the last act leaves comes later."""
        if self.row.records:
            await until(self._ready, "the case is open")
            page = f"/cases/{self.known['case']}/timeline?limit=1000"
            self.stood = max(one["seq"] for one in await self.stack.get("auditor", page))

    async def _command(self, by: str, body: c.CommandBody) -> None:
        if isinstance(body, c.AnswerStep):
            await until(lambda: self._asked(body.step, by), f"{by} is asked for {body.step}")
        else:
            await until(self._ready, "the case is open")
        sent = self._sent(body.model_dump(mode="json", exclude_none=True))
        answer = await self.stack.post(by, f"/cases/{self.known['case']}/commands", self.key, json=sent)
        assert answer["state"] in ("recorded", "accepted"), answer

    def _sent(self, sent: JsonValue) -> JsonValue:
        match sent:
            case str():
                return self.filled(sent)
            case list():
                return [self._sent(one) for one in sent]
            case dict():
                return {name: self._sent(value) for name, value in sent.items()}
            case _:
                return sent

    async def _asked(self, step: str, role: str) -> bool:
        tasks = (await self.stack.get(role, "/tasks?limit=200"))["rows"]
        return (self.known["case"], step) in [(task["case_no"], task["step"]) for task in tasks]

    async def _ready(self) -> bool:
        """Whether the case has been opened; that of a portfolio always is."""
        if self.row.portfolio or self.stood:
            return True
        return await self.happened({"kind": "bucket_entered"}) is not None

    async def _suit(self) -> str | None:
        rows = (await self.stack.get("auditor", "/suits"))["rows"]
        return next((r["number"] for r in rows if r["case_no"] == self.known["case"] and r["status"] == "open"), None)


def account_no(row: Signal) -> str:
    """The account on which a row is played."""
    return f"G{ROWS.index(row) + 1:02}"


def _portfolio() -> Sheets:
    return {
        "accounts": [
            ["account_no", "contract_no", "lease_amount", "penalty_rate_per_day", "asset_description", "product",
             "customer_kind"],
            *[[account_no(row), f"HT-{account_no(row)}", row.owed, 0.0005, "数控机床一台", PRODUCTS[row.policy],
               "company" if row.policy == "leasing" else "individual"] for row in ROWS],
        ],
        "schedule": [
            ["account_no", "instalment_no", "due_date", "principal", "interest"],
            *[[account_no(row), 1, TODAY - days(row.dpd), row.owed, 500] for row in ROWS],
        ],
        "parties": [
            ["account_no", "party_no", "role", "name", "address", "email", "phone", "buyback_guarantee"],
            *[party for number, row in enumerate(ROWS, start=1) for party in _parties(number, row)],
        ],
        "history": [
            ["account_no", "entry", "name", "outcome", "date"],
            *[[account_no(row), "step", one.step, one.outcome, one.on] for row in ROWS for one in row.history],
        ],
        "control": [
            ["item", "value"], ["accounts", len(ROWS)], ["lease_amount", sum(row.owed for row in ROWS)],
            ["postings", 0], ["posted_through", TODAY - days(1)],
        ],
    }  # fmt: skip


def _parties(number: int, row: Signal) -> list[list[Value]]:
    account, debtor = account_no(row), "lessee" if row.policy == "leasing" else "borrower"
    reached = [f"上海市示范路{number}号", f"p{number}@example.com", f"138{number:08}"]
    found: list[list[Value]] = [[account, f"P{account}", debtor, f"示范{number}", *reached, ""]]
    if row.policy == "leasing":
        found.append([account, f"V{account}", "vendor", f"设备{number}", f"上海市设备路{number}号", "", "", "yes"])
    return found
