"""Commands: carried out once, refused with a code, slow, or without an engine."""

from __future__ import annotations

import httpx
import pytest

from store.attempts import attempts_of
from tests.api.world import SIGN, World, key

HEAD = "head_of_asset_management"


def url(case_no: str) -> str:
    return f"/cases/{case_no}/commands"


async def test_a_signature_is_recorded_with_the_actor_of_the_token(world: World) -> None:
    case_no, head = await world.case(), world.staff(HEAD)
    async with world.client(as_user=head) as client:
        answer = await client.post(url(case_no), json=SIGN, headers=key("c-1"))
        assert (answer.status_code, answer.json()["state"]) == (200, "recorded")
        timeline = (await client.get(f"/cases/{case_no}/timeline")).json()
    entry = next(line for line in timeline if line["command_id"] == "c-1")
    assert entry["seq"] == answer.json()["first_seq"]
    assert entry["actor"] == {"user": head.id, "role": HEAD, "authority": "permission:answer_step"}
    assert entry["title"].startswith("租金催收通知书签字")
    assert any(line["kind"] == "message_sent" for line in timeline)


async def test_the_same_key_again_gives_the_first_answer_and_changes_nothing(world: World) -> None:
    case_no = await world.case()
    async with world.client(HEAD) as client:
        first = await client.post(url(case_no), json=SIGN, headers=key("c-1"))
        again = await client.post(url(case_no), json=SIGN, headers=key("c-1"))
        state = await client.get("/commands/c-1")
    assert first.json() == again.json() == state.json()
    assert world.cases.asked == 1


async def test_a_key_of_somebody_else_is_refused(world: World) -> None:
    case_no = await world.case()
    async with world.client(HEAD) as one, world.client(HEAD) as other:
        await one.post(url(case_no), json=SIGN, headers=key("c-1"))
        answer = await other.post(url(case_no), json=SIGN, headers=key("c-1"))
    assert (answer.status_code, answer.json()["code"]) == (409, "command_differs")


REFUSED = [
    ("finance", SIGN, 403, "not_entitled"),
    (HEAD, {**SIGN, "outcome": "perhaps"}, 422, "outcome_not_allowed"),
    (HEAD, {**SIGN, "step": "no_such_step"}, 422, "unknown_step"),
    (HEAD, {**SIGN, "step": "lawsuit"}, 409, "not_open"),
    (HEAD, {**SIGN, "evidence": "att-none"}, 404, "unknown_attachment"),
    ("business", {"do": "open_step", "step": "suspension_application"}, 409, "outside_days"),
    ("finance", {"do": "record_contact", "contact": {}}, 403, "not_entitled"),
    ("auditor", {"do": "add_note", "text": "x"}, 403, "not_entitled"),
    ("administrator", SIGN, 403, "not_entitled"),
]


@pytest.mark.parametrize(("role", "command", "status", "code"), REFUSED)
async def test_a_refusal_has_a_code_changes_nothing_and_is_recorded(
    world: World, role: str, command: dict[str, object], status: int, code: str
) -> None:
    case_no, person = await world.case(), world.staff(role)
    before = world.cases.running[case_no]
    async with world.client(as_user=person) as client:
        answer = await client.post(url(case_no), json=command, headers=key("c-1"))
        state = await client.get("/commands/c-1")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] and answer.json()["remedy"]
    assert world.cases.running[case_no] == before
    with world.database.reading() as session:
        (attempt,) = attempts_of(session, case_no)
    assert (attempt.actor, attempt.kind, attempt.code) == (person.id, command["do"], code)
    assert state.json() == {"id": "c-1", "case_no": case_no, "state": "refused", "first_seq": None, "code": code}


async def test_all_faults_of_a_body_are_told_at_once_without_values(world: World) -> None:
    case_no = await world.case()
    async with world.client(HEAD) as client:
        answer = await client.post(
            url(case_no), json={"do": "answer_step", "outcome": 7, "secret": "13800000000"}, headers=key("c-1")
        )
    places = {fault["place"] for fault in answer.json()["errors"]}
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert places == {"body.answer_step.step", "body.answer_step.outcome", "body.answer_step.secret"}
    assert "13800000000" not in answer.text


async def test_receipts_cannot_be_reported_by_people(world: World) -> None:
    case_no = await world.case()
    async with world.client(HEAD) as client:
        body = {"do": "report_receipt", "key": "k", "status": "delivered"}
        answer = await client.post(url(case_no), json=body, headers=key("c-1"))
    assert answer.status_code == 422


async def test_the_role_that_is_asked_is_taken_and_an_unclear_one_must_be_named(world: World) -> None:
    case_no = await world.case()
    note = {"do": "add_note", "text": "承租人来电"}
    async with world.client(HEAD, "finance") as client:
        asked = await client.post(url(case_no), json=SIGN, headers=key("c-1"))
        unclear = await client.post(url(case_no), json=note, headers=key("c-2"))
        named = await client.post(url(case_no), json=note, headers={**key("c-3"), "X-Role": "finance"})
        foreign = await client.post(url(case_no), json=note, headers={**key("c-4"), "X-Role": "collector"})
        timeline = (await client.get(f"/cases/{case_no}/timeline")).json()
    assert asked.status_code == 200
    assert (unclear.status_code, unclear.json()["code"]) == (422, "role_ambiguous")
    assert (foreign.status_code, foreign.json()["code"]) == (403, "role_not_yours")
    assert named.status_code == 200
    roles = {line["command_id"]: line["actor"]["role"] for line in timeline if line["actor"]}
    assert roles == {"c-1": HEAD, "c-3": "finance"}


async def test_a_slow_command_is_202_and_its_location_tells_the_end(world: World) -> None:
    case_no = await world.case()
    world.cases.mode = "slow"
    async with world.client(HEAD) as client:
        taken = await client.post(url(case_no), json=SIGN, headers=key("c-1"))
        assert (taken.status_code, taken.json()["state"]) == (202, "running")
        waiting = await client.get(taken.headers["Location"])
        assert waiting.json()["state"] == "running"
        world.cases.mode = "quick"
        finished = await client.get(taken.headers["Location"])
        assert finished.json()["state"] == "recorded"


async def test_a_slow_command_may_still_be_refused_and_that_is_recorded(world: World) -> None:
    case_no = await world.case()
    world.cases.mode = "slow"
    async with world.client("finance") as client:
        taken = await client.post(url(case_no), json=SIGN, headers=key("c-1"))
        world.cases.mode = "quick"
        refused = await client.get(taken.headers["Location"])
        again = await client.get("/commands/c-1")
    assert taken.status_code == 202
    assert (refused.json()["state"], refused.json()["code"]) == ("refused", "not_entitled")
    assert again.json() == refused.json()


async def test_without_the_engine_it_is_503_and_nothing_is_lost_by_sending_again(world: World) -> None:
    case_no = await world.case()
    async with world.client(HEAD) as client:
        world.cases.mode = "away"
        down = await client.post(url(case_no), json=SIGN, headers=key("c-1"))
        world.cases.mode = "quick"
        up = await client.post(url(case_no), json=SIGN, headers=key("c-1"))
    assert (down.status_code, down.json()["code"]) == (503, "engine_unavailable")
    assert down.headers["Retry-After"]
    assert up.status_code == 200


async def test_a_command_cut_off_by_the_end_of_the_case_is_409(world: World) -> None:
    case_no = await world.case()
    world.cases.mode = "cut off"
    async with world.client(HEAD) as client:
        answer = await client.post(url(case_no), json=SIGN, headers=key("c-1"))
    assert (answer.status_code, answer.json()["code"]) == (409, "case_closed")


async def test_unknown_cases_and_commands_are_404(world: World) -> None:
    async with world.client(HEAD) as client:
        case = await client.post(url("L-9-1"), json=SIGN, headers=key("c-1"))
        command = await client.get("/commands/c-1?case_no=L-9-1")
    assert (case.status_code, case.json()["code"]) == (404, "unknown_case")
    assert (command.status_code, command.json()["code"]) == (404, "unknown_command")


async def test_the_key_is_mandatory(world: World) -> None:
    case_no = await world.case()
    async with world.client(HEAD) as client:
        answer = await client.post(url(case_no), json=SIGN)
    assert answer.json()["errors"][0]["place"] == "header.Idempotency-Key"


async def test_bulk_gives_each_item_its_own_result(world: World) -> None:
    first, second = await world.case("L-000001"), await world.case("L-000002")
    items = [
        {"case_no": first, "id": "b-1", "command": SIGN},
        {"case_no": second, "id": "b-2", "command": {**SIGN, "outcome": "perhaps"}},
        {"case_no": "L-9-1", "id": "b-3", "command": SIGN},
    ]
    async with world.client(HEAD) as client:
        answer = await client.post("/commands/bulk", json={"items": items})
        too_many = await client.post("/commands/bulk", json={"items": items * 34})
    results = [(item["case_no"], item["status"], item["state"], item["code"]) for item in answer.json()]
    assert results == [
        (first, 200, "recorded", None),
        (second, 422, "refused", "outcome_not_allowed"),
        ("L-9-1", 404, "refused", "unknown_case"),
    ]
    assert too_many.status_code == 422


async def test_tasks_are_those_of_your_roles_the_most_overdue_first(world: World) -> None:
    await world.case("L-000001")
    world.clock.at = world.clock.at.replace(day=12)
    await world.case("L-000002", due=("2026-03-04",))
    async with world.client(HEAD) as head, world.client("legal_compliance") as legal:
        page: httpx.Response = await head.get("/tasks?limit=1")
        rest = await head.get("/tasks", params={"cursor": page.json()["next"]})
        nothing = await legal.get("/tasks")
        foreign = await legal.get("/tasks", params={"role": HEAD})
    found = [(row["case_no"], row["step"]) for row in page.json()["rows"] + rest.json()["rows"]]
    assert found == [("L-000001-1", "demand_notice_signature"), ("L-000002-1", "demand_notice_signature")]
    assert nothing.json()["rows"] == []
    assert foreign.json()["code"] == "role_not_yours"
