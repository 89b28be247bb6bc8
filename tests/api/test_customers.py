"""May this customer get new business? Over HTTP, with what people lay down and what the layers and cases list."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from activities.layers import LayerWork
from activities.messages import RunRequest
from domain.ledger import Instalment, PartyRole
from store import accounts, errands
from store.errands import Answer
from store.views import NewAccount, Party
from tests.api.world import SHANGHAI, World, key

ADDRESS = "/customers/P-L-000001"


async def test_the_answer_has_every_reason_and_a_person_lifts_it(world: World) -> None:
    world.lease()
    body = {"kind": "new_business", "value": "stopped", "reason": "恶意欠款"}
    async with world.client("risk_management") as client:
        free = (await client.get(f"{ADDRESS}/new-business")).json()
        first = await client.post(f"{ADDRESS}/marks", json=body, headers=key("m-1"))
        again = await client.post(f"{ADDRESS}/marks", json=body, headers=key("m-1"))
        differs = await client.post(f"{ADDRESS}/marks", json={**body, "reason": "x"}, headers=key("m-1"))
        stopped = (await client.get(f"{ADDRESS}/new-business")).json()
        world.later(hours=1)
        await client.post(f"{ADDRESS}/marks", json={**body, "value": "permitted"}, headers=key("m-2"))
        lifted = (await client.get(f"{ADDRESS}/new-business")).json()
        history = (await client.get(f"{ADDRESS}/marks")).json()
    assert (free["permitted"], stopped["permitted"], lifted["permitted"]) == (True, False, True)
    assert [(one["why"], one["reason"]) for one in stopped["restrictions"]] == [("stopped", "恶意欠款")]
    assert first.status_code == 201 and again.json() == first.json()
    assert differs.json()["code"] == "command_differs"
    assert [(one["value"], one["actor_role"]) for one in history] == [
        ("stopped", "risk_management"), ("permitted", "risk_management"),
    ]  # fmt: skip


async def test_a_credit_limit_and_the_register_of_key_customers(world: World) -> None:
    """M6.1b: 20,000 are owed."""
    world.lease()
    limit = {"kind": "credit_limit", "value": "limited", "amount": "30000.00", "reason": "年度授信"}
    async with world.client("risk_management") as client:
        await client.post(f"{ADDRESS}/marks", json=limit, headers=key("m-1"))
        within = (await client.get(f"{ADDRESS}/new-business", params={"amount": "10000.00"})).json()
        over = (await client.get(f"{ADDRESS}/new-business", params={"amount": "10000.01"})).json()
        unfit = await client.post(f"{ADDRESS}/marks", json={**limit, "amount": None}, headers=key("m-2"))
        unknown = await client.post(f"{ADDRESS}/marks", json={**limit, "value": "some"}, headers=key("m-3"))
        large = {"kind": "key_customer", "value": "yes", "reason": "授信总额最大的十户之一"}
        await client.post(f"{ADDRESS}/marks", json=large, headers=key("m-4"))
        register = (await client.get("/registers/key-customers")).json()
        off = await client.post(f"{ADDRESS}/marks", json={**large, "value": "no"}, headers=key("m-5"))
    assert off.json()["code"] == "unknown_mark" and "removal" in off.json()["remedy"]
    assert (within["permitted"], within["owed"], within["credit_limit"]) == (True, "20000.00", "30000.00")
    assert [one["why"] for one in over["restrictions"]] == ["over_limit"]
    assert (unfit.json()["code"], unknown.json()["code"]) == ("amount_unfit", "unknown_mark")
    assert [(one["party_id"], one["reason"]) for one in register] == [("P-L-000001", "授信总额最大的十户之一")]


async def test_the_head_of_risk_takes_a_key_customer_off_the_register_and_the_history_stays(world: World) -> None:
    world.lease()
    large = {"kind": "key_customer", "value": "yes", "reason": "累计逾期"}
    removal = f"{ADDRESS}/key-customer/removal"
    async with world.client("risk_management", "head_of_risk_management") as client:
        before = await client.post(removal, json={"reason": "已正常还款"}, headers=key("k-0"))
        await client.post(f"{ADDRESS}/marks", json=large, headers={**key("k-1"), "X-Role": "risk_management"})
        world.later(hours=1)
        taken_off = await client.post(removal, json={"reason": "已正常还款"}, headers=key("k-2"))
        again = await client.post(removal, json={"reason": "已正常还款"}, headers=key("k-2"))
        twice = await client.post(removal, json={"reason": "已正常还款"}, headers=key("k-3"))
        register = (await client.get("/registers/key-customers")).json()
        history = (await client.get(f"{ADDRESS}/marks")).json()
    assert (before.status_code, before.json()["code"], twice.json()["code"]) == (409, "not_listed", "not_listed")
    assert taken_off.status_code == 201 and again.json() == taken_off.json()
    assert register == []
    assert [(one["value"], one["actor_role"]) for one in history] == [
        ("yes", "risk_management"), ("no", "head_of_risk_management"),
    ]  # fmt: skip


async def test_only_those_who_judge_risk_lay_something_down(world: World) -> None:
    body = {"kind": "new_business", "value": "stopped", "reason": "x"}
    async with world.client("collector") as client:
        refused = await client.post(f"{ADDRESS}/marks", json=body, headers=key("m-1"))
        asked = await client.get(f"{ADDRESS}/new-business")
    assert (refused.status_code, refused.json()["code"]) == (403, "not_entitled")
    assert asked.json()["permitted"] is True


async def test_a_wilful_defaulter_is_listed_by_decision_and_then_kept_from_new_business(world: World) -> None:
    """MA5.3a, MA5.3b: day 61, the head of collection decides, the next morning's run enters the name."""
    account = NewAccount(
        account_no="C-1", contract_no="HT-1", product="credit_loan", customer_kind="company",
        created_at=world.clock.now(), parties=(Party(id="P-9", role=PartyRole.BORROWER, name="借款人"),),
        schedule=(Instalment(no=1, due=date(2026, 1, 8), principal=Decimal(1000)),),
    )  # fmt: skip
    with world.database.session() as session:
        accounts.add_account(session, account)
    await run(world, "2026-03-10")
    with world.database.session() as session:
        (choice,) = [
            one for one in errands.list_errands(session, None, limit=100).rows if one.rule == "wilful_choice"
        ]  # fmt: skip
        answer = Answer(outcome="wilful", answers={"grounds": "转移资产"})
        errands.answer(session, choice.id, answer, "c-1", "u-1", "head_of_collection", world.clock.now())
    async with world.client("collector") as client:
        before = (await client.get("/customers/P-9/new-business")).json()
        await run(world, "2026-03-11")
        after = (await client.get("/customers/P-9/new-business")).json()
    assert before["permitted"] is True
    assert (after["permitted"], [(one["why"], one["rules"]) for one in after["restrictions"]]) == (
        False, [("blacklisted", ["MA5.3a"])],
    )  # fmt: skip


async def run(world: World, day: str) -> None:
    """The morning run of the layers beside the credit policy."""
    world.clock.at = datetime.fromisoformat(f"{day}T09:00").replace(tzinfo=SHANGHAI)
    request = RunRequest(
        work="open_cases", period=world.clock.at.date(), policy=world.policies.pin("credit"),
        settings=world.policies.company_sha,
    )  # fmt: skip
    await LayerWork(world.database, world.policies, world.clock).run(request)
