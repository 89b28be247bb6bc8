"""The contact log and the preferences of a person: over all accounts, once per contact, one decision at a time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from domain import events as e
from domain.conduct import Allowed, Channel, Contact, PastContact, Person, gate
from domain.errors import Refused
from domain.events import Actor
from domain.ledger import PartyRole
from domain.preferences import Preferences
from store.accounts import add_account
from store.contacts import NewContact, contacts_of, enter_contact, party_of_target
from store.deliveries import Claim, claim, release, set_result
from store.preferences import change_preferences, one_at_a_time, preference_history, preferences_of
from store.record import record
from store.session import Database
from store.views import Party
from tests.builders.conduct import shipped
from tests.store.samples import NOTICE, after, at, at_once, events, lease, new_case, opening

STAFF = Actor(user="u7", role="collector", authority="permission:change_preferences")
NOON = at(3, 10)


@pytest.fixture
def database(database: Database) -> Database:
    """With two leases of the same parties."""
    with database.session() as session:
        add_account(session, lease("L-1"))
        add_account(session, lease("L-2"))
    return database


def contact(number: int, party_id: str = "P1", channel: Channel = "call", **more: object) -> NewContact:
    values = {"id": f"L-{number}", "party_id": party_id, "case_no": f"L-{number}-1", "account_no": f"L-{number}",
              "channel": channel, "purpose": "collection", "at": NOON}  # fmt: skip
    return NewContact.model_validate({**values, **more})


def seen(database: Database, party_id: str = "P1", but: str | None = None) -> list[PastContact]:
    with database.reading() as session:
        return list(contacts_of(session, party_id, NOON, but))


def test_contacts_of_a_person_over_all_accounts(database: Database) -> None:
    with database.session() as session:
        enter_contact(session, contact(2, at=at(3, 9), connected=True))
        enter_contact(session, contact(1, channel="sms", purpose="reminder"))
        enter_contact(session, contact(3, party_id="P2"))
    call = PastContact(at=at(3, 9), channel="call", connected=True)
    sms = PastContact(at=NOON, channel="sms", purpose="reminder")
    assert seen(database) == [call, sms]
    assert seen(database, but="L-2") == [sms]
    assert seen(database, "P4") == []


def test_a_contact_that_is_tried_again_is_one_at_its_last_instant(database: Database) -> None:
    later = NOON + timedelta(minutes=20)
    with database.session() as session:
        enter_contact(session, contact(1))
        enter_contact(session, contact(1, at=later))
    assert [past.at for past in seen(database)] == [later]


def test_what_no_cap_can_count_any_more_is_not_read(database: Database) -> None:
    with database.session() as session:
        enter_contact(session, contact(1, at=NOON - timedelta(days=32)))
        enter_contact(session, contact(2, at=NOON - timedelta(days=32, microseconds=1)))
    assert len(seen(database)) == 1


@pytest.mark.parametrize(("end", "counts"), [("claimed", 1), ("sent", 1), ("unknown", 1), ("refused", 0), ("back", 0)])
def test_what_certainly_did_not_go_out_was_no_contact(database: Database, end: str, counts: int) -> None:
    key = "L-1-1/reminder/1/lessee/sms"
    with database.session() as session:
        claim(session, Claim(key=key, case_no="L-1-1", account_no="L-1", step="reminder", target="lessee/sms",
                             document=NOTICE, at=NOON))  # fmt: skip
        enter_contact(session, contact(1, id=key, channel="sms"))
        match end:
            case "sent" | "unknown" | "refused":
                set_result(session, key, end, NOON)
            case "back":
                release(session, key)
            case _:
                pass
    assert len(seen(database)) == counts


def test_targets_mean_parties_in_their_order(database: Database) -> None:
    borrower = (Party(id="B1", role=PartyRole.BORROWER, name="借款人"),)
    names = (
        "lessee", "guarantor-1", "guarantor-2", "guarantor-3", "guarantor-0", "guarantor", "vendor", "lessee-2", "x",
    )  # fmt: skip
    with database.session() as session:
        add_account(session, lease("B-1", parties=borrower))
        assert [party_of_target(session, "L-1", who) for who in names] == [
            "P1", "P2", "P4", None, None, None, "P3", None, None,
        ]  # fmt: skip
        assert party_of_target(session, "B-1", "borrower") == party_of_target(session, "B-1", "lessee") == "B1"
        assert party_of_target(session, "none", "lessee") is None


def test_two_cases_of_one_person_share_one_cap(database: Database) -> None:
    def work(number: int) -> bool:
        with database.session() as session:
            one_at_a_time(session, "P1")
            log = contacts_of(session, "P1", NOON)
            free = gate(shipped("default"), Person(), Contact(channel="sms"), log, NOON) == Allowed()
            if free:
                enter_contact(session, contact(number, channel="sms"))
            return free

    with database.session() as session:
        for number in range(5):
            enter_contact(session, contact(100 + number))
    assert sorted(at_once(work, 4)) == [False, False, False, True]
    assert len(seen(database)) == 6


def test_what_staff_record_counts_for_the_person(database: Database) -> None:
    told = e.ContactRecorded(contact=e.ContactResult(channel="phone", outcome="contacted"))
    missed = e.ContactRecorded(contact=e.ContactResult(channel="visit", outcome="wrong_number"))
    happened = (*opening(), *events(told, missed, e.NoteAdded(text="x"), first=6, when=NOON, command="c"))
    case = after(new_case(), happened)
    with database.session() as session:
        record(session, "L-1-1", happened, case)
        record(session, "L-1-1", happened, case)  # once recorded, once entered
    assert seen(database) == [
        PastContact(at=NOON, channel="call", connected=True), PastContact(at=NOON, channel="visit"),
    ]  # fmt: skip
    corrected = e.EntryCorrected(corrects=6, reason="nobody answered", contact=e.ContactResult(outcome="not_reached"))
    later = events(corrected, first=9, when=NOON + timedelta(hours=1))
    with database.session() as session:
        record(session, "L-1-1", later, after(case, later))
    assert seen(database) == [PastContact(at=NOON, channel="call"), PastContact(at=NOON, channel="visit")]


def test_a_contact_of_an_account_without_a_debtor_is_nobodys(database: Database) -> None:
    happened = (*opening(), *events(e.ContactRecorded(contact=e.ContactResult()), first=6))
    with database.session() as session:
        add_account(session, lease("L-3", parties=()))
        record(session, "L-3-1", happened, after(new_case("L-3"), happened))
        assert session.scalar(text("SELECT count(*) FROM contact")) == 0


# ── preferences ─────────────────────────────────────────────────────────────────────────────────────────────────────


def change(database: Database, evidence: str | None = None, reason: str = "by phone", **wanted: Any) -> int:
    """Enter preferences of P1; the number of their version."""
    with database.session() as session:
        preferences = Preferences.model_validate(wanted)
        return change_preferences(session, "P1", preferences, reason, evidence, STAFF, NOON).version


def test_each_change_is_kept_with_who_and_why(database: Database) -> None:
    with database.reading() as session:
        assert preferences_of(session, "P1") == Preferences()
    wanted: dict[str, Any] = {"refused": ("call", "visit"), "stopped_until": at(4, 1), "time_zone": "Europe/Berlin"}
    assert change(database, **wanted) == 1
    assert change(database, reason="again", **wanted) == 1
    assert change(database, evidence="A-1", night_consent=True) == 2
    with database.reading() as session:
        assert preferences_of(session, "P1") == Preferences(night_consent=True)
        first, second = preference_history(session, "P1")
    assert first.preferences == Preferences.model_validate(wanted)
    assert (first.reason, first.evidence, first.actor, first.at) == ("by phone", None, STAFF, NOON)
    assert (second.version, second.evidence) == (2, "A-1")


@pytest.mark.parametrize(
    ("before", "after", "document"),
    [
        ({}, {"do_not_contact": True}, False),
        ({"do_not_contact": True}, {}, True),
        ({}, {"night_consent": True}, True),
        ({"night_consent": True}, {}, False),
        ({"refused": ("call",)}, {"refused": ("call", "sms")}, False),
        ({"refused": ("call", "sms")}, {"refused": ("call",)}, True),
        ({}, {"kind": "company"}, True),
        ({}, {"time_zone": "Europe/Berlin"}, False),
        ({}, {"stopped_until": at(4, 1)}, False),
        ({"stopped_until": at(4, 1)}, {"stopped_until": at(4, 2)}, False),
        ({"stopped_until": at(4, 2)}, {"stopped_until": at(4, 1)}, True),
        ({"stopped_until": at(4, 2)}, {}, True),
    ],
)
def test_only_a_document_permits_more_than_before(
    database: Database, before: dict[str, Any], after: dict[str, Any], document: bool
) -> None:
    change(database, evidence="A-1", **before)
    if document:
        with pytest.raises(Refused) as refused:
            change(database, **after)
        assert refused.value.code == "document_missing"
    assert change(database, evidence="A-2" if document else None, **after) == 2


def test_nobody_is_invented(database: Database) -> None:
    with database.session() as session:
        for act in (
            lambda: preference_history(session, "nobody"),
            lambda: change_preferences(session, "nobody", Preferences(), "x", None, STAFF, NOON),
        ):
            with pytest.raises(Refused) as refused:
                act()
            assert refused.value.code == "unknown_party"


@pytest.mark.parametrize("statement", ["UPDATE preference SET reason = ''", "DELETE FROM preference"])
def test_what_was_said_is_never_rewritten(database: Database, statement: str) -> None:
    change(database, do_not_contact=True)
    with pytest.raises(DBAPIError, match="append-only"), database.session() as session:
        session.execute(text(statement))
