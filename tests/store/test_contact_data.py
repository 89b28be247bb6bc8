"""What was found out about numbers and addresses: for all accounts, once, and stronger than an old file."""

from __future__ import annotations

from domain.contact_data import INQUIRIES
from domain.events import Actor
from store.accounts import add_account, parties
from store.contact_data import SUPERVISION, as_found, correct, is_open, unreachable
from store.errands import Errand, end, open_errand
from store.facts import ledger_version
from store.layers import customer_key
from store.session import Database
from tests.store.samples import PARTIES, at, lease

STAFF = Actor(user="u7", role="collector", authority="permission:answer_errand")
NOON = at(3, 10)
NUMBER = INQUIRIES["dead_number"]


def inquiry(database: Database, name: str, rule: str = "dead_number") -> Errand:
    """An open one about the lessee of L-1."""
    values = {
        "id": name, "policy_id": SUPERVISION, "rule": rule, "rules": (), "account_no": "L-1", "due": NOON.date(),
        "occurrence": NOON.date(), "kind": rule, "title": "", "roles": ("collector",), "outcomes": NUMBER.outcomes,
        "amount": "0", "opened_at": NOON, "answer_by": NOON, "subject": customer_key("P1"),
    }  # fmt: skip
    found = Errand.model_validate(values)
    with database.session() as session:
        open_errand(session, found)
    return found


def test_an_open_inquiry_and_a_lost_number_both_stop_calls(database: Database) -> None:
    with database.session() as session:
        add_account(session, lease("L-1"))
    errand = inquiry(database, "e1")
    with database.session() as session:
        assert (unreachable(session, "P1"), unreachable(session, "P2")) == (("call", "sms"), ())
        assert is_open(session, "P1", "dead_number") and not is_open(session, "P1", "address_wrong")
        assert end(session, errand, "answered", NOON)
        assert unreachable(session, "P1") == ()
        assert correct(session, errand, NUMBER, None, "no_number", STAFF, NOON) == "P1"
        assert unreachable(session, "P1") == ("call", "sms")


def test_an_answer_counts_once_for_all_accounts_of_the_person(database: Database) -> None:
    with database.session() as session:
        for number in ("L-1", "L-2"):
            add_account(session, lease(number))
    errand = inquiry(database, "e1")
    with database.session() as session:
        for _ in range(2):
            correct(session, errand, NUMBER, "13911110000", "new_number", STAFF, NOON)
    with database.reading() as session:
        found = [(parties(session, number)[0].phone, ledger_version(session, number)) for number in ("L-1", "L-2")]
        assert parties(session, "L-1")[1].phone is None  # the guarantor is somebody else
    assert found == [("13911110000", 1)] * 2


def test_a_file_that_still_names_the_old_number_changes_nothing_and_a_newer_one_counts(database: Database) -> None:
    old = PARTIES[0].model_copy(update={"phone": "1380000"})
    with database.session() as session:
        add_account(session, lease("L-1", parties=(old,)))
    for number in range(2):
        errand = inquiry(database, f"e{number}")
        with database.session() as session:
            correct(session, errand, NUMBER, f"139{number}", "new_number", STAFF, at(3, 10, 4 + number))
    with database.reading() as session:
        given = (old, old.model_copy(update={"phone": "1390"}), old.model_copy(update={"phone": "1377"}))
        assert [one.phone for one in as_found(session, given)] == ["1391", "1391", "1377"]
