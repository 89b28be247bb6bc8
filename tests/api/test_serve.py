"""The program's own putting-together: it answers while engine and gateways are not there yet."""

from __future__ import annotations

from pathlib import Path

import httpx
from pydantic import SecretStr

from api.app import create_app
from commands.serving import deps
from settings import Settings
from store.session import Database


async def test_the_api_starts_without_engine_and_gateways_and_says_so(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'arrears.db'}")
    database.migrate()
    nobody = Settings(
        temporal_address="127.0.0.1:1", sms_url="http://127.0.0.1:1/", letter_url="http://127.0.0.1:1/", smtp_port=1,
        secret_key=SecretStr("k" * 40), gateway_secret=SecretStr("g" * 40),
    )  # fmt: skip
    app = create_app(deps(nobody, database))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://arrears") as client:
        answer = await client.get("/ready")
        alive = await client.get("/health")
    database.close()
    parts = answer.json()["parts"]
    assert (answer.status_code, alive.status_code) == (503, 200)
    assert parts.pop("database") == "up"
    assert set(parts) == {"temporal", "letter", "sms", "email"}
    assert all(state.startswith("down: ") for state in parts.values())
