"""The register of lawsuits on both databases: entered with its event, gapless, append-only, told once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from domain import events as e
from domain.case import Case
from domain.errors import Refused
from domain.events import Actor
from domain.ledger import PostingKind
from domain.limitation import ClockRules
from domain.litigation import Suit
from domain.litigation_check import advance_suit
from domain.litigation_deadlines import filed
from domain.litigation_terms import LimitationTerms
from store import accounts, limitation, staff, suits
from store.account_facts import account_facts
from store.limitation import GuaranteeTerm
from store.record import record
from store.session import Database
from store.suits import NewSuit, SuitDiverged
from tests.builders.suits import CourtDesk, accepted, blank, cost, judgment
from tests.store.samples import NOON, PIN, lease

LEGAL = Actor(user="u-9", role="legal_compliance", authority="")
CASE = "L-1-1"


def case(seq: int, status: str = "open") -> Case:
    return Case.model_validate(
        {"case_no": CASE, "account_no": "L-1", "seq": seq, "status": status, "policy": PIN, "opened_at": NOON}
    )


def write(session: Session, first: int, *bodies: e.Body, status: str = "open") -> None:
    """These events of the case, the first with that number."""
    events = [
        e.Event(seq=n, due_at=NOON, at=NOON, dpd=46, actor=LEGAL, body=body)
        for n, body in enumerate(bodies, start=first)
    ]
    record(session, CASE, events, case(first + len(bodies) - 1, status))


def opened(session: Session) -> None:
    accounts.add_account(session, lease("L-1"))
    write(session, 1, e.CaseOpened(policy=PIN, settings="s", anchor=None, floor=1))


FILED = e.StepCompleted(
    step="lawsuit", outcome="filed", role="legal_compliance", suit="filing", choice="termination",
    defendants=("P1", "P2"),
)  # fmt: skip


def test_the_filing_enters_one_suit_with_its_event(database: Database) -> None:
    with database.session() as session:
        opened(session)
        write(session, 2, FILED)
        write(session, 2, FILED)  # a repeat of what is recorded
        write(session, 3, FILED)  # the answer was corrected and given again
    with database.reading() as session:
        (found,) = suits.new_suits(session)
    assert (found.number, found.key, found.case_no, found.role, found.choice, found.status) == (
        "suit-2026-00001", f"{CASE}/2", CASE, "legal_compliance", "termination", "new",
    )  # fmt: skip
    assert found.defendants == ("P1", "P2")


def test_a_record_that_fails_leaves_no_suit_and_no_gap(database: Database) -> None:
    with database.session() as session:
        opened(session)
    with pytest.raises(ZeroDivisionError), database.session() as session:
        write(session, 2, FILED)
        raise ZeroDivisionError
    with database.session() as session:
        assert suits.new_suits(session) == ()
        write(session, 2, FILED)
        assert suits.new_suits(session)[0].number == "suit-2026-00001"


def begun(session: Session) -> Suit:
    """The suit of the case with its first event."""
    opened(session)
    write(session, 2, FILED)
    suit = blank().model_copy(update={"case_no": CASE, "account_no": "L-1"})
    suit, event = advance_suit(suit, filed(suit, NOON), NOON)
    suits.record_suit(session, [event], suit)
    return suit


def test_what_the_case_says_waits_until_the_suit_was_told(database: Database) -> None:
    with database.session() as session:
        begun(session)
        assert suits.case_messages(session) == ()
        write(session, 3, e.DelinquencyEnded(reason="cured"))
        (message,) = suits.case_messages(session)
        assert (message.word, message.reason, message.seq, message.closed) == ("settlement_due", "cured", 3, False)
        suits.mark_told(session, message.number, message.seq)
        assert suits.case_messages(session) == ()
        write(session, 4, e.EndingRevoked())
        assert suits.case_messages(session)[0].word == "resumed"
        write(session, 5, e.StepCompleted(step="suit_settlement", outcome="settled", suit="settlement"))
        assert suits.case_messages(session)[0].word == "settled"
        write(session, 6, e.CaseClosed(reason="cured"), status="closed")
        assert [(one.word, one.reason) for one in suits.case_messages(session)] == [("closed", "cured")]


def test_events_are_recorded_once_in_order_and_a_difference_is_refused(database: Database) -> None:
    with database.session() as session:
        suit = begun(session)
        (first,) = suits.events_of_suit(session, suit.number)
        suits.record_suit(session, [first], suit)
        with pytest.raises(SuitDiverged):
            suits.record_suit(session, [first.model_copy(update={"at": NOON + timedelta(hours=1)})], suit)
        with pytest.raises(SuitDiverged):
            suits.record_suit(session, [first.model_copy(update={"seq": 3})], suit)
        assert suits.get_suit(session, suit.number).state == suit


@pytest.mark.parametrize("verb", ["UPDATE suit_event SET kind = 'x'", "DELETE FROM suit_event"])
def test_the_database_itself_protects_the_events(database: Database, verb: str) -> None:
    with database.session() as session:
        begun(session)
    with pytest.raises(DatabaseError), database.engine.begin() as connection:
        connection.execute(text(verb))


def test_costs_are_booked_and_what_the_debtor_owes_is_posted_once(database: Database) -> None:
    with database.session() as session:
        suit = begun(session)
        desk = CourtDesk(suit, NOON + timedelta(days=90))
        for act in (accepted(), cost("1000.00"), judgment(result="settled", costs_owed=Decimal("800.00"))):
            desk.does(act)
        for _ in range(2):
            suits.record_suit(session, desk.events, desk.suit)
        owed = [one for one in account_facts(session, "L-1").postings if one.kind is PostingKind.COST]
        assert [(one.id, one.amount) for one in owed] == [("suit-2026-00001/costs", Decimal("800.00"))]
        found = suits.list_suits(session, "open").rows
        assert [(one.stage, one.closed_on) for one in found] == [("final", None)]


def test_who_handles_a_suit_is_told_of_what_is_late(database: Database) -> None:
    with database.session() as session:
        desk = CourtDesk(begun(session), NOON).to(NOON + timedelta(days=60))
        suits.record_suit(session, desk.events, desk.suit)
        told = [(one.role, one.title, one.text) for one in staff.pending_alerts(session)]
    late = "到期未登记结果，已升级"
    assert told == [
        ("head_of_legal_compliance", "立案审查（suit-2026-00001）", late),
        ("general_manager", "立案审查（suit-2026-00001）", late),
    ]


def test_a_suit_by_hand_needs_a_case_without_one(database: Database) -> None:
    with database.session() as session:
        suit = begun(session)
        by_hand = NewSuit(key="hand:1", case_no=CASE, account_no="L-1", policy_id="leasing", role="legal",
                          filed_on=NOON.date(), filed_by="u-9")  # fmt: skip
        with pytest.raises(Refused) as refused:
            suits.enter_suit(session, by_hand, NOON)
        assert refused.value.code == "suit_open"
        later = by_hand.model_copy(update={"case_no": "L-2-1", "filed_on": NOON.date() + timedelta(days=1)})
        with pytest.raises(Refused) as refused:
            suits.enter_suit(session, later, NOON)
        assert refused.value.code == "suit_in_future"
        with pytest.raises(Refused) as refused:
            suits.get_suit(session, "suit-2026-00099")
        assert (refused.value.code, suit.number) == ("unknown_suit", "suit-2026-00001")


def test_a_pending_suit_stops_limitation_and_claims_from_guarantors(database: Database) -> None:
    rules, day = ClockRules(terms=LimitationTerms(), demand_steps={}), NOON.date()
    with database.session() as session:
        accounts.add_account(session, lease("L-1"))
        before = limitation.clocks_of(session, "L-1", rules, day)
        write(session, 1, e.CaseOpened(policy=PIN, settings="s", anchor=None, floor=1), FILED)
        after = limitation.clocks_of(session, "L-1", rules, day)
        term = GuaranteeTerm(account_no="L-1", party_id="P4", joint=True, actor=LEGAL, at=NOON)
        limitation.agree_guarantee(session, term)
        limitation.agree_guarantee(session, term)  # entered anew, the history stays
        with pytest.raises(Refused) as refused:
            limitation.agree_guarantee(session, term.model_copy(update={"party_id": "P1"}))
    assert before.limitation.ends is not None
    assert [one.party for one in before.guarantors] == ["P2", "P4"]
    assert before.guarantor_period_ends is not None
    assert after.limitation.ends is None
    assert [one.claimed for one in after.guarantors] == [day, day]
    assert refused.value.code == "unknown_party"
