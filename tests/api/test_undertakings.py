"""Agreements, promises and the recovery plan through the API: given as commands, shown planned against received."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import replace
from decimal import Decimal

import httpx
import pytest

from activities.recovery import RecoveryWork
from api.app import create_app
from api.undertakings import UndertakingsView
from gateways.signature import sign
from store.cases import timeline
from tests.api.supervised import Line, loan
from tests.api.world import GATEWAY_KEY, World, key
from tests.builders.files import PDF as PAPER, pdf

SIGNATURES = "/receipts/signatures"
TERMS = {"first_due": "2026-04-15", "count": 2}


async def told(client: httpx.AsyncClient, case_no: str, number: str, **body: object) -> httpx.Response:
    return await client.post(f"/cases/{case_no}/commands", json=body, headers=key(number))


async def shown(client: httpx.AsyncClient, case_no: str) -> UndertakingsView:
    return UndertakingsView.model_validate((await client.get(f"/cases/{case_no}")).json()["undertakings"])


async def paid(world: World, amount: str, day: str) -> None:
    async with world.client("finance") as client:
        body = {"kind": "payment", "value_date": day, "amount": amount}
        answer = await client.post("/accounts/L-000001/postings", json=body, headers=key(f"pay-{day}"))
        assert answer.status_code == 201, answer.text
    world.cases.settle("L-000001-1")


async def test_a_promise_and_a_recovery_plan_are_shown_against_what_was_received(world: World) -> None:
    case_no, person = await loan(world, "bank_loan"), world.staff("senior_specialist")
    today = world.deps.today().isoformat()
    async with world.client(as_user=person) as client:
        contact = {"promise_amount": "1000.00", "promise_date": "2026-03-31"}
        assert (await told(client, case_no, "c-1", do="record_contact", contact=contact)).status_code == 200
        stages = [{"day": "2026-03-31", "target": "500.00"}, {"day": "2026-04-30", "target": "9000.00"}]
        plan = {"do": "set_recovery_plan", "responsible": person.id, "stages": stages}
        assert (await told(client, case_no, "c-2", **plan)).status_code == 200
        await paid(world, "600.00", today)
        found = await shown(client, case_no)
    assert found.agreement is None
    paid_so_far = Decimal("600.00")
    assert [(one.amount, one.paid, one.verdict) for one in found.promises] == [(Decimal("1000.00"), paid_so_far, None)]
    assert found.recovery is not None
    assert found.recovery.responsible == person.id
    assert [(str(one.target), one.received) for one in found.recovery.stages] == [
        ("500.00", paid_so_far), ("9000.00", paid_so_far),
    ]  # fmt: skip


async def test_c2_2_1b_whoever_is_responsible_answers_for_a_stage_that_was_missed(world: World) -> None:
    """C2.2.1b, MB1.2a, MA1.2: planned against received, and an errand for the person the plan names, asked once."""
    case_no, person = await loan(world, "bank_loan"), world.staff("senior_specialist")
    work = RecoveryWork(world.database, world.policies, world.clock)
    async with world.client(as_user=person) as client:
        stages = [{"day": "2026-03-11", "target": "500.00"}, {"day": "2026-03-12", "target": "900.00"}]
        plan = {"do": "set_recovery_plan", "responsible": person.id, "stages": stages}
        assert (await told(client, case_no, "c-1", **plan)).status_code == 200
        await paid(world, "600.00", "2026-03-10")
        world.later(days=3)
        world.cases.settle(case_no)
        assert [work.follow("bank"), work.follow("bank"), work.follow("credit")] == [1, 1, 0]
        found = (await shown(client, case_no)).recovery
        assert found is not None
        [first, second] = found.stages
        assert (first.over, first.missed) == (True, False)
        assert (second.target, second.received, second.missed) == (Decimal("900.00"), Decimal("600.00"), True)
        [errand] = [one for one in (await client.get("/errands")).json()["rows"] if one["rule"] == "recovery_stage"]
        assert (errand["assignee"], errand["roles"]) == (person.id, ["senior_specialist"])
        assert "计划收回 900.00，实际收回 600.00" in errand["say"]
        answer = {"outcome": "measures_taken", "answers": {"measure": "已约谈借款人"}}
        done = await client.post(f"/errands/{errand['id']}/answer", json=answer, headers=key("a"))
        assert done.status_code == 200, done.text


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ({"do": "record_contact", "contact": {"promise_amount": "-1", "promise_date": "2020-01-01"}}, "promise_unfit"),
        ({"do": "set_recovery_plan", "responsible": "nobody", "stages": []}, "invalid"),
        ({"do": "set_recovery_plan", "responsible": "nobody",
          "stages": [{"day": "2026-12-31", "target": "1.00"}]}, "unknown_staff"),
    ],
)  # fmt: skip
async def test_what_does_not_fit_is_refused_and_changes_nothing(
    world: World, command: dict[str, object], code: str
) -> None:
    case_no = await loan(world, "bank_loan")
    before = world.cases.running[case_no]
    async with world.client("senior_specialist") as client:
        answer = await told(client, case_no, "c-1", **command)
    assert answer.status_code in (404, 422), answer.text
    assert answer.json().get("code") == code
    assert world.cases.running[case_no] == before


async def test_who_works_in_no_case_is_responsible_for_none(world: World) -> None:
    case_no = await loan(world, "bank_loan")
    plan = {"do": "set_recovery_plan", "stages": [{"day": "2026-12-31", "target": "1.00"}]}
    async with world.client("senior_specialist") as client:
        for role in ("auditor", "administrator", "agency"):
            answer = await told(client, case_no, f"c-{role}", **plan, responsible=world.staff(role).id)
            assert (answer.status_code, answer.json()["code"]) == (422, "unknown_staff"), role


async def test_a_signed_agreement_is_shown_with_its_instalments(world: World) -> None:
    case_no = await loan(world, "credit_loan")
    async with world.client("dedicated_person") as client:
        copy = await client.post("/attachments", files={"file": ("a.pdf", PAPER, "application/pdf")})
        assert copy.status_code == 201, copy.text
        opened = await told(client, case_no, "c-1", do="open_step", step="negotiation")
        assert opened.status_code == 200, opened.text
        await told(client, case_no, "c-2", do="answer_step", step="negotiation", outcome="plan_agreed")
        terms = {"first_due": "2026-04-15", "frequency": "monthly", "count": 3}
        sign = {"do": "answer_step", "step": "repayment_agreement", "outcome": "signed", "evidence": copy.json()["id"]}
        bare = await told(client, case_no, "c-3", **sign)
        assert (bare.status_code, bare.json()["code"]) == (422, "terms_missing")
        late = await told(client, case_no, "c-4", **sign, agreement={**terms, "first_due": "2020-01-01"})
        assert (late.status_code, late.json()["code"]) == (422, "terms_unfit")
        assert (await told(client, case_no, "c-5", **sign, agreement=terms)).status_code == 200
        agreement = (await shown(client, case_no)).agreement
    assert agreement is not None
    assert agreement.state == "live"
    assert [str(one.due) for one in agreement.instalments] == ["2026-04-15", "2026-05-15", "2026-06-15"]
    assert agreement.unpaid == agreement.owed == agreement.expected


async def requested(world: World, line: Line) -> str:
    """A paper is with the customer; the key under which the provider knows it."""
    world.deps = replace(world.deps, signer=line)
    world.app = create_app(world.deps)
    case_no = await loan(world, "credit_loan")
    async with world.client("dedicated_person") as client:
        paper = await client.post("/attachments", files={"file": ("a.pdf", PAPER, "application/pdf")})
        await told(client, case_no, "c-1", do="open_step", step="negotiation")
        await told(client, case_no, "c-2", do="answer_step", step="negotiation", outcome="plan_agreed")
        asked = {"do": "request_signature", "step": "repayment_agreement", "document": paper.json()["id"]}
        for _ in range(2):
            answer = await told(client, case_no, "c-3", **asked, agreement=TERMS)
            assert answer.status_code == 200, answer.text
    return line.taken[0].key


async def reported(world: World, key: str, outcome: str, secret: bytes = GATEWAY_KEY) -> httpx.Response:
    body = {"key": key, "outcome": outcome, "at": "2026-03-10T02:00:10Z", "provider_ref": "p-1"}
    if outcome == "signed":
        body["signed_copy"] = urlsafe_b64encode(pdf("signed")).decode()
    text = httpx.Request("POST", "http://x", json=body).content
    async with world.client() as client:
        headers = sign(secret, world.wall.now(), "POST", SIGNATURES, text)
        return await client.post(SIGNATURES, content=text, headers=headers)


@pytest.mark.parametrize(("outcome", "ended"), [("signed", "signed"), ("declined", "not_signed")])
async def test_b2_2_2_1d_an_electronic_signature_answers_the_step_once(world: World, outcome: str, ended: str) -> None:
    line = Line()
    key = await requested(world, line)
    assert {message.key for message in line.taken} == {key}  # asked twice, one paper
    for _ in range(2):
        answer = await reported(world, key, outcome)
        assert (answer.status_code, answer.json()["state"]) == (202, "recorded"), answer.text
    case = world.cases.running["L-000001-1"]
    assert case.step("repayment_agreement").outcome == ended
    assert (case.undertakings.agreement is not None) == (outcome == "signed")
    with world.database.reading() as session:
        happened = timeline(session, case.case_no)
    answers = [one for one in happened if one.body.kind == "step_completed" and one.body.step == "repayment_agreement"]
    (actor,) = (one.actor for one in answers)
    assert actor is not None
    assert (actor.role, actor.authority) == ("dedicated_person", "e-signature")


async def test_a_signature_that_is_not_the_providers_or_was_never_asked_for_changes_nothing(world: World) -> None:
    key = await requested(world, Line())
    before = world.cases.running["L-000001-1"]
    forged = await reported(world, key, "signed", b"another secret")
    unknown = await reported(world, "L-000001-1/signature/1", "signed")
    assert [one.json()["code"] for one in (forged, unknown)] == ["signature_refused", "unknown_delivery"]
    assert world.cases.running["L-000001-1"] == before


async def test_without_a_provider_the_request_can_be_given_again(world: World) -> None:
    case_no = await loan(world, "credit_loan")
    async with world.client("dedicated_person") as client:
        paper = await client.post("/attachments", files={"file": ("a.pdf", PAPER, "application/pdf")})
        await told(client, case_no, "c-1", do="open_step", step="negotiation")
        await told(client, case_no, "c-2", do="answer_step", step="negotiation", outcome="plan_agreed")
        asked = {"do": "request_signature", "step": "repayment_agreement", "document": paper.json()["id"]}
        answer = await told(client, case_no, "c-3", **asked, agreement=TERMS)
    assert (answer.status_code, answer.json()["code"]) == (503, "gateway_unavailable")
