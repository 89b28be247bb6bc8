"""A person with five leases: their death, confirmed once, stops the contacts of all five, overdue or not."""

from __future__ import annotations

from pathlib import Path

import pytest

from activities.contact_gate import Wanted
from domain import events as e
from domain.conduct import Never, Verdict
from domain.ledger import PartyRole
from store import accounts, cases, documents
from store.facts import ledger_version
from store.views import Party
from tests.api.placed import document
from tests.api.world import World, key

OVERDUE = ("L-000001", "L-000002", "L-000003", "L-000004")
CURRENT = "L-000005"
PERSON = Party(id="P-1", role=PartyRole.LESSEE, name="承租人甲", phone="13800000000", address="上海市")
PAPER = f"att-{'0' * 32}"


@pytest.fixture
async def five(tmp_path: Path) -> World:
    """One lessee with five leases, the last of them not due yet; the death certificate is uploaded."""
    world = World(tmp_path, now="2026-03-03T10:00")
    for number in (*OVERDUE, CURRENT):
        world.lease(number, ("2026-06-02",) if number == CURRENT else ("2026-03-02",))
        with world.database.session() as session:
            accounts.replace_parties(session, number, [PERSON], world.clock.now())
    paper = documents.Attachment(
        id=PAPER, sha256="0" * 64, media_type="application/pdf", name="死亡证明.pdf", content=b"%PDF-",
        uploaded_by="u-9", at=world.clock.now(),
    )  # fmt: skip
    with world.database.session() as session:
        documents.add_attachment(session, paper)
    await world.deps.intake.run(world.deps.today())
    return world


async def command(world: World, role: str, name: str, **body: object) -> int:
    async with world.client(role) as client:
        answer = await client.post("/cases/L-000001-1/commands", json=body, headers=key(name))
    return answer.status_code


async def dies(world: World, step: str = "death", **more: object) -> None:
    reported = await command(world, "collector", "c-1", do="open_step", step=step, evidence=PAPER, **more)
    assert (reported, held(world)) == (200, {})
    confirmed = await command(
        world, "head_of_asset_management", "c-2", do="answer_step", step=step, outcome="confirmed"
    )
    assert confirmed == 200


def held(world: World) -> dict[str, str]:
    """The holds in force by lease."""
    return {
        number: hold.hold for number in OVERDUE if f"{number}-1" in world.cases.running
        for hold in world.cases.running[f"{number}-1"].holds if hold.ended_at is None
    }  # fmt: skip


def gate(world: World, account_no: str, **more: str) -> Verdict | None:
    wanted = {"account_no": account_no, "who": "lessee", "channel": "call", "purpose": "collection", **more}
    with world.database.reading() as session:
        return world.deps.gate.ask(session, Wanted.model_validate(wanted), world.clock.now())


def openings(world: World, number: str) -> list[tuple[str | None, str | None, str]]:
    """Who reported and who confirmed the death in a case, and on which paper."""
    with world.database.reading() as session:
        events = cases.timeline(session, f"{number}-1")
    return [
        (event.body.evidence, event.actor.user if event.actor else None, event.body.kind)
        for event in events
        if isinstance(event.body, e.StepOpened | e.StepCompleted) and event.body.step == "death"
    ]


async def test_a_death_that_was_confirmed_once_stops_every_case_of_the_person(five: World) -> None:
    """S5: in each case with the same paper, reported and confirmed by the same two people."""
    await dies(five)
    assert held(five) == dict.fromkeys(OVERDUE, "death")
    assert len({tuple(openings(five, number)) for number in OVERDUE}) == 1
    (paper, reporter, _), (_, head, _) = openings(five, "L-000003")
    assert paper == PAPER and reporter != head


async def test_a_confirmation_that_did_not_reach_a_case_reaches_it_when_it_is_sent_again(five: World) -> None:
    stopped = five.cases.running.pop("L-000003-1")
    head = five.staff("head_of_asset_management")
    body = {"do": "answer_step", "step": "death", "outcome": "confirmed"}
    await command(five, "collector", "c-1", do="open_step", step="death", evidence=PAPER)
    async with five.client(as_user=head) as client:
        await client.post("/cases/L-000001-1/commands", json=body, headers=key("c-2"))
        five.cases.running["L-000003-1"] = stopped
        assert "L-000003" not in held(five)
        await client.post("/cases/L-000001-1/commands", json=body, headers=key("c-2"))
    assert held(five) == dict.fromkeys(OVERDUE, "death")
    assert {len(openings(five, number)) for number in OVERDUE} == {2}


async def test_what_is_not_overdue_is_not_contacted_either_until_the_hold_has_ended_everywhere(five: World) -> None:
    await dies(five)
    assert [gate(five, CURRENT), gate(five, CURRENT, channel="letter", purpose="formal_notice")] == [
        Never(reason="held")
    ] * 2
    assert gate(five, CURRENT, purpose="asset_inspection") != Never(reason="held")  # nobody is told of the debt by it
    with five.database.reading() as session:
        before = ledger_version(session, CURRENT)
    for number in OVERDUE:
        assert gate(five, CURRENT) == Never(reason="held")
        async with five.client("legal_compliance") as client:
            body = {"do": "end_hold", "hold": "death", "evidence": PAPER}
            ended = await client.post(f"/cases/{number}-1/commands", json=body, headers=key(f"end-{number}"))
            assert ended.status_code == 200, ended.text
    assert gate(five, CURRENT) != Never(reason="held")
    with five.database.reading() as session:
        assert ledger_version(session, CURRENT) > before  # what waited is decided anew


async def test_the_only_lease_of_the_dead_is_not_reminded_of_before_its_next_due_date(world: World) -> None:
    """No case sends that reminder, so no scope stops it; what the case itself does is stopped by scopes."""
    await world.case()
    async with world.client("collector") as client:
        paper = await document(client)
    for _ in range(2):
        assert (gate(world, "L-000001", purpose="reminder") == Never(reason="held")) is bool(held(world))
        assert gate(world, "L-000001", case_no="L-000001-1") != Never(reason="held")
        await command(world, "collector", "c-1", do="open_step", step="death", evidence=paper)
        await command(world, "head_of_asset_management", "c-2", do="answer_step", step="death", outcome="confirmed")
    assert held(world) == {"L-000001": "death"}


@pytest.mark.parametrize(("step", "all_of_them"), [("insolvency", True), ("dispute", False)])
async def test_a_dispute_is_about_one_debt_insolvency_about_the_person(
    five: World, step: str, all_of_them: bool
) -> None:
    await dies(five, step)
    assert held(five) == dict.fromkeys(OVERDUE if all_of_them else OVERDUE[:1], step)
    assert (gate(five, CURRENT) == Never(reason="held")) is all_of_them
