"""Files over HTTP: held, previewed, released or discarded; changes; payments with a suspense list."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from imports.source import SourceFile
from tests.api.world import World, key
from tests.imports.files import good, put, xlsx

HEAD = "head_of_asset_management"
PAYMENTS = """receipt_no,account_no,contract_no,kind,value_date,amount,reverses
R-100,A1,,payment,2026-03-18,500.00,
R-101,A9,,payment,2026-03-18,700.00,
"""


@pytest.fixture
def imported(world: World) -> World:
    """The day on which the file of the examples is good."""
    world.clock.at = world.clock.at.replace(day=18)
    return world


def upload(file: SourceFile) -> dict[str, tuple[str, bytes]]:
    return {"file": (file.name, file.content)}


async def test_a_portfolio_is_held_previewed_and_released_into_cases(imported: World) -> None:
    async with imported.client(HEAD) as client:
        staged = await client.post("/imports", files=upload(xlsx(good())))
        batch_id = staged.json()["id"]
        assert (staged.status_code, staged.json()["state"], staged.json()["problems"]) == (201, "held", [])
        assert staged.json()["totals"]["accepted"] == 2
        assert (await client.post("/intake")).json()["opened"] == 0
        preview = (await client.get(f"/imports/{batch_id}/preview")).json()
        assert (await client.get("/cases")).json()["rows"] == []
        released = await client.post(f"/imports/{batch_id}/release")
        again = await client.post(f"/imports/{batch_id}/release")
        rows = (await client.get("/cases")).json()["rows"]
        listed = (await client.get("/imports")).json()
    assert {line["account_no"] for line in preview} == {row["account_no"] for row in rows}
    assert all(line["acts"] for line in preview)
    assert (released.json()["batch"]["state"], released.json()["opened"]) == ("released", len(rows))
    assert (again.status_code, again.json()["opened"]) == (200, 0)
    assert [(line["id"], line["state"]) for line in listed] == [(batch_id, "released")]


async def test_the_same_file_twice_changes_nothing(imported: World) -> None:
    async with imported.client(HEAD) as client:
        first = await client.post("/imports", files=upload(xlsx(good())))
        again = await client.post("/imports", files=upload(xlsx(good())))
    assert (first.status_code, again.status_code) == (201, 200)
    same = ("id", "state", "sha256", "totals", "problems")
    assert [first.json()[name] for name in same] == [again.json()[name] for name in same]


async def test_a_file_with_a_bad_row_offers_the_good_ones_and_names_the_fault(imported: World) -> None:
    async with imported.client(HEAD) as client:
        answer = await client.post("/imports", files=upload(xlsx(put(good(), "schedule", 5, "due_date", "gestern"))))
        kept = (await client.get(f"/imports/{answer.json()['id']}")).json()
    assert (answer.status_code, answer.json()["state"]) == (201, "held")
    assert any(fault["place"].startswith("schedule, row") for fault in answer.json()["problems"])
    assert kept["problems"] == answer.json()["problems"]


async def test_a_file_that_is_no_portfolio_is_refused_with_all_its_faults(imported: World) -> None:
    async with imported.client(HEAD) as client:
        answer = await client.post("/imports", files={"file": ("a.xlsx", b"not a workbook")})
        listed = (await client.get("/imports")).json()
    assert (answer.status_code, answer.json()["code"]) == (422, "file_invalid")
    assert answer.json()["errors"][0]["remedy"]
    assert listed == []


async def test_a_discarded_import_is_over(imported: World) -> None:
    async with imported.client(HEAD) as client:
        batch_id = (await client.post("/imports", files=upload(xlsx(good())))).json()["id"]
        discarded = await client.post(f"/imports/{batch_id}/discard")
        late = await client.post(f"/imports/{batch_id}/release")
        hidden = await client.get(f"/attachments/import-{batch_id}")
    assert discarded.json()["state"] == "discarded"
    assert (late.status_code, late.json()["code"]) == (409, "batch_decided")
    assert hidden.status_code == 404


async def test_a_release_without_the_engine_counts_and_the_cases_come_later(imported: World) -> None:
    async with imported.client(HEAD) as client:
        batch_id = (await client.post("/imports", files=upload(xlsx(good())))).json()["id"]
        imported.cases.mode = "away"
        released = await client.post(f"/imports/{batch_id}/release")
        down = await client.post("/intake")
        imported.cases.mode = "quick"
        later = await client.post("/intake")
    assert (released.status_code, released.json()["opened"]) == (200, None)
    assert (down.status_code, down.json()["code"]) == (503, "engine_unavailable")
    assert later.json()["opened"] > 0


async def test_payments_are_posted_once_and_the_unmatched_wait(imported: World) -> None:
    async with imported.client(HEAD) as head, imported.client("finance") as finance:
        batch_id = (await head.post("/imports", files=upload(xlsx(good())))).json()["id"]
        await head.post(f"/imports/{batch_id}/release")
        file = {"file": ("payments.csv", PAYMENTS.encode())}
        first = await finance.post("/imports/payments", files=file)
        again = await finance.post("/imports/payments", files=file)
        suspense = (await finance.get("/suspense")).json()
        postings = (await finance.get("/accounts/A1/postings")).json()
    assert [row["outcome"] for row in first.json()] == ["posted", "suspense"]
    assert [row["outcome"] for row in again.json()] == ["repeated", "suspense"]
    assert [(entry["item"]["id"], entry["waiting"]) for entry in suspense] == [("R-101", "700.00")]
    assert [p["id"] for p in postings].count("R-100") == 1


async def test_the_summary_counts_what_was_released(imported: World) -> None:
    async with imported.client(HEAD) as client:
        batch_id = (await client.post("/imports", files=upload(xlsx(good())))).json()["id"]
        await client.post(f"/imports/{batch_id}/release")
        summary = (await client.get("/portfolio/summary")).json()
        rows = (await client.get("/cases")).json()["rows"]
        reports = (await client.get("/reports")).json()
        blacklist = (await client.get("/registers/blacklist")).json()
        archive = await client.get("/registers/archive")
    assert summary["open_cases"] == len(rows) > 0
    assert sum(line["cases"] for line in summary["buckets"]) == len(rows)
    totals = (Decimal(line["total_overdue"]) for line in summary["buckets"])
    assert sum(totals) == sum(Decimal(row["total_overdue"]) for row in rows)
    assert {line["case_no"] for line in summary["next"]} == {row["case_no"] for row in rows}
    assert summary["as_of"] == date(2026, 3, 18).isoformat()
    assert (reports, blacklist, archive.status_code) == ([], [], 200)


async def test_changes_of_a_later_file_are_applied_once(imported: World) -> None:
    async with imported.client(HEAD) as client:
        batch_id = (await client.post("/imports", files=upload(xlsx(good())))).json()["id"]
        await client.post(f"/imports/{batch_id}/release")
        changed = upload(xlsx(put(good(), "parties", 2, "address", "上海市新路9号")))
        first = await client.post("/imports/changes", files=changed)
        again = await client.post("/imports/changes", files=changed)
        account = (await client.get("/accounts/A1")).json()
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["parties"] == 1
    assert account["parties"][0]["address"] == "上海市新路9号"


async def test_unknown_imports_are_404(imported: World) -> None:
    async with imported.client(HEAD) as client:
        answers = [
            await client.get("/imports/none"),
            await client.get("/imports/none/preview"),
            await client.post("/imports/none/release", headers=key("x")),
            await client.post("/imports/none/discard"),
        ]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(404, "unknown_batch")] * 4
