"""Early warnings and risk classes over HTTP: reported, proposed, asked about, confirmed, withdrawn."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import httpx

from domain.ledger import Instalment, PartyRole
from gateways.signature import sign
from store import accounts, errands, staff
from store.errands import Errand
from store.views import NewAccount, Party
from tests.api.world import GATEWAY_KEY, World, key


def signal(id_: str = "s-1", indicator: str = "income_drop", **more: str) -> dict[str, str]:
    values = {"id": id_, "account_no": "L-000001", "indicator": indicator, "observed_on": "2026-03-09"}
    return {**values, "detail": "工资入账减半", **more}


def borrower(world: World, product: str, account_no: str = "L-000001", due: str = "2026-12-15") -> None:
    """A loan of that product, current on 10 March."""
    account = NewAccount(
        account_no=account_no, contract_no=f"C-{account_no}", product=product, customer_kind="company",
        created_at=world.clock.now(),
        schedule=(Instalment(no=1, due=date.fromisoformat(due), principal=Decimal(5000)),),
        parties=(Party(id="P-1", role=PartyRole.BORROWER, name="借款人甲"),),
    )  # fmt: skip
    with world.database.session() as session:
        accounts.add_account(session, account)


def asked(world: World) -> list[Errand]:
    with world.database.reading() as session:
        return list(errands.list_errands(session, None, None, limit=200).rows)


async def outside(world: World, *signals: dict[str, str], secret: bytes = GATEWAY_KEY) -> httpx.Response:
    body = json.dumps({"signals": signals}).encode()
    headers = sign(secret, world.wall.now(), "POST", "/warnings/outside", body)
    async with world.client() as client:
        return await client.post("/warnings/outside", content=body, headers=headers)


async def risk(world: World) -> dict[str, Any]:
    async with world.client("auditor") as client:
        return (await client.get("/accounts/L-000001/risk")).json()


async def test_an_income_that_falls_is_acted_upon_before_anything_is_overdue(world: World) -> None:
    """O3.1: from an outside source, on a current loan: a worse class proposed, the collection team asked at once."""
    borrower(world, "business_loan")
    answer = await outside(world, signal())
    assert (answer.status_code, answer.json()[0]["state"]) == (201, "in_force")
    (errand,) = asked(world)
    assert (errand.roles, errand.rules, errand.status) == (("collection_team",), ("O3.1",), "open")
    assert errand.title == "预警：收入明显下降" and errand.say == "核实收入，提前协商还款安排"
    assert errand.answer_by.isoformat() == "2026-03-11T10:00:00+00:00"  # 18:00 of the next business day
    with world.database.reading() as session:
        assert [one.role for one in staff.pending_alerts(session)] == ["collection_team"]
    found = await risk(world)
    assert (found["assessment"]["by_score"], found["assessment"]["proposed"]) == ("low", "medium")
    assert [(one["kind"], one["risk_class"], one["reason"]) for one in found["history"]] == [
        ("proposed", "medium", "收入明显下降 (outside/s-1)")
    ]
    async with world.client("collection_team") as client:
        done = await client.post(
            f"/errands/{errand.id}/answer",
            json={"outcome": "measure_taken", "answers": {"measure": "提前协商展期"}},
            headers=key("a-1"),
        )
        kept = (await client.get("/records/early_warning")).json()["rows"]
    assert done.status_code == 200
    assert [(one["answers"], one["answered_role"]) for one in kept] == [
        ({"measure": "提前协商展期"}, "collection_team")
    ]


async def test_funds_that_move_are_put_before_risk_management(world: World) -> None:
    """C4.4.2a: whoever sees it reports it; Risk Management has to look into it."""
    borrower(world, "credit_loan", due="2026-03-01")
    async with world.client("credit_department") as client:
        answer = await client.post("/warnings", json={"signals": [signal(indicator="funds_moved")]})
    assert answer.status_code == 201, answer.text
    asked_of = [(one.roles, one.rules, one.say) for one in asked(world)]
    assert asked_of == [(("risk_management",), ("C4.4.2a",), "核实资金流向，考虑财产保全")]
    assert (await risk(world))["assessment"]["proposed"] == "high"


async def test_a_lessee_is_warned_of_by_the_risk_assessment_specialist(world: World) -> None:
    """P8.3, by the layer beside the policy; a policy that names nobody has its owner asked."""
    world.lease()
    borrower(world, "bank_loan", "B-1")
    async with world.client("business") as client:
        await client.post("/warnings", json={"signals": [signal(), signal("s-2", account_no="B-1")]})
    found = {one.account_no: (one.roles, one.rules) for one in asked(world)}
    owner = world.policies.current("bank").policy.owner
    assert found == {"L-000001": (("risk_assessment_specialist",), ("P8.3",)), "B-1": ((owner,), ())}


async def test_the_same_signal_again_changes_nothing(world: World) -> None:
    world.lease()
    first, again = await outside(world, signal()), await outside(world, signal())
    assert (first.status_code, again.status_code) == (201, 201) and first.json() == again.json()
    assert len(asked(world)) == 1 and len((await risk(world))["history"]) == 1
    other = await outside(world, signal(detail="x"))
    assert (other.status_code, [one["place"] for one in other.json()["errors"]]) == (422, ["signals.0.id"])


async def test_all_faults_of_all_signals_are_told_at_once_and_nothing_is_taken(world: World) -> None:
    world.lease()
    bad = [
        signal("a"), signal("b", account_no="L-9"), signal("c", "moon_phase"), signal("d", observed_on="2026-03-11"),
        signal("e", "spending_spike"), signal("a", detail="x"), signal("f", observed_on="2025-03-01"),
    ]  # fmt: skip
    async with world.client("business") as client:
        answer = await client.post("/warnings", json={"signals": bad})
    places = [one["place"] for one in answer.json()["errors"]]
    assert answer.status_code == 422
    assert places == [
        "signals.1.account_no", "signals.2.indicator", "signals.3.observed_on", "signals.4.indicator", "signals.5.id",
        "signals.6.observed_on",
    ]  # fmt: skip
    assert asked(world) == [] and (await risk(world))["warnings"] == []


async def test_nobody_reports_from_outside_without_the_signature(world: World) -> None:
    world.lease()
    refused = await outside(world, signal(), secret=b"another")
    assert (refused.status_code, refused.json()["code"]) == (401, "signature_refused")
    assert (await risk(world))["warnings"] == []


async def test_a_signal_expires_or_is_withdrawn_with_a_reason(world: World) -> None:
    world.lease()
    await outside(world, signal(), signal("s-2", "asset_transfer"))
    assert (await risk(world))["assessment"]["warned"] == ["income_drop", "asset_transfer"]
    async with world.client("risk_management") as client:
        address = "/warnings/outside/s-2/withdrawal"
        done = await client.post(address, json={"reason": "车辆仍在"})
        again = await client.post(address, json={"reason": "车辆仍在"})
        other = await client.post(address, json={"reason": "另一理由"})
        unknown = await client.post("/warnings/outside/s-9/withdrawal", json={"reason": "x"})
    assert (done.status_code, done.json()["state"]) == (200, "withdrawn") and again.json() == done.json()
    assert (other.json()["code"], unknown.json()["code"]) == ("already_withdrawn", "unknown_warning")
    assert sorted(one.status for one in asked(world)) == ["missed", "open"]
    assert (await risk(world))["assessment"]["proposed"] == "medium"
    world.later(days=89)  # 7 June: the ninetieth day after 9 March
    assert (await risk(world))["warnings"][0]["state"] == "in_force"
    world.later(days=1)
    found = await risk(world)
    assert [one["state"] for one in found["warnings"]] == ["expired", "withdrawn"]
    assert found["warnings"][1]["signal"]["end_reason"] == "车辆仍在"
    assert [one["risk_class"] for one in found["history"]] == ["medium", "high"]  # nothing is taken out


async def test_a_person_confirms_the_class_and_the_case_shows_it(world: World) -> None:
    """C1.3.3, C4.4.1: proposed by factors, confirmed with a reason, each class with its own treatment."""
    case_no = await world.case()
    await outside(world, signal())
    body = {"risk_class": "medium", "reason": "面谈后确认"}
    async with world.client("risk_management") as client:
        first = await client.post("/accounts/L-000001/risk", json=body, headers=key("k-1"))
        again = await client.post("/accounts/L-000001/risk", json=body, headers=key("k-1"))
        differs = await client.post("/accounts/L-000001/risk", json={**body, "reason": "x"}, headers=key("k-1"))
        unknown = await client.post("/accounts/L-000001/risk", json={**body, "risk_class": "awful"}, headers=key("k-2"))
        case = (await client.get(f"/cases/{case_no}")).json()
    async with world.client("collector") as client:
        refused = await client.post("/accounts/L-000001/risk", json=body, headers=key("k-3"))
    assert first.status_code == 201 and again.json() == first.json()
    codes = [answer.json()["code"] for answer in (differs, unknown, refused)]
    assert codes == ["key_differs", "unknown_risk_class", "not_entitled"]
    assert (case["risk_class"], [one["indicator"] for one in case["warnings"]]) == ("medium", ["income_drop"])
    found = await risk(world)
    assert found["confirmed"]["strategy"]["zh"] == "专人跟进，面谈，评估担保"
    assert [(one["kind"], one["actor_role"]) for one in found["history"]] == [
        ("proposed", "system"), ("confirmed", "risk_management"),
    ]  # fmt: skip
    time_overdue = found["assessment"]["factors"][0]
    assert (time_overdue["value"], time_overdue["points"], time_overdue["weight"]) == ("8", 1, 2)


async def test_the_proposal_moves_with_the_days_until_a_person_confirms_it(world: World) -> None:
    """C4.4.1: the class follows time and amount; what was confirmed stays until it is confirmed anew."""
    world.lease(due=("2026-03-02",))
    async with world.client("risk_management") as client:
        await client.post("/accounts/L-000001/risk", json={"risk_class": "low", "reason": "初评"}, headers=key("k-1"))
        assert (await risk(world))["assessment"]["proposed"] == "low"
        world.later(days=82)  # 31 May, 90 days past due, 10,500 and penalty interest
        found = await risk(world)
        assert (found["confirmed"]["id"], found["assessment"]["proposed"]) == ("low", "medium")
        assert [line["score"] for line in found["assessment"]["factors"]] == [6, 0, 0, 0]
        await client.post(
            "/accounts/L-000001/risk", json={"risk_class": "medium", "reason": "重评"}, headers=key("k-2")
        )
    found = await risk(world)
    assert [one["risk_class"] for one in found["history"]] == ["low", "medium"]
    assert [one["assessment"]["score"] for one in found["history"]] == [2, 6]


async def test_the_ability_recorded_last_counts(world: World) -> None:
    case_no = await world.case()
    async with world.client("collector") as client:
        for number, ability in enumerate(("able", "unable")):
            world.later(hours=1)
            body = {"do": "record_contact", "contact": {"ability": ability, "willingness": "willing"}}
            done = await client.post(f"/cases/{case_no}/commands", json=body, headers=key(f"c-{number}"))
            assert done.status_code == 200, done.text
    found = (await risk(world))["assessment"]["factors"][2]
    assert (found["factor"], found["value"], found["points"]) == ("ability", "unable", 3)


async def test_the_classes_and_indicators_can_be_read(world: World) -> None:
    async with world.client("collector") as client:
        pack = (await client.get("/risk-classes")).json()
    assert [one["zh"] for one in pack["classes"]] == ["低风险", "中风险", "高风险"]
    assert {"income_drop", "spending_spike", "funds_moved", "asset_transfer"} <= {
        one["id"] for one in pack["indicators"]
    }
    assert all(one["title"]["zh"] and one["title"]["en"] for one in pack["indicators"])
