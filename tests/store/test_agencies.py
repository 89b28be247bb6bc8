"""The register of agencies, placements from the record of a case, commissions: on both databases."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from domain.agency import AgencyFile, AgencyPlaced, AgencyRecalled, Mandate
from domain.errors import Refused
from domain.events import Actor, Event
from domain.ledger import Posting, PostingKind
from store import agencies
from store.accounts import add_account
from store.agencies import Agency, AgencyCheck, AgencyReport
from store.commissions import book_commissions
from store.costs import cost_of_collection
from store.ledger import post
from store.record import record
from store.session import Database
from tests.store.samples import after, at, lease, new_case, opening

ACTOR = Actor(user="u-1", role="collection_supervisor", authority="permission:check_agency")
A_1 = Agency(
    id="A-1", name="华信催收", licence_no="91310000", licence_until=date(2026, 6, 30), licence_document="att-1",
    nda_until=date(2026, 5, 31), nda_document="att-2", commission_rate=Decimal("0.1000"), entered_by="u-1",
    mandate=Mandate(policies=("bank", "lender"), amount_to=Decimal("50000.00")), changed_at=at(3, 1),
)  # fmt: skip


def check(name: str, kind: str, passed: bool) -> AgencyCheck:
    return AgencyCheck.model_validate({
        "id": name, "agency": "A-1", "kind": kind, "day": date(2026, 3, 1), "passed": passed, "document": "att-1",
        "actor": ACTOR, "at": at(3, 1),
    })  # fmt: skip


@pytest.fixture
def known(database: Database) -> Database:
    with database.session() as session:
        agencies.put_agency(session, A_1)
    return database


def test_an_entry_comes_back_as_it_was_and_changes_as_a_whole(known: Database) -> None:
    later = A_1.model_copy(update={"licence_until": date(2027, 6, 30), "mandate": Mandate(), "changed_at": at(3, 2)})
    with known.session() as session:
        assert agencies.get_agency(session, "A-1") == A_1
        agencies.put_agency(session, later)
        assert agencies.list_agencies(session) == (later,)
        with pytest.raises(Refused, match="There is no agency A-2"):
            agencies.get_agency(session, "A-2")


def test_a_finding_of_an_audit_lasts_until_the_next_check(known: Database) -> None:
    qualified = []
    for name, kind, passed in (
        ("c1", "audit", True), ("c2", "qualification", True), ("c3", "audit", True), ("c4", "audit", False),
        ("c5", "audit", True), ("c6", "qualification", True),
    ):  # fmt: skip
        with known.session() as session:
            assert agencies.add_check(session, check(name, kind, passed))
            assert not agencies.add_check(session, check(name, kind, passed))
            qualified.append(agencies.file_of(session, "A-1").qualified)
    assert qualified == [False, True, True, False, False, True]
    with pytest.raises(Refused) as refused, known.session() as session:
        agencies.add_check(session, check("c1", "audit", False))
    assert refused.value.code == "command_differs"
    with pytest.raises(DBAPIError), known.session() as session:
        session.execute(text("UPDATE agency_check SET passed = true"))


def event(seq: int, day: int, body: AgencyPlaced | AgencyRecalled) -> Event:
    return Event(seq=seq, due_at=at(3, day), at=at(3, day), dpd=1, body=body)


def placed_and_recalled(database: Database) -> None:
    """With A-1 from 10 to 20 March."""
    file = AgencyFile(
        id="A-1", licence_until=A_1.licence_until, nda_until=A_1.nda_until, qualified=True,
        commission_rate=A_1.commission_rate,
    )  # fmt: skip
    first = opening()
    case = after(new_case(), first)
    steps = (
        event(case.seq + 1, 10, AgencyPlaced(agency=file)),
        event(case.seq + 2, 20, AgencyRecalled(agency="A-1", reason="audit_finding")),
    )
    with database.session() as session:
        add_account(session, lease())
        record(session, "L-1-1", first, case)
    for _ in range(2):  # recorded twice is recorded once
        with database.session() as session:
            record(session, "L-1-1", steps, after(case, steps))


def test_a_placement_is_what_the_record_says_once(known: Database) -> None:
    placed_and_recalled(known)
    with known.reading() as session:
        (found,) = agencies.placements(session, "A-1", now=False)
        assert agencies.placements(session) == ()
        with pytest.raises(Refused, match="with you"):
            agencies.placement_of(session, "A-1", found.id)
    assert (found.case_no, found.since, found.until, found.reason) == ("L-1-1", at(3, 10), at(3, 20), "audit_finding")
    assert "L-1" not in found.id


def test_commission_by_hand(known: Database) -> None:
    """10 % of 1,000.00 paid on the 11th and 33.35 on the 20th, nothing of the 10th and 21st; the first came back."""
    placed_and_recalled(known)
    payments = (("p10", 10, "500.00"), ("p11", 11, "1000.00"), ("p20", 20, "33.35"), ("p21", 21, "900.00"))
    with known.session() as session:
        for name, day, amount in payments:
            paid = Posting(
                id=name, kind=PostingKind.PAYMENT, value_date=date(2026, 3, day), at=at(3, day), amount=Decimal(amount)
            )
            post(session, paid, "L-1")
    assert booked(known) == (2, Decimal("103.34"))  # 100.00 and 3.34 (3.335, half up)
    assert booked(known) == (0, Decimal("103.34"))
    with known.session() as session:
        back = Posting(
            id="p11-back", kind=PostingKind.REVERSAL, value_date=date(2026, 3, 25), at=at(3, 25),
            amount=Decimal("1000.00"), reverses="p11",
        )  # fmt: skip
        post(session, back, "L-1")
    assert booked(known) == (1, Decimal("3.34"))
    assert booked(known) == (0, Decimal("3.34"))


def booked(database: Database) -> tuple[int, Decimal]:
    with database.session() as session:
        count = book_commissions(session, at(3, 31))
        return count, cost_of_collection(session, date(2026, 3, 1), date(2026, 3, 31)).total


def test_one_report_per_period(known: Database) -> None:
    report = AgencyReport(
        agency="A-1", period=date(2026, 2, 1), text="二月", document=None, handed_in_by="x-1", handed_in_at=at(3, 2)
    )
    with known.session() as session:
        assert agencies.add_report(session, report)
        assert not agencies.add_report(session, report)
        with pytest.raises(Refused) as refused:
            agencies.add_report(session, report.model_copy(update={"text": "改"}))
    assert refused.value.code == "report_differs"
