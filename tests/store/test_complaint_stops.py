"""An open complaint stops contacts of the person where the company says so; what a rule orders goes on (5.7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pytest

from activities.contact_gate import ContactGate, Wanted, read_packs
from domain.complaint import (
    ComplaintAct,
    ComplaintCommand,
    ComplaintReceived,
    ComplaintTerms,
    ReportFindings,
    RespondComplaint,
    TellResult,
)
from domain.complaint_check import advance_complaint, check_complaint
from domain.conduct import Allowed, Channel, Never, Purpose, Verdict
from domain.events import Actor
from store.accounts import add_account
from store.complaints import NewComplaint, get_complaint, record_complaint, take_complaint
from store.facts import ledger_version
from store.session import Database
from tests.builders.calendars import CHINA_2026
from tests.builders.ladders import ROOT
from tests.store.samples import at, lease

NOON = at(3, 10)
HANDLER = Actor(user="u-1", role="collection_supervisor", authority="role")
OVER: tuple[ComplaintAct, ...] = (
    RespondComplaint(by="phone", text="已收到"), ReportFindings(violation=False, text="未见违规"),
    TellResult(by="phone", text="未见违规"),
)  # fmt: skip


@dataclass
class Stopped:
    """A clock at noon."""

    def now(self) -> datetime:
        return NOON


@pytest.fixture
def database(database: Database) -> Database:
    """With two leases of the same parties."""
    with database.session() as session:
        for number in ("L-1", "L-2"):
            add_account(session, lease(number))
    return database


def complaint(database: Database, stops: bool) -> str:
    """One about L-1, entered at noon."""
    terms = ComplaintTerms(chain=("collection_supervisor",), stops_contacts=stops)
    wanted = NewComplaint(
        key="k", channel="phone", account_no="L-1", text="骚扰", received_at=NOON, entered_by="u-2", complainant=""
    )
    with database.session() as session:
        return take_complaint(session, wanted, terms, CHINA_2026, NOON).number


def finish(database: Database, number: str) -> None:
    """Answered, investigated, told."""
    with database.session() as session:
        state, event = advance_complaint(get_complaint(session, number).state, ComplaintReceived(), NOON)
        events = [event]
        for name, act in enumerate(OVER):
            command = ComplaintCommand(id=f"c{name}", actor=HANDLER, body=act)
            state, event = advance_complaint(state, check_complaint(state, command, NOON), NOON, HANDLER, command.id)
            events.append(event)
        record_complaint(session, events, state)


def ask(database: Database, channel: Channel, purpose: Purpose = "collection", who: str = "lessee") -> Verdict | None:
    """What the gate says of a contact about the other lease."""
    gate = ContactGate(read_packs(ROOT / "policies" / "conduct", ["default"]), Stopped())
    with database.reading() as session:
        return gate.ask(session, Wanted(account_no="L-2", who=who, channel=channel, purpose=purpose), NOON)


def test_it_stops_contacts_of_the_person_over_all_accounts_until_it_is_closed(database: Database) -> None:
    number = complaint(database, stops=True)
    ways: tuple[Channel, ...] = ("call", "sms", "visit")
    assert [ask(database, way) for way in ways] == [Never(reason="complaint")] * 3
    assert ask(database, "letter", "formal_notice") == Allowed()
    assert ask(database, "visit", "asset_inspection") == Allowed()
    assert ask(database, "letter", who="guarantor-1") == Allowed()  # somebody else
    finish(database, number)
    assert ask(database, "call") == Allowed()
    with database.reading() as session:  # what was held back is decided anew
        assert [ledger_version(session, one) for one in ("L-1", "L-2")] == [1, 1]


def test_by_default_it_stops_nothing(database: Database) -> None:
    number = complaint(database, stops=False)
    assert ask(database, "call") == Allowed()
    finish(database, number)
    with database.reading() as session:
        assert ledger_version(session, "L-1") == 0
