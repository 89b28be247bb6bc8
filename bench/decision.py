"""A decision through the API until it is in the record: ten staff at once, beside a thousand sleeping cases."""

from __future__ import annotations

import asyncio
import sys
import time
from datetime import UTC, date, datetime
from statistics import median, quantiles

import httpx
from sqlalchemy import func, select
from sqlmodel import col

from api.auth import hash_password
from bench.measured import Measured, say, tell
from bench.place import PATIENCE, Place, leases, place
from commands.processes import children
from commands.stack import intake_now
from store.session import Database
from store.staff import StaffMember, add
from store.tables import AskRow

CASES = 1_000
STAFF = 10
EACH = 20  # decisions of one member of staff
DUE = date(2026, 3, 3)
NOW = datetime(2026, 3, 19, 2, tzinfo=UTC)  # ten o'clock of the sixteenth day past due
STEP, OUTCOME, ROLE = "capacity_investigation", "investigated", "business"
PASSWORD = "a password of the benchmark"


async def measure() -> list[Measured]:
    """Engine, worker and API are processes of their own, as in `arrears up`."""
    say(f"decision: opening {CASES} cases")
    async with place(leases(CASES, DUE), clock_epoch=NOW, clock_start=datetime.now(UTC)) as here:
        _add_staff(here.database)
        ours = {child.name: child for child in children(here.settings)}
        async with here.process(ours["worker"]), here.process(ours["api"]):
            await intake_now(here.settings, here.database, NOW.date())
            await _asleep(here.database)
            say(f"  {STAFF} staff, {EACH} decisions each")
            shares = await asyncio.gather(*(_work(here, number) for number in range(STAFF)))
    took = sorted(seconds * 1000 for share in shares for seconds in share)
    say(f"  p50 {median(took):.0f} ms, p95 {quantiles(took, n=20)[-1]:.0f} ms, most {took[-1]:.0f} ms")
    return [Measured("decision until recorded, p95", quantiles(took, n=20)[-1], "ms", "<=", 250)]


def _add_staff(database: Database) -> None:
    hashed = hash_password(PASSWORD)
    with database.session() as session:
        for number in range(STAFF):
            member = StaffMember(id=f"u-{number}", login=f"s{number}", name="", password_hash=hashed, roles=(ROLE,))
            add(session, member)


async def _asleep(database: Database) -> None:
    """Wait until every case asks for the decision."""
    begun = time.monotonic()
    while await asyncio.to_thread(_asked, database) < CASES:
        if time.monotonic() - begun > PATIENCE:
            raise SystemExit("the cases were not opened")
        await asyncio.sleep(0.5)
    await asyncio.sleep(3)


def _asked(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count(col(AskRow.case_no))).where(col(AskRow.step) == STEP)) or 0


async def _work(here: Place, number: int) -> list[float]:
    """One member of staff: log in, then decide one case after the other. Seconds of each decision."""
    took: list[float] = []
    async with httpx.AsyncClient(base_url=here.settings.api_url, timeout=30, trust_env=False) as client:
        answer = await client.post("/auth/token", data={"username": f"s{number}", "password": PASSWORD})
        client.headers["Authorization"] = f"Bearer {answer.raise_for_status().json()['access_token']}"
        for turn in range(EACH):
            case_no = f"B-{number * EACH + turn:06d}-1"
            body = {"do": "answer_step", "step": STEP, "outcome": OUTCOME}
            begun = time.monotonic()
            answer = await client.post(
                f"/cases/{case_no}/commands", json=body, headers={"Idempotency-Key": f"k-{case_no}"}
            )
            took.append(time.monotonic() - begun)
            if answer.status_code != 200 or answer.json()["state"] != "recorded":
                raise SystemExit(f"{case_no}: {answer.status_code} {answer.text}")
    return took


if __name__ == "__main__":
    sys.exit(tell(asyncio.run(measure())))
