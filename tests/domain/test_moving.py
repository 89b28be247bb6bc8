"""A live case goes on under another policy or version: read anew, counted like a take-over, nothing done twice."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import pytest

from domain import commands as c, events as e
from domain.errors import Refused
from domain.ladder import Ladder
from domain.ledger import AccountFacts
from domain.move_preview import MovePreview, preview_move
from domain.outcome import record
from domain.run import advance
from tests.builders.calendars import CHINA_2026
from tests.builders.cases import Desk, local
from tests.builders.ladders import ladder, leasing
from tests.builders.leases import BUYBACK_VENDOR, LESSEE, lease, paid

DAY_1 = "2026-03-03 09:00"
OWNER = "risk_management"  # owns the leasing policy (L9.1)
VERSION_2 = ("\nversion: 1\ntitle", "\nversion: 2\ntitle")


@lru_cache
def version_2(*changes: tuple[str, str]) -> Ladder:
    return leasing(VERSION_2, *changes)


def opened(desk: Desk, since: int) -> set[str]:
    """The steps opened after an event."""
    return {ev.body.step for ev in desk.events if ev.seq > since and isinstance(ev.body, e.StepOpened)}


# ── the standing work of a portfolio ────────────────────────────────────────────────────────────────────────────────

QUARTERLY = """portfolio:
  - id: quarterly_review
    title: {zh: 季度检视, en: Quarterly review}
    rules: [L5.3]
    when: [{every: day}]
    ask: {what: task, of: risk_management, outcomes: [done]}
"""


def test_the_standing_work_goes_on_under_a_new_version_and_what_is_new_in_it_has_no_past() -> None:
    desk = Desk(None, "2026-03-02 09:00").work("2026-03-12 12:00")
    ran = [event.body for event in desk.of("run_finished", "open_cases")]
    desk.move(OWNER, version_2(("\nportfolio:\n", "\n" + QUARTERLY)))
    assert desk.case.policy and desk.case.policy.version == 2
    assert not desk.case.upward
    desk.work("2026-03-13 12:00")
    again = [event.body for event in desk.of("run_finished", "open_cases")][len(ran) :]
    assert [getattr(body, "period", None) for body in again] == [date(2026, 3, 13)]  # of 12 March it ran before
    reviews = [event.body for event in desk.of("step_opened", "quarterly_review")]
    assert [getattr(body, "period", None) for body in reviews] == [date(2026, 3, 12), date(2026, 3, 13)]
    issued = [getattr(event.body, "period", None) for event in desk.of("report_issued", "weekly_report")]
    assert issued == [date(2026, 3, 6), date(2026, 3, 13)]


def test_a_duty_that_the_new_version_lacks_is_laid_aside() -> None:
    desk = Desk(None, "2026-03-30 09:00").to("2026-03-31 12:00")
    assert desk.case.step("master_table_signature").is_open
    without = version_2(("  - id: master_table_signature", "  - id: table_signature"),
                        ("master_table_signature: signed", "table_signature: signed"))  # fmt: skip
    desk.move(OWNER, without)
    assert "master_table_signature" in desk.case.elsewhere.gone
    assert not desk.case.step("master_table_signature").is_open


def test_the_standing_work_stays_under_its_own_policy() -> None:
    desk = Desk(None, "2026-03-02 09:00")
    with pytest.raises(Refused) as refusal:
        desk.move(OWNER, ladder("credit"))
    assert refusal.value.code == "not_movable"


def test_the_preview_of_the_standing_work_names_what_is_new_and_what_falls_away() -> None:
    desk = Desk(None, "2026-03-02 09:00").work("2026-03-12 12:00")
    target = version_2(("\nportfolio:\n", "\n" + QUARTERLY))
    nothing = AccountFacts(account_no="", schedule=())
    found = preview_move(desk.ladder, target, desk.case, nothing, CHINA_2026, desk.now)
    assert [(line.when, line.step) for line in found.lines] == [("now", "quarterly_review")]
    back = preview_move(target, desk.ladder, desk.move(OWNER, target).case, nothing, CHINA_2026, desk.now)
    assert [(line.when, line.step) for line in back.lines if line.when == "never"] == [("never", "quarterly_review")]


# ── another version ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_same_steps_keep_their_state_under_a_new_version() -> None:
    desk = Desk(lease(), DAY_1).work("2026-03-12 12:00", leave=("first_week_phone_collection",))  # DPD 10
    assert desk.case.ended("demand_notice", "sent")
    asks = {name: state for name, state in desk.case.steps.items() if state.is_open}
    seq = desk.case.seq
    desk.move(OWNER, version_2())
    assert desk.case.policy and (desk.case.policy.version, desk.case.bucket) == (2, "I")
    assert {name: state for name, state in desk.case.steps.items() if state.is_open} == asks
    desk.work("2026-03-16 12:00")
    assert not [ev for ev in desk.of("message_sent") if ev.seq > seq]  # the notice of DPD 8 went out once (S6)


def test_an_ask_that_is_put_to_others_now_is_opened_anew() -> None:
    moved = version_2(
        ("of: {all: [head_of_asset_management, head_of_risk_management]}", "of: general_manager"),
        ("ask: {what: signature, of: head_of_asset_management", "ask: {what: signature, of: general_manager"),
    )
    desk = Desk(lease(), DAY_1).to("2026-03-10 12:00")  # DPD 8
    assert desk.case.step("demand_notice_signature").asked == ("head_of_asset_management",)
    desk.move(OWNER, moved)
    assert desk.case.step("demand_notice_signature").asked == ("general_manager",)
    assert desk.status("demand_notice_signature") == "open"


def test_other_terms_may_end_the_delinquency() -> None:
    """The terms of the new policy decide whether anything is overdue."""
    desk = Desk(lease(paid("2026-03-09", "10495.00"), rate="0"), DAY_1).work("2026-03-12 12:00")
    assert desk.case.status == "open"  # 5.00 are left
    desk.move(OWNER, version_2(("committee_members: 5", 'committee_members: 5\n    tolerance: "10.00"')))
    assert (desk.case.status, desk.case.closed_for) == ("closed", "cured")


# ── another policy ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_another_ladder_counts_like_a_take_over() -> None:
    desk = Desk(lease(), DAY_1).work("2026-04-11 12:00", leave=("lawsuit",))  # DPD 40: class III
    assert desk.case.bucket == "III"
    seq = desk.case.seq
    desk.move(OWNER, ladder("credit"))
    assert (desk.case.bucket, desk.case.anchor, desk.case.floor) == ("C-II", lease().schedule[0].due, 31)
    assert not [name for name in desk.case.steps if name not in desk.ladder.by_id]
    assert "dedicated_person" in opened(desk, seq)  # of the bucket it is found in
    assert "entry_call" not in opened(desk, seq)  # of a bucket that is over
    assert desk.of("ladder_reanchored")[-1].seq == desk.of("policy_moved")[-1].seq + 2  # after the facts were read


def test_there_and_back_again_nothing_is_done_twice() -> None:
    desk = Desk(lease(), DAY_1).work("2026-03-12 12:00")
    done = {name: state.done for name, state in desk.case.steps.items() if state.done}
    sent = len(desk.of("message_sent", "demand_notice"))
    desk.move(OWNER, ladder("credit"))
    assert not set(done) & set(desk.case.steps)
    desk.to("2026-03-13 12:00").move("head_of_credit", leasing())
    assert {name: desk.case.step(name).done for name in done} == done
    assert desk.case.elsewhere.steps.keys() <= {step.id for step in ladder("credit").steps}
    desk.to("2026-03-16 12:00")
    assert len(desk.of("message_sent", "demand_notice")) == sent == 2  # by letter and by email


def test_a_hold_that_the_new_policy_does_not_know_ends_and_is_remembered() -> None:
    desk = Desk(lease(parties=(LESSEE, BUYBACK_VENDOR)), DAY_1).work("2026-04-04 12:00")  # DPD 33
    desk.tell("asset_manager", c.OpenStep(step="vendor_objection", evidence="D1")).answer(
        "vendor_objection", "confirmed"
    )
    assert [hold.ended_at for hold in desk.case.holds] == [None]
    desk.move(OWNER, ladder("credit"))
    assert desk.case.holds == ()
    assert [hold.ended_at for hold in desk.case.elsewhere.holds] == [desk.now]
    desk.to("2026-04-06 12:00").move("head_of_credit", leasing())
    assert [(hold.hold, hold.ended_at is None) for hold in desk.case.holds] == [("vendor_objection", False)]


def test_what_was_under_way_when_the_case_moved_is_no_step_of_the_new_policy() -> None:
    desk = Desk(lease(), DAY_1).to("2026-03-12 12:00")
    desk.move(OWNER, ladder("credit"))
    letter = e.DocumentRef(kind="rent_demand_notice", number="N-1", sha256="00" * 32, as_of=desk.now.date())
    late = e.MessageSent(step="demand_notice", target="lessee/letter", document=letter)
    after, _ = advance(desk.ladder, desk.case, record(late, desk.now, (), "sent"), desk.now)
    assert "demand_notice" not in after.steps
    assert [sent.target for sent in after.elsewhere.steps["demand_notice"].dispatches] == ["lessee/letter"]


# ── who, and when not ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("role", ["asset_manager", "head_of_credit", "general_manager"])
def test_only_the_owner_of_the_policy_and_their_head_move_a_case(role: str) -> None:
    desk = Desk(lease(), DAY_1)
    with pytest.raises(Refused) as refusal:
        desk.move(role, ladder("credit"))
    assert refusal.value.code == "not_entitled"
    desk.move("head_of_risk_management", ladder("credit"))


def test_a_case_is_not_moved_to_where_it_is_nor_after_its_end() -> None:
    desk = Desk(lease(), DAY_1)
    with pytest.raises(Refused) as refusal:
        desk.move(OWNER, leasing())
    assert refusal.value.code == "already_there"
    desk.to("2026-03-04 10:00").post(paid("2026-03-04", "10600.00"))
    assert desk.case.status == "closed"
    with pytest.raises(Refused) as refusal:
        desk.move(OWNER, ladder("credit"))
    assert refusal.value.code == "case_closed"


def test_a_move_without_its_ladder_is_refused() -> None:
    desk = Desk(lease(), DAY_1)
    pin = e.PolicyPin(id="x", version=1, sha256="0" * 64)
    with pytest.raises(Refused) as refusal:
        desk.tell(OWNER, c.MovePolicy(policy=pin, settings="", reason="why"))
    assert refusal.value.code == "unknown_policy"


# ── the dry run ─────────────────────────────────────────────────────────────────────────────────────────────────────


def dry_run(desk: Desk, target: Ladder) -> MovePreview:
    assert desk.account is not None
    return preview_move(desk.ladder, target, desk.case, desk.account, CHINA_2026, desk.now)


def steps(found: MovePreview, when: str) -> set[str]:
    return {line.step for line in found.lines if line.when == when}


def test_the_dry_run_says_what_now_what_later_and_what_never_again() -> None:
    desk = Desk(lease(), DAY_1).to("2026-03-12 12:00")  # DPD 10, nobody answered
    before = desk.case
    found = dry_run(desk, ladder("credit"))
    assert desk.case == before
    assert (found.from_policy, found.to_policy) == ("leasing.v1", "credit.v1")
    assert (found.bucket_before, found.bucket_after, found.dpd, found.ends) == ("I", "C-I", 10, None)
    assert {"data_verification", "recovery_plan", "entry_call"} <= steps(found, "now")
    assert {"dedicated_person"} <= steps(found, "later")
    assert {"demand_notice_signature", "lawsuit", "litigation_letter_consent"} <= steps(found, "never")
    on = {line.step: line.on for line in found.lines if line.when == "later"}
    assert on["dedicated_person"] == local("2026-04-02 09:00").date()  # 31 days after 2 March


def test_the_dry_run_is_what_then_happens() -> None:
    desk = Desk(lease(), DAY_1).work("2026-04-11 12:00", leave=("lawsuit",))
    found = dry_run(desk, ladder("credit"))
    seq = desk.case.seq
    desk.move(OWNER, ladder("credit")).to("2026-04-11 23:59")
    assert {line.step for line in found.lines if line.kind == "step_opened" and line.when == "now"} == opened(desk, seq)


def test_a_version_that_changes_nothing_changes_nothing() -> None:
    desk = Desk(lease(), DAY_1).to("2026-03-12 12:00")
    found = dry_run(desk, version_2())
    assert found.lines == ()


def test_the_dry_run_tells_that_the_case_would_end() -> None:
    desk = Desk(lease(paid("2026-03-09", "10495.00"), rate="0"), DAY_1).work("2026-03-12 12:00")
    tolerant = version_2(("committee_members: 5", 'committee_members: 5\n    tolerance: "10.00"'))
    assert dry_run(desk, tolerant).ends == "cured"
