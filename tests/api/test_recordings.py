"""Recordings of contacts: who may add, hear and judge them, and what the built-in checker finds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from hashlib import sha256
from typing import Any

import httpx
import pytest

from activities.key_figures import Asked, KeyFigures
from api.app import create_app
from domain.kpi_report import By, KpiReport
from domain.quality import Quality, Transcript
from domain.wording import Script
from store.documents import get_attachment
from tests.api.supervised import Line, connect, dialled, event, loan
from tests.api.world import World, key
from tests.builders.files import wav

WAV = wav()
CALLED = {"do": "record_contact", "contact": {"channel": "phone", "outcome": "contacted", "duration": 60}}
SCRIPT = "我是张三。来电是提醒您。请问您是李四吗？您已逾期八天。是什么原因？可以分期。还会计收罚息。"
THREAT = "再不还就起诉你家人"


def lines(*said: tuple[str, str], survey: int | None = None) -> dict[str, Any]:
    return {"lines": [{"speaker": speaker, "text": text} for speaker, text in said], "survey": survey}


async def recorded(world: World, client: httpx.AsyncClient, case_no: str, name: str = "c1") -> int:
    """A contact that somebody recorded; its seq."""
    done = await client.post(f"/cases/{case_no}/commands", json=CALLED, headers=key(name))
    assert done.status_code == 200, done.text
    return done.json()["first_seq"]


async def attached(client: httpx.AsyncClient, case_no: str, seq: int, content: bytes = WAV) -> dict[str, Any]:
    """A recording of that contact, uploaded."""
    file = (await client.post("/recordings/files", files={"file": ("a.wav", content)})).json()
    body = {"case_no": case_no, "seq": seq, "file": file["id"]}
    answer = await client.post("/recordings", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def judged(world: World, recording: str, body: dict[str, Any]) -> dict[str, Any]:
    async with world.client("head_of_risk_control") as head:
        answer = await head.put(f"/recordings/{recording}/transcript", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def case_of(world: World) -> str:
    return await loan(world, "consumer_loan", "2026-03-09")


async def test_a_recording_belongs_to_its_contact_and_its_collector(world: World) -> None:
    """MB3.1b: a contact can be traced to what was said in it, byte for byte."""
    case_no, officer = await case_of(world), world.staff("risk_officer")
    async with world.client(as_user=officer) as client:
        seq = await recorded(world, client, case_no)
        first, again = [await attached(client, case_no, seq) for _ in range(2)]
        heard = await client.get(f"/recordings/{first['id']}/content")
    assert first == again
    assert (first["collector"], first["sha256"], first["seq"]) == (officer.id, sha256(WAV).hexdigest(), seq)
    assert (heard.content, heard.headers["content-type"]) == (WAV, "audio/wav")
    with world.database.reading() as session:
        assert get_attachment(session, first["kept"]) is not None


async def test_only_supervisors_and_the_recorded_hear_a_recording(world: World) -> None:
    case_no = await case_of(world)
    async with world.client("risk_officer") as client:
        found = await attached(client, case_no, await recorded(world, client, case_no))
    codes: dict[str, int] = {}
    for role in ("business_manager", "team_leader", "finance", "auditor", "administrator"):
        async with world.client(role) as other:
            codes[role] = (await other.get(f"/recordings/{found['id']}/content")).status_code
            as_file = await other.get(f"/attachments/{found['kept']}")
            assert as_file.status_code == 404
    assert codes == {"business_manager": 403, "team_leader": 200, "finance": 403, "auditor": 200, "administrator": 403}
    async with world.client("business_manager") as other:
        assert (await other.get("/recordings")).json()["rows"] == []


async def test_the_checklist_finds_what_was_said_and_how_content_the_customer_was(world: World) -> None:
    """B3.2.2a: the script of the step is the yardstick, item by item; the customer's words tell the mood."""
    case_no = await case_of(world)
    async with world.client("risk_officer") as client:
        ids = [
            (await attached(client, case_no, await recorded(world, client, case_no, f"c{n}"), WAV + bytes([n])))["id"]
            for n in range(3)
        ]
    whole = await judged(world, ids[0], lines(("collector", SCRIPT), ("customer", "好的，谢谢")))
    part = await judged(world, ids[1], lines(("collector", "我是张三。"), ("customer", "我要投诉你")))
    asked = await judged(world, ids[2], lines(("collector", SCRIPT), survey=4))
    assert [(one["compliance"], one["satisfaction"]) for one in (whole, part, asked)] == [
        ("100.0", "100.0"), ("14.3", "0.0"), ("100.0", "75.0"),
    ]  # fmt: skip
    assert whole["script"].startswith("script.first_call@") and whole["checker"] == "checklist-1"
    assert part["missing"] == ["purpose", "person", "figures", "ability", "options", "effects"]
    async with world.client("auditor") as client:
        page = (await client.get("/recordings", params={"collector": whole["collector"], "limit": 2})).json()
        rest = (await client.get("/recordings", params={"limit": 2, "cursor": page["next"]})).json()
    assert (len(page["rows"]), len(rest["rows"]), rest["next"]) == (2, 1, None)


@pytest.mark.parametrize(
    ("said", "kind"), [(THREAT, "threat"), ("你就是个老赖", "insult"), ("You deadbeat, pay now", "insult")]
)
async def test_a_forbidden_word_is_a_serious_violation(world: World, said: str, kind: str) -> None:
    """C4.3.2c, H3.1, MB3.1a: threats and insults are found whatever else was said, and cost the whole score."""
    case_no = await case_of(world)
    async with world.client("risk_officer") as client:
        found = await attached(client, case_no, await recorded(world, client, case_no))
    for _ in range(2):
        score = await judged(world, found["id"], lines(("collector", SCRIPT + said)))
    assert (score["compliance"], score["missing"]) == ("0.0", [])
    async with world.client("team_leader") as client:
        (violation,) = (await client.get("/violations")).json()["rows"]
    named = {name: violation[name] for name in ("found_by", "kind", "severity", "who", "evidence", "standing")}
    assert named == {"found_by": "checker", "kind": kind, "severity": "serious", "who": found["collector"],
                     "evidence": found["id"], "standing": "open"}  # fmt: skip


async def test_what_the_customer_says_is_no_violation(world: World) -> None:
    case_no = await case_of(world)
    async with world.client("risk_officer") as client:
        found = await attached(client, case_no, await recorded(world, client, case_no))
    score = await judged(world, found["id"], lines(("collector", SCRIPT), ("customer", "你这个骗子")))
    async with world.client("team_leader") as client:
        assert (score["compliance"], (await client.get("/violations")).json()["rows"]) == ("100.0", [])


async def test_a_recorded_visit_is_judged_by_the_script_of_visits(world: World) -> None:
    """MB3.2b: whether ways to pay were offered, and that people leave when they are asked to."""
    case_no = await case_of(world)
    called = {"do": "record_contact", "contact": {"channel": "visit", "outcome": "contacted"}}
    async with world.client("risk_officer") as client:
        seq = (await client.post(f"/cases/{case_no}/commands", json=called, headers=key("v"))).json()["first_seq"]
        kept = {"reference": "recorder:9", "sha256": "b" * 64, "step": "local_visit"}
        found = (await client.post("/recordings", json={"case_no": case_no, "seq": seq, **kept})).json()
    score = await judged(world, found["id"], lines(("collector", "我是张三，登门是想和您谈逾期，这会影响信用记录。")))
    assert score["script"].startswith("script.field_visit@") and score["compliance"] == "57.1"
    assert score["missing"] == ["person", "options", "safety"]


async def test_the_recording_of_a_dialled_call_is_attached_by_itself(world: World) -> None:
    connect(world, Line())
    case_no, kept = await case_of(world), {"reference": "pbx:77", "sha256": "a" * 64, "media_type": "audio/wav"}
    async with world.client("risk_officer") as client:
        call_id = await dialled(world, client, case_no, "phone_collection")
        for _ in range(2):
            assert (await event(world, call_id, "ended", duration=30, recording=kept)).status_code == 202
        (found,) = (await client.get("/recordings")).json()["rows"]
        elsewhere = await client.get(f"/recordings/{found['id']}/content")
    assert (found["reference"], found["sha256"], found["step"]) == ("pbx:77", "a" * 64, "phone_collection")
    assert elsewhere.json()["code"] == "kept_elsewhere"


async def test_nobody_judges_their_own_calls(world: World) -> None:
    case_no, both = await case_of(world), world.staff("risk_officer", "team_leader")
    async with world.client(as_user=both) as client:
        called = await client.post(
            f"/cases/{case_no}/commands", json=CALLED, headers={**key("c"), "X-Role": "risk_officer"}
        )
        found = await attached(client, case_no, called.json()["first_seq"])
        answer = await client.put(f"/recordings/{found['id']}/transcript", json=lines(("collector", SCRIPT)))
    assert (answer.status_code, answer.json()["code"]) == (403, "not_entitled")


async def test_what_is_no_recording_or_no_contact_is_refused(world: World) -> None:
    case_no = await case_of(world)
    async with world.client("risk_officer") as client:
        text = await client.post("/recordings/files", files={"file": ("a.wav", b"no sound")})
        file = (await client.post("/recordings/files", files={"file": ("a.wav", WAV)})).json()["id"]
        bodies = [
            {"case_no": case_no, "seq": 1, "file": file}, {"case_no": "L-9-1", "seq": 1, "file": file},
            {"case_no": case_no, "seq": 1, "file": "audio-none"}, {"case_no": case_no, "seq": 1},
            {"case_no": case_no, "seq": 1, "reference": "pbx:1"},
        ]  # fmt: skip
        codes = [(await client.post("/recordings", json=body)).json()["code"] for body in bodies]
    assert text.json()["code"] == "type_not_allowed"
    assert codes == ["unknown_contact", "unknown_case", "unknown_attachment", "invalid", "invalid"]


class Strict:
    """Another checker: nobody is ever good enough."""

    id = "strict-2"

    def check(self, transcript: Transcript, script: Script | None, survey: int | None) -> Quality:
        return Quality.model_validate({"compliance": "1.0", "satisfaction": None})


async def test_another_checker_takes_the_place_of_the_built_in_one(world: World) -> None:
    world.deps = replace(world.deps, checker=Strict())
    world.app = create_app(world.deps)
    case_no = await case_of(world)
    async with world.client("risk_officer") as client:
        found = await attached(client, case_no, await recorded(world, client, case_no))
    score = await judged(world, found["id"], lines(("collector", SCRIPT)))
    assert (score["checker"], score["compliance"]) == ("strict-2", "1.0")


def report(world: World, by: By | None) -> KpiReport:
    with world.database.reading() as session:
        asked = Asked(first=date(2026, 3, 1), last=date(2026, 3, 31), by=by)
        return KeyFigures(world.policies).report(session, asked)


async def test_the_scores_are_key_figures_of_each_specialist(world: World) -> None:
    """B3.2.2b: mean compliance, mean satisfaction and recordings with violations of each collector."""
    case_no, good, bad = await case_of(world), world.staff("risk_officer"), world.staff("risk_officer")
    said = {good.id: [SCRIPT, "我是张三。"], bad.id: [SCRIPT + THREAT]}
    for person in (good, bad):
        async with world.client(as_user=person) as client:
            for number, text in enumerate(said[person.id]):
                seq = await recorded(world, client, case_no, f"{person.id}-{number}")
                found = await attached(client, case_no, seq, WAV + f"{person.id}{number}".encode())
                await judged(world, found["id"], lines(("collector", text), survey=5))
    values = {line.group: {one.figure: str(one.value) for one in line.values} for line in report(world, "owner").lines}
    assert [values[good.id][name] for name in ("script_compliance", "satisfaction", "violations")] == [
        "57.2", "100.0", "0",
    ]  # fmt: skip
    assert [values[bad.id][name] for name in ("script_compliance", "satisfaction", "violations")] == [
        "0.0", "100.0", "1",
    ]  # fmt: skip
    whole = {one.figure: one.value for one in report(world, None).lines[0].values}
    assert (str(whole["script_compliance"]), str(whole["violations"])) == ("38.1", "1")
