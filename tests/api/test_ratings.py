"""The classification of the book and the ratings of an account over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.api.world import World, key

WORSE = {"category": "doubtful", "reason": "抵押物灭失"}


def at_day_92(world: World) -> None:
    """A lease due 2 March and one due 2 April, looked at on 2 June."""
    world.lease()
    world.lease("L-000002", ("2026-06-02",))
    world.clock.at = datetime(2026, 6, 2, 2, tzinfo=UTC)


async def test_the_report_counts_accounts_and_balance_and_gives_the_npl_ratio(world: World) -> None:
    at_day_92(world)
    async with world.client("auditor") as client:
        today = (await client.get("/reports/classification")).json()
        early = (await client.get("/reports/classification", params={"as_of": "2026-03-02"})).json()
        before = await client.get("/reports/classification", params={"as_of": "2023-06-30"})
    assert [category["zh"] for category in today["categories"]] == ["正常", "关注", "次级", "可疑", "损失"]
    (book,) = today["books"]
    assert [(line["category"], line["accounts"], line["balance"]) for line in book["lines"]][:3] == [
        ("normal", 1, "10000.00"), ("special_mention", 0, "0.00"), ("substandard", 1, "20000.00"),
    ]  # fmt: skip
    assert (book["npl_ratio"], book["non_performing"], today["as_of"]) == ("0.6667", "20000.00", "2026-06-02")
    assert early["books"][0]["npl_ratio"] == "0.0000"
    assert (before.status_code, before.json()["code"]) == (422, "no_classification")


async def test_a_risk_officer_sets_a_worse_category_with_a_reason_and_it_stays_in_the_history(world: World) -> None:
    at_day_92(world)
    address = "/accounts/L-000002/ratings"
    async with world.client("risk_management") as client:
        first = await client.post(address, json=WORSE, headers=key("r-1"))
        again = await client.post(address, json=WORSE, headers=key("r-1"))
        other = await client.post(address, json={**WORSE, "reason": "x"}, headers=key("r-1"))
        better = await client.post(
            "/accounts/L-000001/ratings", json={**WORSE, "category": "normal"}, headers=key("r-2")
        )
        book = (await client.get("/reports/classification")).json()["books"][0]
        lifted = await client.post(address, json={"category": None, "reason": "新抵押物"}, headers=key("r-3"))
        history = (await client.get(address)).json()
    assert first.status_code == 201 and again.json() == first.json()
    assert (other.status_code, other.json()["code"]) == (409, "key_differs")
    assert (better.status_code, better.json()["code"]) == (409, "not_worse")
    assert book["npl_ratio"] == "1.0000" and lifted.status_code == 201
    assert [(one["category"], one["reason"], one["actor_role"]) for one in history] == [
        ("doubtful", "抵押物灭失", "risk_management"), (None, "新抵押物", "risk_management"),
    ]  # fmt: skip


async def test_only_those_who_judge_risk_set_a_category_and_a_reason_is_needed(world: World) -> None:
    at_day_92(world)
    async with world.client("collector") as client:
        refused = await client.post("/accounts/L-000002/ratings", json=WORSE, headers=key("r-1"))
    async with world.client("head_of_risk_management") as client:
        silent = await client.post("/accounts/L-000002/ratings", json={**WORSE, "reason": ""}, headers=key("r-1"))
        unknown = await client.get("/accounts/L-9/ratings")
        history = (await client.get("/accounts/L-000002/ratings")).json()
    assert (refused.status_code, refused.json()["code"]) == (403, "not_entitled")
    assert (silent.status_code, silent.json()["code"]) == (422, "invalid")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_account")
    assert history == []
