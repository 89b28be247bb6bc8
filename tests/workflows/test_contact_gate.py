"""What the contact gate refuses waits for its time, once; what it refuses for good becomes a task."""

from __future__ import annotations

from datetime import timedelta

from temporalio.testing import WorkflowEnvironment

from activities.messages import ApproachResult, DispatchResult
from domain import events as e
from tests.workflows.rehearsal import Rehearsal
from tests.workflows.scene import answer, at, money, scene
from workflows.case import CaseWorkflow

NOON = at("2026-03-10T12:00")
DAY = NOON.date()


def told(rehearsal: Rehearsal) -> list[e.Event]:
    """What was recorded of the sending of the demand notice."""
    return [event for event in rehearsal.world.recorded if getattr(event.body, "step", "") == "demand_notice"]


async def test_a_postponed_target_is_asked_again_at_its_time_and_holds_no_other_back(
    engine: WorkflowEnvironment,
) -> None:
    rehearsal = Rehearsal(engine, scene())
    async with rehearsal.opened():
        await rehearsal.to(at("2026-03-10T10:00"))
        rehearsal.world.deliveries = [DispatchResult(status="postponed", reason="contact_cap", not_before=NOON)]
        await rehearsal.command(answer("demand_notice_signature", "signed", "head_of_asset_management"))
        live = await rehearsal.quiet()
        (held,) = live.case.step("demand_notice").held
        assert (held.target, held.until) == ("lessee/letter", NOON)
        assert [key.rpartition("/")[2] for key in rehearsal.world.dispatched] == ["email"]  # which is not held back
        await rehearsal.to(NOON + timedelta(minutes=1))
        await rehearsal.quiet()
    postponed, first, second, done = told(rehearsal)
    assert postponed.body == e.StepPostponed(
        step="demand_notice", reason="contact_cap", not_before=NOON, target="lessee/letter"
    )
    assert postponed.why == "postponed: contact_cap"
    assert [type(event.body) for event in (first, second)] == [e.MessageSent, e.MessageSent]
    assert first.at < NOON <= second.at
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


CALL = "first_week_phone_collection"


def of_the_call(rehearsal: Rehearsal) -> list[e.Event]:
    return [event for event in rehearsal.world.recorded if getattr(event.body, "step", "") == CALL]


async def test_a_call_task_opens_when_the_gate_lets_it_with_a_full_deadline(engine: WorkflowEnvironment) -> None:
    rehearsal, later = Rehearsal(engine, scene()), at("2026-03-05T15:00")
    rehearsal.world.permits = [ApproachResult(status="postponed", reason="contact_cap", not_before=later)]
    async with rehearsal.opened():
        await rehearsal.to(at("2026-03-05T14:00"))
        assert not (await rehearsal.quiet()).case.step(CALL).is_open
        await rehearsal.to(later + timedelta(minutes=1))
        await rehearsal.quiet()
    postponed, opened = of_the_call(rehearsal)
    assert postponed.body == e.StepPostponed(step=CALL, reason="contact_cap", not_before=later, target="customer/call")
    assert isinstance(opened.body, e.StepOpened)
    assert opened.at >= later and opened.body.way == "call" and opened.body.deadline > later


async def test_a_call_that_is_barred_opens_when_something_about_the_person_changes(engine: WorkflowEnvironment) -> None:
    rehearsal = Rehearsal(engine, scene())
    rehearsal.world.permits = [ApproachResult(status="postponed", reason="do_not_contact")]
    async with rehearsal.opened() as handle:
        await rehearsal.to(at("2026-03-05T14:00"))
        assert [event.body.kind for event in of_the_call(rehearsal)] == ["step_postponed"]
        rehearsal.world.add(money(rehearsal, "1.00"))  # raises the version of the ledger, as a preference does
        await handle.signal(CaseWorkflow.reconsider)
        await rehearsal.to(at("2026-03-05T14:01"))
        await rehearsal.quiet()
    assert [event.body.kind for event in of_the_call(rehearsal)] == ["step_postponed", "step_opened"]


async def test_money_that_arrives_with_the_question_is_read_first(engine: WorkflowEnvironment) -> None:
    rehearsal = Rehearsal(engine, scene())
    rehearsal.world.permits = [ApproachResult(status="stale")]
    async with rehearsal.opened():
        await rehearsal.to(at("2026-03-03T10:00"))
        await rehearsal.quiet()
    kinds = [event.body.kind for event in rehearsal.world.recorded]
    assert kinds.index("step_opened") > len(kinds) - 1 - kinds[::-1].index("facts_updated")
    assert kinds.count("facts_updated") == 2


async def test_a_message_of_another_case_that_has_arrived_already_is_noted_with_its_receipt(
    engine: WorkflowEnvironment,
) -> None:
    rehearsal = Rehearsal(engine, scene())
    async with rehearsal.opened():
        await rehearsal.to(at("2026-03-10T10:00"))
        letter = e.DocumentRef(kind="reminder", number="reminder-2026-00001", sha256="0" * 64, as_of=DAY)
        rehearsal.world.deliveries = [DispatchResult(status="sent", document=letter, receipt="delivered")]
        await rehearsal.command(answer("demand_notice_signature", "signed", "head_of_asset_management"))
        await rehearsal.quiet()
    sent, other, *_ = (event.body for event in told(rehearsal))
    assert isinstance(sent, e.MessageSent) and sent.document == letter and isinstance(other, e.MessageSent)
    receipts = [event.body for event in rehearsal.world.recorded if isinstance(event.body, e.ReceiptReceived)]
    assert receipts == [e.ReceiptReceived(key="L-000101-1/demand_notice/1/lessee/letter", status="delivered")]
