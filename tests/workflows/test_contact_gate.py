"""What the contact gate refuses waits for its time, once; what it refuses for good becomes a task."""

from __future__ import annotations

from datetime import timedelta

from temporalio.testing import WorkflowEnvironment

from activities.messages import DispatchResult
from domain import events as e
from tests.workflows.rehearsal import Rehearsal
from tests.workflows.scene import answer, at, scene

NOON = at("2026-03-10T12:00")


def told(rehearsal: Rehearsal) -> list[e.Event]:
    """What was recorded of the sending of the demand notice."""
    return [event for event in rehearsal.world.recorded if getattr(event.body, "step", "") == "demand_notice"]


async def test_what_is_postponed_is_asked_again_at_its_time_only(engine: WorkflowEnvironment) -> None:
    rehearsal = Rehearsal(engine, scene())
    async with rehearsal.opened():
        await rehearsal.to(at("2026-03-10T10:00"))
        rehearsal.world.deliveries = [DispatchResult(status="postponed", reason="contact_cap", not_before=NOON)]
        await rehearsal.command(answer("demand_notice_signature", "signed", "head_of_asset_management"))
        live = await rehearsal.quiet()
        assert rehearsal.world.dispatched == []
        assert live.case.step("demand_notice").not_before == NOON
        await rehearsal.to(NOON + timedelta(minutes=1))
        await rehearsal.quiet()
    postponed, first, second, done = told(rehearsal)
    assert postponed.body == e.StepPostponed(step="demand_notice", reason="contact_cap", not_before=NOON)
    assert postponed.why == "postponed: contact_cap"
    assert [type(event.body) for event in (first, second)] == [e.MessageSent, e.MessageSent]
    assert first.at >= NOON
    assert isinstance(done.body, e.StepCompleted) and done.body.outcome == "sent"


async def test_what_is_refused_for_good_says_why_and_becomes_a_task(engine: WorkflowEnvironment) -> None:
    rehearsal = Rehearsal(engine, scene())
    async with rehearsal.opened():
        await rehearsal.to(at("2026-03-10T10:00"))
        rehearsal.world.deliveries = [DispatchResult(status="refused", reason="do_not_contact")]
        await rehearsal.command(answer("demand_notice_signature", "signed", "head_of_asset_management"))
        live = await rehearsal.quiet()
        assert live.case.step("delivery_check").is_open
    failed = [(event.body.status, event.why) for event in told(rehearsal) if isinstance(event.body, e.DeliveryFailed)]
    assert failed[0] == ("refused", "refused: do_not_contact")
