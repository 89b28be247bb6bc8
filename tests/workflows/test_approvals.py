"""Committees, silence and conditions in the real case: time is skipped, and nobody's silence decides."""

from __future__ import annotations

from datetime import date

from temporalio.testing import WorkflowEnvironment

from domain import commands as c, events as e
from domain.scenario import StaffAnswer
from tests.workflows.rehearsal import Rehearsal
from tests.workflows.scene import at, kinds, refusal, scene

PLAN = "disposal_plan_decision"


def of(user: str, role: str, body: c.CommandBody) -> c.Command:
    actor = e.Actor(user=user, role=role, authority="permission:cast_vote")
    return c.Command(id=f"{body.do}/{user}", actor=actor, body=body)


def vote(user: str, outcome: str = "accepted") -> c.Command:
    return of(user, "review_committee", c.CastVote(step=PLAN, outcome=outcome, reason="the price is the market's"))


async def test_two_votes_and_three_who_are_silent_decide_nothing(engine: WorkflowEnvironment) -> None:  # L6.2b
    script = (StaffAnswer(step=PLAN), StaffAnswer(step="*", outcome="first"))
    rehearsal = Rehearsal(engine, scene(staff_answers=script))
    async with rehearsal.opened():
        await rehearsal.to(at("2026-04-08T10:00"))
        await rehearsal.command(vote("m1"))
        await rehearsal.command(vote("m2"))
        assert await refusal(rehearsal, vote("m1").model_copy(update={"id": "again"})) == "already_answered"
        case = await rehearsal.to(at("2026-07-01T10:00"))
        assert case.step(PLAN).is_open, "eleven weeks of silence"
        assert [one.member for one in case.step(PLAN).votes] == ["m1", "m2"]
        assert [b.to for x in rehearsal.world.recorded if isinstance(b := x.body, e.Escalated) and b.step == PLAN] == [
            "general_manager"
        ]
        await rehearsal.command(of("m2", "review_committee", c.WithdrawAnswer(step=PLAN, reason="outdated by now")))
        await rehearsal.command(vote("m3"))
        assert (await rehearsal.quiet()).case.step(PLAN).is_open
        await rehearsal.command(vote("m4"))
        live = await rehearsal.quiet()
    assert live.case.ended(PLAN, "accepted")
    assert kinds(rehearsal).count("vote_cast") == 4
    assert kinds(rehearsal).count("answer_withdrawn") == 1


async def test_a_condition_wakes_the_case_on_its_day(engine: WorkflowEnvironment) -> None:
    script = (StaffAnswer(step=PLAN), StaffAnswer(step="*", outcome="first"))
    rehearsal = Rehearsal(engine, scene(staff_answers=script))
    price = e.ApprovalCondition(text="an appraisal of this month", by=date(2026, 4, 22), role="finance", before=True)
    decided = c.AnswerStep(
        step=PLAN, outcome="accepted", present=5, in_favour=4, conditions=(price,), evidence="minutes"
    )
    async with rehearsal.opened():
        await rehearsal.to(at("2026-04-08T10:00"))
        await rehearsal.command(of("chair", "review_committee", decided))
        case = await rehearsal.to(at("2026-04-23T10:00"))
        missed = [x for x in rehearsal.world.recorded if isinstance(x.body, e.ConditionMissed)]
        assert [(x.due_at, x.body) for x in missed] == [
            (at("2026-04-22T18:00"), e.ConditionMissed(step=PLAN, no=1, to="review_committee"))
        ]
        assert case.step("disposal").status == "blocked", "it waits for the condition precedent"
        await rehearsal.command(of("f1", "finance", c.ConfirmCondition(step=PLAN, no=1, evidence="D7")))
        live = await rehearsal.quiet()
    assert live.case.step("disposal").is_open
