"""Who gets new business: lists, stops and limits, what lifts them, and the same person under another number."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from domain.errors import Refused
from domain.events import Filed
from domain.ledger import PartyRole
from store.accounts import add_account
from store.book import OnePolicy
from store.customer_marks import CustomerMark, Kind, add_mark, key_customers, marks_of, remove_key_customer
from store.errands import Errand
from store.layers import open_duty
from store.ledger import post
from store.new_business import NewBusiness, new_business, restrictions
from store.record import record
from store.session import Database
from store.views import Party
from tests.store.samples import TERMS, after, at, events, lease, new_case, opening, payment

BOOK = OnePolicy("leasing", TERMS)
DAY = date(2026, 3, 10)


def customer(party_id: str, role: PartyRole = PartyRole.BORROWER, id_number: str | None = None) -> tuple[Party, ...]:
    return (Party(id=party_id, role=role, name="客户", address="苏州", id_number=id_number),)


@pytest.fixture
def filled(database: Database) -> Database:
    """K has A and B; M has C; N bears the identity number of M and has D."""
    with database.session() as session:
        add_account(session, lease("A", parties=customer("K")))
        add_account(session, lease("B", parties=customer("K")))
        add_account(session, lease("C", parties=customer("M", id_number="91310000X")))
        add_account(session, lease("D", parties=customer("N", id_number="91310000X")))
    return database


def entered(database: Database, account_no: str, document: str, outcome: str, when: datetime, name: str = "1") -> None:
    """What a layer keeps in one of its registers."""
    values = {
        "id": f"{account_no}.{document}.{name}", "policy_id": "collection_1", "rule": f"{document}_entry",
        "rules": ("MA5.3a",), "account_no": account_no, "due": DAY, "occurrence": DAY, "kind": "record",
        "title": "名单", "roles": ("system",), "outcomes": (outcome,), "amount": "0.00", "status": "answered",
        "opened_at": when,
        "answer_by": when, "ended_at": when, "outcome": outcome, "subject": account_no, "period": name,
        "document": document,
    }  # fmt: skip
    with database.session() as session:
        assert open_duty(session, Errand.model_validate(values), supersedes=False)


def mark(database: Database, kind: Kind, value: str, when: datetime, party: str = "K", **more: str) -> CustomerMark:
    values = {"key": f"{party}-{kind}-{when:%d%H}", "party_id": party, "kind": kind, "value": value, "reason": "决定"}
    whole = CustomerMark.model_validate({**values, "actor_user": "u-1", "actor_role": "risk", "at": when, **more})
    with database.session() as session:
        return add_mark(session, whole)


def ask(database: Database, party: str = "K", amount: str = "0") -> NewBusiness:
    with database.reading() as session:
        return new_business(session, party, DAY, BOOK, Decimal(amount))


def why(found: NewBusiness) -> list[tuple[str, str]]:
    return [(one.why, one.reference) for one in found.restrictions]


def test_nobody_is_kept_out_without_a_reason(filled: Database) -> None:
    for party in ("K", "unknown"):
        found = ask(filled, party, "1000000")
        assert (found.permitted, found.restrictions, found.credit_limit) == (True, (), None)


def test_a_wilful_defaulter_on_the_blacklist_gets_no_new_business(filled: Database) -> None:
    """MA5.3b: on all accounts of the customer, and of nobody else."""
    entered(filled, "A", "blacklist", "entered", at(3, 5))
    found = ask(filled)
    assert (found.permitted, why(found)) == (False, [("blacklisted", "A.blacklist.1")])
    assert found.restrictions[0].rules == ("MA5.3a",) and found.restrictions[0].since == at(3, 5)
    assert ask(filled, "M").permitted


def test_another_customer_number_of_the_same_person_changes_nothing(filled: Database) -> None:
    entered(filled, "C", "blacklist", "entered", at(3, 5))
    assert [ask(filled, party).permitted for party in ("M", "N", "K")] == [False, False, True]
    with filled.reading() as session:
        found = restrictions(session, {"new-1": "91310000X", "new-2": "91310000Y", "new-3": None}, DAY)
    assert [name for name, against in found.items() if against] == ["new-1"]


def test_trade_is_stopped_by_the_last_decision_on_an_account(filled: Database) -> None:
    """M8.1: a later treatment of the same account takes its place."""
    entered(filled, "A", "treatment", "trade_stopped", at(3, 5))
    assert why(ask(filled)) == [("trade_stopped", "A.treatment.1")]
    entered(filled, "B", "treatment", "lawsuit", at(3, 6))
    assert not ask(filled).permitted
    entered(filled, "A", "treatment", "none", at(3, 7), "2")
    assert ask(filled).permitted


def test_a_person_stops_and_lifts_with_a_reason_and_what_comes_later_counts_again(filled: Database) -> None:
    stopped = mark(filled, "new_business", "stopped", at(3, 4))
    found = ask(filled)
    assert (why(found), found.restrictions[0].reason) == ([("stopped", stopped.key)], "决定")
    entered(filled, "A", "blacklist", "entered", at(3, 5))
    assert len(ask(filled).restrictions) == 2
    mark(filled, "new_business", "permitted", at(3, 6))
    assert ask(filled).permitted
    entered(filled, "B", "blacklist", "entered", at(3, 7))
    assert why(ask(filled)) == [("blacklisted", "B.blacklist.1")]


def test_a_credit_limit_holds_what_is_owed_and_what_is_asked_for(filled: Database) -> None:
    """M6.1b: K owes principal of 2,000 on each of two leases; what is paid is free again."""
    mark(filled, "credit_limit", "limited", at(3, 4), amount="5000.00")
    found = ask(filled, amount="1000")
    assert (found.permitted, found.credit_limit, found.owed) == (True, Decimal("5000.00"), Decimal("4000.00"))
    assert [one.why for one in ask(filled, amount="1000.01").restrictions] == ["over_limit"]
    with filled.session() as session:
        post(session, payment("p-1", on=date(2026, 3, 9)), "A")
    assert ask(filled, amount="1000.01").permitted
    with filled.reading() as session:
        assert not new_business(session, "K", DAY, BOOK, Decimal(1), "USD").permitted  # no limit in that currency
    mark(filled, "credit_limit", "unlimited", at(3, 8))
    assert (ask(filled, amount="9000000").permitted, ask(filled).credit_limit) == (True, None)


def test_the_register_of_key_customers_holds_those_who_are_on_it_now(filled: Database) -> None:
    for hour, (party, value) in enumerate((("K", "yes"), ("M", "yes"), ("N", "yes"), ("M", "no"), ("K", "yes"))):
        mark(filled, "key_customer", value, at(3, 4, hour), party)
    with filled.reading() as session:
        found = key_customers(session)
        assert [(one.party_id, one.at) for one in found] == [("K", at(3, 4, 4)), ("N", at(3, 4, 2))]
        assert [one.party_id for one in key_customers(session, after="K")] == ["N"]
        assert [one.party_id for one in key_customers(session, limit=1)] == ["K"]
        assert len(marks_of(session, ["M"])) == 2
    assert (ask(filled).key_customer, ask(filled, "M").key_customer) == (True, False)


def test_a_mark_is_entered_once_and_a_bad_one_never(filled: Database) -> None:
    first = mark(filled, "new_business", "stopped", at(3, 4))
    assert mark(filled, "new_business", "stopped", at(3, 4)) == first
    codes: list[str] = []
    bad: tuple[tuple[Kind, str, dict[str, str]], ...] = (
        ("new_business", "permitted", {}), ("new_business", "limited", {}), ("credit_limit", "limited", {}),
        ("credit_limit", "unlimited", {"amount": "1.00"}),
    )  # fmt: skip
    for kind, value, more in bad:
        with pytest.raises(Refused) as refused:
            mark(filled, kind, value, at(3, 4), **more)
        codes.append(refused.value.code)
    assert codes == ["command_differs", "unknown_mark", "amount_unfit", "amount_unfit"]
    with filled.reading() as session:
        assert marks_of(session, ["K"]) == (first,)


@pytest.mark.parametrize("change", ["UPDATE customer_mark SET reason = 'x'", "DELETE FROM customer_mark"])
def test_what_was_laid_down_is_never_changed(filled: Database, change: str) -> None:
    mark(filled, "new_business", "stopped", at(3, 4))
    with pytest.raises(DBAPIError, match="append-only"), filled.session() as session:
        session.execute(text(change))


def test_a_case_puts_who_owes_on_the_register_of_key_customers_and_a_person_takes_them_off(database: Database) -> None:
    """Z3.3a: the lessee, neither guarantor nor vendor; a decision removes them, a later case may enter them again."""
    case = after(new_case(), opening())
    filing = Filed(step="key_customer_register", register_name="key_customers", role="risk_officer", document="")
    filed = events(filing, first=case.seq + 1)
    with database.session() as session:
        add_account(session, lease())
        record(session, "L-1-1", opening(), case)
        record(session, "L-1-1", filed, after(case, filed))
        record(session, "L-1-1", filed, after(case, filed))
        (entered,) = key_customers(session)
    assert (entered.party_id, entered.case_no, entered.actor_role) == ("P1", "L-1-1", "risk_officer")
    off = entered.model_copy(
        update={"key": "k", "value": "no", "case_no": None, "at": filed[0].at + timedelta(days=1), "actor_user": "u-1"}
    )
    with database.session() as session:
        remove_key_customer(session, off)
        assert key_customers(session) == ()
        assert [one.value for one in marks_of(session, ["P1"])] == ["yes", "no"]


def test_the_blacklist_that_a_case_leads_to_counts_for_lessee_and_guarantors(database: Database) -> None:
    """L8: whoever bears the debt is listed with the case; the vendor is not."""
    case = after(new_case(), opening())
    filed = events(
        Filed(step="blacklist_entry", register_name="blacklist", role="risk_management", document="blacklist_names"),
        first=case.seq + 1,
    )
    with database.session() as session:
        add_account(session, lease())
        record(session, "L-1-1", opening(), case)
        record(session, "L-1-1", filed, after(case, filed))
        found = restrictions(session, {"P1": None, "P2": None, "P3": None}, DAY)
    assert {name: [(one.why, one.rules, one.reference) for one in against] for name, against in found.items()} == {
        "P1": [("blacklisted", ("L8.2",), "L-1-1")], "P2": [("blacklisted", ("L8.2",), "L-1-1")], "P3": [],
    }  # fmt: skip
