"""Visits: planned with a whole team and what it carries, changed by a substitute, reported by those who went."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from domain.events import StepCompleted
from store import cases
from store.staff import StaffMember
from tests.api.supervised import loan
from tests.api.world import World, key

LOCAL, AWAY = "local_visit", "non_local_visit"
DAY = "2026-03-10"


def member(person: StaffMember, role: str | None = None) -> dict[str, str]:
    return {"user": person.id, "role": role or person.roles[0]}


async def plan(
    client: httpx.AsyncClient, case_no: str, step: str, *team: StaffMember, name: str = "p", **more: Any
) -> httpx.Response:
    body = {"day": DAY, "team": [member(person) for person in team], **more}
    return await client.post(f"/cases/{case_no}/steps/{step}/visits", json=body, headers=key(name))


async def command(world: World, case_no: str, role: str, name: str, **body: Any) -> httpx.Response:
    async with world.client(role) as client:
        return await client.post(f"/cases/{case_no}/commands", json=body, headers=key(name))


async def located(world: World, where: str) -> str:
    """A case on business day 4 (10 March), where its customer is having been verified."""
    case_no = await loan(world, "consumer_loan", "2026-03-04")
    answer = await command(
        world, case_no, "risk_officer", "l", do="answer_step", step="locality_verification", outcome=where
    )
    assert answer.status_code == 200, answer.text
    return case_no


def ended(world: World, case_no: str, step: str) -> list[StepCompleted]:
    with world.database.reading() as session:
        bodies = [event.body for event in cases.timeline(session, case_no)]
    return [body for body in bodies if isinstance(body, StepCompleted) and body.step == step]


async def test_before_the_locality_is_verified_no_visit_is_planned(world: World) -> None:
    """Z3.4a: it decides whether two or three go."""
    case_no = await loan(world, "consumer_loan", "2026-03-04")
    officer, manager = world.staff("risk_officer"), world.staff("business_manager")
    async with world.client(as_user=officer) as client:
        early = await plan(client, case_no, LOCAL, officer, manager)
        verified = {"do": "answer_step", "step": "locality_verification", "outcome": "non_local"}
        await client.post(f"/cases/{case_no}/commands", json=verified, headers=key("l"))
        other = await plan(client, case_no, LOCAL, officer, manager)
    assert [a.json()["code"] for a in (early, other)] == ["locality_unverified", "not_open"]


async def test_a_local_visit_is_made_by_two_and_reported_by_them(world: World) -> None:
    """Z3.4b, MB3.2a: named people, each in their role, and the record says who went."""
    case_no = await located(world, "local")
    officer, manager = world.staff("risk_officer"), world.staff("business_manager")
    async with world.client(as_user=officer) as client:
        visit = (await plan(client, case_no, LOCAL, officer, manager)).json()
        path = f"/visits/{visit['id']}/report"
        alone = await client.post(path, json={"outcome": "visited", "participants": [officer.id]}, headers=key("r0"))
        strange = await client.post(path, json={"outcome": "visited", "participants": ["u-99"]}, headers=key("r1"))
        wrong = await client.post(path, json={"outcome": "cured"}, headers=key("r2"))
        assert not ended(world, case_no, LOCAL)
        done = await client.post(path, json={"outcome": "visited", "note": "已面谈"}, headers=key("r3"))
        same = await client.post(path, json={"outcome": "visited"}, headers=key("r3"))
        again = await client.post(path, json={"outcome": "not_met"}, headers=key("r4"))
    assert [a.json()["code"] for a in (alone, strange, wrong, again)] == [
        "team_too_small", "not_in_team", "outcome_not_allowed", "visit_over",
    ]  # fmt: skip
    assert done.json() == same.json()
    assert (done.json()["status"], done.json()["participants"]) == ("reported", [officer.id, manager.id])
    assert [body.participants for body in ended(world, case_no, LOCAL)] == [(officer.id, manager.id)]


async def test_a_visit_without_its_team_is_not_planned(world: World) -> None:
    case_no = await located(world, "local")
    officer, second, manager = world.staff("risk_officer"), world.staff("risk_officer"), world.staff("business_manager")
    gone = world.staff("business_manager", active=False)
    async with world.client(as_user=officer) as client:
        answers = [
            await plan(client, case_no, LOCAL, officer), await plan(client, case_no, LOCAL, officer, officer),
            await plan(client, case_no, LOCAL, officer, second), await plan(client, case_no, LOCAL, officer, gone),
            await plan(client, case_no, LOCAL, officer, manager, day="2026-03-09"),
            await plan(client, case_no, "locality_verification", officer, manager),
        ]  # fmt: skip
    async with world.client("finance") as client:
        answers.append(await plan(client, case_no, LOCAL, officer, manager))
    assert [a.json()["code"] for a in answers] == [
        "team_too_small", "team_too_small", "team_incomplete", "team_unfit", "visit_day_past", "not_a_visit",
        "not_entitled",
    ]  # fmt: skip


async def test_a_non_local_visit_needs_three(world: World) -> None:
    """Z3.4d."""
    case_no = await located(world, "non_local")
    await command(world, case_no, "head_of_risk_control", "v", do="answer_step", step="visit_choice", outcome="visit")
    officer, manager, leader = (world.staff(role) for role in ("risk_officer", "business_manager", "team_leader"))
    async with world.client(as_user=officer) as client:
        two = await plan(client, case_no, AWAY, officer, manager)
        three = await plan(client, case_no, AWAY, officer, leader, manager)
    assert (two.json()["code"], three.status_code) == ("team_too_small", 201)


async def test_the_team_leader_names_a_substitute_and_nobody_else_does(world: World) -> None:
    """Z4.2b: a member of the same team goes instead; the decision stands in the record of the case."""
    case_no = await located(world, "local")
    officer, manager, other = world.staff("risk_officer"), world.staff("business_manager"), world.staff("team_member")
    wanted = {"absent": manager.id, "user": other.id, "role": "team_member", "reason": "出差"}
    async with world.client(as_user=officer) as client:
        without = await plan(client, case_no, LOCAL, officer, other, name="p0")
        visit = (await plan(client, case_no, LOCAL, officer, manager)).json()
        path = f"/visits/{visit['id']}/substitute"
        self_made = await client.post(path, json=wanted, headers=key("s0"))
    async with world.client("team_leader") as leader:
        other_role = {**wanted, "role": "risk_officer"}
        going = await leader.post(path, json={**other_role, "user": officer.id}, headers=key("s1"))
        unled = world.staff("risk_officer")
        unfit = await leader.post(path, json={**other_role, "user": unled.id}, headers=key("s2"))
        named = await leader.post(path, json=wanted, headers=key("s3"))
    assert [a.json()["code"] for a in (without, self_made, going, unfit)] == [
        "team_incomplete", "not_entitled", "team_unfit", "substitute_unfit",
    ]  # fmt: skip
    assert named.status_code == 200, named.text
    assert named.json()["plan"]["team"][1] == {
        "user": other.id, "role": "team_member", "stands_in_for": "business_manager",
    }  # fmt: skip
    assert [(body.outcome, body.role, body.note) for body in ended(world, case_no, "substitute")] == [
        ("assigned", "team_leader", "出差")
    ]
    async with world.client(as_user=officer) as client:
        done = await client.post(f"/visits/{visit['id']}/report", json={"outcome": "not_met"}, headers=key("r"))
    assert done.json()["participants"] == [officer.id, other.id]


async def test_a_requested_substitute_answers_the_request(world: World) -> None:
    case_no = await located(world, "local")
    officer, manager, other = world.staff("risk_officer"), world.staff("business_manager"), world.staff("team_member")
    await command(world, case_no, "business_manager", "o", do="open_step", step="substitute", note="无法前往")
    async with world.client(as_user=officer) as client:
        visit = (await plan(client, case_no, LOCAL, officer, manager)).json()
    wanted = {"absent": manager.id, "user": other.id, "role": "team_member", "reason": "出差"}
    async with world.client("team_leader") as leader:
        named = await leader.post(f"/visits/{visit['id']}/substitute", json=wanted, headers=key("s"))
    assert (named.status_code, len(ended(world, case_no, "substitute"))) == (200, 1)


@pytest.mark.parametrize("outcome", ["visited", "not_met"])
async def test_a_visit_is_answered_by_its_report_only(world: World, outcome: str) -> None:
    case_no = await located(world, "local")
    people = ["u-1", "u-2"]
    answer = await command(
        world, case_no, "risk_officer", "a", do="answer_step", step=LOCAL, outcome=outcome, participants=people
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "visit_unreported")
    assert not ended(world, case_no, LOCAL)


async def test_two_collectors_with_credentials_and_papers(world: World) -> None:
    """C4.3.2b."""
    case_no = await loan(world, "credit_loan", "2026-02-20")
    opened = await command(world, case_no, "credit_department", "o", do="open_step", step="field_visit")
    assert opened.status_code == 200, opened.text
    one, two = world.staff("collector"), world.staff("collector")
    noted = {"credentials": "工作证", "papers": "催收函"}
    async with world.client(as_user=one) as client:
        answers = [
            await plan(client, case_no, "field_visit", one, **noted),
            await plan(client, case_no, "field_visit", one, two, papers="催收函"),
            await plan(client, case_no, "field_visit", one, two, credentials="工作证", papers="  "),
        ]
        planned = await plan(client, case_no, "field_visit", one, two, **noted)
        substitute = {"absent": two.id, "user": world.staff("collector").id, "role": "collector", "reason": "x"}
    async with world.client("head_of_collection") as head:
        path = f"/visits/{planned.json()['id']}/substitute"
        nobody = await head.post(path, json=substitute, headers=key("s"))
    assert [a.json()["code"] for a in (*answers, nobody)] == [
        "team_too_small", "credentials_missing", "papers_missing", "no_substitute",
    ]  # fmt: skip
    assert planned.json()["plan"]["credentials"] == "工作证"


async def test_an_assigned_person_goes_with_a_thought_for_safety(world: World) -> None:
    """H3.1, MB3.2a."""
    case_no, person = await loan(world, "instalment_loan", "2026-02-06"), world.staff("assigned_person")
    raised = {"do": "open_step", "step": "raised_occurrence", "outcome": "second"}
    no_show = {"do": "answer_step", "step": "appearance_from_31", "outcome": "no_show"}
    for role, body in (("supervisor", raised), ("collector", no_show)):
        answer = await command(world, case_no, role, role, **body)
        assert answer.status_code == 200, answer.text
    async with world.client(as_user=person) as client:
        careless = await plan(client, case_no, "visit_from_31", person)
        planned = (await plan(client, case_no, "visit_from_31", person, safety="白天前往，事先告知督导人员")).json()
        done = await client.post(f"/visits/{planned['id']}/report", json={"outcome": "visited"}, headers=key("r"))
    assert (careless.json()["code"], done.json()["participants"]) == ("safety_missing", [person.id])


async def test_plans_are_listed_by_day_and_a_new_one_takes_the_place_of_the_old(world: World) -> None:
    case_no = await located(world, "local")
    officer, manager = world.staff("risk_officer"), world.staff("business_manager")
    async with world.client(as_user=officer) as client:
        first, again = [(await plan(client, case_no, LOCAL, officer, manager, day="2026-03-12")).json() for _ in "12"]
        ahead = await client.post(f"/visits/{first['id']}/report", json={"outcome": "visited"}, headers=key("r"))
        await plan(client, case_no, LOCAL, officer, manager, name="p2", day="2026-03-11")
        rows = (await client.get("/visits", params={"case_no": case_no})).json()["rows"]
        (left,) = (await client.get("/visits", params={"status": "planned", "day": "2026-03-11"})).json()["rows"]
    assert first == again and ahead.json()["code"] == "visit_ahead"
    assert [(one["plan"]["day"], one["status"]) for one in rows] == [
        ("2026-03-11", "planned"), ("2026-03-12", "cancelled"),
    ]  # fmt: skip
    assert left["id"] == rows[0]["id"]
