"""A faulty section of work before the due date is refused, with all its faults, each at its line."""

from __future__ import annotations

import pytest

from domain.errors import Invalid
from tests.builders.ladders import ladder


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("on: {days: 7} ", "on: {days: 0} ", "0 is no day before the due date"),
        ("on: {days: 7} ", "on: {} ", "no day, or two kinds of days"),
        ("send: {document: reminder, by: [sms]}", "", "does 0 things"),
        ("of: callers,", "of: nobody,", "unknown role nobody"),
        ("{overdue_days_above: enhanced_days_above}", "{overdue_days_above: no_such}", "no setting no_such"),
        ("combine: enhanced_combine", "combine: list_days", "offers other choices"),
        ("after: {selective_visit_choice: chosen}", "after: {selective_visit_choice: maybe}", "waits for"),
        ('answer_by: "16:00"', 'answer_by: "09:30"', "due before it begins"),
        ("id: enhanced_call", "id: sms_reminder", "stands twice"),
        ("escalate_to: team_leader", "escalate_to: chief", "unknown role chief"),
        ("rules: [Z1.1]\n    on", "rules: [L1.1]\n    on", "is no rule of Z"),
        ("    run: before_due", "    run: open_cases", "nothing runs these rules"),
    ],
)
def test_a_faulty_section_is_refused_with_the_place(old: str, new: str, said: str) -> None:
    with pytest.raises(Invalid) as fault:
        ladder("consumer", (old, new))
    assert any(said in problem.message for problem in fault.value.problems)
    assert all("consumer.yaml:" in problem.place for problem in fault.value.problems)


def test_all_faults_come_at_once() -> None:
    with pytest.raises(Invalid) as fault:
        ladder("consumer", ("of: callers,", "of: nobody,"), ("on: {days: 7} ", "on: {days: 0} "))
    assert len(fault.value.problems) == 2
