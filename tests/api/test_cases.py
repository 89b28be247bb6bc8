"""The case list, one case with what happens next, its timeline, documents and attachments."""

from __future__ import annotations

from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from api.deps import Limits
from domain.events import HoldPlaced
from domain.outcome import record
from store import documents
from tests.api.world import SIGN, World, key
from tests.builders.files import PDF, pdf


async def numbers(world: World, **asked: object) -> list[str]:
    """All case numbers, collected page by page."""
    found: list[str] = []
    async with world.client("auditor") as client:
        cursor = None
        while True:
            given = {**asked, "limit": 2} | ({"cursor": cursor} if cursor else {})
            answer = await client.get("/cases", params=given)
            assert answer.status_code == 200, answer.text
            found += [row["case_no"] for row in answer.json()["rows"]]
            cursor = answer.json()["next"]
            if cursor is None:
                return found


async def portfolio(world: World) -> None:
    """Five cases: 8, 6, 4, 2 days past due with one rent, and 36 with two."""
    for number, day in enumerate((2, 4, 6, 8), start=1):
        await world.case(f"L-00000{number}", due=(f"2026-03-0{day}",))
    await world.case("L-000005", due=("2026-02-02", "2026-03-02"))


SORTED = {
    "dpd": [5, 1, 2, 3, 4],
    "amount": [5, 1, 2, 3, 4],
    "opened": [1, 2, 3, 4, 5],
}


@pytest.mark.parametrize("sort", SORTED)
async def test_sorted_pages_hold_every_case_once(world: World, sort: str) -> None:
    await portfolio(world)
    assert await numbers(world, sort=sort) == [f"L-00000{number}-1" for number in SORTED[sort]]


async def test_next_comes_first_when_sorted_by_next(world: World) -> None:
    await portfolio(world)
    async with world.client("auditor") as client:
        rows = (await client.get("/cases?sort=next")).json()["rows"]
    assert len(rows) == 5
    assert [row["next_at"] for row in rows] == sorted(row["next_at"] for row in rows)


FILTERED = [
    ({"bucket": "III"}, [5]),
    ({"dpd_from": 6, "dpd_to": 8}, [1, 2]),
    ({"dpd_to": 2}, [4]),
    ({"number": "L-000003"}, [3]),
    ({"number": "C-L-000004"}, [4]),
    ({"number": "%"}, []),
    ({"held": True}, []),
    ({"status": "closed"}, []),
    ({"owner": "u-9"}, []),
    ({"branch": "上海", "dpd_from": 30}, [5]),
]


@pytest.mark.parametrize(("asked", "expected"), FILTERED)
async def test_filters(world: World, asked: dict[str, object], expected: list[int]) -> None:
    await portfolio(world)
    assert sorted(await numbers(world, **asked)) == [f"L-00000{number}-1" for number in expected]


async def test_amounts_are_those_of_today(world: World) -> None:
    await world.case()
    world.later(days=4)
    async with world.client("auditor") as client:
        (row,) = (await client.get("/cases")).json()["rows"]
    assert (row["dpd"], row["overdue_rent"], row["total_overdue"]) == (12, "10500.00", "10563.00")


async def test_a_cursor_of_another_list_is_refused(world: World) -> None:
    await portfolio(world)
    async with world.client("auditor") as client:
        page = (await client.get("/cases?sort=dpd&limit=2")).json()
        other = await client.get("/cases", params={"sort": "amount", "cursor": page["next"]})
        broken = await client.get("/cases", params={"cursor": "garbage"})
    assert (other.status_code, other.json()["code"]) == (422, "bad_cursor")
    assert (broken.status_code, broken.json()["code"]) == (422, "bad_cursor")


async def test_a_case_says_what_happens_next_and_why(world: World) -> None:
    case_no = await world.case()
    async with world.client("auditor") as client:
        live = (await client.get(f"/cases/{case_no}")).json()
        world.cases.mode = "away"
        recorded = (await client.get(f"/cases/{case_no}")).json()
    assert (live["source"], recorded["source"]) == ("workflow", "record")
    assert live["next_why"] == recorded["next_why"]
    assert datetime.fromisoformat(live["next_at"]) == datetime.fromisoformat(recorded["next_at"])
    assert live["next_why"] == "demand_notice_signature: deadline of head_of_asset_management"
    assert {ask["step"] for ask in live["asks"]} == {
        "first_week_phone_collection",
        "phone_collection",
        "demand_notice_signature",
    }
    assert (live["line"]["dpd"], live["facts"]["overdue_rent"], live["policy"]["id"]) == (8, "10500.00", "leasing")


async def test_holds_are_shown(world: World) -> None:
    case_no = await world.case()
    placed = HoldPlaced(hold="suspension", source=1, placed_dpd=8, role="general_manager")
    world.cases._happen(case_no, record(placed, world.clock.now(), ("L7.5a",), "test"))
    async with world.client("auditor") as client:
        found = (await client.get(f"/cases/{case_no}")).json()
        held = (await client.get("/cases?held=true")).json()["rows"]
    assert [(hold["hold"], hold["in_force"]) for hold in found["holds"]] == [("suspension", True)]
    assert [row["case_no"] for row in held] == [case_no]


async def test_the_timeline_can_be_read_on(world: World) -> None:
    case_no = await world.case()
    async with world.client("auditor") as client:
        whole = (await client.get(f"/cases/{case_no}/timeline")).json()
        rest = (await client.get(f"/cases/{case_no}/timeline?after=2&limit=1")).json()
    assert [line["seq"] for line in whole] == list(range(1, len(whole) + 1))
    assert rest == whole[2:3]
    opened = next(line for line in whole if line["kind"] == "step_opened")
    assert opened["rules"] and opened["why"] and opened["title"]


@pytest.mark.parametrize("path", ["", "/timeline", "/documents"])
async def test_unknown_cases_are_404(world: World, path: str) -> None:
    async with world.client("auditor") as client:
        answer = await client.get(f"/cases/L-9-1{path}")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_case")


async def test_an_attachment_is_the_evidence_of_a_command(world: World) -> None:
    case_no = await world.case()
    async with world.client("head_of_asset_management") as client:
        first = await client.post("/attachments", files={"file": ("通知书.pdf", PDF, "text/html")})
        again = await client.post("/attachments", files={"file": ("again.pdf", PDF, "application/pdf")})
        evidence = first.json()["id"]
        signed = await client.post(
            f"/cases/{case_no}/commands", json={**SIGN, "evidence": evidence}, headers=key("c-1")
        )
        got = await client.get(f"/attachments/{evidence}")
        missing = await client.get("/attachments/att-none")
    assert (first.status_code, first.json()["media_type"]) == (201, "application/pdf")
    assert again.json()["id"] == evidence
    assert signed.status_code == 200
    assert (got.content, got.headers["content-type"]) == (PDF, "application/pdf")
    assert got.headers["content-disposition"] == "attachment"
    assert (missing.status_code, missing.json()["code"]) == (404, "unknown_attachment")


@pytest.mark.parametrize(
    ("name", "content", "status", "code"),
    [
        ("a.png", PDF, 415, "name_differs"),
        ("a.exe", PDF, 415, "name_differs"),
        ("a.pdf", PDF[:-20], 422, "file_damaged"),
        ("a.pdf", pdf(root="/OpenAction << /S /Launch /F (cmd.exe) >>"), 422, "file_damaged"),
        ("a.pdf", b"%PDF-1.7\nstartxref\n9\n%%EOF\n", 422, "file_damaged"),
        ("a.pdf", b"MZ" + PDF, 415, "type_not_allowed"),
        ("合同 V1.2", PDF, 201, None),
        ("", PDF, 422, "invalid"),
    ],
)
async def test_a_file_is_what_its_name_says_and_whole(
    world: World, name: str, content: bytes, status: int, code: str | None
) -> None:
    async with world.client("collector") as client:
        answer = await client.post("/attachments", files={"file": (name, content)})
    assert (answer.status_code, answer.json().get("code")) == (status, code)


async def test_content_decides_the_type_of_an_attachment(world: World) -> None:
    async with world.client("collector") as client:
        answer = await client.post("/attachments", files={"file": ("a.pdf", b"<html>", "application/pdf")})
    assert (answer.status_code, answer.json()["code"]) == (415, "type_not_allowed")


async def test_attachments_and_bodies_have_limits(tmp_path: Path) -> None:
    world = World(tmp_path, limits=Limits(attachment=1000, body=1000))

    async def trickle():
        for _ in range(100):
            yield b" " * 1000

    async with world.client("collector") as client:
        fits = await client.post("/attachments", files={"file": ("a.pdf", PDF + b" " * (1000 - len(PDF)))})
        just_over = await client.post("/attachments", files={"file": ("a.pdf", PDF + b" " * 1000)})
        announced = await client.post("/attachments", files={"file": ("a.pdf", PDF + b" " * 100_000)})
        streamed = await client.post("/commands/bulk", content=trickle(), headers={"Content-Type": "application/json"})
    world.database.close()
    assert fits.status_code == 201
    for answer in (just_over, announced, streamed):
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_unknown_documents_are_404(world: World) -> None:
    async with world.client("auditor") as client:
        answer = await client.get("/documents/rent-demand-notice-2026-00001")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_document")


async def test_a_document_is_fetched_by_its_number(world: World) -> None:
    case_no = await world.case()
    with world.database.session() as session:
        number = documents.claim_number(session, "rent_demand_notice", 2026)
        made = documents.NewDocument(
            number=number, case_no=case_no, step="demand_notice_signature", occurrence=1, as_of=date(2026, 3, 10),
            sha256="f" * 64, pdf=PDF, content="{}", created_at=world.clock.now(),
        )  # fmt: skip
        documents.save_document(session, made)
    async with world.client("auditor") as client:
        (line,) = (await client.get(f"/cases/{case_no}/documents")).json()
        got = await client.get(f"/documents/{line['number']}")
    assert (got.content, got.headers["content-type"]) == (PDF, "application/pdf")


async def test_the_head_sees_the_notice_before_signing_it(world: World) -> None:
    """L4.2c: what is asked to be signed can be read, with today's figures and without a number."""
    await world.case("L-000001", due=("2026-03-02",))
    async with world.client("head_of_asset_management") as client:
        draft = await client.get("/cases/L-000001-1/steps/demand_notice_signature/draft")
        none = await client.get("/cases/L-000001-1/steps/asset_inspection/draft")
        unknown = await client.get("/cases/L-000009-1/steps/demand_notice_signature/draft")
    assert draft.headers["content-type"] == "application/pdf"
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(draft.content)).pages)
    assert "租金催收通知书" in text and "10,500.00" in text and "草稿" in text
    assert (none.status_code, none.json()["code"]) == (409, "no_draft")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_case")
