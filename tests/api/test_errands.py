"""Errands over HTTP: whom they show, who may answer, what is refused with which code."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.before_due_rule import Act
from store import errands, reminders
from store.contacts import contacts_of
from store.errands import Errand
from store.reminders import Reminder
from tests.api.world import World, key

REPORTED = {"outcome": "reported", "willingness": "willing", "ability": "partly", "note": "周五发工资"}
DUE = date(2026, 3, 17)


def errand(world: World, name: str = "e1", kind: Act = "list", **more: object) -> str:
    """An open errand of today for an account with that name, wanted by 16:00."""
    account_no = f"C-{name}"
    world.lease(account_no)
    wanted = world.clock.at.replace(hour=16, minute=0)
    report = {"list": ("willingness", "ability"), "contact": ("deposits",)}.get(kind, ())
    outcomes = {"list": ("reported", "not_reached"), "contact": ("contacted", "not_reached")}.get(kind, ("yes", "no"))
    values: dict[str, object] = {
        "id": name, "policy_id": "consumer", "rule": kind, "rules": ("Z4.1a",), "account_no": account_no, "due": DUE,
        "occurrence": date(2026, 3, 10), "kind": kind, "title": "客户名单", "roles": ("business_manager",),
        "outcomes": outcomes,
        "report": report, "amount": Decimal("10500.00"), "opened_at": world.clock.at, "deadline": wanted,
        "answer_by": wanted, "chain": ("team_leader", "general_manager"), **more,
    }  # fmt: skip
    with world.database.session() as session:
        errands.open_errand(session, Errand.model_validate(values))
    return name


async def shown(world: World, *roles: str, **params: Any) -> list[str]:
    async with world.client(*roles) as client:
        answer = await client.get("/errands", params=params)
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.json()["rows"]]


async def refused(world: World, name: str, body: Mapping[str, object], *roles: str, id_: str = "k") -> tuple[int, str]:
    async with world.client(*roles) as client:
        answer = await client.post(f"/errands/{name}/answer", json=body, headers=key(id_))
    return answer.status_code, answer.json()["code"]


async def test_lists_show_what_waits_for_ones_roles(world: World) -> None:
    errand(world, "e1")
    errand(world, "e2", roles=("risk_officer",))
    assert await shown(world, "business_manager") == ["e1"]
    assert await shown(world, "risk_officer") == ["e2"]
    assert await shown(world, "collector") == []
    assert await shown(world, "auditor") == ["e1", "e2"]
    assert await shown(world, "auditor", account_no="C-e2") == ["e2"]
    assert await shown(world, "auditor", status="answered") == []


async def test_an_assigned_one_is_shown_and_answered_by_its_person_only(world: World) -> None:
    mine = world.staff("business_manager")
    errand(world, "e1", assignee=mine.id)
    assert await shown(world, "business_manager") == []
    assert await refused(world, "e1", REPORTED, "business_manager") == (403, "not_entitled")
    async with world.client(as_user=mine) as client:
        assert len((await client.get("/errands")).json()["rows"]) == 1
        answer = await client.post("/errands/e1/answer", json=REPORTED, headers=key("k1"))
    assert (answer.status_code, answer.json()["answered_by"]) == (200, mine.id)


async def test_an_answer_is_kept_with_who_when_and_what_and_is_one_contact(world: World) -> None:
    """Z4.1d; the contact counts for the caps of the person."""
    errand(world, "e1")
    async with world.client("business_manager") as client:
        first = await client.post("/errands/e1/answer", json=REPORTED, headers=key("k1"))
        again = await client.post("/errands/e1/answer", json=REPORTED, headers=key("k1"))
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    found = first.json()
    assert {name: found[name] for name in REPORTED} == REPORTED
    assert (found["status"], found["answered_role"]) == ("answered", "business_manager")
    with world.database.reading() as session:
        [contact] = contacts_of(session, "P-C-e1", world.clock.at)
    assert (contact.channel, contact.connected, contact.purpose) == ("other", True, "reminder")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"outcome": "maybe"}, 422, "outcome_not_allowed"),
        ({"outcome": "reported"}, 422, "answer_incomplete"),
        ({"outcome": "reported", "willingness": "very"}, 422, "invalid"),
        ({"outcome": "reported", "promise": "x"}, 422, "invalid"),
    ],
)
async def test_what_is_outside_the_errand_is_refused(
    world: World, body: dict[str, object], status: int, code: str
) -> None:
    errand(world, "e1")
    assert await refused(world, "e1", body, "business_manager") == (status, code)
    with world.database.reading() as session:
        assert errands.get_errand(session, "e1").status == "open"
        assert not contacts_of(session, "P-C-e1", world.clock.at)


async def test_who_is_not_asked_is_refused_and_the_attempt_is_recorded(world: World) -> None:
    errand(world, "e1")
    assert await refused(world, "e1", REPORTED, "collector") == (403, "not_entitled")
    assert await refused(world, "e1", REPORTED, "team_leader") == (403, "not_entitled")
    assert await refused(world, "e1", REPORTED, "auditor") == (403, "not_entitled")
    assert await refused(world, "none", REPORTED, "business_manager") == (404, "unknown_errand")
    async with world.client("auditor") as client:
        state = await client.get("/commands/k")
    assert (state.json()["state"], state.json()["code"]) == ("refused", "not_entitled")


async def test_what_is_over_is_not_open(world: World) -> None:
    errand(world, "e1")
    with world.database.session() as session:
        errands.end(session, errands.get_errand(session, "e1"), "paid", world.clock.at)
    errand(world, "e2")
    async with world.client("business_manager") as client:
        await client.post("/errands/e2/answer", json=REPORTED, headers=key("k2"))
    assert await refused(world, "e1", REPORTED, "business_manager", id_="k3") == (409, "not_open")
    assert await refused(world, "e2", REPORTED, "business_manager", id_="k4") == (409, "already_answered")


async def test_an_id_of_another_answer_is_refused(world: World) -> None:
    errand(world, "e1")
    errand(world, "e2")
    async with world.client("business_manager") as client:
        await client.post("/errands/e1/answer", json=REPORTED, headers=key("k1"))
        answer = await client.post("/errands/e2/answer", json=REPORTED, headers=key("k1"))
    assert (answer.status_code, answer.json()["code"]) == (409, "command_differs")


async def test_a_missed_one_is_visible_to_whom_it_was_escalated_who_may_answer(world: World) -> None:
    errand(world, "e1", assignee="u-absent")
    with world.database.session() as session:
        [late] = errands.late_errands(session, "consumer", world.clock.at + timedelta(hours=6), date(2026, 3, 10))
        errands.escalate(session, late, None)
    assert await shown(world, "team_leader") == ["e1"]
    assert await shown(world, "auditor", escalated=True) == ["e1"]
    assert await shown(world, "auditor", escalated=False) == []
    async with world.client("team_leader") as client:
        answer = await client.post("/errands/e1/answer", json=REPORTED, headers=key("k1"))
    assert answer.json()["answered_role"] == "team_leader"


async def test_with_several_roles_the_one_that_is_asked_is_taken(world: World) -> None:
    errand(world, "e1", "contact")
    body = {"outcome": "contacted", "deposits": "存款约5000元"}
    async with world.client("collector", "business_manager") as client:
        answer = await client.post("/errands/e1/answer", json=body, headers=key("k1"))
    assert (answer.json()["answered_role"], answer.json()["deposits"]) == ("business_manager", "存款约5000元")


async def test_whoever_manages_an_account_is_set_once_and_again(world: World) -> None:
    world.lease("C-1")
    first, second = (world.staff("business_manager").id for _ in range(2))
    async with world.client("administrator") as client:
        for user in (first, second):
            answer = await client.put("/accounts/C-1/manager", json={"user": user})
            assert answer.status_code == 200
        missing = await client.put("/accounts/C-9/manager", json={"user": second})
        nobody = await client.put("/accounts/C-1/manager", json={"user": "9999-12-31"})
    assert (nobody.status_code, nobody.json()["code"]) == (422, "unknown_staff")
    assert (missing.status_code, missing.json()["code"]) == (404, "unknown_account")
    with world.database.reading() as session:
        assert errands.managers_of(session, ["C-1"]) == {"C-1": second}


async def test_what_was_done_for_an_account(world: World) -> None:
    world.lease("C-1")
    sent = Reminder(
        account_no="C-1", due=DUE, policy_id="consumer", rule="sms_reminder", occurrence=date(2026, 3, 10), act="send",
        status="sent", rules=("Z1.1",), planned_at=world.clock.at, at=world.clock.at, amount=Decimal("1.00"),
        ledger_version=0, targets=("sms",), text="还款提醒", sha256="0" * 64,
    )  # fmt: skip
    with world.database.session() as session:
        reminders.claim_reminder(session, sent)
    async with world.client("auditor") as client:
        [found] = (await client.get("/accounts/C-1/reminders")).json()
        missing = await client.get("/accounts/C-9/reminders")
    assert (found["text"], found["status"], found["rules"]) == ("还款提醒", "sent", ["Z1.1"])
    assert missing.json()["code"] == "unknown_account"
