"""The archive of a case is checked by itself, without the database, also when it was changed with care."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from api.app import create_app
from domain.audit import Fault
from domain.errors import Invalid
from store import documents
from store.archive_check import check_archive
from store.session import Database
from tests.api.world import SIGN, World, key
from tests.builders.files import PDF, pdf

SEALS = b"the key of the seals"
Files = dict[str, bytes]


@pytest.fixture
async def archive(tmp_path: Path) -> Path:
    """A case with a signature, a note that names an upload, a refused command and a letter."""
    world = World(tmp_path)
    world.database.close()
    world.database = Database(f"sqlite:///{tmp_path / 'arrears.db'}", audit_key=SEALS)
    world.cases.database = world.database
    world.deps = replace(world.deps, database=world.database)
    world.app = create_app(world.deps)
    case_no = await world.case()
    made = documents.NewDocument(
        number=documents.Number(kind="rent_demand_notice", year=2026, serial=1), case_no=case_no, step="demand_notice",
        occurrence=1, as_of=world.deps.today(), sha256=sha256(PDF).hexdigest(), pdf=PDF, content="{}",
        created_at=world.clock.now(),
    )  # fmt: skip
    with world.database.session() as session:
        documents.save_document(session, made)
    commands = f"/cases/{case_no}/commands"
    async with world.client("head_of_asset_management", "auditor") as client:
        upload = (await client.post("/attachments", files={"file": ("凭证.pdf", PDF)})).json()["id"]
        note = {"do": "add_note", "text": f"见 {upload}"}
        assert (await client.post(commands, json=note, headers=key("n"))).status_code == 200
        assert (await client.post(commands, json=SIGN, headers=key("s"))).status_code == 200
        assert (await client.post(commands, json=SIGN, headers=key("late"))).status_code == 409
        content = (await client.get(f"/cases/{case_no}/export", params={"chain": True})).content
    world.database.close()
    file = tmp_path / "case.zip"
    file.write_bytes(content)
    return file


def found(file: Path, key: bytes = SEALS) -> list[str]:
    return [fault.message for fault in check_archive(file, key)]


def forged(file: Path, change: Callable[[Files], None]) -> list[Fault]:
    """What is found after somebody changed files of the archive and made the index anew."""
    with zipfile.ZipFile(file) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    change(files)
    index = [
        {"name": name, "what": "", "size": len(content), "sha256": sha256(content).hexdigest()}
        for name, content in files.items() if not name.startswith("index.")
    ]  # fmt: skip
    files["index.json"] = json.dumps(index).encode()
    with zipfile.ZipFile(file, "w") as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return list(check_archive(file, SEALS))


def lines(files: Files, name: str) -> list[bytes]:
    return files[name].splitlines(keepends=True)


def test_a_fresh_archive_is_whole_and_names_the_rules_and_the_people(archive: Path) -> None:
    assert found(archive) == []
    with zipfile.ZipFile(archive) as packed:
        names = packed.namelist()
        staff = [json.loads(line) for line in packed.read("records/staff.jsonl").splitlines()]
        assert "password_hash" not in staff[0] and "head_of_asset_management" in staff[0]["roles"]
        assert b"$argon2" not in b"".join(packed.read(name) for name in names)
    assert "records/command_attempt.jsonl" in names


def test_the_seals_need_their_key(archive: Path) -> None:
    assert any("seal of another key" in message for message in found(archive, b"another key"))


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"PK\x03\x04")
    with pytest.raises(Invalid, match="no archive of a case"):
        found(tmp_path / "x.zip")


def change_event(files: Files) -> None:
    files["records/case_event.jsonl"] = files["records/case_event.jsonl"].replace("见".encode(), "无".encode())


def remove_event(files: Files) -> None:
    files["records/case_event.jsonl"] = b"".join(lines(files, "records/case_event.jsonl")[:-1])


def remove_attempt(files: Files) -> None:
    del files["records/command_attempt.jsonl"]


def remove_entry(files: Files) -> None:
    files["audit.jsonl"] = b"".join(lines(files, "audit.jsonl")[:-1])


def swap_entries(files: Files) -> None:
    first, second, *rest = lines(files, "audit.jsonl")
    files["audit.jsonl"] = b"".join([second, first, *rest])


def change_state(files: Files) -> None:
    case = json.loads(files["records/case.jsonl"])
    case["snapshot"] = case["snapshot"].replace("L-000001-1", "L-000001-2")
    files["records/case.jsonl"] = json.dumps(case).encode()


def change_upload(files: Files) -> None:
    (name,) = [name for name in files if name.startswith("uploads/")]
    files[name] = pdf("another")


def cut_chain(files: Files) -> None:
    chain = lines(files, "chain.jsonl")
    files["chain.jsonl"] = b"".join(chain[:1] + chain[2:])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (change_event, "case_event L-000001-1/"),
        (remove_event, "is missing"),
        (remove_attempt, "command_attempt"),
        (remove_entry, "has no entry"),
        (swap_entries, "does not follow"),
        (change_state, "the state of case L-000001-1 is not the one that was recorded"),
        (change_upload, "is not the file that was uploaded"),
        (cut_chain, "is missing"),
    ],
)
def test_what_was_changed_with_care_is_found(archive: Path, change: Callable[[Files], None], said: str) -> None:
    assert any(said in fault.message for fault in forged(archive, change))


def test_without_care_the_index_tells(archive: Path) -> None:
    with zipfile.ZipFile(archive, "a") as packed:
        packed.writestr("documents/another.pdf", PDF)
    assert found(archive) == ["documents/another.pdf was added: the index has it not"]
