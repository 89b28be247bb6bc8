"""Where people work and what they can is kept by those who lead, and shown to everybody."""

from __future__ import annotations

from tests.api.world import World


async def test_a_profile_is_changed_and_shown(world: World) -> None:
    member = world.staff("collector")
    async with world.client("head_of_asset_management") as client:
        body = {"branch": "east", "region": "coast", "skills": ["negotiation"], "capacity": 3}
        assert (await client.put(f"/staff/{member.id}/profile", json=body)).status_code == 200
        shown = next(one for one in (await client.get("/staff")).json() if one["user"] == member.id)
        assert {name: shown[name] for name in body} == body
        assert (shown["load"], shown["roles"], "password_hash" in shown) == (0, ["collector"], False)


async def test_a_wrong_profile_changes_nothing(world: World) -> None:
    member = world.staff("collector")
    async with world.client("head_of_asset_management") as client:
        for user, body, code in (
            ("nobody", {"capacity": 3}, "unknown_staff"), (member.id, {"capacity": -1}, "invalid"),
            (member.id, {"skills": ["讲价"]}, "invalid"), (member.id, {"salary": 1}, "invalid"),
        ):  # fmt: skip
            assert (await client.put(f"/staff/{user}/profile", json=body)).json()["code"] == code
        assert next(one for one in (await client.get("/staff")).json() if one["user"] == member.id)["capacity"] is None
