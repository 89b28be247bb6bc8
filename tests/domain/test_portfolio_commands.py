"""What people may say in the standing work of a portfolio, which has no customer."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from domain import commands as c
from domain.case import Case
from domain.check import check
from domain.errors import Refused
from domain.evidence import Actor, ContactResult
from domain.facts import Facts
from domain.ladder import Ladder
from tests.builders.calendars import CHINA_2026
from tests.builders.ladders import POLICIES, ladder, pin

NOW = datetime(2026, 3, 10, 2, tzinfo=UTC)
TODAY, BEFORE = date(2026, 3, 10), date(2026, 3, 9)
FACTS = Facts(as_of=TODAY, ledger_version=0, posted_through=BEFORE, oldest_due=None, cured=True, calendar=CHINA_2026)


def told(rules: Ladder, body: c.CommandBody, role: str = "") -> tuple[str, ...]:
    """The kinds of the events, or the code of the refusal."""
    case = Case(case_no=f"portfolio-{rules.policy.id}", account_no="", status="open", policy=pin(rules), facts=FACTS)
    actor = Actor(user="u-1", role=role or next(iter(rules.policy.roles)), authority="")
    try:
        done = check(rules, case, c.Command(id="c-1", actor=actor, body=body), NOW)
    except Refused as refused:
        return (refused.code,)
    return tuple(one.kind for one in done.bodies)


@pytest.mark.parametrize("policy", POLICIES)
def test_nobody_is_called_there_and_no_step_of_an_account_is_opened(policy: str) -> None:
    rules = ladder(policy)
    contact = ContactResult(channel="phone", outcome="contacted")
    assert told(rules, c.RecordContact(contact=contact)) == ("no_customer",)
    (reporter, *_) = rules.by_id["death"].opened_by
    assert told(rules, c.OpenStep(step="death", evidence="att-1"), reporter) == ("no_customer",)


def test_notes_may_be_taken_there() -> None:
    assert told(ladder("leasing"), c.AddNote(text="月末前补报")) == ("note_added",)
