"""Who may read customer data and who may post money, asked of the API as these people ask it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from domain.ledger import Instalment, PartyRole
from store import accounts
from store.views import NewAccount, Party
from tests.api.world import World, key

DEPARTMENTS = ("credit_department", "risk_management", "legal", "collector")
PAYMENT = {"kind": "payment", "value_date": "2026-03-10", "amount": "1.00"}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.database.close()


@pytest.mark.parametrize("role", DEPARTMENTS)
async def test_c5_2a_each_of_the_four_departments_reads_the_customers_data(world: World, role: str) -> None:
    case_no = await credit_case(world)
    async with world.client(role) as client:
        paths = (f"/cases/{case_no}", f"/cases/{case_no}/timeline", "/accounts/C-000001/standing")
        assert [(await client.get(path)).status_code for path in paths] == [200, 200, 200]


async def test_c5_2a_each_reading_is_logged_and_nobody_outside_reads(world: World) -> None:
    case_no, reader = await credit_case(world), world.staff("legal")
    with capture_logs() as logs:
        async with world.client(as_user=reader) as client:
            await client.get(f"/cases/{case_no}")
        async with world.client() as nobody:
            assert (await nobody.get(f"/cases/{case_no}")).status_code == 401
    lines = [(line["user"], line["params"], line["status"]) for line in logs if line["event"] == "request"]
    assert lines == [(reader.id, {"case_no": case_no}, 200), (None, {"case_no": case_no}, 401)]


@pytest.mark.parametrize(
    ("role", "status"),
    [("finance", 201), ("head_of_finance", 201), ("collector", 403), ("asset_manager", 403), ("administrator", 403)],
)
async def test_f3_5_1_only_finance_posts_money(world: World, role: str, status: int) -> None:
    world.lease()
    async with world.client(role) as client:
        answer = await client.post("/accounts/L-000001/postings", json=PAYMENT, headers=key("p-1"))
    assert answer.status_code == status, answer.text


async def credit_case(world: World) -> str:
    """A credit loan eight days overdue and its open case."""
    schedule = (Instalment(no=1, due=date(2026, 3, 2), principal=Decimal("10000.00"), interest=Decimal("500.00")),)
    account = NewAccount(
        account_no="C-000001", contract_no="C-1", product="credit_loan", created_at=world.clock.now(),
        schedule=schedule, parties=(Party(id="P-1", role=PartyRole.BORROWER, name="客户甲"),),
    )  # fmt: skip
    with world.database.session() as session:
        accounts.add_account(session, account)
    await world.deps.intake.run(world.deps.today())
    return "C-000001-1"
