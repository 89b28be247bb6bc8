"""The lender's way to court and to the collateral: nothing out of turn, nothing in the dark."""

from __future__ import annotations

from datetime import date

import pytest

from domain import commands as c
from domain.errors import Refused
from domain.evidence import Section
from domain.part_commands import FinishPart, PartReport
from domain.part_events import PartFinished
from domain.part_rule import Part
from tests.builders.cases import Desk
from tests.builders.ladders import ladder
from tests.builders.leases import lease

SEVERE = "2026-06-01 10:00"  # the rent of 2 March is 91 days past due
IN_ORDER = (("legal_decision", "take"), ("legal_consultation", "feasible"), ("evidence", "prepared"))


def severe() -> Desk:
    return Desk(lease(), "2026-03-03 09:00", ladder("lender")).to(SEVERE)


@pytest.mark.parametrize("done", range(len(IN_ORDER)))
def test_no_suit_is_filed_before_decision_opinion_and_evidence(done: int) -> None:  # O2.4d
    desk = severe()
    for step, outcome in IN_ORDER[:done]:
        desk.answer(step, outcome)
    for later, outcome in (*IN_ORDER[done + 1 :], ("lawsuit", "filed")):
        with pytest.raises(Refused) as refused:
            desk.tell("legal", c.AnswerStep(step=later, outcome=outcome))
        assert refused.value.code == "not_open"
    for step, outcome in IN_ORDER[done:]:
        desk.answer(step, outcome)
    assert desk.status("lawsuit") == "open"


def test_no_way_to_court_without_a_reasoned_opinion() -> None:  # O2.4b
    desk = severe().answer("legal_decision", "take")
    assert (desk.status("legal_consultation"), desk.status("evidence")) == ("open", "idle")
    with pytest.raises(Refused) as refused:
        desk.tell("legal_adviser", c.AnswerStep(step="legal_consultation", outcome="feasible"))
    assert refused.value.code == "report_incomplete"
    opinion = (Section(heading="可行性分析", text="证据充分，时效未过"),)
    desk.tell("legal_adviser", c.AnswerStep(step="legal_consultation", outcome="feasible", sections=opinion))
    assert desk.status("evidence") == "open"


def test_an_unfavourable_opinion_ends_the_way_to_court() -> None:  # O2.4b, O2.4d
    desk = severe().answer("legal_decision", "take").answer("legal_consultation", "not_feasible")
    assert (desk.status("evidence"), desk.status("lawsuit")) == ("idle", "idle")


def test_a_disposal_is_finished_only_with_publicity_offers_and_the_ground_of_the_price() -> None:  # O2.5c
    desk = severe()
    for step, outcome in (*IN_ORDER, ("lawsuit", "filed")):
        desk.answer(step, outcome)
    desk.tell("legal", c.OpenStep(step="disposal_decision")).answer("disposal_decision", "dispose")
    told = (Section(heading="公告与公示", text="2026年6月3日公告"), Section(heading="报价记录", text=" "))
    with pytest.raises(Refused) as refused:
        desk.tell("asset_disposal", c.AnswerStep(step="disposal", outcome="finished", sections=told))
    assert refused.value.code == "report_incomplete"
    assert "报价记录, 成交依据" in refused.value.message
    offers = (told[0], Section(heading="报价记录", text="甲 180,000；乙 176,500"))
    ground = Section(heading="成交依据", text="最高报价，不低于评估价")
    whole = c.AnswerStep(step="disposal", outcome="finished", sections=(*offers, ground))
    with pytest.raises(Refused, match="appraisal, publicity, sale") as refused:
        desk.tell("asset_disposal", whole)
    assert refused.value.code == "parts_missing"
    usual: tuple[Part, ...] = ("appraisal", "publicity", "sale")
    done = tuple(PartReport(part=part, note="见附件") for part in usual)
    desk.tell("asset_disposal", whole.model_copy(update={"parts_done": done}))
    assert desk.status("disposal") == "completed"


def test_the_decision_says_how_and_a_claim_is_transferred_only_after_publicity() -> None:  # O2.5b, O2.5c
    desk = severe()
    for step, outcome in (*IN_ORDER, ("lawsuit", "filed")):
        desk.answer(step, outcome)
    desk.tell("legal", c.OpenStep(step="disposal_decision"))
    how = c.AnswerStep(step="disposal_decision", outcome="dispose", parts=("claim_transfer",))
    desk.tell("general_manager", how)
    transfer = FinishPart(step="disposal", part="claim_transfer", note="受让方已付清")
    left: tuple[tuple[Part, str], ...] = (("appraisal", "appraisal, publicity first"), ("publicity", "publicity first"))
    for part, said in left:
        with pytest.raises(Refused, match=said):
            desk.tell("asset_disposal", transfer)
        desk.tell("asset_disposal", FinishPart(step="disposal", part=part, note="见附件"))
    with pytest.raises(Refused, match="sale is not in the plan"):
        desk.tell("asset_disposal", FinishPart(step="disposal", part="sale", note="见附件"))
    desk.tell("asset_disposal", transfer)
    assert desk.of("part_finished", "disposal")[-1].body == PartFinished(
        step="disposal", part="claim_transfer", outcome="finished", day=date(2026, 6, 1), note="受让方已付清"
    )


def test_an_aborted_disposal_needs_no_offers() -> None:
    desk = severe()
    for step, outcome in (*IN_ORDER, ("lawsuit", "filed")):
        desk.answer(step, outcome)
    desk.tell("legal", c.OpenStep(step="disposal_decision")).answer("disposal_decision", "dispose")
    desk.tell("asset_disposal", c.AnswerStep(step="disposal", outcome="aborted", note="收回抵押物未果"))
    assert desk.status("disposal") == "completed"


def test_an_auction_follows_its_publicity_by_seven_days() -> None:  # O2.5b, 拍卖法第45条
    desk = severe()
    for step, outcome in (*IN_ORDER, ("lawsuit", "filed")):
        desk.answer(step, outcome)
    desk.tell("legal", c.OpenStep(step="disposal_decision"))
    how = c.AnswerStep(step="disposal_decision", outcome="dispose", parts=("auction",))
    desk.tell("general_manager", how)
    before: tuple[Part, ...] = ("appraisal", "publicity")
    for part in before:
        desk.tell("asset_disposal", FinishPart(step="disposal", part=part, note="见附件"))
    auction = FinishPart(step="disposal", part="auction", note="拍卖成交")
    with pytest.raises(Refused, match="7 days after the publicity"):
        desk.to("2026-06-07 10:00").tell("asset_disposal", auction)
    desk.to("2026-06-08 10:00").tell("asset_disposal", auction)
    assert {one.part: one.status for one in desk.case.step("disposal").parts}["auction"] == "finished"
