"""Treatment of overdue customers: a cell of the matrix that the timelines by hand do not reach."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pytest

from domain.errors import Refused
from domain.events import Event
from tests.rules.loan import delinquent, silent
from tests.rules.walk import DUE, days_of

ONE = ("2026-03-02",)  # a single instalment: the customer stays in the first column
TWICE, THRICE = ("2026-03-02", "2026-03-16"), ("2026-03-02", "2026-03-12", "2026-03-22")


def test_h2_3_1_who_is_behind_for_the_first_time_is_reminded_from_day_61_as_at_first() -> None:
    desk = silent("treatment", 75, ONE)
    messages = desk.of("message_sent", "reminder_from_61")
    assert [(event.dpd, getattr(event.body, "target", "")) for event in messages] == [(61, "borrower/sms")]
    assert kinds(messages) == ["reminder"]
    assert days_of(desk, "step_opened", "reminder_call_from_61") == [61]
    harder = ("summons_from_61", "lawyer_contact", "overdue_plan", "lawsuit")
    assert all(desk.of("step_opened", step) == desk.of("message_sent", step) == [] for step in harder)


def test_h2_3_1_the_first_bucket_does_the_same_on_day_1() -> None:
    desk = silent("treatment", 1, ONE)
    assert kinds(desk.of("message_sent", "reminder")) == ["reminder"]
    assert days_of(desk, "step_opened", "reminder_call") == [1]


@pytest.mark.parametrize("who", ["supervisor", "general_manager"])
@pytest.mark.parametrize(("step", "due"), [("management_negotiation", TWICE), ("further_negotiation", THRICE)])
def test_h2_1_2b_h2_1_3a_company_head_or_supervisor_negotiates(step: str, due: tuple[str, ...], who: str) -> None:
    """Either is enough, from the talk to the signed agreement (H2.1.3b), and nobody else will do."""
    desk = delinquent(
        "treatment", (date.fromisoformat(due[-1]) - DUE).days + 1, "management_negotiation", step, due=due
    )
    for name, outcome in ((step, "plan_agreed"), ("feasibility_check", "feasible"), ("repayment_agreement", "signed")):
        assert desk.status(name) == "open"
        for other in ("collector", "assigned_person", "legal"):
            with pytest.raises(Refused, match="is not asked here"):
                desk.answer(name, outcome, other)
        desk.answer(name, outcome, who)
    assert [hold.hold for hold in desk.case.holds] == ["agreement"]


def kinds(events: Iterable[Event]) -> list[str]:
    """What was sent."""
    return [event.body.document.kind for event in events if event.body.kind == "message_sent" and event.body.document]
