"""The program's own putting-together: it starts and answers while nothing else is there yet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from pydantic import SecretStr

from api.serve import build, business_clock
from settings import Settings
from store.session import Database


async def test_the_api_starts_without_engine_and_gateways_and_says_so(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'arrears.db'}")
    nobody = Settings(
        temporal_address="127.0.0.1:1", sms_url="http://127.0.0.1:1/", letter_url="http://127.0.0.1:1/", smtp_port=1,
        secret_key=SecretStr("k" * 40), gateway_secret=SecretStr("g" * 40),
    )  # fmt: skip
    app = build(nobody, database)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://arrears") as client:
        answer = await client.get("/ready")
        alive = await client.get("/health")
    database.close()
    parts = answer.json()["parts"]
    assert (answer.status_code, alive.status_code) == (503, 200)
    assert parts.pop("database") == "up"
    assert set(parts) == {"temporal", "letter", "sms", "email"}
    assert all(state.startswith("down: ") for state in parts.values())


def test_the_business_clock_is_that_of_the_settings() -> None:
    epoch, start = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 11, 22, tzinfo=UTC)
    fast = business_clock(Settings(clock_epoch=epoch, clock_start=start, clock_speed=8640))
    assert fast.business(start + timedelta(seconds=10)) == epoch + timedelta(days=1)
    assert business_clock(Settings()).business(start) == start
