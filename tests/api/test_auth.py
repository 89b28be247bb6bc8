"""Logging in, tokens, and who is let in."""

from __future__ import annotations

from datetime import timedelta

from tests.api.world import PASSWORD, World


async def test_login_gives_a_token_that_says_who_you_are(world: World) -> None:
    member = world.staff("finance")
    async with world.client() as client:
        answer = await client.post("/auth/token", data={"username": member.login, "password": PASSWORD})
        assert answer.status_code == 200
        assert answer.json()["expires_in"] == 8 * 3600
        bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        me = (await client.get("/me", headers=bearer)).json()
    assert (me["user"], me["roles"]) == (member.id, ["finance"])
    assert me["permissions"]["post"] == ["finance"]
    assert "release_import" not in me["permissions"]


async def test_wrong_password_and_unknown_login_are_told_the_same(world: World) -> None:
    member = world.staff("finance")
    async with world.client() as client:
        wrong = await client.post("/auth/token", data={"username": member.login, "password": "wrong"})
        unknown = await client.post("/auth/token", data={"username": "nobody", "password": PASSWORD})
    assert wrong.status_code == unknown.status_code == 401
    same = ("code", "title", "detail", "remedy")
    assert [wrong.json()[name] for name in same] == [unknown.json()[name] for name in same]
    assert wrong.json()["code"] == "login_failed"


async def test_inactive_staff_neither_log_in_nor_go_on(world: World) -> None:
    member = world.staff("finance", active=False)
    async with world.client(as_user=member) as client:
        login = await client.post("/auth/token", data={"username": member.login, "password": PASSWORD})
        going_on = await client.get("/me")
    assert login.json()["code"] == going_on.json()["code"] == "staff_inactive"


async def test_tokens_end_after_eight_hours(world: World) -> None:
    async with world.client("finance") as client:
        world.wall.at += timedelta(hours=8) - timedelta(seconds=1)
        assert (await client.get("/me")).status_code == 200
        world.wall.at += timedelta(seconds=1)
        expired = await client.get("/me")
    assert (expired.status_code, expired.json()["code"]) == (401, "token_expired")
    assert expired.headers["WWW-Authenticate"] == "Bearer"


async def test_no_token_and_a_forged_one_are_refused(world: World) -> None:
    async with world.client() as client:
        missing = await client.get("/cases")
        forged = await client.get("/cases", headers={"Authorization": "Bearer eyJhbGciOiJub25lIn0.e30."})
    assert missing.json()["code"] == "token_missing"
    assert forged.json()["code"] == "token_invalid"
