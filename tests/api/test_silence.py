"""Reminder, escalation, deputy: people are told once a day, and what is asked stays asked."""

from __future__ import annotations

from datetime import datetime, timedelta

from activities.silence import SilenceWork
from store import absences, delegations, staff
from store.absences import Absence
from store.delegations import Delegation
from tests.api.world import SHANGHAI, World

HEAD = "head_of_asset_management"
STEP = "demand_notice_signature"


def told(world: World) -> list[tuple[str, str]]:
    SilenceWork(world.database, world.policies, world.clock).tell()
    with world.database.reading() as session:
        return [(one.role, one.text) for one in staff.pending_alerts(session) if one.key.startswith("silence/")]


async def test_first_those_who_are_asked_then_their_head_then_the_deputies(world: World) -> None:
    case_no = await world.case()
    state = world.cases.running[case_no].step(STEP)
    assert state.deadline is not None
    world.clock.at = state.deadline.astimezone(SHANGHAI).replace(hour=9)
    assert (HEAD, "1 项今日到期，请办理") in told(world)
    assert len(told(world)) == len(set(told(world))), "each is told once a day"

    world.clock.at += timedelta(days=1)
    world.cases.open(world.cases.running[case_no])  # the case wakes and escalates
    assert world.cases.running[case_no].step(STEP).level == 1
    head, deputy, colleague = world.staff(HEAD), world.staff("finance"), world.staff(HEAD)
    with world.database.session() as session:
        delegations.give(session, _delegation(world, head.id, deputy.id), ())
        today = world.clock.at.date()
        absences.record_absence(
            session,
            Absence(
                id="a-1", user=head.id, first=today, last=today, substitute=colleague.id, reason="假", by="x",
                at=world.clock.at,
            ),
        )  # fmt: skip
    heard = told(world)
    assert ("general_manager", f"{HEAD}：1 项逾期未答复，已升级") in heard
    assert {(HEAD, f"1 项逾期未答复，请代理人办理 {who}") for who in (deputy.id, colleague.id)} <= set(heard)
    assert world.cases.running[case_no].step(STEP).is_open, "nobody's silence signs"


def _delegation(world: World, giver: str, deputy: str) -> Delegation:
    now: datetime = world.clock.at
    return Delegation(
        id="d-1", from_user=giver, to_user=deputy, role=HEAD, begins=now, ends=now + timedelta(days=1), reason="假",
        given_by=giver, given_at=now,
    )  # fmt: skip
