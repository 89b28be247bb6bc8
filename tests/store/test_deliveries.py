"""Deliveries: one sender per key, nothing sent on figures that moved, status that only moves forward."""

from __future__ import annotations

from itertools import permutations

import pytest

from domain.errors import Refused
from store.accounts import add_account
from store.deliveries import (
    Claim,
    Claimed,
    Known,
    Receipt,
    Stale,
    apply_receipt,
    claim,
    deliveries_of,
    find_delivery,
    set_result,
    unfinished,
)
from store.ledger import post
from store.session import Database
from tests.store.samples import NOTICE, at, at_once, lease, payment

KEY = "L-1-1/demand_notice/1/lessee/letter"
WANTED = Claim(
    key=KEY, case_no="L-1-1", account_no="L-1", step="demand_notice", target="lessee/letter", document=NOTICE,
    ledger_version=0, at=at(3, 10),
)  # fmt: skip


@pytest.fixture
def database(database: Database) -> Database:
    """With a lease."""
    with database.session() as session:
        add_account(session, lease())
    return database


def test_of_many_workers_one_may_send(database: Database) -> None:
    def work(_: int) -> str:
        with database.session() as session:
            return claim(session, WANTED).outcome

    assert sorted(at_once(work, 4)) == ["claimed", "known", "known", "known"]


def test_a_claim_whose_sender_gave_up_is_free_again(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.session() as session:
        claim(session, WANTED)
        raise ZeroDivisionError
    with database.session() as session:
        assert claim(session, WANTED) == Claimed()


def test_figures_that_moved_are_not_sent(database: Database) -> None:
    with database.session() as session:
        post(session, payment("R1"), "L-1")
        assert claim(session, WANTED) == Stale(ledger_version=1)
        assert find_delivery(session, KEY) is None
        assert claim(session, WANTED.model_copy(update={"ledger_version": 1})) == Claimed()


def test_a_posting_after_the_claim_does_not_make_it_stale(database: Database) -> None:
    with database.session() as session:
        claim(session, WANTED)
    with database.session() as session:
        post(session, payment("R1"), "L-1")
        assert isinstance(claim(session, WANTED), Known)


def test_a_posting_and_a_claim_at_once_have_an_order(database: Database) -> None:
    def work(number: int) -> str:
        with database.session() as session:
            if number:
                return claim(session, WANTED).outcome
            post(session, payment("R1"), "L-1")
            return "claimed" if find_delivery(session, KEY) else "stale"

    # The posting sees the claim exactly when the claim did not see the posting.
    posted, claimed = at_once(work)
    assert posted == claimed


def test_reports_carry_no_figures_of_one_account(database: Database) -> None:
    with database.session() as session:
        assert claim(session, WANTED.model_copy(update={"account_no": "", "ledger_version": None})) == Claimed()


def test_the_result_is_kept(database: Database) -> None:
    with database.session() as session:
        claim(session, WANTED)
        assert [delivery.key for delivery in unfinished(session, at(3, 11))] == [KEY]
        sent = set_result(session, KEY, "sent", at(3, 10, 5), "P-9")
        assert (sent.status, sent.provider_ref, sent.sent_at, sent.changed_at) == (
            "sent",
            "P-9",
            at(3, 10, 5),
            at(3, 10, 5),
        )
        assert (sent.document, sent.number, sent.ledger_version) == ("rent_demand_notice", "N-1", 0)
        assert deliveries_of(session, "L-1-1") == (sent,)
        assert unfinished(session, at(3, 11)) == ()


def test_a_refusal_has_a_code_and_no_sending_time(database: Database) -> None:
    with database.session() as session:
        claim(session, WANTED)
        refused = set_result(session, KEY, "refused", at(3, 10, 5), code="bad_address")
    assert (refused.status, refused.code, refused.sent_at) == ("refused", "bad_address", None)


@pytest.mark.parametrize("order", list(permutations(["sent", "failed", "delivered", "returned"])))
def test_receipts_in_any_order_end_alike(database: Database, order: tuple[Receipt, ...]) -> None:
    with database.session() as session:
        claim(session, WANTED)
        for status in (*order, *order):
            apply_receipt(session, KEY, status, at(3, 11), "P-9")
        found = find_delivery(session, KEY)
    assert found is not None
    assert (found.status, found.provider_ref) == ("returned", "P-9")


def test_a_receipt_says_whether_it_changed_anything(database: Database) -> None:
    with database.session() as session:
        claim(session, WANTED)
        set_result(session, KEY, "unknown", at(3, 10))
        first = apply_receipt(session, KEY, "delivered", at(3, 11))
        again = apply_receipt(session, KEY, "delivered", at(3, 12))
        late = apply_receipt(session, KEY, "sent", at(3, 13))
        assert first and again and late
        assert [changed for _, changed in (first, again, late)] == [True, False, False]
        assert late[0].changed_at == at(3, 11)
        assert set_result(session, KEY, "unknown", at(3, 14)).status == "delivered"


def test_keys_we_never_claimed(database: Database) -> None:
    with database.session() as session:
        assert apply_receipt(session, "other", "delivered", at(3, 11)) is None
        with pytest.raises(Refused):
            set_result(session, "other", "sent", at(3, 11))
