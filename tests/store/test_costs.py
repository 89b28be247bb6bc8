"""Every dispatch and contact is booked once at the tariff; actual costs are entered; a period adds up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from domain.errors import Refused
from store.accounts import add_account
from store.contacts import NewContact, enter_contact
from store.costs import ActualCost, CostOfCollection, book_costs, cost_of_collection, enter_cost
from store.deliveries import Claim, claim, set_result
from store.record import record
from store.session import Database
from tests.store.samples import NOTICE, after, at, lease, new_case, opening

TARIFF = {"sms": Decimal("0.05"), "letter": Decimal("12.00"), "call": Decimal("0.30"), "visit": Decimal("150.00")}
MARCH = (date(2026, 3, 1), date(2026, 3, 31))


@pytest.fixture
def one_case(database: Database) -> Database:
    with database.session() as session:
        add_account(session, lease())
        record(session, "L-1-1", opening(), after(new_case(), opening()))
    return database


def sent(database: Database, channel: str, day: int, result: str = "sent", hour: int = 4) -> None:
    """A letter that a gateway answered so."""
    key = f"L-1-1/demand_notice/{day}/lessee/{channel}"
    wanted = Claim(key=key, case_no="L-1-1", account_no="L-1", step="demand_notice", target=f"lessee/{channel}",
                   document=NOTICE, at=at(3, day, hour))  # fmt: skip
    with database.session() as session:
        claim(session, wanted)
        if result == "sent":
            set_result(session, key, "sent", at(3, day, hour))
        elif result == "refused":
            set_result(session, key, "refused", at(3, day, hour))


def contact(database: Database, contact_id: str, channel: str, day: int) -> None:
    values = {"id": contact_id, "party_id": "P1", "case_no": "L-1-1", "account_no": "L-1", "channel": channel,
              "purpose": "collection", "at": at(3, day)}  # fmt: skip
    with database.session() as session:
        enter_contact(session, NewContact.model_validate(values))


def book(database: Database, **changed: Decimal) -> int:
    with database.session() as session:
        return book_costs(session, {**TARIFF, **changed}, "CNY", at(3, 31))


def costs(database: Database, first: date = MARCH[0], last: date = MARCH[1]) -> CostOfCollection:
    with database.reading() as session:
        return cost_of_collection(session, first, last)


def test_every_action_is_booked_once_at_the_tariff(one_case: Database) -> None:
    sent(one_case, "letter", 9)
    sent(one_case, "sms", 10)
    sent(one_case, "email", 10)  # no tariff
    sent(one_case, "letter", 11, "refused")
    sent(one_case, "letter", 12, "claimed")
    contact(one_case, "L-1-1/demand_notice/9/lessee/letter", "letter", 9)  # the gate's note of the first letter
    contact(one_case, "L-1-1/7", "call", 12)
    contact(one_case, "L-1-1/8", "call", 13)
    contact(one_case, "L-1-1/9", "visit", 14)

    assert book(one_case) == 5
    assert book(one_case, letter=Decimal("99.00")) == 0
    found = costs(one_case)
    assert [(line.item, line.count, line.amount) for line in found.lines] == [
        ("visit", 1, Decimal("150.00")), ("letter", 1, Decimal("12.00")), ("call", 2, Decimal("0.60")),
        ("sms", 1, Decimal("0.05")),
    ]  # fmt: skip
    assert found.total == Decimal("162.65")
    assert costs(one_case, date(2026, 3, 13), date(2026, 3, 14)).total == Decimal("150.30")


def test_a_channel_that_gets_a_tariff_later_is_booked_then(one_case: Database) -> None:
    sent(one_case, "email", 10)
    assert (book(one_case), book(one_case, email=Decimal("0.01"))) == (0, 1)


def test_the_day_is_that_of_the_account(one_case: Database) -> None:
    sent(one_case, "sms", 9, hour=20)  # 04:00 of the tenth in Shanghai
    book(one_case)
    assert costs(one_case, date(2026, 3, 10), date(2026, 3, 10)).total == Decimal("0.05")


def fee(cost_id: str = "c-1", amount: str = "800.00", case_no: str = "L-1-1") -> ActualCost:
    return ActualCost(id=cost_id, case_no=case_no, item="诉讼费", day=date(2026, 3, 20), amount=Decimal(amount),
                      user="u-1", at=at(3, 20))  # fmt: skip


def test_actual_costs_are_entered_once_and_corrected_by_another_entry(one_case: Database) -> None:
    with one_case.session() as session:
        assert enter_cost(session, fee()) and not enter_cost(session, fee())
        assert enter_cost(session, fee("c-2", "-50.00"))
        for wrong, code in ((fee(amount="900.00"), "cost_differs"), (fee("c-3", case_no="X-1"), "unknown_case")):
            with pytest.raises(Refused) as refused:
                enter_cost(session, wrong)
            assert refused.value.code == code
    (line,) = costs(one_case).lines
    assert (line.kind, line.item, line.count, line.amount) == ("actual", "诉讼费", 2, Decimal("750.00"))


def test_a_cost_is_never_changed(one_case: Database) -> None:
    with one_case.session() as session:
        enter_cost(session, fee())
    for statement in ("UPDATE cost SET amount = 0", "DELETE FROM cost"):
        with pytest.raises(DBAPIError, match="append-only"), one_case.session() as session:
            session.execute(text(statement))


def test_an_empty_period_costs_nothing(database: Database) -> None:
    found = costs(database)
    assert (found.lines, found.total) == ((), Decimal("0.00"))
