"""When a demand counts as received, and for whom: by the signed receipt, the carrier, a correction, or not yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import pytest
from sqlalchemy.orm import Session

from domain import events as e
from domain.errors import Invalid
from domain.events import Actor
from domain.ledger import DoneStep
from domain.limitation import ClockRules
from domain.litigation_terms import LimitationTerms
from store import accounts, deliveries, letters, limitation, suits
from store.deliveries import Claim, correct_receipts
from store.documents import Attachment, add_attachment
from store.evidence import EvidencePaper, add_paper
from store.letters import NewProof
from store.limitation import Clocks, GuaranteeTerm
from store.record import record
from store.session import Database
from store.suits import NewSuit
from store.tables import SuitRow
from tests.store.samples import NOON, NOTICE, PIN, at, lease
from tests.store.test_suits import case

LEGAL = Actor(user="u-9", role="legal_compliance", authority="")
RULES = ClockRules(terms=LimitationTerms(), demand_steps={"demand_notice": "lessee", "guarantor_letters": "guarantors"})
CASE, KEY = "L-1-1", "L-1-1/demand_notice/1/lessee/letter"
SENT, LATER = at(4, 8), at(4, 20)
TODAY = LATER.date()
DUES = (date(2026, 3, 2), date(2026, 4, 2))


def opened(session: Session, dues: Sequence[date] = DUES, history: tuple[DoneStep, ...] = ()) -> None:
    accounts.add_account(session, lease("L-1", dues, history=history))
    add_attachment(session, Attachment(id="att-1", name="回执.pdf", media_type="application/pdf", sha256="0" * 64,
                                        content=b"%PDF", uploaded_by="u-9", at=NOON))  # fmt: skip
    opening = e.CaseOpened(policy=PIN, settings="s", anchor=None, floor=1)
    record(session, CASE, [e.Event(seq=1, due_at=NOON, at=NOON, dpd=0, body=opening)], case(1))


def sent(session: Session) -> None:
    wanted = Claim(key=KEY, case_no=CASE, account_no="L-1", step="demand_notice", target="lessee/letter",
                   document=NOTICE, at=SENT)  # fmt: skip
    deliveries.claim(session, wanted)
    deliveries.set_result(session, KEY, "sent", SENT)


def proof(name: str, received_on: date | None, entered: datetime = LATER) -> NewProof:
    return NewProof(id=name, delivery=KEY, registered_no="XA12345678931", evidence="att-1", received_on=received_on,
                    actor=LEGAL, at=entered)  # fmt: skip


def clocks(session: Session, as_of: date = TODAY) -> Clocks:
    return limitation.clocks_of(session, "L-1", RULES, as_of)


def corrected(session: Session, status: str, received_on: date | None, at: datetime) -> None:
    body = e.EntryCorrected.model_validate(
        {"corrects": 1, "reason": "x", "key": KEY, "status": status, "received_on": received_on}
    )
    correct_receipts(session, [e.Event(seq=2, due_at=at, at=at, dpd=0, body=body)])


def test_limitation_begins_anew_on_the_day_of_the_signed_receipt(database: Database) -> None:
    """民法典第195条: signed for on 10 April, entered on the twentieth; the rents were due up to 2 April."""
    with database.session() as session:
        opened(session)
        sent(session)
        assert clocks(session).limitation.ends == date(2029, 4, 2)
        letters.add_proof(session, proof("p-1", date(2026, 4, 10)))
        found = clocks(session).limitation
    assert (found.ends, [(one.on, one.of) for one in found.counted]) == (
        date(2029, 4, 10), [(date(2026, 4, 10), "N-1")],
    )  # fmt: skip


def test_the_signed_receipt_goes_before_the_day_the_carrier_reported(database: Database) -> None:
    with database.session() as session:
        opened(session)
        sent(session)
        deliveries.apply_receipt(session, KEY, "delivered", at(4, 15))
        assert clocks(session).limitation.ends == date(2029, 4, 15)
        letters.add_proof(session, proof("p-1", date(2026, 4, 10)))
        assert clocks(session).limitation.ends == date(2029, 4, 10)
        letters.add_proof(session, proof("p-2", date(2026, 4, 11), at(4, 21)))
        assert clocks(session).limitation.ends == date(2029, 4, 11), "a later proof of it counts"


def test_a_correction_says_the_day_and_overrules_a_receipt_of_another_letter(database: Database) -> None:
    with database.session() as session:
        opened(session)
        sent(session)
        corrected(session, "delivered", date(2026, 4, 9), LATER)
        assert clocks(session).limitation.ends == date(2029, 4, 9)
        letters.add_proof(session, proof("p-1", date(2026, 4, 10), at(4, 21)))
        corrected(session, "returned", None, at(4, 22))
        assert clocks(session).limitation.ends == date(2029, 4, 2)


def test_a_receipt_without_its_day_stands_as_a_demand_to_be_proven(database: Database) -> None:
    with database.session() as session:
        opened(session)
        sent(session)
        letters.add_proof(session, proof("p-1", None))
        found = clocks(session, date(2029, 4, 5))
    assert (found.limitation.ends, found.limitation.lapsed) == (date(2029, 4, 2), False)
    assert [(one.on, one.of) for one in found.to_prove] == [(date(2026, 4, 8), "N-1")]


@pytest.mark.parametrize("day", [date(2026, 4, 7), date(2026, 4, 21)])
def test_a_day_that_cannot_be_is_refused_and_nothing_is_kept(database: Database, day: date) -> None:
    """It went out on the eighth; today is the twentieth."""
    with database.session() as session:
        opened(session)
        sent(session)
        with pytest.raises(Invalid) as fault:
            letters.add_proof(session, proof("p-1", day))
        assert [one.place for one in fault.value.problems] == ["received_on"]
        assert letters.proofs_of(session, CASE) == {}


IMPORTED = (
    DoneStep(step="demand_notice", outcome="sent", on=date(2026, 4, 6), document_no="催-17"),
    DoneStep(step="demand_notice", outcome="not_sent", on=date(2026, 4, 7), document_no="催-18"),
    DoneStep(step="asset_inspection", outcome="inspected", on=date(2026, 4, 8), document_no="巡-3"),
    DoneStep(step="guarantor_letters", outcome="sent", on=date(2026, 4, 9), document_no="保-4"),
)


def test_letters_from_before_the_take_over_count_when_their_receipt_is_proven(database: Database) -> None:
    with database.session() as session:
        opened(session, history=IMPORTED)
        for party in ("P2", "P4"):
            limitation.agree_guarantee(
                session, GuaranteeTerm(account_no="L-1", party_id=party, joint=True, actor=LEGAL, at=NOON)
            )
        before = clocks(session, date(2026, 11, 1))
        assert [one.of for one in before.to_prove] == ["催-17", "保-4"]
        assert [(one.ends, one.lapsed) for one in before.guarantors] == [(date(2026, 10, 2), False)] * 2
        paper = EvidencePaper(id="p1", case_no=CASE, kind="delivery_proof", attachment_id="att-1", reference="保-4",
                              received_on=date(2026, 4, 11), actor=LEGAL, at=LATER)  # fmt: skip
        add_paper(session, paper)
        after = clocks(session, date(2026, 11, 1))
        assert [one.claimed for one in after.guarantors] == [date(2026, 4, 11)] * 2
        assert [one.of for one in after.to_prove] == ["催-17"]
        early = paper.model_copy(update={"id": "p2", "received_on": date(2026, 4, 8)})
        other = paper.model_copy(update={"id": "p3", "kind": "contract", "received_on": date(2026, 4, 30)})
        for wrong, faults in ((early, 1), (other, 2)):
            with pytest.raises(Invalid) as fault:
                add_paper(session, wrong)
            assert len(fault.value.problems) == faults


def suit(session: Session, *defendants: str) -> str:
    wanted = NewSuit(key="hand:1", case_no=CASE, account_no="L-1", policy_id="leasing", role="legal",
                     filed_on=date(2026, 4, 10), filed_by="u-9", defendants=defendants)  # fmt: skip
    return suits.enter_suit(session, wanted, LATER).number


@pytest.mark.parametrize(
    ("defendants", "claimed"),
    [
        ((), [None, date(2026, 4, 10)]),  # against the debtor alone, as long as nobody said more
        (("P1",), [None, date(2026, 4, 10)]),
        (("P1", "P2"), [date(2026, 4, 10), date(2026, 4, 10)]),
        (("P2",), [date(2026, 4, 10), None]),
    ],
)
def test_whom_a_suit_names_is_claimed_from(
    database: Database, defendants: tuple[str, ...], claimed: list[date | None]
) -> None:
    """民法典第693条: P2 is liable jointly and has to be named; of P4 the debtor has to be sued."""
    with database.session() as session:
        opened(session)
        term = GuaranteeTerm(account_no="L-1", party_id="P2", joint=True, actor=LEGAL, at=NOON)
        limitation.agree_guarantee(session, term)
        number = suit(session, *defendants)
        found = clocks(session)
        assert suits.get_suit(session, number).defendants == defendants
    assert [one.claimed for one in found.guarantors] == claimed
    assert (found.limitation.ends is None) == (defendants != ("P2",)), "to sue a guarantor sues no debtor"


@pytest.mark.parametrize("closed_for", ["withdrawn", "rejected"])
def test_a_suit_that_was_withdrawn_or_rejected_meets_no_period(database: Database, closed_for: str) -> None:
    """担保制度解释第31条: filed within the period, withdrawn, not filed again: the guarantor is free."""
    with database.session() as session:
        opened(session)
        number = suit(session)
        assert [one.claimed for one in clocks(session).guarantors] == [date(2026, 4, 10)] * 2
        row = session.get_one(SuitRow, number)
        row.status, row.closed_for, row.closed_on = "closed", closed_for, date(2026, 4, 15)
        session.flush()
        found = clocks(session, date(2026, 10, 3))
    assert [(one.claimed, one.lapsed) for one in found.guarantors] == [(None, True)] * 2
    assert found.limitation.ends == date(2029, 4, 2)


def test_with_each_instalment_by_itself_the_oldest_one_is_watched(database: Database) -> None:
    """Instalments due from May 2023 to May 2027: the first one lapses in May 2026, the last one in 2030."""
    today = date(2026, 3, 10)
    with database.session() as session:
        opened(session, dues=(date(2023, 5, 2), date(2027, 5, 2)))
        last, each = LimitationTerms(), LimitationTerms(instalments="each")
        assert limitation.watched_accounts(session, "leasing", last, today) == ()
        assert limitation.watched_accounts(session, "leasing", each, today) == ("L-1",)
        rules = ClockRules(terms=each, demand_steps={})
        assert limitation.clocks_of(session, "L-1", rules, today).limitation.ends == date(2026, 5, 2)
