"""The consumer lender: what no timeline by hand shows."""

from __future__ import annotations

import pytest

from domain import commands as c
from domain.errors import Refused
from tests.rules.loan import delinquent, silent
from tests.rules.walk import answered, days_of, on


def test_z4_2b_the_team_leader_names_a_substitute_the_same_day() -> None:
    desk = silent("consumer", 8).tell("business_manager", c.OpenStep(step="substitute"))
    assert desk.case.step("substitute").asked == ("team_leader",)
    assert desk.deadline("substitute") == "2026-03-10 18:00"
    with pytest.raises(Refused, match="is not asked here"):
        desk.answer("substitute", "assigned", "business_manager")
    desk.answer("substitute", "assigned", "team_leader")
    assert desk.status("substitute") == "completed"


def test_z3_4d_non_local_visits_go_on_with_three_people() -> None:
    """Z-Q7: the next one opens fourteen days after the last; two people are not enough."""
    desk = delinquent("consumer", 4, "locality_verification")
    desk.answer("locality_verification", "non_local").answer("visit_choice", "visit")
    answered(desk)
    on(desk, 20, "non_local_visit_again")
    assert days_of(desk, "step_completed", "non_local_visit") == [4]
    assert days_of(desk, "step_opened", "non_local_visit_again") == [18]
    two = c.AnswerStep(step="non_local_visit_again", outcome="visited", participants=("u-1", "u-2"))
    with pytest.raises(Refused) as refused:
        desk.tell("risk_officer", two)
    assert refused.value.code == "team_too_small"
    assert desk.of("step_opened", "local_visit_again") == []
