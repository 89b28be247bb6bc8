"""Penalty interest is waived by authority, and what was waived is paid in time or owed again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest

from domain import commands as c
from domain.check import check
from domain.errors import Refused
from domain.events import Body, StepCompleted
from domain.evidence import Figure
from domain.scenario import actor
from tests.builders.cases import Desk
from tests.builders.ladders import ladder
from tests.builders.leases import lease

ABOVE = "general_manager"


@dataclass(frozen=True)
class Authority:
    """Who asks for a waiver and who decides on it up to how much; beyond that or half of it the general manager."""

    asks: str
    head: str
    limit: str
    beyond: str


AUTHORITY = {
    "leasing": Authority("collector", "head_of_asset_management", "10000.00", "10000.01"),  # L2.2
    "lender": Authority("collection_team", "head_of_collection", "10000.00", "10000.01"),  # O2.3b
    "union": Authority("recovery_group", "head_of_recovery_group", "2000.00", "2000.01"),  # U3.2.2.2
    "credit": Authority("dedicated_person", "head_of_credit", "2000.00", "2000.01"),  # C4.2.2a
}


def granted(policy: str, role: str, amount: str, penalty: str) -> Body:
    """What comes of a yes to that much of so much penalty interest, on 20 March."""
    rules = ladder(policy)
    desk = Desk(lease(), "2026-03-03 09:00", rules).to("2026-03-20 10:00")
    desk.tell(AUTHORITY[policy].asks, c.OpenStep(step="waiver"))
    assert desk.case.facts is not None
    facts = desk.case.facts.model_copy(update={"current_penalty": Decimal(penalty), "as_of": date(2026, 3, 20)})
    waives = Figure(item="waiver", side="expense", amount=Decimal(amount))
    yes = c.AnswerStep(step="waiver", outcome="granted", figures=(waives,))
    command = c.Command(id="1", actor=actor(role), body=yes)
    return check(rules, desk.case.model_copy(update={"facts": facts}), command, desk.now).bodies[0]


@pytest.mark.parametrize("policy", AUTHORITY)
def test_up_to_a_limit_and_half_the_head_waives_and_the_rest_is_due_in_ten_days(policy: str) -> None:
    who = AUTHORITY[policy]
    for role, amount, penalty in (
        (who.head, who.limit, "30000.00"),
        (ABOVE, who.beyond, "30000.00"),
        (who.head, "50.00", "100.00"),
    ):
        body = granted(policy, role, amount, penalty)
        assert isinstance(body, StepCompleted) and body.waived is not None
        assert (body.waived.amount, body.waived.paid_by) == (Decimal(amount), date(2026, 3, 30))


@pytest.mark.parametrize("policy", AUTHORITY)
def test_beyond_it_the_general_manager_waives_and_never_more_than_there_is(policy: str) -> None:
    who = AUTHORITY[policy]
    for role, amount, penalty, code in (
        (who.head, who.beyond, "30000.00", "over_limit"),
        (who.head, "50.01", "100.00", "over_limit"),
        (ABOVE, "100.01", "100.00", "waiver_unfit"),
    ):
        with pytest.raises(Refused) as refused:
            granted(policy, role, amount, penalty)
        assert refused.value.code == code
