"""Who may do what: commands that are open and why others are not, delegations, refusals kept for the auditor."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from api.auth import Person
from domain import events as e
from store import cases, staff
from store.staff import StaffMember
from tests.api.world import SIGN, World, key

HEAD = "head_of_asset_management"


def url(case_no: str) -> str:
    return f"/cases/{case_no}/commands"


async def given(world: World, giver: StaffMember, deputy: StaffMember, role: str = HEAD, **more: object) -> Any:
    ends = (world.clock.at + timedelta(days=3)).isoformat()
    body = {"to_user": deputy.id, "role": role, "ends": ends, "reason": "出差", **more}
    async with world.client(as_user=giver) as client:
        return await client.post("/delegations", json=body, headers=key(f"d-{giver.id}-{deputy.id}"))


async def allowed(world: World, who: StaffMember, case_no: str) -> list[dict[str, Any]]:
    async with world.client(as_user=who) as client:
        answer = await client.get(f"/cases/{case_no}/allowed")
    assert answer.status_code == 200, answer.text
    return answer.json()


def one_of(lines: list[dict[str, Any]], do: str, step: str, outcome: str | None = None) -> dict[str, Any]:
    (found,) = [x for x in lines if (x["do"], x.get("step"), x.get("outcome")) == (do, step, outcome)]
    return found


async def test_a_deputy_signs_and_the_record_says_by_which_delegation(world: World) -> None:
    case_no, head, deputy = await world.case(), world.staff(HEAD), world.staff("finance")
    answer = await given(world, head, deputy)
    assert answer.status_code == 200, answer.text
    async with world.client(as_user=deputy) as client:
        assert [row["step"] for row in (await client.get("/tasks")).json()["rows"]] == ["demand_notice_signature"]
        assert (await client.post(url(case_no), json=SIGN, headers=key("c-1"))).status_code == 200
    with world.database.reading() as session:
        (actor, *_) = [event.actor for event in cases.timeline(session, case_no) if event.command_id == "c-1"]
    assert actor == e.Actor(user=deputy.id, role=HEAD, authority=f"delegation:d-{head.id}-{deputy.id}")


async def test_a_delegation_begins_and_ends_by_itself(world: World) -> None:
    case_no, head, deputy = await world.case(), world.staff(HEAD), world.staff("finance")
    await given(world, head, deputy, begins=(world.clock.at + timedelta(days=1)).isoformat())
    async with world.client(as_user=deputy) as client:
        early = await client.post(url(case_no), json=SIGN, headers=key("c-1"))
        world.clock.at += timedelta(days=3)
        late = await client.post(url(case_no), json=SIGN, headers=key("c-2"))
    assert [(one.status_code, one.json()["code"]) for one in (early, late)] == [(403, "not_entitled")] * 2


async def test_a_revoked_delegation_ends_at_once_and_stays_in_the_record(world: World) -> None:
    case_no, head, deputy = await world.case(), world.staff(HEAD), world.staff("finance")
    number = (await given(world, head, deputy)).json()["id"]
    async with world.client(as_user=head) as client:
        first = await client.post(f"/delegations/{number}/revoke", json={"reason": "提前返回"})
        again = await client.post(f"/delegations/{number}/revoke", json={"reason": "提前返回"})
        known = (await client.get("/delegations")).json()
    async with world.client(as_user=deputy) as client:
        refused = await client.post(url(case_no), json=SIGN, headers=key("c-1"))
    assert first.json()["revoked_by"] == head.id
    assert (again.status_code, again.json()["code"]) == (409, "already_revoked")
    assert [(one["id"], one["revoked_by"]) for one in known] == [(number, head.id)]
    assert refused.json()["code"] == "not_entitled"


async def test_what_was_delegated_cannot_be_passed_on(world: World) -> None:
    head, deputy, third = world.staff(HEAD), world.staff("finance"), world.staff("business")
    await given(world, head, deputy)
    answer = await given(world, deputy, third)
    assert (answer.status_code, answer.json()["code"]) == (422, "delegation_unfit")
    assert "of their own" in answer.json()["detail"]


async def test_every_fault_of_a_delegation_at_once(world: World) -> None:
    head, auditor = world.staff(HEAD), world.staff("auditor")
    answer = await given(world, head, auditor, "finance", ends="2026-03-01T00:00:00+08:00")
    assert answer.json()["code"] == "delegation_unfit"
    for place in ("role:", "to_user:", "ends:"):
        assert place in answer.json()["detail"]


async def test_somebody_elses_role_is_given_only_by_those_who_lead(world: World) -> None:
    head, deputy, clerk = world.staff(HEAD), world.staff("finance"), world.staff("collector")
    answer = await given(world, clerk, deputy, from_user=head.id)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_entitled")
    assert (await given(world, head, deputy, "collector", from_user=clerk.id)).status_code == 200


async def test_a_delegation_of_somebody_who_left_is_worth_nothing(world: World) -> None:
    case_no, head, deputy = await world.case(), world.staff(HEAD), world.staff("finance")
    await given(world, head, deputy)
    with world.database.session() as session:
        staff.change(session, head.model_copy(update={"active": False}))
    async with world.client(as_user=deputy) as client:
        assert (await client.post(url(case_no), json=SIGN, headers=key("c-1"))).status_code == 403


def test_ones_own_role_goes_before_a_delegated_one() -> None:
    person = Person(user="u", roles=(HEAD,))
    assert person.actor(HEAD, "answer_step").authority == "permission:answer_step"
    assert person.stands_for(HEAD) is None


async def test_the_commands_of_a_case_with_the_reason_for_each_that_is_not_open(world: World) -> None:
    case_no = await world.case()
    of_head, of_finance = [await allowed(world, world.staff(role), case_no) for role in (HEAD, "finance")]
    assert one_of(of_head, "answer_step", "demand_notice_signature", "signed")["allowed"]
    other = one_of(of_finance, "answer_step", "demand_notice_signature", "signed")
    assert (other["allowed"], other["code"]) == (False, "not_entitled")
    assert HEAD in other["remedy"]
    early = one_of(of_head, "open_step", "suspension_application")
    assert (early["allowed"], early["carries"]) == (False, ["evidence: suspension_application", "end_date"])
    assert not any(line["allowed"] for line in await allowed(world, world.staff("auditor"), case_no))


async def test_what_is_allowed_is_then_accepted_and_what_is_not_is_refused_with_that_code(world: World) -> None:
    """Every line about an open step, sent for real against a case that nobody has touched."""
    for role in (HEAD, "finance", "collector", "legal_compliance"):
        case_no, person = await world.case(f"L-{role}"), world.staff(role)
        lines = [x for x in await allowed(world, person, case_no) if x["do"] in ("answer_step", "start_task")]
        assert lines
        for number, line in enumerate(sorted(lines, key=lambda x: x["allowed"])):
            body = {name: line[name] for name in ("do", "step", "outcome") if line.get(name)}
            async with world.client(as_user=person) as client:
                answer = await client.post(url(case_no), json=body, headers=key(f"{case_no}-{number}"))
            if line["allowed"]:
                assert answer.status_code == 200, (line, answer.text)
                break
            assert answer.json()["code"] == line["code"]


async def test_an_unknown_case_has_no_commands(world: World) -> None:
    async with world.client(HEAD) as client:
        assert (await client.get("/cases/L-none-1/allowed")).json()["code"] == "unknown_case"


async def test_refusals_are_listed_for_auditors_and_cannot_be_erased(world: World) -> None:
    case_no, clerk = await world.case(), world.staff("finance")
    async with world.client(as_user=clerk) as client:
        await client.post(url(case_no), json=SIGN, headers=key("c-1"))
        assert (await client.get("/attempts")).status_code == 403
    async with world.client("auditor") as client:
        (line,) = (await client.get("/attempts")).json()
    wanted = ("c-1", case_no, clerk.id, "finance", "answer_step", "demand_notice_signature", "not_entitled")
    assert tuple(line[name] for name in ("id", "case_no", "actor", "role", "kind", "step", "code")) == wanted
    for statement in ("DELETE FROM command_attempt", "UPDATE command_attempt SET code = 'x'"):
        with pytest.raises(DBAPIError), world.database.engine.begin() as connection:
            connection.execute(text(statement))


async def test_an_answer_is_withdrawn_through_the_api_only_by_its_giver(world: World) -> None:
    case_no, one, other = await world.case(), world.staff(HEAD), world.staff(HEAD)
    await allowed(world, one, case_no)
    body = {"do": "withdraw_answer", "step": "demand_notice_signature", "reason": "看错了"}
    async with world.client(as_user=other) as client:
        answer = await client.post(url(case_no), json=body, headers=key("c-1"))
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_withdraw")


async def test_a_condition_waits_in_the_list_of_who_confirms_it_and_holds_up_what_follows(world: World) -> None:
    """Early litigation letter (L5.5b): agreed on condition that Finance confirms the balance."""
    case_no = await world.case()
    condition = {"text": "余额已核对", "by": "2026-03-16", "role": "finance", "before": True}
    agreed = {"do": "answer_step", "step": "early_demand", "outcome": "agreed", "conditions": [condition]}
    async with world.client("head_of_business") as one, world.client("head_of_risk_management") as other:
        demanded = await one.post(url(case_no), json={"do": "open_step", "step": "early_demand"}, headers=key("c-1"))
        answered = await other.post(url(case_no), json=agreed, headers=key("c-2"))
    assert (demanded.status_code, answered.status_code) == (200, 200), answered.text
    finance = world.staff("finance")
    async with world.client(as_user=finance) as client, world.client("legal_compliance") as legal:
        (task,) = (await client.get("/tasks")).json()["rows"]
        assert (task["step"], task["status"], task["deadline"][:10]) == ("early_demand", "condition", "2026-03-16")
        assert one_of(await allowed(world, finance, case_no), "confirm_condition", "early_demand")["allowed"]
        assert (await legal.get("/tasks")).json()["rows"] == []
        confirm = {"do": "confirm_condition", "step": "early_demand", "no": 1}
        assert (await client.post(url(case_no), json=confirm, headers=key("c-3"))).status_code == 200
        assert (await client.get("/tasks")).json()["rows"] == []
        assert [row["step"] for row in (await legal.get("/tasks")).json()["rows"]] == ["prepare_litigation_letter"]


@pytest.mark.parametrize("far", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
async def test_instants_outside_the_calendars_are_refused(world: World, far: str) -> None:
    giver, deputy = world.staff(HEAD), world.staff("asset_manager")
    answer = await given(world, giver, deputy, ends=far)
    assert (answer.status_code, answer.json()["errors"][0]["place"]) == (422, "body.ends")
    async with world.client("auditor") as client:
        for path in ("/delegations", "/attempts"):
            assert (await client.get(path, params={"since": far})).status_code == 422, path
