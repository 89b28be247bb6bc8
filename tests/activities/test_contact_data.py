"""What a wrong address held back goes out once another one is known; what a rule orders does not wait for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from activities.contact_data import ContactData, Doubt
from activities.delivery import Delivery
from activities.messages import DispatchRequest, DispatchResult
from domain.events import Actor
from store import accounts, deliveries, errands
from store.calendar import fill
from store.errands import Answer
from store.facts import ledger_version
from tests.activities.outside import Outside, outside
from tests.activities.world import DAY, World, at

STAFF = Actor(user="u-1", role="collector", authority="permission:answer_errand")


@pytest.fixture
async def out(tmp_path: Path) -> AsyncIterator[Outside]:
    async with outside(tmp_path / "sent") as found:
        yield found


@pytest.fixture
def delivery(world: World, out: Outside) -> Delivery:
    return Delivery(world.database, world.writer, out.gateways, world.gate)


def wanted(world: World, document: str, **more: object) -> DispatchRequest:
    """The demand notice to the lessee, as that kind of document."""
    said = {"signed_by": "head_of_asset_management", "document": document, **more}
    return world.dispatch("demand_notice", "lessee/letter", **said)


def nothing_claimed(world: World, key: str) -> bool:
    with world.database.reading() as session:
        return deliveries.find_delivery(session, key) is None


async def test_what_a_wrong_address_held_back_goes_out_to_the_new_one(
    world: World, out: Outside, delivery: Delivery
) -> None:
    """Nobody else is told of the debt meanwhile; the notice that a rule orders goes to the last known address."""
    desk = ContactData(world.database, world.policies, world.clock)
    with world.database.session() as session:
        fill(session, [2026], at(DAY))
        doubt = Doubt(finding="address_wrong", source="visit-1", account_no="L-1", policy_id="leasing")
        errand_id = desk.found(session, doubt)
    refused = wanted(world, "reminder")
    answer = await delivery.dispatch_document(refused)
    assert answer == DispatchResult(status="refused", reason="unreachable")  # the case waits: nothing was claimed
    assert nothing_claimed(world, refused.key)
    assert (
        await delivery.dispatch_document(wanted(world, "rent_demand_notice", key="L-1-1/notice/9"))
    ).status == "sent"
    given = Answer(outcome="new_address", answers={"finding": "工商登记", "address": "江城市高新区新路9号"})
    with world.database.session() as session:
        answered = errands.answer(session, errand_id or "", given, "a-1", "u-1", "collector", at(DAY))
        desk.answered(session, answered, STAFF, at(DAY))
        version = ledger_version(session, "L-1")
    assert (await delivery.dispatch_document(refused)).status == "stale"  # the ledger version rose: the case asks again
    again = wanted(world, "reminder", ledger_version=version)
    assert (await delivery.dispatch_document(again)).status == "sent"
    assert out.deliveries()[again.key] == 1
    with world.database.reading() as session:
        assert accounts.parties(session, "L-1")[0].address == "江城市高新区新路9号"
