"""Click to dial from an open task, and the events of the dialler that fill the contact record."""

from __future__ import annotations

from typing import Any

import pytest

from domain.events import ContactRecorded, ContactResult
from gateways.contract import CallRecipient, Rejected
from store import calls, cases
from store.contacts import contacts_of
from tests.api.supervised import Line, connect, dialled, event, loan
from tests.api.world import World, key

CALL = "phone_collection"
BODY = {"agent": "8001"}


def contact_of(world: World, case_no: str) -> list[ContactResult]:
    with world.database.reading() as session:
        happened = cases.timeline(session, case_no)
    return [found.body.contact for found in happened if isinstance(found.body, ContactRecorded)]


def counted(world: World) -> list[bool]:
    """Whether somebody answered, of each contact with the borrower that the caps count."""
    with world.database.reading() as session:
        return [one.connected for one in contacts_of(session, "P-L-000001", world.clock.now())]


async def test_a_call_is_dialled_and_its_end_fills_the_contact_record(world: World) -> None:
    """MB3.1b, B2.1.2.1d: duration and result come from the dialler, under the name of who called."""
    line, caller = connect(world, Line()), world.staff("risk_officer")
    case_no = await loan(world, "consumer_loan", "2026-03-09")
    async with world.client(as_user=caller) as client:
        call_id = await dialled(world, client, case_no, CALL)
        assert [message.recipient for message in line.taken] == [CallRecipient(phone="+8613800000077", agent="8001")]
        assert counted(world) == [False]
        happenings: tuple[tuple[str, dict[str, Any]], ...] = (
            ("ringing", {}), ("answered", {}), ("ended", {"duration": 83}),
        )  # fmt: skip
        for happened, more in happenings:
            assert (await event(world, call_id, happened, **more)).status_code == 202
        found = (await client.get("/calls", params={"collector": caller.id})).json()["rows"]
    assert [(one["status"], one["duration"], one["step"]) for one in found] == [("ended", 83, CALL)]
    assert contact_of(world, case_no) == [ContactResult(outcome="contacted", duration=83)]
    assert counted(world) == [True]
    with world.database.reading() as session:
        recorded = cases.timeline(session, case_no)[found[0]["contact_seq"] - 1]
    assert recorded.actor and (recorded.actor.user, recorded.actor.role) == (caller.id, "risk_officer")


async def test_events_repeat_and_come_in_any_order_and_make_one_record(world: World) -> None:
    connect(world, Line())
    case_no = await loan(world, "consumer_loan", "2026-03-09")
    async with world.client("risk_officer") as client:
        call_id = await dialled(world, client, case_no, CALL)
    happenings: tuple[tuple[str, dict[str, Any]], ...] = (
        ("ended", {"duration": 40}), ("ringing", {}), ("ended", {"duration": 40}), ("answered", {}), ("no_answer", {}),
        ("ended", {"duration": 9}),
    )  # fmt: skip
    for happened, more in happenings:
        assert (await event(world, call_id, happened, **more)).status_code == 202
    with world.database.reading() as session:
        call = calls.find_call(session, call_id)
    assert call and (call.status, call.duration) == ("ended", 40) and call.ringing_at and call.answered_at
    assert contact_of(world, case_no) == [ContactResult(outcome="contacted", duration=40)]
    assert counted(world) == [True]


@pytest.mark.parametrize(
    ("happened", "more", "outcome"),
    [("no_answer", {}, "not_reached"), ("dead_number", {}, "wrong_number"), ("ended", {"duration": 0}, "not_reached")],
)
async def test_nobody_reached_is_an_attempt(world: World, happened: str, more: dict[str, Any], outcome: str) -> None:
    connect(world, Line())
    case_no = await loan(world, "consumer_loan", "2026-03-09")
    async with world.client("risk_officer") as client:
        await event(world, await dialled(world, client, case_no, CALL), happened, **more)
    (contact,) = contact_of(world, case_no)
    assert (contact.outcome, counted(world)) == (outcome, [False])


async def test_a_dead_number_is_looked_into(world: World) -> None:
    connect(world, Line())
    case_no = await loan(world, "consumer_loan", "2026-03-09")
    async with world.client("risk_officer") as client:
        call_id = await dialled(world, client, case_no, CALL)
        for _ in range(2):
            await event(world, call_id, "dead_number")
        (errand,) = (await client.get("/errands")).json()["rows"]
        assert (errand["kind"], errand["account_no"], errand["chain"][0]) == (
            "dead_number", "L-000001", "head_of_risk_control",
        )  # fmt: skip
        answer = {"outcome": "new_number", "answers": {"finding": "新号码来自担保人", "phone": "13911110000"}}
        assert (await client.post(f"/errands/{errand['id']}/answer", json=answer, headers=key("n"))).status_code == 200


async def test_the_gate_is_asked_before_the_phone_rings(world: World) -> None:
    line, case_no = connect(world, Line()), await loan(world, "consumer_loan", "2026-03-09")
    world.later(hours=12)
    async with world.client("risk_officer") as client:
        night = await client.post(f"/cases/{case_no}/steps/{CALL}/calls", json=BODY, headers=key("k"))
        world.clock.at = world.clock.at.replace(day=11, hour=10)
        preferences = {"preferences": {"refused": ["call"]}, "reason": "asked not to be called"}
        async with world.client("head_of_risk_control") as head:
            await head.put("/parties/P-L-000001/contact-preferences", json=preferences)
        barred = await client.post(f"/cases/{case_no}/steps/{CALL}/calls", json=BODY, headers=key("k2"))
    assert [(a.status_code, a.json()["code"]) for a in (night, barred)] == [
        (409, "contact_postponed"), (409, "contact_barred"),
    ]  # fmt: skip
    assert "2026-03-11T00:00:00+00:00" in night.json()["remedy"]
    assert not line.taken and not counted(world)


async def test_calls_that_nobody_answers_use_up_the_cap(world: World) -> None:
    """Six attempts a day that nobody answers, whatever they were for."""
    connect(world, Line())
    case_no = await loan(world, "consumer_loan", "2026-03-09")
    codes: list[str] = []
    async with world.client("risk_officer") as client:
        for number in range(7):
            path = f"/cases/{case_no}/steps/{CALL}/calls"
            answer = await client.post(path, json=BODY, headers=key(f"k{number}"))
            codes.append(answer.json().get("code", "dialled"))
    assert codes == ["dialled"] * 6 + ["contact_postponed"]


@pytest.mark.parametrize(
    ("role", "step", "code"),
    [("business_manager", CALL, "not_entitled"), ("risk_officer", "next", "unknown_step"),
     ("risk_officer", "delinquency_reason", "not_a_call"), ("risk_officer", "phone_instead_of_visit", "not_open")],
)  # fmt: skip
async def test_only_an_open_call_of_your_own_is_dialled(world: World, role: str, step: str, code: str) -> None:
    line, case_no = connect(world, Line()), await loan(world, "consumer_loan", "2026-03-09")
    async with world.client(role) as client:
        answer = await client.post(f"/cases/{case_no}/steps/{step}/calls", json=BODY, headers=key("k"))
    assert (answer.json()["code"], line.taken) == (code, [])


async def test_without_a_number_nobody_is_called(world: World) -> None:
    connect(world, Line())
    case_no = await loan(world, "consumer_loan", "2026-03-09", phone=None)
    async with world.client("risk_officer") as client:
        answer = await client.post(f"/cases/{case_no}/steps/{CALL}/calls", json=BODY, headers=key("k"))
    assert answer.json()["code"] == "no_phone"


async def test_the_same_key_is_the_same_call_and_an_absent_dialler_takes_nothing(world: World) -> None:
    line, case_no = connect(world, Line(away=True)), await loan(world, "consumer_loan", "2026-03-09")
    async with world.client("risk_officer") as client:
        path = f"/cases/{case_no}/steps/{CALL}/calls"
        away = await client.post(path, json=BODY, headers=key("k"))
        assert (away.status_code, away.json()["code"], counted(world)) == (503, "gateway_unavailable", [])
        line.away = False
        first, again = [await client.post(path, json=BODY, headers=key("k")) for _ in range(2)]
        line.answer = Rejected(code="no_such_number", permanent=True)
        refused = await client.post(path, json=BODY, headers=key("k2"))
    assert first.json() == again.json() and first.json()["status"] == "dialling"
    assert (refused.json()["code"], counted(world)) == ("number_refused", [False])


async def test_what_was_learned_completes_the_record_and_the_duration_stays_the_diallers(world: World) -> None:
    connect(world, Line())
    caller, case_no = world.staff("risk_officer"), await loan(world, "consumer_loan", "2026-03-09")
    async with world.client(as_user=caller) as client:
        call_id = await dialled(world, client, case_no, CALL)
        learned = {"reason": "illness", "willingness": "willing", "attitude": "cooperative"}
        early = await client.post(f"/calls/{call_id}/result", json=learned, headers=key("r0"))
        await event(world, call_id, "ended", duration=61)
        done = await client.post(f"/calls/{call_id}/result", json=learned, headers=key("r1"))
    async with world.client("risk_officer") as other:
        alien = await other.post(f"/calls/{call_id}/result", json=learned, headers=key("r2"))
    assert [a.json()["code"] for a in (early, alien)] == ["call_not_over", "not_entitled"]
    assert done.status_code == 200
    with world.database.reading() as session:
        last = cases.timeline(session, case_no)[-1].body
    assert last.kind == "entry_corrected" and last.contact
    assert (last.contact.duration, last.contact.reason, last.contact.outcome) == (61, "illness", "contacted")


async def test_a_call_that_ends_while_the_engine_is_away_is_reported_again(world: World) -> None:
    connect(world, Line())
    case_no = await loan(world, "consumer_loan", "2026-03-09")
    async with world.client("risk_officer") as client:
        call_id = await dialled(world, client, case_no, CALL)
    world.cases.mode = "away"
    assert (await event(world, call_id, "ended", duration=12)).status_code == 503
    world.cases.mode = "quick"
    assert (await event(world, call_id, "ended", duration=12)).status_code == 202
    assert contact_of(world, case_no) == [ContactResult(outcome="contacted", duration=12)]


async def test_a_closed_case_takes_no_record_and_the_contact_still_counts(world: World) -> None:
    connect(world, Line())
    case_no = await loan(world, "consumer_loan", "2026-03-09")
    async with world.client("risk_officer") as client:
        call_id = await dialled(world, client, case_no, CALL)
    world.cases.mode = "cut off"
    assert (await event(world, call_id, "ended", duration=12)).json()["contact_seq"] == 0
    assert (contact_of(world, case_no), counted(world)) == ([], [True])


async def test_unsigned_and_alien_events_are_refused(world: World) -> None:
    unknown = f"call-{'0' * 24}"
    answers = [
        await event(world, unknown, "ringing", secret=b"another"), await event(world, unknown, "ringing"),
        await event(world, unknown, "ended"), await event(world, unknown, "ringing", duration=3),
    ]  # fmt: skip
    assert [(a.status_code, a.json()["code"]) for a in answers] == [
        (401, "signature_refused"), (404, "unknown_call"), (422, "file_invalid"), (422, "file_invalid"),
    ]  # fmt: skip


async def test_a_notice_is_confirmed_by_a_call_within_three_business_days(world: World) -> None:
    """B2.1.2.2c: asked for when the notice went out, dialled from its task, late after three business days."""
    connect(world, Line())
    case_no = await loan(world, "bank_loan", "2026-02-06")  # DPD 32 on 10 March
    with world.database.reading() as session:
        found = {ask.step: ask for ask in cases.asks_of_case(session, case_no, world.deps.today())}
    asked = found["delivery_confirmation"]
    assert asked.deadline and asked.deadline.isoformat() == "2026-03-13T10:00:00+00:00"
    async with world.client("junior_specialist") as client:
        call_id = await dialled(world, client, case_no, "delivery_confirmation")
        await event(world, call_id, "ended", duration=30)
        answer = {"do": "answer_step", "step": "delivery_confirmation", "outcome": "confirmed"}
        assert (await client.post(f"/cases/{case_no}/commands", json=answer, headers=key("a"))).status_code == 200


async def test_who_is_only_met_in_a_social_medium_gets_the_proposal_there(world: World) -> None:
    """O3.2: after the friendly call the lender writes by the first channel that there is."""
    case_no = await loan(world, "business_loan", "2026-03-05", channels=("social",))
    called = {"do": "record_contact", "contact": {"outcome": "contacted"}}
    async with world.client("collection_team") as client:
        assert (await client.post(f"/cases/{case_no}/commands", json=called, headers=key("c"))).status_code == 200
    with world.database.reading() as session:
        bodies = [event.body for event in cases.timeline(session, case_no)]
    sent = [body.target for body in bodies if body.kind == "message_sent" and body.step == "repayment_proposal"]
    assert sent == ["borrower/social"]
