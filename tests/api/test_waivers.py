"""A waiver from the command to the ledger and back: the record posts it, the daily work takes it back (B2.2.2.2)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import httpx

from activities.aftercare import Aftercare
from activities.contact_gate import ContactGate
from activities.messages import RunRequest
from activities.outbox import Outbox
from domain.base import zone
from domain.facts import Facts
from domain.ledger import PostingKind
from store.account_facts import account_facts
from tests.api.supervised import loan
from tests.api.world import World, key
from tests.builders.files import PDF

ACCOUNT = "L-000001"


async def told(client: httpx.AsyncClient, case_no: str, number: str, **body: object) -> None:
    answer = await client.post(f"/cases/{case_no}/commands", json=body, headers=key(number))
    assert answer.status_code == 200, answer.text


async def morning(world: World) -> None:
    """The daily work of the portfolio, then the case looks at its ledger."""
    now = world.clock.now()
    work = Aftercare(world.database, world.policies, Outbox(world.database, {}), ContactGate([], world.clock),
                     world.clock, None)  # fmt: skip
    today = now.astimezone(zone("Asia/Shanghai")).date()
    pin = world.policies.pin("bank")
    await work.run(RunRequest(work="open_cases", period=today, policy=pin, settings=world.policies.company_sha))
    world.cases.settle(f"{ACCOUNT}-1")


def ledger_of(world: World) -> list[tuple[PostingKind, date, Decimal, str | None]]:
    with world.database.reading() as session:
        found = account_facts(session, ACCOUNT).postings
    return [(one.kind, one.value_date, one.amount, one.reverses) for one in found]


def facts_of_case(world: World) -> Facts:
    facts = world.cases.running[f"{ACCOUNT}-1"].facts
    assert facts is not None
    return facts


async def test_b2_2_2_2s_the_system_posts_a_granted_waiver_and_takes_it_back_when_nothing_is_paid(world: World) -> None:
    """10,500.00 due on 2 March at 5.25 a day: on 10 March 42.00 of penalty interest, of which a fifth is waived."""
    case_no = await loan(world, "bank_loan")
    async with world.client("junior_specialist") as client:
        paper = (await client.post("/attachments", files={"file": ("call.pdf", PDF)})).json()["id"]
        await told(client, case_no, "c-0", do="record_contact", contact={"initiated_by": "customer"})
        await told(client, case_no, "c-1", do="open_step", step="penalty_waiver", evidence=paper)
    async with world.client("collection_supervisor") as client:
        figures = [{"item": "waiver", "side": "expense", "amount": "8.40"}]
        await told(client, case_no, "c-2", do="answer_step", step="penalty_waiver", outcome="granted", figures=figures)
        waived = (PostingKind.WAIVER, date(2026, 3, 10), Decimal("8.40"), None)
        number = f"waiver/{case_no}/{world.cases.running[case_no].step('penalty_waiver').done}"
        assert ledger_of(world) == [waived], "by the record, in the transaction of the decision"
        world.later(days=10)  # 20 March, its last day
        await morning(world)
        assert ledger_of(world) == [waived]
        assert facts_of_case(world).current_penalty == Decimal("86.10")
        world.later(days=1)
        for _ in range(2):
            await morning(world)
        taken_back = (PostingKind.REVERSAL, date(2026, 3, 21), Decimal("8.40"), number)
        assert ledger_of(world) == [waived, taken_back], "by the daily work, once"
        assert facts_of_case(world).current_penalty == Decimal("99.75")
        [shown] = (await client.get(f"/cases/{case_no}")).json()["waivers"]
    assert (shown["status"], shown["amount"], shown["paid_by"]) == ("failed", "8.40", "2026-03-20")
