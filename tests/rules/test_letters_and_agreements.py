"""What does not arrive is looked after; an agreement that is kept stops the measures; plans that lead nowhere."""

from __future__ import annotations

import pytest

from domain import commands as c
from tests.builders.cases import Delivery, Desk
from tests.builders.ladders import ladder
from tests.builders.leases import RENTS, lease
from tests.rules.loan import BORROWER, delinquent
from tests.rules.walk import day, days_of, on, to

TWICE = ("2026-03-02", "2026-03-16")  # two missed instalments before the first month is over


@pytest.mark.parametrize(
    ("policy", "dpd", "by"),
    [
        ("bank", 31, "junior_specialist"),
        ("credit", 1, "credit_department"),
        ("union", 1, "recovery_group"),
        ("lender", 1, "collection_team"),
        ("treatment", 1, "collector"),
    ],
)
@pytest.mark.parametrize("fate", ["refused", "unknown"])
def test_whoever_wrote_looks_after_what_did_not_arrive(policy: str, dpd: int, by: str, fate: Delivery) -> None:
    """A message that was refused, or of which nobody knows, is a task; one that arrived is none."""
    assert written(policy, dpd, fate).case.step("delivery_check").asked == (by,)
    assert "delivery_check" not in written(policy, dpd, "sent").case.steps


def test_u3_2_2_1_where_no_text_message_can_be_sent_the_customer_is_called_by_day_5() -> None:
    desk = written("union", 1, "refused", "first_call")
    assert days_of(desk, "step_opened", "first_call") == [1]
    assert desk.deadline("first_call") == f"{day(5)} 18:00"
    assert written("union", 1, "sent").of("step_opened", "first_call") == []


@pytest.mark.parametrize(
    ("policy", "signed", "until", "due"),
    [
        ("bank", 61, 91, RENTS),
        ("credit", 31, 61, RENTS),
        ("union", 6, 60, RENTS),
        ("lender", 31, 91, RENTS),
        ("treatment", 15, 45, TWICE),
    ],
)
def test_while_an_agreement_is_kept_nothing_else_is_done(
    policy: str, signed: int, until: int, due: tuple[str, ...]
) -> None:
    """S4: what the ladder asks for until that day is not asked for; without the agreement it is."""
    desk = delinquent(policy, signed, due=due)
    assert days_of(desk, "hold_placed") == [signed]
    assert desk.status(SIGNED[policy]) == "completed"
    assert begun_after(on(desk, until), signed) <= {"instalment_reminder"}
    unsigned = delinquent(policy, until, SIGNED[policy], due=due)
    assert begun_after(unsigned, signed)


@pytest.mark.parametrize(
    ("policy", "role", "document"),
    [
        ("bank", "senior_specialist", "repayment_agreement"),
        ("credit", "dedicated_person", "repayment_agreement"),
        ("union", "recovery_group", "repayment_agreement"),
        ("lender", "collection_team", "repayment_plan"),
    ],
)
def test_a_broken_agreement_puts_the_account_where_its_days_are(policy: str, role: str, document: str) -> None:
    """B-Q15, C-Q8: broken on day 92, it goes on with the measures of day 91 and above."""
    desk = delinquent(policy, 92)
    desk.tell(role, c.EndHold(hold="agreement", evidence=document))
    assert begun_after(to(desk, 93), 91)


def test_b4_2_1b_no_feasible_plan_is_the_supervisors_matter() -> None:
    """B-Q12: a new plan is drawn up when the supervisor wants one."""
    desk = delinquent("bank", 61, "repayment_plan").answer("repayment_plan", "not_feasible")
    assert desk.case.step("plan_not_feasible").asked == ("collection_supervisor",)
    desk.answer("plan_not_feasible", "new_plan")
    assert desk.status("repayment_plan") == "open"


def test_c4_1_1_credit_also_calls_when_the_company_wants_it() -> None:
    """On the first business day, done by the end of the third: Tuesday to Thursday."""
    wanted = (
        "reminder_by_telephone: {type: boolean, default: false",
        "reminder_by_telephone: {type: boolean, default: true",
    )
    desk = to(Desk(lease(parties=(BORROWER,)), f"{day(1)} 09:00", ladder("credit", wanted)), 1)
    assert days_of(desk, "step_opened", "reminder_call") == [1]
    assert desk.deadline("reminder_call") == "2026-03-05 18:00"
    assert "reminder_call" not in delinquent("credit", 5).case.steps


SIGNED = {
    "bank": "agreement_signature", "credit": "repayment_agreement", "union": "repayment_agreement",
    "lender": "plan_negotiation", "treatment": "repayment_agreement",
}  # fmt: skip


def written(policy: str, dpd: int, fate: Delivery, *leave: str) -> Desk:
    """A loan whose messages all have that fate."""
    account = lease(parties=(BORROWER,))
    desk = Desk(account, f"{day(1)} 09:00", ladder(policy), delivery=lambda target: fate)
    return on(desk, dpd, "delivery_check", *leave)


def begun_after(desk: Desk, dpd: int) -> set[str]:
    """Steps that were opened or sent later than that day."""
    found = (*desk.of("step_opened"), *desk.of("message_sent"))
    return {getattr(event.body, "step", "") for event in found if (event.dpd or 0) > dpd}
