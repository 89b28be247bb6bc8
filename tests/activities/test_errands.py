"""Errands before the due date: asked once a day, wanted by an hour, escalated when missed, over when paid."""

from __future__ import annotations

from datetime import date

from store import errands, staff
from store.errands import Answer
from tests.activities.reminded import Lender, local

DUE = "2026-09-21"  # a Monday


async def test_the_list_at_ten_to_each_manager_and_the_missing_answer(lender: Lender) -> None:
    """Z4.1: asked at 10:00, wanted by 16:00, then shown to the team leader, the next day to the general manager."""
    for number, manager in (("C-1", "u-li"), ("C-2", "u-li"), ("C-3", "u-wang")):
        lender.loan(number, DUE)
        lender.manage(number, manager)
    lender.loan("C-4", DUE)
    await lender.run("2026-09-14 09:00")
    assert not lender.errands("customer_list")
    await lender.run("2026-09-14 10:00")
    asked = {one.account_no: one.assignee for one in lender.errands("customer_list", "open")}
    assert asked == {"C-1": "u-li", "C-2": "u-li", "C-3": "u-wang", "C-4": None}
    one = lender.errands("customer_list")[0]
    assert (one.deadline, one.roles, one.report) == (
        local("2026-09-14 16:00"), ("business_manager",), ("willingness", "ability"),
    )  # fmt: skip
    result = await lender.run("2026-09-14 10:06")
    assert result.again_at is not None
    with lender.database.session() as session:
        given = Answer(outcome="reported", willingness="willing", ability="able")
        errands.answer(session, one.id, given, "c1", "u-li", "business_manager", local("2026-09-14 15:00"))
    lender.pay("C-2", "2026-09-14")
    await lender.run("2026-09-14 16:00")
    found = {one.account_no: (one.status, one.level, one.escalated_to) for one in lender.errands("customer_list")}
    assert found == {
        "C-1": ("answered", 0, None), "C-2": ("paid", 0, None),
        "C-3": ("open", 1, "team_leader"), "C-4": ("open", 1, "team_leader"),
    }  # fmt: skip
    with lender.database.reading() as session:
        told = {alert.key.removeprefix("consumer/customer_list/") for alert in staff.pending_alerts(session)}
    assert told == {
        "20260914/business_manager/u-li", "20260914/business_manager/u-wang", "20260914/business_manager/",
        "20260914/team_leader/level-1",
    }  # fmt: skip


async def test_lists_come_every_day_and_the_old_one_gives_way(lender: Lender) -> None:
    lender.loan("C-1", DUE)
    for day in range(14, 22):
        await lender.day(f"2026-09-{day}")
    found = lender.errands("customer_list")
    assert [one.occurrence.day for one in found] == [14, 15, 16, 17, 18, 19, 20]
    assert {one.status for one in found} == {"missed"}


async def test_enhanced_calls_only_for_who_was_often_and_long_overdue(lender: Lender) -> None:
    """Z1.2: four instalments overdue for three days each are four times and twelve days."""
    months = ("2026-05-21", "2026-06-21", "2026-07-21", "2026-08-21")
    for number in ("C-1", "C-2"):
        lender.loan(number, *months, DUE)
    for month in (5, 6, 7, 8):
        lender.pay("C-1", f"2026-0{month}-25")
        lender.pay("C-2", f"2026-0{month}-21")
    for day in range(14, 22):
        await lender.day(f"2026-09-{day}")
    calls = lender.errands("enhanced_call")
    assert {one.account_no for one in calls} == {"C-1"}
    assert [one.occurrence.day for one in calls] == [15, 16, 17, 18, 20]
    assert (calls[0].report, calls[0].outcomes, calls[0].rank) == (
        ("deposits",), ("contacted", "not_reached"), -(4 * 100_000 + 12),
    )  # fmt: skip
    assert "逾期危害" in calls[0].say  # Z1.2c
    assert [one.account_no for one in lender.errands("reminder_visit")] == ["C-1"]


async def test_a_selective_visit_follows_its_decision_on_the_next_day(lender: Lender) -> None:
    """Z3.3b: chosen late, the visit is made up; not chosen or not answered, there is none."""
    months = ("2026-04-21", "2026-05-21", "2026-06-21", "2026-07-21", "2026-08-21")
    for number in ("C-1", "C-2", "C-3"):
        lender.loan(number, *months, DUE)
        for month in (4, 5, 6, 7):
            lender.pay(number, f"2026-0{month}-27")
        lender.pay(number, "2026-08-21")
    await lender.day("2026-09-15")
    choices = lender.errands("selective_visit_choice", "open")
    assert [one.account_no for one in choices] == ["C-1", "C-2", "C-3"]
    await lender.day("2026-09-18")
    for one, outcome in zip(choices, ("chosen", "not_chosen"), strict=False):
        with lender.database.session() as session:
            errands.answer(
                session, one.id, Answer(outcome=outcome), one.id, "u", "head_of_risk_control",
                local("2026-09-18 20:00"),
            )  # fmt: skip
    await lender.day("2026-09-20")
    visits = lender.errands("selective_visit")
    assert [(one.account_no, one.occurrence) for one in visits] == [("C-1", date(2026, 9, 18))]
    assert visits[0].opened_at.astimezone(local(f"{DUE} 09:00").tzinfo).date() == date(2026, 9, 20)


async def test_what_is_asked_too_late_in_the_day_is_for_the_next_business_day(lender: Lender) -> None:
    lender.loan("C-1", DUE)
    await lender.run("2026-09-18 17:00")
    [one] = lender.errands("customer_list", "open")
    assert one.deadline == local("2026-09-20 16:00")  # Sunday, a make-up working day


async def test_one_day_of_runs_ends(lender: Lender) -> None:
    """Each run says when the next is due on this day, and the last one says none is."""
    lender.loan("C-1", DUE)
    results = await lender.day("2026-09-14")
    assert results[-1].again_at is None
    assert all(result.again_at is None or result.again_at.astimezone(local(DUE).tzinfo).day == 14 for result in results)
