"""What people do over the API is entered in the audit log; an auditor gets everything about a case in one archive."""

from __future__ import annotations

import csv
import json
import zipfile
from hashlib import sha256
from io import BytesIO, StringIO

from sqlalchemy import text

from domain.audit import AuditEntry
from store import audit, documents
from store.audit_check import check_database
from tests.api.world import SIGN, World, key
from tests.builders.files import PDF

PAYMENT = {"kind": "payment", "value_date": "2026-03-10", "amount": "100.00"}


def entries(world: World) -> list[AuditEntry]:
    with world.database.reading() as session:
        return list(audit.entries(session))


async def test_a_posting_names_who_entered_it_under_which_role_and_permission(world: World) -> None:
    await world.case()
    member = world.staff("finance")
    async with world.client(as_user=member) as client:
        answer = await client.post("/accounts/L-000001/postings", json=PAYMENT, headers=key("p-1"))
    assert answer.status_code < 300, answer.text
    entry = entries(world)[-1]
    assert (entry.actor_user, entry.actor_role, entry.authority) == (member.id, "finance", "permission:post")
    assert (entry.what, entry.subject, entry.command_id) == (
        "POST /accounts/{account_no}/postings", "L-000001", "p-1",
    )  # fmt: skip
    assert entry.body == sha256(answer.request.content).hexdigest()
    assert len({entry.before, entry.after}) == 2


async def test_reading_and_refused_bodies_leave_no_entry(world: World) -> None:
    await world.case()
    before = len(entries(world))
    async with world.client("finance") as client:
        assert (await client.get("/cases")).status_code == 200
        assert (await client.post("/accounts/L-000001/postings", json={}, headers=key("p-1"))).status_code == 422
    assert len(entries(world)) == before


async def test_a_command_is_entered_with_actor_authority_and_the_state_before_and_after(world: World) -> None:
    case_no = await world.case()
    head = world.staff("head_of_asset_management")
    async with world.client(as_user=head) as client:
        answer = await client.post(f"/cases/{case_no}/commands", json=SIGN, headers=key("sign-1"))
        assert answer.status_code == 200, answer.text
    signed = next(one for one in entries(world) if one.command_id == "sign-1")
    assert (signed.actor_user, signed.actor_role) == (head.id, "head_of_asset_management")
    assert signed.authority == "permission:answer_step"
    assert signed.before and signed.before != signed.after


async def test_an_attempt_of_the_unentitled_is_entered(world: World) -> None:
    case_no = await world.case()
    member = world.staff("finance")
    async with world.client(as_user=member) as client:
        answer = await client.post(f"/cases/{case_no}/commands", json=SIGN, headers=key("sign-2"))
        assert answer.status_code == 403
    entry = entries(world)[-1]
    assert (entry.actor_user, entry.command_id) == (member.id, "sign-2")
    assert entry.rows[0].table == "command_attempt"


async def test_the_link_of_a_survey_is_not_entered(world: World) -> None:
    async with world.client() as client:
        await client.post("/surveys/secret-token", data={"score": "5"})
    assert all("secret-token" not in one.model_dump_json() for one in entries(world))


async def test_everything_done_over_the_api_leaves_a_log_that_is_whole(world: World) -> None:
    case_no = await world.case()
    async with world.client("head_of_asset_management", "finance") as client:
        await client.post("/attachments", files={"file": ("a.pdf", PDF)})
        await client.post(f"/cases/{case_no}/commands", json=SIGN, headers=key("s"))
        await client.post("/accounts/L-000001/postings", json=PAYMENT, headers=key("p"))
        await client.post(f"/cases/{case_no}/commands", json={"do": "add_note", "text": "x"},
                          headers={**key("n"), "X-Role": "finance"})  # fmt: skip
    with world.database.reading() as session:
        assert list(check_database(session, b"")) == []


async def archive(world: World, case_no: str) -> tuple[bytes, zipfile.ZipFile]:
    async with world.client("auditor") as client:
        answer = await client.get(f"/cases/{case_no}/export")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    return answer.content, zipfile.ZipFile(BytesIO(answer.content))


async def played(world: World) -> str:
    """A case with a letter, an upload as evidence, and a command."""
    case_no = await world.case()
    world.delivery(case_no, f"{case_no}/demand_notice/1/lessee/letter")
    made = documents.NewDocument(
        number=documents.Number(kind="rent_demand_notice", year=2026, serial=1), case_no=case_no, step="demand_notice",
        occurrence=1, as_of=world.deps.today(), sha256=sha256(PDF).hexdigest(), pdf=PDF, content='{"kind":"x"}',
        created_at=world.clock.now(),
    )  # fmt: skip
    with world.database.session() as session:
        documents.save_document(session, made)
    async with world.client("collector") as client:
        upload = (await client.post("/attachments", files={"file": ("凭证.pdf", PDF)})).json()
        note = {"do": "add_note", "text": f"见 {upload['id']}"}
        assert (await client.post(f"/cases/{case_no}/commands", json=note, headers=key("n-1"))).status_code == 200
    return case_no


async def test_an_auditor_gets_everything_about_a_case_in_one_archive(world: World) -> None:
    case_no = await played(world)
    await world.case("L-000002")
    _, found = await archive(world, case_no)
    names = set(found.namelist())
    assert {"README.txt", "index.csv", "index.json", "audit.jsonl", "commands.jsonl", "records/case.jsonl",
            "records/case_event.jsonl", "records/delivery.jsonl", "records/party.jsonl", "records/instalment.jsonl",
            "documents/rent-demand-notice-2026-00001.pdf"} <= names  # fmt: skip
    assert found.read("documents/rent-demand-notice-2026-00001.pdf") == PDF
    assert [found.read(name) for name in names if name.startswith("uploads/")] == [PDF]
    lines = found.read("records/case_event.jsonl").decode().splitlines()
    assert [json.loads(line)["seq"] for line in lines] == list(range(1, len(lines) + 1))
    assert json.loads(found.read("commands.jsonl"))["command_id"] == "n-1"
    assert case_no in found.read("README.txt").decode()
    assert b"L-000002" not in b"".join(found.read(name) for name in names)
    logged = [AuditEntry.model_validate_json(line) for line in found.read("audit.jsonl").decode().splitlines()]
    assert "n-1" in {one.command_id for one in logged}


async def test_the_index_names_every_file_with_its_hash(world: World) -> None:
    _, found = await archive(world, await played(world))
    rows = list(csv.reader(StringIO(found.read("index.csv").decode("utf-8-sig"))))[1:]
    listed = {name: digest for name, _, _, digest in rows}
    files = [name for name in found.namelist() if not name.startswith("index.")]
    assert listed == {name: sha256(found.read(name)).hexdigest() for name in files}
    assert [one["sha256"] for one in json.loads(found.read("index.json"))] == [listed[name] for name in sorted(listed)]


async def test_the_same_state_gives_the_same_bytes_and_another_state_others(world: World) -> None:
    case_no = await played(world)
    first, _ = await archive(world, case_no)
    world.later(hours=3)
    assert (await archive(world, case_no))[0] == first
    with world.database.session() as session:
        session.execute(text("UPDATE \"case\" SET owner = 'u-1'"))
    assert (await archive(world, case_no))[0] != first


async def test_only_an_auditor_takes_a_case_out(world: World) -> None:
    case_no = await world.case()
    for role in ("head_of_asset_management", "administrator"):
        async with world.client(role) as client:
            assert (await client.get(f"/cases/{case_no}/export")).status_code == 403
    async with world.client("auditor") as client:
        assert (await client.get("/cases/none/export")).json()["code"] == "unknown_case"
