"""Versions and verdicts are kept once and never changed; a pass leaves a notice for the cases that wait."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from domain import events as e
from domain.errors import Refused
from domain.events import Actor
from store import wording
from store.accounts import add_account
from store.facts import ledger_version
from store.ledger import mark_relayed, pending_notices, post
from store.record import record
from store.session import Database
from store.wording import Judgement, TextVersion
from tests.store.samples import after, events, lease, new_case, opening, payment

NOON = datetime(2026, 3, 10, 4, tzinfo=UTC)
LEGAL = Actor(user="u-fa", role="legal", authority="permission:pass_text")
VERSION = TextVersion(
    text_id="script.first_call", version="own-1", sha256="a" * 64, body="您好", actor_user="u-1", at=NOON
)


def verdict(passed: bool, key: str) -> Judgement:
    return Judgement(passed=passed, reason="checked", actor=LEGAL, key=key, at=NOON)


def test_a_version_is_kept_once_with_its_bytes(database: Database) -> None:
    with database.session() as session:
        wording.keep_version(session, VERSION, "k-1")
        wording.keep_version(session, VERSION.model_copy(update={"version": "own-2"}), "k-2")
    with database.reading() as session:
        assert [one.version for one in wording.versions_of(session, "script.first_call")] == ["own-1"]
        assert wording.body_of(session, "script.first_call", "a" * 64) == "您好"
        assert wording.proposed_with(session, "k-1") == VERSION and wording.proposed_with(session, "k-2") is None


def test_a_verdict_is_entered_once_per_key_and_the_next_comes_behind_it(database: Database) -> None:
    with database.session() as session:
        first = wording.add_verdict(session, VERSION, verdict(True, "v-1"))
        assert wording.add_verdict(session, VERSION, verdict(True, "v-1")) == first
        wording.add_verdict(session, VERSION, verdict(False, "v-2"))
        with pytest.raises(Refused, match="another verdict"):
            wording.add_verdict(session, VERSION, verdict(False, "v-1"))
    with database.reading() as session:
        assert [(one.seq, one.passed) for one in wording.verdicts_of(session)] == [(1, True), (2, False)]


def test_who_waits_is_told_once_more_and_the_ledger_stands_still(database: Database) -> None:
    opened = opening()
    waiting = after(new_case(), opened)
    assert waiting.facts is not None
    facts = waiting.facts.model_copy(update={"unpassed": ("rent_demand_notice",)})
    happened = events(e.FactsUpdated(facts=facts), first=len(opened) + 1)
    with database.session() as session:
        add_account(session, lease())
        post(session, payment("p-1"), "L-1")
        record(session, waiting.case_no, [*opened, *happened], after(waiting, happened))
        mark_relayed(session, pending_notices(session), NOON)
        before = ledger_version(session, "L-1")
        assert wording.waiting_for(session, ["reminder"]) == wording.waiting_for(session, []) == ()
        found = wording.waiting_for(session, ["reminder", "rent_demand_notice"])
        assert found == (("L-1-1", "L-1"),)
        wording.tell(session, [account for _, account in found], NOON)
    with database.reading() as session:
        assert [notice.case_no for notice in pending_notices(session)] == ["L-1-1"]
        assert ledger_version(session, "L-1") == before
