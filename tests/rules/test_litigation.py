"""Where a regulation files a lawsuit, a suit of its own begins; what it learns answers the steps of the case."""

from __future__ import annotations

from datetime import date

import pytest

from activities.litigation import chain_of, part_of
from activities.registry import Policies
from domain import commands as c, events as e
from domain.errors import Refused
from domain.filing import must_choose
from domain.litigation import SuitHandled
from domain.litigation_acts import ApplyEnforcement, RecordJudgment, SettleCosts
from domain.litigation_answers import answer_to_case
from tests.activities.layered import demonstration
from tests.rules.walk import diligent


@pytest.fixture(scope="module")
def policies() -> Policies:
    return demonstration()


FILERS = {
    "leasing": "legal_compliance", "bank": "legal", "credit": "legal", "union": "recovery_group", "lender": "legal",
    "treatment": "legal",
}  # fmt: skip


@pytest.mark.parametrize("policy", FILERS)
def test_filing_starts_a_suit(policies: Policies, policy: str) -> None:
    """L7.1, B2.3.2.2b, C4.5.2a, U3.2.2.4, O2.4c, H2.2.3, H2.3.3."""
    ladder = policies.current(policy)
    filing, settlement = part_of(ladder, "filing"), part_of(ladder, "settlement")
    assert filing is not None and filing.asked is not None and settlement is not None and settlement.asked is not None
    assert (filing.asked.outcomes, filing.asked.roles) == (("filed",), (FILERS[policy],))
    assert settlement.asked.roles == filing.asked.roles  # who filed withdraws, or settles
    chain = chain_of(ladder.policy.roles, FILERS[policy])
    assert (chain[0], chain[-1]) == (FILERS[policy], "general_manager")


def test_no_other_policy_files_one(policies: Policies) -> None:
    assert [name for name in policies.ids if part_of(policies.current(name), "filing")] == [
        name for name in policies.ids if name in FILERS
    ]


def test_l7_1_a_lease_says_what_is_claimed_before_it_is_filed() -> None:
    """民法典第752条: all rent, or termination."""
    desk = diligent(46, leave=("lawsuit", "disposal"))
    for choice, code in ((None, "choice_missing"), ("both", "choice_not_allowed")):
        with pytest.raises(Refused) as refused:
            desk.tell("legal_compliance", c.AnswerStep(step="lawsuit", outcome="filed", choice=choice))
        assert refused.value.code == code
    desk.tell("legal_compliance", c.AnswerStep(step="lawsuit", outcome="filed", choice="termination"))
    (done,) = desk.of("step_completed", "lawsuit")
    assert isinstance(done.body, e.StepCompleted)
    assert (done.body.suit, done.body.choice) == ("filing", "termination")


def test_only_the_filing_of_a_lease_takes_a_choice(policies: Policies) -> None:
    step = policies.current("bank").by_id["lawsuit"]
    must_choose(step, c.AnswerStep(step="lawsuit", outcome="filed"))
    with pytest.raises(Refused):
        must_choose(step, c.AnswerStep(step="lawsuit", outcome="filed", choice="termination"))


def test_whom_the_suit_names_is_said_where_it_is_filed() -> None:
    """民法典第693条: a joint guarantor is claimed from when the suit names them."""
    desk = diligent(46, leave=("lawsuit", "disposal"))
    filing = c.AnswerStep(step="lawsuit", outcome="filed", choice="termination", defendants=("P1", "P2"))
    desk.tell("legal_compliance", filing)
    (done,) = desk.of("step_completed", "lawsuit")
    assert isinstance(done.body, e.StepCompleted)
    assert done.body.defendants == ("P1", "P2")
    assert "defendants" not in e.StepCompleted(step="lawsuit", outcome="filed").model_dump_json()


def test_no_other_answer_sues_anybody(policies: Policies) -> None:
    step = policies.current("bank").by_id["judgment"]
    assert step.asked is not None
    with pytest.raises(Refused) as refused:
        must_choose(step, c.AnswerStep(step="judgment", outcome=step.asked.outcomes[0], defendants=("P1",)))
    assert refused.value.code == "choice_not_allowed"


def test_what_the_suit_learns_answers_the_steps_that_wait_in_the_case(policies: Policies) -> None:
    """B2.3.2.2c, C4.5.2a: judgment and enforcement are asked there too."""
    for policy in ("bank", "credit"):
        found = [part_of(policies.current(policy), part) for part in ("judgment", "enforcement")]
        assert [step.id for step in found if step] == ["judgment", "enforcement"]
    on = date(2026, 6, 1)
    won, lost = (SuitHandled(act=RecordJudgment(on=on, result=result), stage="judged") for result in ("for", "against"))
    enforced = SuitHandled(act=ApplyEnforcement(on=on), stage="enforcing")
    settled = SuitHandled(act=SettleCosts(on=on), stage="closed", closed_for="settled")
    answers = [answer_to_case(body) for body in (won, lost, enforced, settled)]
    assert answers == [("judgment", True), ("judgment", False), ("enforcement", True), ("settlement", True)]
