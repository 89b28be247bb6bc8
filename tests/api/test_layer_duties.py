"""Duties of layers over HTTP: they are errands, their items must be spoken of, and registers show what was answered."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from store import layers
from store.errands import Errand
from tests.api.world import World, key

ITEMS = {"asset_use": "租赁资产的使用情况", "compliance": "法律法规遵守情况"}


def duty(world: World, account_no: str, name: str) -> str:
    """An inspection of an account, or "" for a duty of all accounts together."""
    if account_no:
        world.lease(account_no)
    values: dict[str, object] = {
        "id": name, "policy_id": "servicing", "rule": "inspection", "rules": ("P6.2",), "account_no": account_no,
        "due": date(2026, 3, 13), "occurrence": date(2026, 3, 10), "kind": "inspection", "title": "贷后检查",
        "roles": ("post_lending_specialist",), "outcomes": ("no_risk", "risk_found"), "amount": Decimal("0.00"),
        "opened_at": world.clock.at, "deadline": world.clock.at, "answer_by": world.clock.at, "items": ITEMS,
        "chain": ("head_of_post_lending",), "subject": account_no or "portfolio-leasing", "period": "2026-Q1",
        "document": "inspection_record",
    }  # fmt: skip
    with world.database.session() as session:
        assert layers.open_duty(session, Errand.model_validate(values), supersedes=True)
    return name


async def test_each_item_is_answered_or_nothing_is_changed(world: World) -> None:
    duty(world, "C-1", "C-1.servicing.inspection.2026-Q1")
    address = "/errands/C-1.servicing.inspection.2026-Q1/answer"
    said = {"asset_use": "在用", "compliance": "合规"}
    async with world.client("post_lending_specialist") as client:
        blank = {"outcome": "no_risk", "answers": {"asset_use": "在用", "compliance": " "}}
        answer = await client.post(address, json=blank, headers=key("k0"))
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
        lacking = {"outcome": "no_risk", "answers": {"asset_use": "在用"}}
        answer = await client.post(address, json=lacking, headers=key("k1"))
        assert (answer.status_code, answer.json()["code"]) == (422, "answer_incomplete")
        answer = await client.post(address, json={"outcome": "no_risk", "answers": said}, headers=key("k2"))
        again = await client.post(address, json={"outcome": "no_risk", "answers": said}, headers=key("k2"))
    assert (answer.status_code, answer.json()["status"], answer.json()["answers"]) == (200, "answered", said)
    assert again.json() == answer.json()
    async with world.client("auditor") as client:
        kept = (await client.get("/records/inspection_record")).json()["rows"]
        none = (await client.get("/records/blacklist")).json()["rows"]
    assert [(row["id"], row["answered_role"]) for row in kept] == [
        ("C-1.servicing.inspection.2026-Q1", "post_lending_specialist")
    ]
    assert none == []


async def test_a_duty_of_all_accounts_is_shown_to_its_role(world: World) -> None:
    duty(world, "", "portfolio-leasing.servicing.inspection.2026-Q1")
    for role, seen in (("post_lending_specialist", [""]), ("business", [])):
        async with world.client(role) as client:
            rows = (await client.get("/errands")).json()["rows"]
        assert [row["account_no"] for row in rows] == seen


async def test_registers_are_read_page_by_page(world: World) -> None:
    names = [duty(world, f"C-{number}", f"C-{number}.servicing.inspection.2026-Q1") for number in range(5)]
    found: list[str] = []
    async with world.client("post_lending_specialist") as client:
        for number, name in enumerate(names):
            body = {"outcome": "no_risk", "answers": dict.fromkeys(ITEMS, "已查")}
            await client.post(f"/errands/{name}/answer", json=body, headers=key(f"k{number}"))
        cursor: str | None = ""
        while cursor is not None:
            params = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
            page = (await client.get("/records/inspection_record", params=params)).json()
            found += [row["id"] for row in page["rows"]]
            cursor = page["next"]
    assert found == names


async def test_without_a_guarantor_nothing_can_be_demanded_and_nothing_is_changed(world: World) -> None:  # MB4.2b
    world.lease("C-1")
    name, at = "C-1.collection_2.guarantor_demand.once", world.clock.at
    errand = Errand(
        id=name, policy_id="collection_2", rule="guarantor_demand", rules=("MB4.2b",), account_no="C-1", due=at.date(),
        occurrence=at.date(), kind="task", title="要求担保人代偿", roles=("collection_group",), amount=Decimal("0.00"),
        outcomes=("demanded", "not_demanded"), opened_at=at, answer_by=at, items={"demand": "代偿要求"},
        document="guarantor_demand",
    )  # fmt: skip
    with world.database.session() as session:
        assert layers.open_duty(session, errand, supersedes=False)
    body = {"outcome": "demanded", "answers": {"demand": "全部逾期款项"}}
    async with world.client("collection_group") as client:
        answer = await client.post(f"/errands/{name}/answer", json=body, headers=key("k1"))
        assert (answer.status_code, answer.json()["code"]) == (409, "nobody_to_demand_from")
        (left,) = (await client.get("/errands")).json()["rows"]
        assert left["status"] == "open"
        body["outcome"] = "not_demanded"
        answer = await client.post(f"/errands/{name}/answer", json=body, headers=key("k2"))
    assert (answer.status_code, answer.json()["status"]) == (200, "answered")
