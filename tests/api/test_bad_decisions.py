"""What bad decisions get: a stable code, a sentence that says what is needed, nothing changed, the attempt kept."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx

from domain.ledger import Posting, PostingKind
from store import ledger
from store.attempts import latest_attempts
from store.staff import StaffMember
from tests.api import placed
from tests.api.placed import PLACE, document
from tests.api.test_meetings import FAST, ready
from tests.api.test_texts import CALL, PASSED, propose
from tests.api.test_vendors import guaranteed
from tests.api.world import SIGN, World, key

LEASE = "L-000077-1"
HEAD, CLERK, SELLER = "head_of_asset_management", "asset_manager", "collector"
OBJECTION = {"do": "open_step", "step": "vendor_objection"}
CONFIRM = {"do": "answer_step", "step": "vendor_objection", "outcome": "confirmed"}
WITHDRAWN = {"do": "end_hold", "hold": "vendor_objection"}
Body = dict[str, Any]


@dataclass
class Try:
    """Somebody tries something; what was there before and after is compared."""

    world: World
    case_no: str = LEASE
    number: int = 0

    def somebody(self, *roles: str) -> StaffMember:
        return self.world.staff(*roles)

    async def send(self, who: StaffMember | str, body: Body, path: str | None = None) -> httpx.Response:
        self.number += 1
        async with self.world.client(as_user=self.somebody(who) if isinstance(who, str) else who) as client:
            to = path or f"/cases/{self.case_no}/commands"
            return await client.post(to, json=body, headers=key(f"{self.case_no}-{self.number}"))

    async def does(self, who: StaffMember | str, body: Body, path: str | None = None) -> Body:
        answer = await self.send(who, body, path)
        assert answer.is_success, answer.text
        return answer.json()

    async def refused(self, who: StaffMember | str, body: Body, code: str, path: str | None = None) -> None:
        who = self.somebody(who) if isinstance(who, str) else who
        before, kept = self.world.cases.running.get(self.case_no), self.attempts()
        answer = await self.send(who, body, path)
        told = answer.json()
        assert (answer.status_code in (403, 409, 422), told["code"]) == (True, code), answer.text
        assert told["detail"].endswith(".") and told["remedy"].endswith("."), told
        assert self.world.cases.running.get(self.case_no) == before
        assert list((self.attempts() - kept).elements()) == [(who.id, code)]

    def attempts(self) -> Counter[tuple[str, str]]:
        with self.world.database.reading() as session:
            since = self.world.clock.now() - timedelta(days=400)
            return Counter((one.actor, one.code) for one in latest_attempts(session, since))

    async def paper(self) -> str:
        async with self.world.client(CLERK) as client:
            return await document(client)


async def leased(world: World) -> Try:
    """A lease with a vendor's buyback guarantee, eight days past due."""
    guaranteed(world)
    await world.deps.intake.run(world.deps.today())
    return Try(world)


async def objected(world: World) -> tuple[Try, str]:
    """The vendor's objection is in force."""
    tried = await leased(world)
    paper = await tried.paper()
    await tried.does(CLERK, {**OBJECTION, "evidence": paper})
    await tried.does(HEAD, CONFIRM)
    return tried, paper


async def test_whoever_is_not_entitled(world: World) -> None:
    tried, paper = await objected(world)
    await tried.refused("finance", SIGN, "not_entitled")
    await tried.refused("finance", {**OBJECTION, "evidence": paper}, "not_entitled")
    await tried.refused("salesperson", {**WITHDRAWN, "evidence": paper}, "not_entitled")
    await tried.refused("auditor", {"do": "record_contact", "contact": {}}, "not_entitled")
    await tried.refused("general_manager", {**FAST, "evidence": paper}, "not_entitled")
    await tried.refused(SELLER, {"verdict": "approved", "reason": "处置后"}, "not_entitled", "/write-offs/none/verdict")
    await tried.refused(SELLER, PASSED, "not_entitled", f"{CALL}/own-1/verdict")


async def test_twice(world: World) -> None:
    tried, paper = await objected(world)
    await tried.refused(CLERK, {**OBJECTION, "evidence": paper}, "hold_in_force")
    await tried.refused(HEAD, CONFIRM, "not_open")
    await tried.does(CLERK, {**WITHDRAWN, "evidence": paper})
    await tried.refused(CLERK, {**WITHDRAWN, "evidence": paper}, "hold_not_active")
    await tried.does(HEAD, SIGN)
    await tried.refused(HEAD, SIGN, "not_open")
    await tried.does(SELLER, {"do": "open_step", "step": "waiver"})
    await tried.refused(SELLER, {"do": "open_step", "step": "waiver"}, "already_open")


async def test_once_placed_is_placed_and_a_vote_is_cast_once(world: World) -> None:
    await Try(world, await placed.placed(world)).refused("collection_supervisor", PLACE, "already_placed")
    tried = Try(world, await ready(world))
    world.later(days=9)
    world.cases.settle(tried.case_no)
    await tried.does(CLERK, {"do": "answer_step", "step": "disposal_plan", "outcome": "submitted"})
    vote = {"do": "cast_vote", "step": "disposal_plan_decision", "outcome": "accepted", "reason": "价格合理"}
    member = tried.somebody("review_committee")
    await tried.does(member, vote)
    await tried.refused(member, vote, "already_answered")


async def test_too_late(world: World) -> None:
    tried = await leased(world)
    early = {"do": "open_step", "step": "early_demand"}
    await tried.does(HEAD, SIGN)
    await tried.refused(HEAD, {"do": "withdraw_answer", "step": SIGN["step"], "reason": "看错了"}, "not_open")
    world.later(days=40)
    world.cases.settle(LEASE)
    paper = await tried.paper()
    await tried.refused("head_of_business", early, "outside_days")
    await tried.refused("review_committee", {**FAST, "evidence": paper}, "outside_days")
    late = {"do": "open_step", "step": "suspension_application", "evidence": paper, "end_date": "2026-04-18"}
    await tried.refused("business", late, "end_date_past")
    ends = {"to_user": "u-1", "role": HEAD, "ends": "2026-03-01T00:00:00+08:00", "reason": "出差"}
    await tried.refused(HEAD, ends, "delegation_unfit", "/delegations")


async def test_in_a_closed_case(world: World) -> None:
    tried = await leased(world)
    paper = await tried.paper()
    paid = Posting.model_validate({"id": "p-1", "kind": PostingKind.PAYMENT, "value_date": "2026-03-10",
                                   "at": world.clock.now(), "amount": "40000.00"})  # fmt: skip
    with world.database.session() as session:
        ledger.post(session, paid, "L-000077")
    world.later(days=1)
    world.cases.settle(LEASE)
    assert LEASE not in world.cases.running
    for who, body in (
        (HEAD, SIGN), (CLERK, {**OBJECTION, "evidence": paper}), (CLERK, {"do": "add_note", "text": "迟到的说明"}),
        (SELLER, {"do": "record_contact", "contact": {}}), (CLERK, {**WITHDRAWN, "evidence": paper}),
    ):  # fmt: skip
        await tried.refused(who, body, "case_closed")


async def test_on_ones_own_proposal(world: World) -> None:
    tried = await leased(world)
    both, paper = tried.somebody(CLERK, HEAD, SELLER), await tried.paper()
    for step in ("vendor_objection", "dispute", "death", "insolvency", "waiver"):
        async with world.client(as_user=both) as client:
            opened = await client.post(
                f"/cases/{LEASE}/commands", json={"do": "open_step", "step": step, "evidence": paper},
                headers={**key(f"own-{step}"), "X-Role": SELLER if step == "waiver" else CLERK},
            )  # fmt: skip
        assert opened.is_success, opened.text
        outcome = "granted" if step == "waiver" else "confirmed"
        await tried.refused(both, {"do": "answer_step", "step": step, "outcome": outcome}, "own_proposal")
    books = tried.somebody("finance", "head_of_finance")
    wanted = {"account_no": "L-000077", "amount": "5000.00", "reason": "无可执行财产", "document": paper}
    async with world.client(as_user=books) as client:
        own = await client.post("/write-offs", json=wanted, headers={**key("w-1"), "X-Role": "finance"})
        assert own.is_success, own.text
    verdict = {"verdict": "approved", "reason": "无可执行财产"}
    await tried.refused(books, verdict, "own_proposal", f"/write-offs/{own.json()['proposal']['id']}/verdict")
    legal = tried.somebody("legal_compliance")
    async with world.client(as_user=legal) as client:
        assert (await propose(client)).status_code == 201
    await tried.refused(legal, PASSED, "own_proposal", f"{CALL}/own-1/verdict")


async def test_over_ones_amount(world: World) -> None:
    """Half of the penalty interest, five million overdue, 100,000.00 of principal: as the settings say."""
    tried = await leased(world)
    paper = await tried.paper()
    figures = [{"item": "waiver", "side": "expense", "amount": "30.00"}]
    await tried.does(SELLER, {"do": "open_step", "step": "waiver"})
    granted = {"do": "answer_step", "step": "waiver", "outcome": "granted", "figures": figures}
    await tried.refused(HEAD, granted, "over_limit")
    owed = Try(world, await placed.loan(world, "C-9", "credit_loan", steps=()))
    await owed.does("dedicated_person", {"do": "open_step", "step": "waiver"})
    await owed.refused("head_of_credit", granted, "over_limit")
    big = Try(world, await placed.loan(world, "B-9", steps=(), principal="6000000.00"))
    for step, outcome in (("lawsuit_decision", "file"), ("agency_decision", "place")):
        await big.does("collection_supervisor", {"do": "open_step", "step": step})
        await big.refused(
            "collection_supervisor", {"do": "answer_step", "step": step, "outcome": outcome}, "over_limit"
        )
    wanted = {"account_no": "B-9", "amount": "200000.00", "reason": "无可执行财产", "document": paper}
    number = (await big.does("finance", wanted, "/write-offs"))["proposal"]["id"]
    verdict = {"verdict": "approved", "reason": "无可执行财产"}
    await big.refused("head_of_finance", verdict, "over_limit", f"/write-offs/{number}/verdict")


async def test_outside_of_the_cases_the_attempt_is_kept_by_what_it_was(world: World) -> None:
    tried = Try(world, await placed.placed(world))
    agent = placed.outsider(world)
    await tried.refused(agent, {"do": "add_note", "text": "秘密"}, "not_entitled")
    await tried.refused("auditor", {"act": "acknowledge"}, "not_entitled", "/complaints/complaint-2026-1/acts")
    await tried.refused("finance", {}, "not_entitled", "/imports/none/release")
    async with world.client("auditor") as client:
        await client.get("/complaints", params={"limit": 0})
        kept = (await client.get("/attempts")).json()
    assert {(one["kind"], one["case_no"], one["code"]) for one in kept} == {
        ("POST /cases/{case_no}/commands", tried.case_no, "not_entitled"),
        ("POST /complaints/{number}/acts", "complaint-2026-1", "not_entitled"),
        ("POST /imports/{batch_id}/release", "none", "not_entitled"),
    }
    assert "秘密" not in str(kept)


async def test_without_the_document_that_it_needs(world: World) -> None:
    tried, _ = await objected(world)
    for step in ("dispute", "death", "insolvency"):
        await tried.refused(CLERK, {"do": "open_step", "step": step}, "document_missing")
    await tried.refused(CLERK, {**WITHDRAWN, "evidence": ""}, "document_missing")
    case_no = await ready(world)
    await Try(world, case_no).refused("review_committee", FAST, "document_missing")
