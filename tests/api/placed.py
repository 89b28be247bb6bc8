"""A bank loan at 95 days past due, an agency of the register, and the daily watch over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from httpx import AsyncClient, Response

from activities.agencies import AgencyWork
from api.auth import hash_password
from domain.case import Case
from domain.commands import Command
from domain.errors import Refused
from domain.ledger import Instalment, PartyRole, Posting, PostingKind
from store import accounts, errands, ledger, staff
from store.staff import StaffMember
from store.views import NewAccount, Party
from tests.api.memory import MemoryCases
from tests.api.world import World, key
from tests.builders.files import PDF

NOBODY = hash_password("nobody logs in with this one")
STEPS = (
    ("open_step", "agency_decision", "place"),
    ("answer_step", "agency_check", "qualified"),
    ("answer_step", "agency_confidentiality", "signed"),
)
PLACE = {"do": "place_with_agency", "step": "agency_mandate", "agency": "A-1"}


@dataclass(frozen=True)
class Desk:
    """Gives commands to the cases in memory, as the worker does to those of the engine."""

    cases: MemoryCases

    async def command(self, case_no: str, command: Command) -> bool:
        try:
            await self.cases.send(case_no, command, 1)
        except Refused:
            return False
        return True


def watch_of(world: World) -> AgencyWork:
    return AgencyWork(world.database, world.policies, world.clock, Desk(world.cases))


async def document(client: AsyncClient) -> str:
    """An uploaded document."""
    files = {"file": ("file.pdf", PDF, "application/pdf")}
    return (await client.post("/attachments", files=files, headers=key("att"))).json()["id"]


def entry(paper: str, **changed: Any) -> dict[str, Any]:
    """An agency in good standing that may have any case of the bank."""
    return {
        "name": "华信催收", "licence_no": "91310000", "licence_until": "2026-12-31", "licence_document": paper,
        "nda_until": "2026-12-31", "nda_document": paper, "mandate": {"policies": ["bank"]},
        "commission_rate": "0.1500", **changed,
    }  # fmt: skip


async def register(world: World, checked: bool = True, **changed: Any) -> None:
    """Agency A-1, its qualification checked."""
    async with world.client("collection_supervisor") as client:
        paper = await document(client)
        answer = await client.put("/agencies/A-1", json=entry(paper, **changed))
        assert answer.status_code == 200, answer.text
        check = {"kind": "qualification", "day": "2026-03-09", "passed": True, "document": paper}
        if checked:
            assert (await client.post("/agencies/A-1/checks", json=check, headers=key("q"))).status_code == 201


async def loan(
    world: World, account_no: str = "B-1", product: str = "bank_loan", steps: Sequence[tuple[str, str, str]] = STEPS,
    principal: str = "10000.00",
) -> str:  # fmt: skip
    """A bank loan of which 10,500 has been overdue since 5 December 2025; its case, decided to be placed."""
    schedule = tuple(
        Instalment(no=no, due=due, principal=Decimal(principal), interest=Decimal("500.00"))
        for no, due in enumerate((date(2025, 12, 5), date(2026, 6, 5)), start=1)
    )
    account = NewAccount(
        account_no=account_no, contract_no=f"C-{account_no}", product=product, customer_kind="individual",
        lease_amount=Decimal("500000.00"), branch="上海", created_at=world.clock.now(), schedule=schedule,
        parties=(Party(id=f"P-{account_no}", role=PartyRole.BORROWER, name="借款人乙", phone="13800000001",
                       id_number="310000190001010000", address="上海市"),),
    )  # fmt: skip
    with world.database.session() as session:
        accounts.add_account(session, account)
    await world.deps.intake.run(world.deps.today())
    async with world.client("collection_supervisor") as client:
        for do, step, outcome in steps:
            wanted = {"do": do, "step": step, "outcome": outcome}
            answer = await client.post(
                f"/cases/{account_no}-1/commands", json=wanted, headers=key(f"{account_no}-{step}")
            )
            assert answer.status_code == 200, answer.text
    return f"{account_no}-1"


async def command(world: World, case_no: str, name: str, role: str = "collection_supervisor", **body: Any) -> Response:
    async with world.client(role) as client:
        return await client.post(f"/cases/{case_no}/commands", json=body, headers=key(name))


async def placed(world: World, **changed: Any) -> str:
    """A case that is with agency A-1."""
    await register(world, **changed)
    case_no = await loan(world)
    answer = await command(world, case_no, "place", **PLACE)
    assert answer.status_code == 200, answer.text
    return case_no


def case_of(world: World, case_no: str) -> Case:
    return world.cases.running[case_no]


def outsider(world: World, name: str = "x-1", agency: str = "A-1") -> StaffMember:
    """Somebody of an agency, with an account of their own."""
    member = StaffMember(id=name, login=name, name="外勤", password_hash=NOBODY, roles=("agency",), agency=agency)
    with world.database.session() as session:
        staff.add(session, member)
    return member


def pay(world: World, name: str, day: date, amount: str, reverses: str | None = None) -> None:
    kind = PostingKind.REVERSAL if reverses else PostingKind.PAYMENT
    posting = Posting(
        id=name, kind=kind, value_date=day, at=world.clock.now(), amount=Decimal(amount), reverses=reverses
    )
    with world.database.session() as session:
        ledger.post(session, posting, "B-1")


def errands_of(world: World, rule: str) -> list[str]:
    with world.database.reading() as session:
        return [one.id for one in errands.list_errands(session, None, "open").rows if one.rule == rule]
