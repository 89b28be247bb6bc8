"""Assets over HTTP, the check of the collateral file, and the result of a project."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from domain.case import StepState
from tests.api.test_vendors import guaranteed
from tests.api.world import World, key

MACHINE: dict[str, Any] = {
    "asset": "M1", "kind": "leased_asset", "description": "数控机床", "serial_no": "SN-1", "place": "江城市一号厂房",
    "insured_until": "2026-12-31",
}  # fmt: skip
ASSETS, CASE = "/accounts/L-000077/assets", "/cases/L-000077-1"


async def test_an_asset_moves_and_the_case_shows_where_it_is(world: World) -> None:
    guaranteed(world)
    await world.deps.intake.run(world.deps.today())
    async with world.client("asset_manager") as client:
        first = await client.post(ASSETS, json=MACHINE, headers=key("a-1"))
        again = await client.post(ASSETS, json=MACHINE, headers=key("a-1"))
        moved = await client.post(ASSETS, json={**MACHINE, "place": "苏州市"}, headers=key("a-2"))
        now, everything = await client.get(ASSETS), await client.get(ASSETS, params={"history": "true"})
        case = await client.get(CASE)
    assert (first.status_code, again.json()["version"], moved.json()["version"]) == (201, 1, 2)
    assert [one["state"]["place"] for one in now.json()] == ["苏州市"]
    assert [one["version"] for one in everything.json()] == [1, 2]
    assert [one["place"] for one in case.json()["assets"]] == ["苏州市"]


async def test_the_check_of_the_file_names_the_gaps(world: World) -> None:  # L6.1d
    guaranteed(world)
    await world.deps.intake.run(world.deps.today())
    async with world.client("legal_compliance") as client:
        empty = (await client.get(f"{CASE}/collateral-file")).json()
        await client.post(ASSETS, json=MACHINE, headers=key("a-1"))
        found = (await client.get(f"{CASE}/collateral-file", params={"as_of": "2027-01-01"})).json()
        unknown = await client.get("/cases/L-000099-1/collateral-file")
    assert empty["gaps"] == 1
    assert [one["name"] for one in found["papers"] if one["there"] is False] == [
        "租赁物权属凭证及登记证明（M1 数控机床）", "保险单（M1 数控机床）",
    ]  # fmt: skip
    assert found["unknown"] == 2  # the contract, and the vendor's agreement to buy back
    assert unknown.json()["code"] == "unknown_case"


async def test_bad_assets_get_every_fault_and_a_stranger_enters_none(world: World) -> None:
    guaranteed(world)
    wrong = {**MACHINE, "register_no": "1", "value": "5.00"}
    async with world.client("asset_manager") as client:
        bad = await client.post(ASSETS, json=wrong, headers=key("a-1"))
        nowhere = await client.post("/accounts/L-000078/assets", json=MACHINE, headers=key("a-2"))
        await client.post(ASSETS, json=MACHINE, headers=key("a-3"))
        other = await client.post(ASSETS, json={**MACHINE, "kind": "pledge"}, headers=key("a-4"))
    async with world.client("finance") as client:
        stranger = await client.post(ASSETS, json=MACHINE, headers=key("a-5"))
    assert bad.status_code == 422 and "registration" in bad.text and "value is of a day" in bad.text
    assert nowhere.json()["code"] == "unknown_account" and other.json()["code"] == "asset_kind_differs"
    assert stranger.status_code == 403


async def test_proceeds_enter_the_ledger_and_the_result_shows_what_is_left(world: World) -> None:  # L7.3
    guaranteed(world)
    sold = {"kind": "disposal_proceeds", "value_date": "2026-03-10", "amount": "15000.00"}
    async with world.client("finance") as client:
        before = (await client.get("/accounts/L-000077/result", params={"as_of": "2026-03-10"})).json()
        assert (await client.post("/accounts/L-000077/postings", json=sold, headers=key("p-1"))).status_code == 201
        found = (await client.get("/accounts/L-000077/result", params={"as_of": "2026-03-10"})).json()
    left = found["remaining"]
    assert before["remaining"]["deficiency"] == "21042.00"  # two rents of 10,500.00, eight days of 5.25
    assert (left["deficiency"], left["surplus"]) == ("6042.00", "0.00")
    assert {one["item"]: one["amount"] for one in found["figures"]} == {
        "已收租金及其他还款": "0.00", "出卖人垫付": "10500.00", "处置价款": "15000.00", "合同金额（投放）": "500000.00",
    }  # fmt: skip
    assert found["net"] == "-474500.00"


def asking(world: World, step: str, role: str, *outcomes: str) -> None:
    """The case asks that role this, whatever came before."""
    case = world.cases.running["L-000077-1"]
    now = world.clock.now()
    state = StepState(status="open", asked=(role,), outcomes=outcomes, opened_at=now, deadline=now + timedelta(days=9))
    world.cases.running["L-000077-1"] = case.model_copy(update={"steps": {**case.steps, step: state}})


async def test_parts_are_recorded_one_by_one_and_the_whole_needs_them_all(world: World) -> None:  # L7.2
    guaranteed(world)
    await world.deps.intake.run(world.deps.today())
    asking(world, "disposal", "asset_manager", "finished", "aborted")
    part = {"do": "finish_part", "step": "disposal", "part": "appraisal", "note": "评估报告"}
    whole = {"do": "answer_step", "step": "disposal", "outcome": "finished"}
    left = [{"part": "publicity", "note": "公告"}, {"part": "sale", "note": "变卖", "evidence": "nothing"}]
    async with world.client("asset_manager") as client:
        done = await client.post(f"{CASE}/commands", json=part, headers=key("c-1"))
        again = await client.post(f"{CASE}/commands", json=part, headers=key("c-2"))
        early = await client.post(f"{CASE}/commands", json=whole, headers=key("c-3"))
        faked = await client.post(f"{CASE}/commands", json={**whole, "parts_done": left}, headers=key("c-4"))
        allowed = (await client.get(f"{CASE}/allowed")).json()
        del left[1]["evidence"]
        ended = await client.post(f"{CASE}/commands", json={**whole, "parts_done": left}, headers=key("c-5"))
        told = (await client.get(f"{CASE}/timeline")).json()
    assert done.status_code == 200 and ended.status_code == 200, ended.text
    codes = [answer.json()["code"] for answer in (again, early, faked)]
    assert codes == ["part_unfit", "parts_missing", "unknown_attachment"]
    assert [one["allowed"] for one in allowed if one["do"] == "start_part"] == [True, False]  # the sale comes later
    assert [one["body"]["part"] for one in told if one["kind"] == "part_finished"] == ["appraisal", "publicity", "sale"]


async def test_finance_confirms_the_books_or_says_why_not(world: World) -> None:  # L7.3a
    guaranteed(world)
    await world.deps.intake.run(world.deps.today())
    asking(world, "profit_and_loss", "finance", "issued")
    answer = {"do": "answer_step", "step": "profit_and_loss", "outcome": "issued"}
    own = [{"item": "处置价款", "side": "income", "amount": "1.00"}]
    async with world.client("finance") as client:
        silent = await client.post(f"{CASE}/commands", json={**answer, "figures": own}, headers=key("c-1"))
        given = await client.post(f"{CASE}/commands", json=answer, headers=key("c-2"))
        told = (await client.get(f"{CASE}/timeline")).json()
    assert (silent.json()["code"], given.status_code) == ("figures_differ", 200)
    (said,) = [one["body"] for one in told if one["step"] == "profit_and_loss" and one["kind"] == "step_completed"]
    assert [one["item"] for one in said["figures"]] == ["已收租金及其他还款", "出卖人垫付", "合同金额（投放）"]
