"""Another policy for a live case or for the next one: shown, decided by its owner, and in force at once."""

from __future__ import annotations

import httpx
import pytest

from store import cases
from tests.api.world import SIGN, World, key

OWNER = "risk_management"
TO_CREDIT = {"do": "move_policy", "policy": "credit", "reason": "sold to the credit desk"}


async def move(client: httpx.AsyncClient, case_no: str, **more: object) -> httpx.Response:
    return await client.post(f"/cases/{case_no}/commands", json={**TO_CREDIT, **more}, headers=key("m1"))


async def test_what_a_move_would_change_is_shown_and_nothing_is_done(world: World) -> None:
    case_no = await world.case()  # 8 days past due
    async with world.client("auditor") as client:
        before = (await client.get(f"/cases/{case_no}")).json()
        answer = await client.get(f"/cases/{case_no}/move", params={"policy": "credit"})
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert (found["from_policy"], found["to_policy"], found["dpd"]) == ("leasing.v1", "credit.v1", 8)
        assert (found["bucket_before"], found["bucket_after"]) == ("I", "C-I")
        assert {line["when"] for line in found["lines"]} == {"now", "later", "never"}
        assert (await client.get(f"/cases/{case_no}")).json() == before


@pytest.mark.parametrize(("wanted", "code"), [
    ({"policy": "factoring"}, "unknown_policy"),
    ({"policy": "credit", "version": 9}, "unknown_policy"),
    ({"policy": "leasing"}, "already_there"),
])  # fmt: skip
async def test_what_cannot_be_shown(world: World, wanted: dict[str, str | int], code: str) -> None:
    case_no = await world.case()
    async with world.client(OWNER) as client:
        answer = await client.get(f"/cases/{case_no}/move", params=wanted)
        assert answer.json()["code"] == code
        assert (await client.get("/cases/X-1/move", params={"policy": "credit"})).json()["code"] == "unknown_case"


async def test_the_owner_moves_a_case_and_its_roles_are_those_of_the_new_policy(world: World) -> None:
    case_no = await world.case()
    async with world.client(OWNER) as client:
        answer = await move(client, case_no)
        assert (answer.status_code, answer.json()["state"]) == (200, "recorded"), answer.text
        assert (await move(client, case_no)).json() == answer.json()  # once
        found = (await client.get(f"/cases/{case_no}")).json()
        assert found["policy"]["id"] == found["line"]["policy_id"] == "credit"
        assert found["line"]["bucket"] == "C-I"
        timeline = (await client.get(f"/cases/{case_no}/timeline")).json()
        (moved,) = [entry for entry in timeline if entry["kind"] == "policy_moved"]
        assert (moved["actor"]["role"], moved["body"]["reason"]) == (OWNER, TO_CREDIT["reason"])
        titles = {entry["step"]: entry["title"] for entry in timeline if entry["step"]}
        assert None not in titles.values()  # also of the steps of the policy before
        assert {"demand_notice_signature", "entry_call"} <= titles.keys()
        standing = (await client.get("/accounts/L-000001/standing")).json()
        assert (standing["policy"], standing["bucket"]) == ("credit", "C-I")
        (line,) = (await client.get("/portfolio/summary")).json()["buckets"]
        assert (line["policy_id"], line["cases"]) == ("credit", 1)
        assert len((await client.get("/cases")).json()["rows"]) == 1
    async with world.client("head_of_asset_management") as client:
        answer = await client.post(f"/cases/{case_no}/commands", json=SIGN, headers=key("s1"))
        assert (answer.status_code, answer.json()["code"]) == (403, "not_entitled")
    async with world.client("credit_department") as client:
        done = {"do": "start_task", "step": "recovery_plan"}
        answer = await client.post(f"/cases/{case_no}/commands", json=done, headers=key("t1"))
        assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(("role", "wanted", "code"), [
    ("asset_manager", {}, "not_entitled"),
    ("head_of_credit", {}, "not_entitled"),  # owns the policy it would go to, not the one it is under
    (OWNER, {"policy": "factoring"}, "unknown_policy"),
    (OWNER, {"version": 9}, "unknown_policy"),
    (OWNER, {"policy": "leasing"}, "already_there"),
    (OWNER, {"reason": ""}, "invalid"),
])  # fmt: skip
async def test_a_move_is_refused(world: World, role: str, wanted: dict[str, object], code: str) -> None:
    case_no = await world.case()
    async with world.client(role) as client:
        assert (await move(client, case_no, **wanted)).json()["code"] == code
    with world.database.reading() as session:
        assert [pin.id for pin in cases.pins_of(session, case_no)] == ["leasing"]


async def test_many_are_moved_one_by_one(world: World) -> None:
    numbers = [await world.case("L-1"), await world.case("L-2")]
    items = [{"case_no": no, "id": f"b-{no}", "command": TO_CREDIT} for no in (*numbers, "X-1")]
    async with world.client(OWNER) as client:
        answer = await client.post("/commands/bulk", json={"items": items})
    assert [one["state"] for one in answer.json()] == ["recorded", "recorded", "refused"], answer.text


# ── the next case ───────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_choice_decides_the_next_case_and_is_kept_with_its_reason(world: World) -> None:
    world.lease()
    body = {"policy": "credit", "reason": "a loan by its nature"}
    async with world.client(OWNER) as client:
        before = (await client.get("/accounts/L-000001/policy")).json()
        assert (before["policy"], before["assigned"], before["chosen"]) == ("leasing", "leasing", None)
        answer = await client.put("/accounts/L-000001/policy", json=body, headers=key("k1"))
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert (found["policy"], found["assigned"], found["chosen"]) == ("credit", "leasing", "credit")
        assert [(one["reason"], one["actor"]["role"]) for one in found["choices"]] == [(body["reason"], OWNER)]
        assert (await client.get("/accounts/L-000001")).json()["account"]["assigned_policy"] == "credit"
    await world.deps.intake.run(world.deps.today())
    with world.database.reading() as session:
        assert [pin.id for pin in cases.pins_of(session, "L-000001-1")] == ["credit"]
    async with world.client("head_of_credit") as client:
        back = {"policy": None, "reason": "a mistake"}
        answer = await client.put("/accounts/L-000001/policy", json=back, headers=key("k2"))
        assert (answer.json()["policy"], len(answer.json()["choices"])) == ("leasing", 2)
        assert (await client.get("/cases/L-000001-1")).json()["policy"]["id"] == "credit"  # an open one goes on


@pytest.mark.parametrize(("role", "account_no", "policy", "code"), [
    ("asset_manager", "L-000001", "credit", "not_entitled"),
    ("head_of_credit", "L-000001", "credit", "not_entitled"),
    (OWNER, "L-000009", "credit", "unknown_account"),
    (OWNER, "L-000001", "factoring", "unknown_policy"),
])  # fmt: skip
async def test_a_choice_is_refused(world: World, role: str, account_no: str, policy: str, code: str) -> None:
    world.lease()
    async with world.client(role) as client:
        body = {"policy": policy, "reason": "x"}
        answer = await client.put(f"/accounts/{account_no}/policy", json=body, headers=key("k1"))
    assert answer.json()["code"] == code
