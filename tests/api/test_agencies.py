"""Collection agencies: a case goes only to who may have it, and comes back when they may not (B2.3.2.1, O3.4)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from domain.base import local_date
from store import agencies, cases, errands
from store.costs import cost_of_collection
from tests.api.placed import (
    PLACE,
    case_of,
    command,
    document,
    entry,
    errands_of,
    loan,
    pay,
    placed,
    register,
    watch_of,
)
from tests.api.world import World, key


async def test_b2_3_2_1a_an_entry_is_checked_as_a_whole_and_says_all_its_faults(world: World) -> None:
    async with world.client("collection_supervisor") as client:
        paper = await document(client)
        mandate = {"policies": ["nowhere"], "amount_from": "5.00", "amount_to": "4.00"}
        wrong = entry(paper, licence_document="att-none", nda_document=None, mandate=mandate)
        refused = await client.put("/agencies/A-1", json=wrong)
        assert refused.status_code == 422
        places = {fault["place"] for fault in refused.json()["errors"]}
        assert places == {"licence_document", "nda_until", "mandate.policies", "mandate.amount_to"}
        assert (await client.get("/agencies")).json() == []
        assert (await client.put("/agencies/A-1", json=entry(paper))).status_code == 200
        found = (await client.get("/agencies/A-1")).json()
    assert (found["agency"]["licence_until"], found["file"]["qualified"]) == ("2026-12-31", False)
    async with world.client("junior_specialist") as client:
        assert (await client.get("/agencies")).status_code == 403


async def test_b2_3_2_1s_a_case_is_placed_only_with_an_agency_that_may_have_it(world: World) -> None:
    case_no = await loan(world)
    mandate = {"policies": ["lender"], "amount_from": "20000.00"}
    await register(world, checked=False, licence_until="2026-03-09", nda_until=None, nda_document=None, mandate=mandate)
    refused = (await command(world, case_no, "p1", **PLACE)).json()
    assert refused["code"] == "agency_unfit"
    for reason in (
        "licence ran out on 2026-03-09", "qualification was not checked", "no confidentiality agreement",
        "does not cover the policy bank", "begins at 20000.00",
    ):  # fmt: skip
        assert reason in refused["detail"]
    assert case_of(world, case_no).agency is None and case_of(world, case_no).step("agency_mandate").is_open
    nameless = await command(world, case_no, "p2", do="answer_step", step="agency_mandate", outcome="granted")
    assert nameless.json()["code"] == "agency_missing"
    assert (await command(world, case_no, "p3", **{**PLACE, "agency": "A-9"})).json()["code"] == "unknown_agency"
    wrong_step = await command(world, case_no, "p4", **{**PLACE, "step": "lawsuit_decision"})
    assert wrong_step.json()["code"] == "not_a_placement"


async def test_b2_3_2_1b_a_placement_stands_in_the_case_and_in_the_register_once(world: World) -> None:
    case_no = await placed(world)
    again = await command(world, case_no, "again", **PLACE)
    assert again.json()["code"] == "already_placed"
    with world.database.reading() as session:
        found = agencies.placements(session, "A-1")
        recorded = [event.body.kind for event in cases.timeline(session, case_no)]
    assert [(one.case_no, one.until, one.commission_rate) for one in found] == [(case_no, None, Decimal("0.1500"))]
    assert recorded[-3:] == ["step_completed", "agency_placed", "document_prepared"]  # the mandate


async def test_a_case_is_taken_back_by_those_who_placed_it_and_may_be_placed_again(world: World) -> None:
    case_no = await placed(world)
    recall = {"do": "recall_from_agency", "note": "客户投诉"}
    assert (await command(world, case_no, "r0", "junior_specialist", **recall)).json()["code"] == "not_entitled"
    assert (await command(world, case_no, "r1", **recall)).status_code == 200
    assert (await command(world, case_no, "r2", **recall)).json()["code"] == "not_placed"
    case = case_of(world, case_no)
    assert case.agency is None and case.step("agency_recall").is_open
    with world.database.reading() as session:
        (ended,) = agencies.placements(session, "A-1", now=False)
    assert (ended.until, ended.reason) == (world.clock.now(), "by_decision")
    done = await command(world, case_no, "r3", do="answer_step", step="agency_recall", outcome="recalled")
    assert done.status_code == 200
    anew = await command(world, case_no, "r4", do="open_step", step="agency_decision", outcome="place")
    assert anew.status_code == 200 and case_of(world, case_no).step("agency_check").is_open


async def test_golden_an_agency_whose_licence_runs_out(world: World) -> None:
    """Placed on 10 March, licence until Friday the 20th; by hand, from the text of the policy and the rules above."""
    case_no = await placed(world, licence_until="2026-03-20")
    watch, seen = watch_of(world), len(await lines(world, case_no))
    for _ in range(16):  # to 26 March, each morning at ten
        world.later(days=1)
        await watch.watch()
        world.cases.settle(case_no)
    assert (await lines(world, case_no))[seen:] == [
        "2026-03-14 escalated senior_call",  # the ladder goes on beside it: Friday the 13th, 18:00
        "2026-03-19 escalated senior_call",  # three business days later, Wednesday the 18th, 18:00
        "2026-03-21 agency_recalled licence_expired by agencies",
        "2026-03-21 step_opened agency_recall",
        "2026-03-26 escalated agency_recall",  # three business days: Wednesday the 25th, 18:00
    ]
    answer = await command(world, case_no, "done", do="answer_step", step="agency_recall", outcome="recalled")
    assert answer.status_code == 200
    refused = await command(world, case_no, "again", **PLACE)
    assert refused.json()["code"] == "not_open"  # it goes through decision, check and agreement again
    with world.database.reading() as session:
        waiting = errands.list_errands(session, None, "open").rows
        (past,) = agencies.placements(session, "A-1", now=False)
    assert [(one.rule, one.due) for one in waiting] == [("agency_expiry", date(2026, 3, 20))]
    assert (local_date(past.since, "Asia/Shanghai"), past.reason) == (date(2026, 3, 10), "licence_expired")
    assert past.until == datetime(2026, 3, 21, 2, tzinfo=UTC)


async def lines(world: World, case_no: str) -> list[str]:
    """What the golden timeline compares: without the daily reading of facts."""
    found = []
    with world.database.reading() as session:
        for event in cases.timeline(session, case_no):
            body, day = event.body, local_date(event.at, "Asia/Shanghai")
            if body.kind == "agency_recalled":
                found.append(f"{day} {body.kind} {body.reason} by {event.actor.user if event.actor else ''}")
            elif body.kind not in ("facts_updated", "postings_alerted"):
                found.append(f"{day} {body.kind} {getattr(body, 'step', '')}".rstrip())
    return found


async def test_b2_3_2_1d_an_audit_with_a_finding_takes_every_case_back(world: World) -> None:
    case_no = await placed(world)
    watch = watch_of(world)
    assert await watch.watch() == 0
    async with world.client("risk_specialist") as client:
        audit = {"kind": "audit", "day": "2026-03-10", "passed": False, "document": await document(client)}
        silent = await client.post("/agencies/A-1/checks", json=audit, headers=key("a1"))
        assert [fault["place"] for fault in silent.json()["errors"]] == ["findings"]
        told = {**audit, "findings": "夜间上门"}
        assert (await client.post("/agencies/A-1/checks", json=told, headers=key("a2"))).status_code == 201
        assert (await client.post("/agencies/A-1/checks", json=told, headers=key("a2"))).status_code == 201
    assert await watch.watch() == 1
    assert await watch.watch() == 0
    assert case_of(world, case_no).agency is None
    with world.database.reading() as session:
        assert [one.reason for one in agencies.placements(session, now=False)] == ["audit_finding"]
        assert len(agencies.checks_of(session, "A-1")) == 2


async def test_commission_is_a_cost_once_per_payment_and_taken_back_with_it(world: World) -> None:
    await placed(world)
    watch = watch_of(world)
    pay(world, "same-day", date(2026, 3, 10), "100.00")
    world.later(days=2)
    pay(world, "p1", date(2026, 3, 11), "1000.00")
    for _ in range(2):
        await watch.watch()
    assert costs(world) == [("commission", "agency:A-1", 1, Decimal("150.00"))]
    pay(world, "p1-back", date(2026, 3, 12), "1000.00", reverses="p1")
    for _ in range(2):
        await watch.watch()
    assert costs(world) == [("commission", "agency:A-1", 2, Decimal("0.00"))]


def costs(world: World) -> list[tuple[str, str, int, Decimal]]:
    with world.database.reading() as session:
        found = cost_of_collection(session, date(2026, 3, 1), date(2026, 3, 31))
    return [(line.kind, line.item, line.count, line.amount) for line in found.lines]


async def test_reports_that_are_missing_become_an_errand(world: World) -> None:
    await placed(world)
    watch = watch_of(world)
    world.later(days=28)  # Tuesday, 7 April: five business days after the end of March are over on the 8th
    await watch.watch()
    assert errands_of(world, "agency_report") == []
    world.later(days=3)
    await watch.watch()
    assert errands_of(world, "agency_report") == ["supervision.agency_report.A-1.2026-03-01"]


async def test_o3_4_a_lender_places_with_a_checked_agency_only(world: World) -> None:
    case_no = await business_loan(world)
    await register(world, checked=False, mandate={"policies": ["lender"]})
    as_head = "head_of_collection"
    refused = await command(world, case_no, "p1", as_head, **PLACE)
    assert refused.json()["code"] == "agency_unfit" and "was not checked" in refused.json()["detail"]
    async with world.client(as_head) as client:
        check = {"kind": "qualification", "day": "2026-03-10", "passed": True, "document": await document(client)}
        assert (await client.post("/agencies/A-1/checks", json=check, headers=key("q"))).status_code == 201
    assert (await command(world, case_no, "p2", as_head, **PLACE)).status_code == 200
    placed_with = case_of(world, case_no).agency
    assert placed_with is not None and placed_with.agency == "A-1"


async def business_loan(world: World) -> str:
    """A loan of a company whose placement all approvers of the lender have decided (O3.4a)."""
    case_no = await loan(world, "O-1", product="business_loan", steps=())
    opened = await command(world, case_no, "open", "head_of_collection", do="open_step", step="agency_decision")
    assert opened.status_code == 200, opened.text
    for role in case_of(world, case_no).step("agency_decision").asked:
        yes = {"do": "answer_step", "step": "agency_decision", "outcome": "place"}
        assert (await command(world, case_no, f"yes-{role}", role, **yes)).status_code == 200
    check = {"do": "answer_step", "step": "agency_check", "outcome": "qualified"}
    assert (await command(world, case_no, "check", "head_of_collection", **check)).status_code == 200
    return case_no
