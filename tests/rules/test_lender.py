"""The lender: who does what is written down and enforced."""

from __future__ import annotations

import pytest

from domain.errors import Refused
from tests.rules.loan import delinquent
from tests.rules.walk import to

DIVISION = {
    "friendly_call": "collection_team", "affordability_check": "collection_team",
    "plan_negotiation": "collection_team", "legal_consultation": "legal_adviser", "evidence": "legal",
    "lawsuit": "legal",
}  # fmt: skip


def test_o3_5a_each_step_belongs_to_the_people_of_its_task() -> None:
    desk = delinquent("lender", 100, "plan_negotiation")
    asked = {getattr(event.body, "step", ""): getattr(event.body, "asked", ()) for event in desk.of("step_opened")}
    assert {step: asked[step] for step in DIVISION} == {step: (role,) for step, role in DIVISION.items()}


@pytest.mark.parametrize(("dpd", "step", "outcome"), [(1, "friendly_call", "contacted"), (91, "evidence", "prepared")])
def test_o3_5a_nobody_else_may_answer(dpd: int, step: str, outcome: str) -> None:
    """Asset disposal neither calls nor gathers evidence."""
    desk = to(delinquent("lender", dpd, "plan_negotiation", step), dpd, "10:00")
    with pytest.raises(Refused) as refused:
        desk.answer(step, outcome, "asset_disposal")
    assert refused.value.code == "not_entitled"
    assert desk.status(step) == "open"
