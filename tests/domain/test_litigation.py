"""A lawsuit stage by stage, as a lawyer would check it: periods of law, court dates, judgment, enforcement."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from domain.events import Actor
from domain.litigation import PeriodEnded, SuitHandled
from domain.litigation_acts import (
    Abandon,
    Appeal,
    ApplyPreservation,
    RecordAcceptance,
    RecordEnforcement,
    RecordJudgment,
    RecordSession,
    Refile,
    ResumeEnforcement,
    RulePreservation,
    SearchAssets,
    SettleCosts,
    SuitAct,
    WithdrawSuit,
)
from domain.litigation_deadlines import told
from tests.builders.cases import local
from tests.builders.suits import PAPER, CourtDesk, accepted, blank, cost, enforcement, fulfilled, hearing, judgment


def day(text: str) -> date:
    return date.fromisoformat(text)


def heard() -> CourtDesk:
    """Accepted on 17 April; it is 1 June."""
    return CourtDesk().to("2026-04-17 12:00").does(accepted()).to("2026-06-01 10:00")


def test_the_court_has_seven_days_to_accept_the_claim() -> None:
    """民事诉讼法第126条; without an entry the head of Legal is told, then the general manager."""
    desk = CourtDesk()
    assert desk.says() == {"acceptance": "2026-04-21 18:00"}
    assert desk.to("2026-04-24 12:00").told() == [
        ("04-21 18:00", "escalated acceptance", "head_of_legal_compliance"),
        ("04-22 18:00", "escalated acceptance", "general_manager"),
    ]
    assert desk.suit.stage == "filed"  # escalation decides nothing


def test_an_accepted_claim_waits_for_its_judgment_six_months() -> None:
    desk = CourtDesk().to("2026-04-17 12:00").does(accepted())
    assert (desk.suit.stage, desk.suit.docket) == ("accepted", "(2026)沪0115民初1号")
    assert desk.says() == {"judgment": "2026-10-17 18:00"}


def test_a_returned_claim_is_corrected_and_filed_again() -> None:
    returned = RecordAcceptance(on=day("2026-04-17"), result="returned", correct_by=day("2026-04-24"))
    desk = CourtDesk().to("2026-04-17 12:00").does(returned)
    assert desk.says() == {"correction": "2026-04-24 18:00"}
    desk.to("2026-04-22 12:00").does(Refile(on=day("2026-04-22"), document=PAPER))
    assert (desk.suit.stage, desk.says()) == ("filed", {"acceptance": "2026-04-29 18:00"})


def test_a_rejection_stands_when_nobody_appeals_within_ten_days() -> None:
    """民事诉讼法第171条: ten days against a ruling."""
    rejected = RecordAcceptance(on=day("2026-04-17"), result="rejected", document=PAPER)
    desk = CourtDesk().to("2026-04-17 12:00").does(rejected).to("2026-04-28 08:59")
    assert desk.suit.stage == "rejected"
    assert desk.to("2026-04-28 09:00").suit.closed_for == "rejected"
    appealed = CourtDesk().to("2026-04-17 12:00").does(rejected).to("2026-04-27 10:00")
    appealed.does(Appeal(on=day("2026-04-27"), by="us", document=PAPER))
    assert appealed.says() == {"second_instance": "2026-07-27 18:00"}
    assert appealed.refusal(judgment("2026-04-27")).code == "wrong_stage"
    assert appealed.does(accepted("2026-04-27")).suit.stage == "accepted"


def test_a_court_date_is_reminded_of_and_escalated_when_nobody_says_what_came_of_it() -> None:
    """Thursday 7 May: seven days before, and the business day before, which is Wednesday."""
    desk = CourtDesk().to("2026-04-20 12:00").does(accepted()).does(hearing("2026-05-07 09:30"))
    assert desk.to("2026-05-12 12:00").told() == [
        ("04-30 09:00", "reminded session", "legal_compliance"),
        ("05-06 09:00", "reminded session", "legal_compliance"),
        ("05-08 18:00", "escalated session", "head_of_legal_compliance"),
        ("05-09 18:00", "escalated session", "general_manager"),  # a Saturday that is worked
    ]
    desk.does(RecordSession(on=day("2026-05-07"), number=1, result="adjourned"))
    desk.does(hearing("2026-06-10 09:30", "2026-05-12"))
    assert [(one.number, one.result) for one in desk.suit.sessions] == [(1, "adjourned"), (2, None)]
    assert desk.says()["session"] == "2026-06-11 18:00"


def test_a_judgment_is_final_when_fifteen_days_have_passed_since_it_was_served() -> None:
    """民事诉讼法第171条; what the debtor bears of the costs is owed from then on."""
    desk = heard().does(cost("1000.00")).does(judgment(costs_owed=Decimal("800.00")))
    assert (desk.suit.stage, desk.says()) == ("judged", {"appeal_period": "2026-06-17 09:00"})
    ended = desk.to("2026-06-17 09:00").events[-1].body
    assert isinstance(ended, PeriodEnded)
    assert (desk.suit.stage, ended.costs_owed) == ("final", Decimal("800.00"))
    assert desk.says() == {"enforcement_application": "2028-07-01 09:00"}  # two years from 30 June 2026


def test_an_appeal_makes_the_second_judgment_the_final_one() -> None:
    desk = heard().does(judgment()).to("2026-06-10 10:00")
    desk.does(Appeal(on=day("2026-06-10"), by="debtor", document=PAPER))
    assert (desk.suit.stage, desk.says()) == ("appealed", {"second_instance": "2026-09-10 18:00"})
    desk.to("2026-09-01 10:00").does(judgment("2026-09-01", perform_by=day("2026-09-15")))
    assert (desk.suit.stage, desk.says()) == ("final", {"enforcement_application": "2028-09-16 09:00"})
    again = heard().does(judgment()).to("2026-06-10 10:00").does(Appeal(on=day("2026-06-10"), by="us", document=PAPER))
    again.does(RecordJudgment(on=day("2026-06-10"), result="remanded", document=PAPER))
    assert (again.suit.stage, again.suit.judgment) == ("accepted", None)


def test_a_judgment_against_us_ends_the_suit_when_it_is_final() -> None:
    lost = judgment(result="against", amount=Decimal(0), perform_by=None)
    assert heard().does(lost).to("2026-06-17 09:00").suit.closed_for == "lost"


def test_a_settlement_before_the_court_can_be_enforced_at_once() -> None:
    settled = judgment(result="settled")
    assert heard().does(settled).says() == {"enforcement_application": "2028-07-01 09:00"}


def test_enforcement_lapses_after_two_years() -> None:
    """民事诉讼法第250条; Legal is reminded the day after the debtor should have paid and long before the end."""
    desk = heard().does(judgment()).to("2028-07-01 09:00")
    assert (desk.suit.stage, desk.suit.closed_for) == ("closed", "enforcement_lapsed")
    reminders = [at for at, what, _ in desk.told() if what == "reminded enforcement_application"]
    assert reminders == ["07-01 09:00", "01-02 09:00", "04-01 09:00", "05-31 09:00", "06-23 09:00", "06-27 09:00"]


def test_enforcement_ends_with_the_money_or_waits_for_assets() -> None:
    desk = heard().does(judgment()).to("2026-07-02 10:00").does(enforcement("2026-07-02"))
    assert desk.says() == {"enforcement": "2027-01-02 18:00"}
    desk.does(RecordEnforcement(on=day("2026-07-02"), result="nothing_found"))
    assert (desk.suit.stage, desk.says()) == ("dormant", {"asset_search": "2027-01-02 18:00"})
    desk.does(SearchAssets(on=day("2026-07-02")))
    desk.does(ResumeEnforcement(on=day("2026-07-02"))).does(fulfilled("2026-07-02"))
    assert desk.suit.closed_for == "performed"


def test_preservation_is_ruled_on_in_five_days_and_renewed_before_it_ends() -> None:
    desk = CourtDesk().does(ApplyPreservation(on=day("2026-04-14")))
    assert desk.says()["preservation_ruling"] == "2026-04-19 18:00"
    granted = RulePreservation(on=day("2026-04-14"), document=PAPER, result="granted", until=day("2026-06-12"))
    desk.does(granted).does(accepted("2026-04-14"))
    assert desk.suit.preservation == "granted"
    assert desk.to("2026-06-15 09:00").told() == [
        ("05-13 09:00", "reminded preservation_renewal", "legal_compliance"),
        ("06-05 09:00", "reminded preservation_renewal", "legal_compliance"),
        ("06-09 09:00", "reminded preservation_renewal", "legal_compliance"),
        ("06-12 18:00", "escalated preservation_renewal", "head_of_legal_compliance"),
    ]
    assert desk.refusal(ApplyPreservation(on=day("2026-06-15"))).code == "wrong_stage"


def test_a_cured_case_asks_to_withdraw_or_settle() -> None:
    desk = CourtDesk().to("2026-04-17 12:00").does(accepted())
    assert desk.refusal(SettleCosts(on=day("2026-04-17"))).code == "wrong_stage"
    body = told(desk.suit, "settlement_due", "cured", 7, desk.now)
    assert body is not None
    desk._happen(body)  # pyright: ignore[reportPrivateUsage]
    assert (desk.suit.pending, desk.says()["settlement"]) == ("cured", "2026-04-22 18:00")
    assert told(desk.suit, "settlement_due", "cured", 7, desk.now) is None  # the same word again
    assert desk.does(WithdrawSuit(on=day("2026-04-17"), document=PAPER)).suit.closed_for == "withdrawn"
    other = CourtDesk()
    due = told(other.suit, "settlement_due", "bought_back", 7, other.now)
    answered = told(other.suit, "settled", "", 9, other.now)
    assert due is not None and answered is not None
    other._happen(due)  # pyright: ignore[reportPrivateUsage]
    other._happen(answered)  # pyright: ignore[reportPrivateUsage]
    assert other.suit.closed_for == "settled"  # it was answered in the case


def test_a_payment_taken_back_lets_the_suit_go_on() -> None:
    desk = CourtDesk()
    for word, seq in (("settlement_due", 7), ("resumed", 8)):
        body = told(desk.suit, word, "cured", seq, desk.now)  # pyright: ignore[reportArgumentType]
        assert body is not None
        desk._happen(body)  # pyright: ignore[reportPrivateUsage]
    assert (desk.suit.pending, list(desk.says())) == (None, ["acceptance"])


REFUSED: list[tuple[str, SuitAct]] = [
    ("wrong_stage", judgment("2026-04-14")),
    ("wrong_stage", hearing("2026-05-07 09:30", "2026-04-14")),
    ("wrong_stage", enforcement("2026-04-14")),
    ("wrong_stage", Refile(on=day("2026-04-14"), document=PAPER)),
    ("wrong_stage", RulePreservation(on=day("2026-04-14"), document=PAPER, result="granted")),
    ("wrong_stage", Abandon(on=day("2026-04-14"), note="x")),
    ("suit_unfit", accepted("2026-04-15")),  # tomorrow
    ("suit_unfit", accepted("2026-04-13")),  # before the filing
    ("suit_unfit", WithdrawSuit(on=day("2026-04-14"))),  # without its paper
    ("suit_unfit", cost("-1.00")),
]


@pytest.mark.parametrize(("code", "act"), REFUSED)
def test_what_is_refused_and_why(code: str, act: SuitAct) -> None:
    assert CourtDesk().refusal(act).code == code


def test_all_faults_of_an_entry_are_named_at_once() -> None:
    wrong = RecordJudgment(on=day("2026-07-01"), result="for", costs_owed=Decimal("5.00"))
    refusal = heard().refusal(wrong)
    for place in ("on:", "document:", "amount:", "perform_by:", "costs_owed:"):
        assert place in str(refusal.message)


def test_only_those_who_handle_the_suit_enter_anything_and_nothing_after_its_end() -> None:
    stranger = Actor(user="u-1", role="collector", authority="")
    assert CourtDesk().refusal(accepted("2026-04-14"), stranger).code == "not_entitled"
    over = CourtDesk().does(WithdrawSuit(on=day("2026-04-14"), document=PAPER))
    assert over.refusal(accepted("2026-04-14")).code == "suit_closed"


def test_periods_are_settings() -> None:
    short = CourtDesk(blank(judgment_appeal_days=30)).does(accepted("2026-04-14"))
    assert short.does(judgment("2026-04-14")).says() == {"appeal_period": "2026-05-15 09:00"}


def test_settled_costs_are_posted_once() -> None:
    desk = heard().does(cost("1000.00")).does(judgment(result="settled", costs_owed=Decimal("500.00")))
    body = desk.events[-1].body
    assert isinstance(body, SuitHandled)
    assert body.costs_owed == Decimal("500.00")
    assert local("2026-06-01 10:00") == desk.now
