"""Article 2: penalty interest is waived by authority, and what was waived is paid in time or owed again."""

from __future__ import annotations

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
from tests.builders.ladders import leasing
from tests.builders.leases import lease

HEAD, ABOVE = "head_of_asset_management", "general_manager"


def granted(role: str, amount: str, penalty: str) -> Body:
    """What comes of a yes to that much of so much penalty interest, on 20 March."""
    desk = Desk(lease(), "2026-03-03 09:00").to("2026-03-20 10:00").tell("collector", c.OpenStep(step="waiver"))
    assert desk.case.facts is not None
    facts = desk.case.facts.model_copy(update={"current_penalty": Decimal(penalty), "as_of": date(2026, 3, 20)})
    waives = Figure(item="waiver", side="expense", amount=Decimal(amount))
    yes = c.AnswerStep(step="waiver", outcome="granted", figures=(waives,))
    command = c.Command(id="1", actor=actor(role), body=yes)
    return check(leasing(), desk.case.model_copy(update={"facts": facts}), command, desk.now).bodies[0]


@pytest.mark.parametrize(
    ("role", "amount", "penalty"),
    [(HEAD, "10000.00", "30000.00"), (ABOVE, "10000.01", "30000.00"), (HEAD, "50.00", "100.00")],
)
def test_l2_2_up_to_ten_thousand_and_half_the_head_waives_and_the_rest_is_due_in_ten_days(
    role: str, amount: str, penalty: str
) -> None:
    body = granted(role, amount, penalty)
    assert isinstance(body, StepCompleted) and body.waived is not None
    assert (body.waived.amount, body.waived.paid_by) == (Decimal(amount), date(2026, 3, 30))


@pytest.mark.parametrize(
    ("role", "amount", "penalty", "code"),
    [
        (HEAD, "10000.01", "30000.00", "over_limit"),
        (HEAD, "50.01", "100.00", "over_limit"),
        (ABOVE, "100.01", "100.00", "waiver_unfit"),
    ],
)
def test_l2_2_beyond_it_the_general_manager_and_never_more_than_there_is(
    role: str, amount: str, penalty: str, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        granted(role, amount, penalty)
    assert refused.value.code == code
