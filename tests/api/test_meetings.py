"""Meetings: an agenda from what waits, decisions that act on cases once, proposals, tasks, findings, trainings."""

from __future__ import annotations

from datetime import date
from typing import Any

from httpx import AsyncClient, Response

from domain.events import StepCompleted
from store import cases, errands, surveys
from store.attempts import attempts_of
from store.staff import StaffMember
from store.surveys import Opinion, Survey
from tests.api.placed import document
from tests.api.world import World, key

OPENING = {
    "kind": "committee", "policy": "leasing", "role": "review_committee", "day": "2026-03-25", "title": "三月评审会",
}  # fmt: skip
FAST = {"do": "open_step", "step": "fast_track", "outcome": "direct_disposal", "present": 3, "in_favour": 3}

REPORTS = (
    ("asset_manager", "asset_inspection", "inspected"),
    ("business", "capacity_investigation", "investigated"),
    ("business", "capacity_report", "issued"),
)


async def held(client: AsyncClient, name: str = "m1", **changed: Any) -> dict[str, Any]:
    answer = await client.post("/meetings", json={**OPENING, **changed}, headers=key(name))
    assert answer.status_code == 201, answer.text
    return answer.json()


async def decide(client: AsyncClient, meeting: str, tag: str, /, **decision: Any) -> Response:
    return await client.post(f"/meetings/{meeting}/decisions", json={"decision": decision}, headers=key(tag))


async def ready(world: World) -> str:
    """A lease at 23 days past due on 25 March whose two reports exist."""
    case_no = await world.case()
    world.later(days=15)
    world.cases.settle(case_no)
    for role, step, outcome in REPORTS:
        async with world.client(role) as client:
            done = {"do": "answer_step", "step": step, "outcome": outcome}
            answer = await client.post(f"/cases/{case_no}/commands", json=done, headers=key(f"ready-{step}"))
            assert answer.status_code == 200, answer.text
    return case_no


def members(world: World, count: int = 3) -> list[StaffMember]:
    return [world.staff("review_committee") for _ in range(count)]


async def test_l5_4b_a_session_sends_a_project_directly_into_disposal_once(world: World) -> None:
    case_no, people = await ready(world), members(world)
    async with world.client(as_user=people[0]) as client:
        meeting = (await held(client, participants=[one.id for one in people], minutes=await document(client)))["id"]
        first = await decide(client, meeting, "d1", do="case", case_no=case_no, command=FAST)
        again = await decide(client, meeting, "d1", do="case", case_no=case_no, command=FAST)
        assert (first.status_code, first.json()["status"]) == (201, "applied"), first.text
        assert again.json() == first.json()
        twice = await decide(client, meeting, "d2", do="case", case_no=case_no, command=FAST)
        assert (twice.json()["status"], twice.json()["code"]) == ("refused", "already_decided")
        shown = (await client.get(f"/meetings/{meeting}")).json()["decisions"]
        assert [(one["no"], one["status"], one["code"]) for one in shown] == [
            (1, "applied", ""), (2, "refused", "already_decided"),
        ]  # fmt: skip
    with world.database.reading() as session:
        done = [
            event for event in cases.timeline(session, case_no)
            if isinstance(event.body, StepCompleted) and event.body.step == "fast_track"
        ]  # fmt: skip
    (event,) = done
    assert event.actor is not None and isinstance(event.body, StepCompleted)
    assert (event.actor.role, event.actor.authority) == ("review_committee", f"meeting:{meeting}")
    assert (event.body.present, event.body.in_favour, bool(event.body.evidence)) == (3, 3, True)
    assert world.cases.running[case_no].step("disposal_assistance").is_open  # L5.4c


async def test_one_members_word_for_how_the_others_voted_needs_minutes_or_the_record_of_the_meeting(
    world: World,
) -> None:
    case_no, people = await ready(world), members(world)
    before = world.cases.running[case_no]
    async with world.client(as_user=people[0]) as client:
        alone = await client.post(f"/cases/{case_no}/commands", json=FAST, headers=key("k1"))
        assert (alone.status_code, alone.json()["code"]) == (422, "document_missing")
        assert "meeting_minutes" in alone.json()["remedy"]
        assert world.cases.running[case_no] == before
        meeting = (await held(client, participants=[one.id for one in people]))["id"]  # its minutes are written later
        given = await decide(client, meeting, "d1", do="case", case_no=case_no, command=FAST)
        assert given.json()["status"] == "applied", given.text
    with world.database.reading() as session:
        assert [(one.kind, one.code) for one in attempts_of(session, case_no)] == [("open_step", "document_missing")]


async def test_what_the_case_refuses_is_shown_and_nothing_is_half_done(world: World) -> None:
    case_no = await world.case()
    people = members(world)
    before = world.cases.running[case_no]
    async with world.client(as_user=people[0]) as client:
        meeting = (await held(client, day="2026-03-10", participants=[one.id for one in people]))["id"]
        for name, changed, code in (
            ("d1", {}, "outside_days"),  # 8 days past due
            ("d2", {"present": 4}, "vote_impossible"),  # three took part
            ("d3", {"step": "nothing"}, "unknown_step"),
        ):
            found = await decide(client, meeting, name, do="case", case_no=case_no, command={**FAST, **changed})
            assert (found.json()["status"], found.json()["code"]) == ("refused", code)
        missing = await decide(client, meeting, "d4", do="case", case_no="X-1", command=FAST)
        assert missing.json()["code"] == "unknown_case"
    assert world.cases.running[case_no] == before


async def test_only_those_of_the_meeting_decide_and_not_before_it(world: World) -> None:
    async with world.client("asset_manager") as client:
        refused = await client.post("/meetings", json=OPENING, headers=key("m1"))
        assert (refused.status_code, refused.json()["code"]) == (403, "not_a_member")
    async with world.client("review_committee") as client:
        meeting = (await held(client))["id"]  # on 25 March
        early = await decide(client, meeting, "d1", do="propose", what="policy", name="leasing", change="提前")
        assert early.json()["code"] == "meeting_ahead"
    async with world.client("asset_manager") as client:
        other = await decide(client, meeting, "d1", do="propose", what="policy", name="leasing", change="提前")
        assert other.json()["code"] == "not_a_member"


async def test_l5_4a_the_agenda_is_what_is_asked_of_those_who_meet(world: World) -> None:
    case_no = await ready(world)
    world.later(days=20)
    world.cases.settle(case_no)
    async with world.client("asset_manager") as client:
        plan = {"do": "answer_step", "step": "disposal_plan", "outcome": "submitted"}
        await client.post(f"/cases/{case_no}/commands", json=plan, headers=key("plan"))
    async with world.client("review_committee") as client:
        asked = {ask.step for ask in world_asks(world, case_no) if ask.role == "review_committee"}
        assert asked == {"disposal_plan_decision"}
        where = {"policy": "leasing", "role": "review_committee"}
        shown = (await client.get("/meetings/agenda", params=where)).json()
        assert {(item["case_no"], item["step"]) for item in shown if item["kind"] == "ask"} == {
            (case_no, step) for step in asked
        }
        assert (await client.get("/meetings/agenda", params={**where, "policy": "bank"})).json() == []
        assert (await held(client, day="2026-04-14"))["agenda"] == shown


def world_asks(world: World, case_no: str) -> Any:
    with world.database.reading() as session:
        return cases.asks_of_case(session, case_no, world.deps.today())


def open_errands(world: World) -> list[tuple[str, tuple[str, ...], str | None, date]]:
    with world.database.reading() as session:
        found = errands.list_errands(session, None, "open").rows
    return [(one.rule, one.roles, one.assignee, one.due) for one in found]


async def test_b3_2_1s_a_meeting_proposes_a_change_to_whoever_approves_the_policy(world: World) -> None:
    async with world.client("collection_supervisor") as client:
        meeting = (await held(client, kind="analysis", policy="bank", role="collection_supervisor", day="2026-03-10"))[
            "id"
        ]
        change = {"do": "propose", "what": "policy", "change": "第二次联系提前两天"}
        wrong = await decide(client, meeting, "d0", **change, name="nowhere")
        assert (wrong.status_code, [fault["place"] for fault in wrong.json()["errors"]]) == (422, ["name"])
        for _ in range(2):
            found = await decide(client, meeting, "d1", **change, name="leasing")
            assert (found.json()["no"], found.json()["status"]) == (1, "proposed")
        await decide(client, meeting, "d2", do="propose", what="text", name="script.first_call", change="改称呼")
    assert open_errands(world) == [
        ("policy_proposal", ("general_manager",), None, date(2026, 3, 24)),
        ("text_proposal", ("legal",), None, date(2026, 3, 24)),
    ]


async def test_u4_2a_a_resolution_is_somebodys_task_by_a_day(world: World) -> None:
    person = world.staff("recovery_group")
    async with world.client("recovery_group") as client:
        meeting = (await held(client, kind="analysis", policy="union", role="recovery_group", day="2026-03-10"))["id"]
        task = {"do": "resolve", "text": "逐户核对联系方式"}
        wrong = await decide(client, meeting, "d0", **task, responsible="u-99", by="2026-03-09")
        assert {fault["place"] for fault in wrong.json()["errors"]} == {"responsible", "by"}
        assert open_errands(world) == []
        found = await decide(client, meeting, "d1", **task, responsible=person.id, by="2026-03-20")
    assert (found.json()["status"], found.json()["errand"]) == ("assigned", f"supervision.resolution.{meeting}.1")
    assert open_errands(world) == [("resolution", ("recovery_group",), person.id, date(2026, 3, 20))]
    async with world.client(as_user=person) as client:
        answer = {"outcome": "done", "answers": {"measure": "已核对"}}
        done = await client.post(f"/errands/{found.json()['errand']}/answer", json=answer, headers=key("a"))
        assert done.status_code == 200, done.text


async def test_f5_3_2_an_audit_finds_and_each_finding_is_put_right_by_somebody(world: World) -> None:
    person = world.staff("collector")
    case_no = world.lease()
    await world.deps.intake.run(world.deps.today())
    with world.database.session() as session:
        surveys.claim_survey(session, Survey(
            case_no=case_no, account_no="L-000001", policy_id="leasing", specialist=person.id, channel="sms",
            status="sent", asked_at=world.clock.now(),
        ))  # fmt: skip
        surveys.answer_survey(session, case_no, Opinion(score=4), "customer", world.clock.now())
    async with world.client("risk_management") as client:
        period = {"first": "2026-03-01", "last": "2026-03-31"}
        audit = {"kind": "audit", "role": "risk_management", "day": "2026-03-10", "title": "季度内审"}
        backwards = {**OPENING, **audit, "first": "2026-03-31", "last": "2026-03-01"}
        refused = await client.post("/meetings", json=backwards, headers=key("m0"))
        assert [fault["place"] for fault in refused.json()["errors"]] == ["last"]
        meeting = (await held(client, **audit, **period))["id"]
        finding = {"do": "find", "text": "三户无催收记录", "responsible": person.id, "by": "2026-03-17"}
        found = (await decide(client, meeting, "d1", **finding, severity="serious")).json()
        shown = (await client.get(f"/meetings/{meeting}")).json()
    assert found["status"] == "assigned"
    assert open_errands(world) == [("finding", ("collector",), person.id, date(2026, 3, 17))]
    assert [(one["specialist"], one["score"]) for one in shown["satisfaction"]] == [("", "4.0"), (person.id, "4.0")]


async def test_ma4_3_who_was_trained_in_what_with_which_result(world: World) -> None:
    one, other = world.staff("collector"), world.staff("collector")
    training = {"kind": "training", "role": "head_of_asset_management", "day": "2026-03-10", "title": "风险意识"}
    results = [{"user": one.id, "passed": True, "result": "92"}, {"user": other.id, "passed": False, "result": "55"}]
    async with world.client("head_of_asset_management") as client:
        empty = await client.post("/meetings", json={**OPENING, **training}, headers=key("m0"))
        assert [fault["place"] for fault in empty.json()["errors"]] == ["trained"]
        for _ in range(2):
            found = await held(client, **training, trained=results)
        assert found["participants"] == [one.id, other.id]
        mine = (await client.get("/trainings", params={"user": other.id})).json()
        assert [(row["topic"], row["day"], row["passed"], row["result"]) for row in mine] == [
            ("风险意识", "2026-03-10", False, "55")
        ]
        assert len((await client.get("/trainings")).json()) == 2


async def test_a_meeting_has_people_who_work_here_and_a_day_that_can_be(world: World) -> None:
    """Every fault at once: who was there, when it was, and no result before it was held."""
    async with world.client("review_committee") as client:
        paper = await document(client)
        wrong = {"participants": ["u-99"], "minutes": paper, "first": "2026-03-31", "last": "2026-01-01"}
        for day in ("2015-03-25", "2027-12-25"):
            late = await client.post("/meetings", json={**OPENING, **wrong, "day": day}, headers=key("m0"))
            assert {fault["place"] for fault in late.json()["errors"]} == {"participants", "day", "last"}
        early = await client.post("/meetings", json={**OPENING, "minutes": paper}, headers=key("m0"))
        assert "there is a result already" in early.json()["errors"][0]["message"]
        called = (await held(client, "m1"))["id"]
        minutes = await client.put(f"/meetings/{called}/minutes", json={"document": paper})
        assert minutes.json()["code"] == "meeting_ahead"


async def test_minutes_are_kept_once(world: World) -> None:
    async with world.client("review_committee") as client:
        meeting = (await held(client, day="2026-03-10"))["id"]
        paper = await document(client)
        for _ in range(2):
            kept = await client.put(f"/meetings/{meeting}/minutes", json={"document": paper})
            assert kept.json()["minutes"] == paper
        none = await client.put(f"/meetings/{meeting}/minutes", json={"document": "att-none"})
        assert none.json()["code"] == "unknown_attachment"
        listed = (await client.get("/meetings", params={"kind": "committee"})).json()["rows"]
    assert [(row["id"], row["minutes"]) for row in listed] == [(meeting, paper)]


async def test_l5_3_risk_management_records_what_its_check_found(world: World) -> None:
    person = world.staff("asset_manager")
    case_no = await world.case()
    async with world.client("risk_management") as client:
        check = {"kind": "record_check", "role": "risk_management", "day": "2026-03-10", "title": "催收记录检查"}
        meeting = (await held(client, **check, minutes=await document(client)))["id"]
        finding = {"do": "find", "text": "记录缺失", "case_no": case_no, "responsible": person.id, "by": "2026-03-12"}
        found = (await decide(client, meeting, "d1", **finding)).json()
        listed = (await client.get("/meetings", params={"kind": "record_check"})).json()["rows"]
    assert (found["status"], [row["id"] for row in listed]) == ("assigned", [meeting])
    async with world.client(as_user=person) as client:
        (mine,) = (await client.get("/errands")).json()["rows"]
    assert (mine["id"], mine["outcomes"]) == (found["errand"], ["corrected", "rejected"])


async def test_u3_2_3b_the_group_proposes_a_change_of_its_strategy(world: World) -> None:
    approver = world.policies.current("union").policy.approver
    async with world.client("recovery_group") as client:
        review = {"kind": "strategy_review", "policy": "union", "role": "recovery_group", "day": "2026-03-10"}
        meeting = (await held(client, **review))["id"]
        change = {"do": "propose", "what": "policy", "name": "union", "change": "第一次上门提前五天"}
        assert (await decide(client, meeting, "d1", **change)).json()["status"] == "proposed"
    assert open_errands(world) == [("policy_proposal", (approver,), None, date(2026, 3, 24))]


async def test_mb1_1b_the_group_of_a_layer_meets_too(world: World) -> None:
    role = next(iter(world.policies.layers["collection_2"].layer.roles))
    async with world.client(role) as client:
        wrong = await client.post("/meetings", json={**OPENING, "policy": "nowhere", "role": role}, headers=key("m0"))
        assert [fault["place"] for fault in wrong.json()["errors"]] == ["policy"]
        meeting = await held(client, kind="analysis", policy="collection_2", role=role, day="2026-03-10")
        done = await decide(client, meeting["id"], "d1", do="propose", what="policy", name="collection_2", change="x")
    assert done.json()["status"] == "proposed"
    assert open_errands(world)[0][1] == ("general_manager",)
