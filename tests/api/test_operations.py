"""Health, readiness, metrics, logs, and a database that is gone."""

from __future__ import annotations

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.api.world import SIGN, World, key


def lose_database(world: World) -> None:
    """From now on the database cannot be opened."""
    world.database.close()
    folder = world.database.url.database
    assert folder
    for file in Path(folder).parent.glob("arrears.db*"):
        file.rename(file.with_suffix(file.suffix + ".gone"))
    Path(folder).mkdir()


async def test_ready_says_which_part_is_down(world: World) -> None:
    async with world.client() as client:
        up = await client.get("/ready")
        world.gateway_down = True
        degraded = await client.get("/ready")
        world.cases.mode = "away"
        down = await client.get("/ready")
        lose_database(world)
        worse = await client.get("/ready")
        alive = await client.get("/health")
    assert (up.status_code, up.json()["status"]) == (200, "ready")
    assert (degraded.status_code, degraded.json()["status"]) == (200, "degraded")
    assert degraded.json()["parts"] == {"database": "up", "temporal": "up", "letter": "down: ConnectionError"}
    assert (down.status_code, down.json()["parts"]["temporal"]) == (503, "down: EngineUnavailable")
    assert (worse.status_code, worse.json()["parts"]["database"]) == (503, "down: Transient")
    assert alive.status_code == 200


@pytest.mark.parametrize(
    "path", ["/cases", "/tasks", "/accounts", "/portfolio/summary", "/imports", "/reports", "/commands/c-1"]
)
async def test_without_its_database_the_api_says_so_and_stays_up(world: World, path: str) -> None:
    async with world.client("finance") as client:
        lose_database(world)
        answer = await client.get(path)
        metrics = await client.get("/metrics")
    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
    assert answer.headers["Retry-After"]
    assert "arrears_database_up 0.0" in metrics.text


async def test_commands_are_still_taken_while_the_database_is_away(world: World) -> None:
    case_no = await world.case()
    async with world.client("head_of_asset_management") as client:
        world.cases.mode = "slow"  # the case has it, and will record it when the database is back
        lose_database(world)
        answer = await client.post(f"/cases/{case_no}/commands", json=SIGN, headers=key("c-1"))
    assert (answer.status_code, answer.json()["state"]) == (202, "running")


async def test_metrics_count_cases_asks_and_requests(world: World) -> None:
    await world.case()
    world.clock.at = world.clock.at.replace(day=20)
    async with world.client("auditor") as client:
        await client.get("/cases/L-000001-1")
        text = (await client.get("/metrics")).text
    assert "arrears_open_cases 1.0" in text
    assert "arrears_overdue_asks 3.0" in text
    assert "arrears_pending_notices 0.0" in text
    assert 'arrears_request_seconds_count{method="GET",route="/cases/{case_no}",status="200"} 1.0' in text


async def test_the_log_holds_ids_and_nothing_personal(world: World) -> None:
    case_no, head = await world.case(), world.staff("head_of_asset_management")
    with capture_logs() as logs:
        async with world.client(as_user=head) as client:
            note = {"do": "add_note", "text": "电话13800000000"}
            answer = await client.post(f"/cases/{case_no}/commands", json=note, headers=key("c-1"))
            await client.get("/cases", params={"number": "承租人甲"})
            await client.get("/cases/承租人甲")
    lines = [line for line in logs if line["event"] == "request"]
    assert (lines[0]["user"], lines[0]["params"], lines[0]["status"]) == (head.id, {"case_no": case_no}, 200)
    assert lines[0]["request_id"] == answer.headers["x-request-id"]
    assert "13800000000" not in str(logs) and "承租人" not in str(logs)


async def test_the_front_door_and_unknown_addresses(world: World) -> None:
    async with world.client() as client:
        door = await client.get("/")
        nowhere = await client.get("/nowhere")
        wrong = await client.delete("/cases")
        elsewhere = await client.get("/health", headers={"Origin": "https://example.com"})
    assert "/docs" in door.text
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "not_found")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
    assert "access-control-allow-origin" not in elsewhere.headers


async def test_an_unexpected_failure_is_a_problem_without_its_inside(world: World) -> None:
    @world.app.get("/broken")
    def broken() -> None:
        raise ZeroDivisionError("secret")

    async with world.client() as client:
        answer = await client.get("/broken")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "secret" not in answer.text


async def test_the_documentation_page_needs_no_other_host(world: World) -> None:
    async with world.client() as client:
        page = (await client.get("/docs")).text
        script = await client.get("/static-offline-docs/swagger-ui-bundle.js")
    assert "swagger-ui-bundle.js" in page and "https://" not in page
    assert script.status_code == 200
