"""A disposal in parts: the plan chooses them, each is recorded, a hold stops what is not done (L5.4, L7.2, L7.4)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings, strategies as st

from domain import commands as c, events as e
from domain.errors import Invalid, Refused
from domain.evidence import Figure
from domain.ledger import PartyFact
from domain.part_commands import FinishPart, PartReport, StartPart
from domain.part_rule import Part
from tests.builders.cases import Desk
from tests.builders.effort import examples
from tests.builders.ladders import ladder, leasing
from tests.builders.leases import BUYBACK_VENDOR, LESSEE, lease

DAY_1 = "2026-03-03 09:00"
OPEN = "2026-04-17 12:00"  # DPD 46; the disposal opened at 09:00
LEFT = ("disposal", "lawsuit", "litigation_confirmation")
SALE: tuple[Part, ...] = ("appraisal", "publicity", "sale")


def planned(*parts: Part, parties: tuple[PartyFact, ...] = (LESSEE, BUYBACK_VENDOR)) -> Desk:
    """A disposal that opened on DPD 46 by a plan with these parts, or with none named."""
    desk = Desk(lease(parties=parties), DAY_1).work("2026-04-02 12:00", leave=("disposal_plan", *LEFT))
    desk.tell("asset_manager", c.AnswerStep(step="disposal_plan", outcome="submitted", parts=parts))
    return desk.work(OPEN, leave=LEFT)


def done(part: Part, day: str | None = None, note: str = "done", **more: object) -> FinishPart:
    given_day = date.fromisoformat(day) if day else None
    return FinishPart.model_validate({"step": "disposal", "part": part, "day": given_day, "note": note, **more})


def refused(desk: Desk, role: str, body: c.CommandBody) -> Refused:
    with pytest.raises(Refused) as said:
        desk.tell(role, body)
    return said.value


def finished(outcome: str = "finished", *parts: PartReport) -> c.AnswerStep:
    return c.AnswerStep(step="disposal", outcome=outcome, note="the whole", parts_done=parts)


def of(desk: Desk) -> dict[str, str]:
    return {one.part: one.status for one in desk.case.step("disposal").parts}


def objection(desk: Desk) -> Desk:
    desk.tell("asset_manager", c.OpenStep(step="vendor_objection", evidence="D1"))
    return desk.tell("head_of_asset_management", c.AnswerStep(step="vendor_objection", outcome="confirmed"))


def test_the_plan_says_which_parts_there_are_and_what_they_need_comes_with_them() -> None:  # L6.2a, L7.2
    desk = planned("auction")
    unplanned = refused(desk, "asset_manager", done("sale"))
    assert unplanned.code == "part_unfit" and "not in the plan" in unplanned.message
    assert (
        refused(desk, "asset_manager", finished()).message == "disposal is not finished: appraisal, publicity, auction."
    )


@pytest.mark.parametrize("parts", [("appraisal",), ("repossession", "publicity")])
def test_a_plan_without_a_way_to_dispose_is_no_plan(parts: tuple[Part, ...]) -> None:
    desk = Desk(lease(), DAY_1).work("2026-04-02 12:00", leave=("disposal_plan",))
    plan = c.AnswerStep(step="disposal_plan", outcome="submitted", parts=parts)
    assert refused(desk, "asset_manager", plan).code == "part_unfit"


def test_the_disposal_ends_when_every_part_of_the_plan_is_done() -> None:  # L7.2
    desk = planned("repossession", "sale")
    for part in ("repossession", "appraisal", "publicity"):
        desk.tell("asset_manager", done(part))
    assert refused(desk, "asset_manager", finished()).code == "parts_missing"
    price = Figure(item="处置价款", side="income", amount=Decimal("300000.00"))
    desk.tell("asset_manager", done("sale", figures=(price,)))
    desk.tell("asset_manager", finished())
    assert desk.case.ended("disposal", "finished")
    sold = desk.of("part_finished", "disposal")[-1].body
    assert isinstance(sold, e.PartFinished) and sold.figures == (price,)


def test_no_auction_without_appraisal_and_seven_days_of_publicity() -> None:  # 拍卖法第45条
    desk = planned("auction")
    first = refused(desk, "asset_manager", done("auction"))
    assert "needs appraisal, publicity first" in first.message
    desk.tell("asset_manager", done("appraisal")).tell("asset_manager", done("publicity"))
    desk.work("2026-04-23 12:00", leave=LEFT)
    assert "7 days after the publicity" in refused(desk, "asset_manager", done("auction")).message
    desk.work("2026-04-24 12:00", leave=LEFT).tell("asset_manager", done("auction"))
    assert of(desk) == {"appraisal": "finished", "publicity": "finished", "auction": "finished"}


def test_a_part_of_tomorrow_undocumented_and_with_half_cents_gets_all_its_faults_at_once() -> None:
    half = Figure(item="评估费", side="expense", amount=Decimal("0.005"))
    said = refused(planned(), "asset_manager", done("appraisal", "2026-04-18", note=" ", figures=(half,)))
    assert said.code == "part_unfit"
    assert all(word in said.message for word in ("after today", "nothing shows", "whole cents"))


@pytest.mark.parametrize(("role", "code"), [("finance", "not_entitled"), ("asset_manager", None),
                                            ("head_of_asset_management", None)])  # fmt: skip
def test_parts_are_recorded_by_who_disposes_or_their_head(role: str, code: str | None) -> None:
    desk = planned()
    if code:
        assert refused(desk, role, done("appraisal")).code == code
        assert refused(desk, role, StartPart(step="disposal", part="appraisal")).code == code
    else:
        assert of(desk.tell(role, done("appraisal"))) == {"appraisal": "finished"}


def test_an_objection_at_47_stops_what_is_not_done_and_the_head_ends_the_running_part() -> None:  # L7.4, settled
    desk = planned(*SALE).tell("asset_manager", done("appraisal"))
    desk.tell("asset_manager", StartPart(step="disposal", part="publicity"))
    objection(desk.to("2026-04-18 10:00"))
    assert desk.status("disposal") == "frozen"
    assert refused(desk, "asset_manager", StartPart(step="disposal", part="sale")).code == "held"
    assert refused(desk, "head_of_asset_management", done("sale")).code == "held"  # had not begun
    assert refused(desk, "asset_manager", done("publicity")).code == "held"  # not by the head
    assert refused(desk, "head_of_asset_management", done("publicity", note="")).code == "held"  # without a reason
    desk.tell("head_of_asset_management", done("publicity", note="异议生效，公告撤下", outcome="aborted"))
    assert of(desk) == {"appraisal": "finished", "publicity": "aborted"}
    desk.tell("asset_manager", c.EndHold(hold="vendor_objection", evidence="D2"))
    desk.work("2026-04-20 12:00", leave=LEFT)
    for part in ("publicity", "sale"):  # the finished one stands, the aborted one is done again
        desk.tell("asset_manager", done(part))
    assert desk.tell("asset_manager", finished()).case.ended("disposal", "finished")


def test_a_held_disposal_is_not_finished_by_reporting_its_parts() -> None:
    desk = planned(*SALE).tell("asset_manager", c.StartTask(step="disposal"))
    objection(desk.to("2026-04-18 10:00"))
    parts = tuple(PartReport(part=part, note="x") for part in SALE)
    assert refused(desk, "head_of_asset_management", finished("finished", *parts)).code == "held"


def test_an_aborted_disposal_keeps_what_was_done() -> None:
    desk = planned(*SALE).tell("asset_manager", done("appraisal"))
    desk.tell("asset_manager", StartPart(step="disposal", part="publicity"))
    desk.tell("asset_manager", finished("aborted"))
    desk.tell("head_of_asset_management", c.AnswerStep(step="disposal_aborted", outcome="resume"))
    assert desk.status("disposal") == "open" and of(desk) == {"appraisal": "finished"}


def test_a_part_recorded_by_mistake_is_taken_back_and_done_again() -> None:
    desk = planned(*SALE).tell("asset_manager", done("appraisal"))
    wrong = desk.of("part_finished", "disposal")[-1].seq
    take = c.CorrectEntry(seq=wrong, reason="评估报告属于另一项目")
    assert refused(desk, "finance", take).code == "not_entitled"
    desk.tell("asset_manager", take)
    assert of(desk) == {} and [one.body.kind for one in desk.events if one.seq == wrong] == ["part_finished"]
    assert refused(desk, "asset_manager", take).code == "nothing_to_correct"
    assert of(desk.tell("asset_manager", done("appraisal"))) == {"appraisal": "finished"}


def test_a_fast_track_disposes_by_the_parts_of_its_plan_before_day_46() -> None:  # L5.4c, settled
    desk = Desk(lease(parties=(LESSEE, BUYBACK_VENDOR)), DAY_1).work("2026-03-24 12:00", leave=LEFT)
    desk.tell("review_committee", c.OpenStep(step="fast_track", present=5, in_favour=4, evidence="minutes"))
    transfer: tuple[Part, ...] = ("claim_transfer",)
    desk.tell("asset_manager", c.AnswerStep(step="disposal_plan", outcome="submitted", parts=transfer))
    assert desk.status("disposal") == "open"
    objection(desk)
    assert refused(desk, "asset_manager", done("appraisal")).code == "held"  # also before 46


def test_a_task_without_parts_has_none() -> None:
    desk = planned()
    assert refused(desk, "legal_compliance", StartPart(step="lawsuit", part="sale")).code == "no_parts"
    given_parts = c.AnswerStep(step="lawsuit", outcome="filed", choice="all_rent",
                               parts_done=(PartReport(part="sale", note="x"),))  # fmt: skip
    assert refused(desk, "legal_compliance", given_parts).code == "part_unfit"


@pytest.mark.parametrize(("wrong", "right", "said"), [
    ("chosen_in: nobody", "chosen_in: disposal_plan", "nobody chooses the parts"),
    ("usual: [appraisal]", "usual: [appraisal, publicity, sale]", "the usual parts take no way"),
    ("notice: {restructuring: auction_notice_days}", "notice: {auction: auction_notice_days}", "needs no publicity"),
    ("notice: {auction: seven}", "notice: {auction: auction_notice_days}", "is no number of days"),
])  # fmt: skip
def test_a_policy_whose_parts_make_no_sense_is_refused(wrong: str, right: str, said: str) -> None:
    with pytest.raises(Invalid) as found:
        ladder("leasing", (right, wrong))
    assert said in str(found.value)


ACTS = st.sampled_from(["start", "finish", "abort", "objection", "withdrawal", "whole", "day"])


@settings(max_examples=examples(25), deadline=None)
@given(st.lists(st.tuples(ACTS, st.sampled_from(SALE), st.sampled_from(["asset_manager", "head_of_asset_management"])),
                max_size=14))  # fmt: skip
def test_done_parts_stand_and_nothing_begins_under_a_hold(
    acts: list[tuple[str, Part, str]],
) -> None:
    desk, hours = planned(*SALE), 0
    for what, part, role in acts:
        before, frozen = of(desk), desk.status("disposal") == "frozen"
        if desk.status("disposal") not in ("open", "frozen"):
            break
        body: c.CommandBody
        match what:
            case "start":
                body = StartPart(step="disposal", part=part)
            case "finish" | "abort":
                body = done(part, outcome="finished" if what == "finish" else "aborted")
            case "objection" if not frozen:
                body = c.OpenStep(step="vendor_objection", evidence="D1")
            case "withdrawal":
                body = c.EndHold(hold="vendor_objection", evidence="D2")
            case "day" if hours < 5:
                hours += 1
                desk.work(f"2026-04-17 1{2 + hours}:00", leave=(*LEFT, "buyback_claim"))
                continue
            case _:
                body = finished()
        who = "asset_manager" if isinstance(body, c.OpenStep) else role
        try:
            desk.tell(who, body)
        except Refused:
            assert of(desk) == before  # nothing changed
            continue
        if isinstance(body, c.OpenStep) and desk.status("vendor_objection") == "open":
            desk.tell("head_of_asset_management", c.AnswerStep(step="vendor_objection", outcome="confirmed"))
        now = of(desk)
        assert {p for p, s in before.items() if s == "finished"} <= {p for p, s in now.items() if s == "finished"}
        if frozen and desk.status("disposal") == "frozen":
            assert all(before.get(p) == "started" for p in now if now[p] != before.get(p))
        if desk.status("disposal") == "completed":
            assert set(SALE) <= {p for p, s in now.items() if s == "finished"}


def test_the_leasing_policy_has_the_parts_of_its_plan() -> None:
    parts = leasing().by_id["disposal"].rule.parts
    assert parts is not None and parts.with_needs(("auction",)) == ("appraisal", "publicity", "auction")
