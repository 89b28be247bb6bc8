"""The credit business: major problems, warnings and visits, which somebody has to ask for."""

from __future__ import annotations

import pytest

from domain import commands as c
from domain.errors import Refused
from tests.rules.loan import delinquent, silent


@pytest.mark.parametrize("role", ["credit_department", "collector", "risk_management", "legal"])
def test_c2_1_each_department_brings_a_major_problem_before_the_group_which_sets_the_strategy(role: str) -> None:
    desk = silent("credit", 20).tell(role, c.OpenStep(step="major_problem"))
    assert desk.case.step("major_problem").asked == ("management_group",)
    with pytest.raises(Refused) as refused:
        desk.answer("major_problem", "strategy_set", "collector")
    assert refused.value.code == "not_entitled"
    desk.answer("major_problem", "strategy_set", "management_group")
    assert desk.status("major_problem") == "completed"


def test_c2_2_2b_a_warning_of_risk_management_makes_credit_decide_on_a_measure() -> None:
    desk = silent("credit", 20)
    with pytest.raises(Refused) as refused:
        desk.tell("collector", c.OpenStep(step="risk_warning"))
    assert refused.value.code == "not_entitled"
    desk.tell("risk_management", c.OpenStep(step="risk_warning"))
    assert desk.case.step("risk_warning").asked == ("head_of_credit",)
    assert desk.case.step("risk_warning").outcomes == ("preservation", "other_measure", "none")


def test_c2_2_3a_a_single_document_is_usable_only_when_legal_has_passed_it() -> None:
    desk = silent("credit", 40)
    with pytest.raises(Refused) as missing:
        desk.tell("dedicated_person", c.OpenStep(step="document_review"))
    assert missing.value.code == "document_missing"
    desk.tell("dedicated_person", c.OpenStep(step="document_review", evidence="D1"), user="li")
    with pytest.raises(Refused) as own:
        desk.tell("legal", c.AnswerStep(step="document_review", outcome="passed"), user="li")
    assert own.value.code == "own_proposal"
    with pytest.raises(Refused) as other:
        desk.answer("document_review", "passed", "credit_department")
    assert other.value.code == "not_entitled"
    desk.answer("document_review", "to_change", "legal")
    assert not desk.case.ended("document_review", "passed")
    desk.tell("dedicated_person", c.OpenStep(step="document_review", evidence="D2")).answer("document_review", "passed")
    assert desk.case.ended("document_review", "passed")


def test_c2_2_3a_no_lawyers_letter_goes_out_before_legal_released_it() -> None:
    desk = delinquent("credit", 91, "repayment_agreement", "lawyers_letter_review", "evidence_file")
    desk.tell("legal", c.OpenStep(step="legal_means", outcome="lawyers_letter")).answer("evidence_file", "collected")
    assert desk.status("lawyers_letter_review") == "open"
    assert desk.of("message_sent", "lawyers_letter") == []
    desk.answer("lawyers_letter_review", "released")
    assert len(desk.of("message_sent", "lawyers_letter")) == 1


def test_c4_4_2b_preservation_is_prepared_long_before_day_91() -> None:
    """Evidence first (C4.5.2b), then the application, here on day 20."""
    desk = silent("credit", 20).tell("risk_management", c.OpenStep(step="risk_warning"))
    desk.answer("risk_warning", "preservation")
    assert desk.status("evidence_file") == "open"
    desk.answer("evidence_file", "collected")
    assert desk.status("preservation") == "open"


def test_c4_4_2b_another_measure_leaves_the_court_alone() -> None:
    desk = silent("credit", 20).tell("risk_management", c.OpenStep(step="risk_warning"))
    desk.answer("risk_warning", "other_measure")
    assert desk.of("step_opened", "evidence_file") == desk.of("step_opened", "preservation") == []


def test_c4_3_2b_a_visit_by_one_person_is_refused() -> None:
    desk = delinquent("credit", 40, "negotiation").tell("head_of_collection", c.OpenStep(step="field_visit"))
    for team in (("u-1",), ("u-1", "u-1")):
        with pytest.raises(Refused) as refused:
            desk.tell("collector", c.AnswerStep(step="field_visit", outcome="visited", participants=team))
        assert refused.value.code == "team_too_small"
    desk.tell("collector", c.AnswerStep(step="field_visit", outcome="visited", participants=("u-1", "u-2")))
    (done,) = desk.of("step_completed", "field_visit")
    assert getattr(done.body, "document", None) == "visit_record"
