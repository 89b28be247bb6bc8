"""Days and amounts with which no clock could be computed are refused before they reach a case."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from domain import commands as c, events as e
from domain.base import LATEST, days
from domain.commands import CommandBody, RecordContact
from domain.errors import Refused
from domain.litigation_acts import RecordJudgment, ScheduleSession
from domain.outcome import record
from domain.run import rehearse
from domain.scenario import actor
from tests.builders.cases import Desk
from tests.builders.leases import lease

COMMAND: TypeAdapter[CommandBody] = TypeAdapter(CommandBody)
TERMS = {"do": "request_signature", "step": "agreement", "document": "att-1"}
PLAN = {"do": "set_recovery_plan", "responsible": "zhou.min"}
YES = {"do": "answer_step", "step": "approval", "outcome": "approved"}


@pytest.mark.parametrize("far", ["2100-01-01", "9999-12-31"])
@pytest.mark.parametrize(
    "body",
    [
        {"do": "record_contact", "contact": {"promise_amount": "100", "promise_date": "FAR"}},
        {"do": "record_contact", "contact": {"follow_up": "FAR"}},
        {**PLAN, "stages": [{"day": "FAR", "target": "100"}]},
        {**YES, "conditions": [{"text": "x", "by": "FAR", "role": "finance"}]},
        {**TERMS, "agreement": {"first_due": "FAR"}},
        {**TERMS, "agreement": {"first_due": "2026-01-01", "down_payment": "1", "down_payment_due": "FAR"}},
        {"do": "open_step", "step": "disaster", "end_date": "FAR"},
    ],
)
def test_a_day_after_the_calendars_end_is_a_slip_of_the_pen(body: dict[str, Any], far: str) -> None:
    with pytest.raises(ValidationError, match="less than 2100-01-01"):
        COMMAND.validate_json(_json(body, far))
    assert COMMAND.validate_json(_json(body, "2099-12-31")).do == body["do"]


@pytest.mark.parametrize(
    "body",
    [
        {"do": "record_contact", "contact": {"promise_amount": "1e40", "promise_date": "2026-12-01"}},
        {**PLAN, "stages": [{"day": "2026-12-01", "target": "1e40"}]},
    ],
)
def test_an_amount_that_cannot_be_rounded_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="no more than 15 digits"):
        COMMAND.validate_json(_json(body, ""))


def test_the_days_of_a_court_end_with_the_calendars_too() -> None:
    with pytest.raises(ValidationError, match="less than 2100-01-01"):
        RecordJudgment.model_validate({"on": "2026-03-01", "result": "for", "perform_by": "9999-12-31"})
    with pytest.raises(ValidationError, match="less than 2100-01-01"):
        ScheduleSession.model_validate({"on": "2026-03-01", "session": "hearing", "at": "9999-12-31T23:59:59Z"})


def test_the_last_day_that_is_taken_leaves_room_for_what_follows_it() -> None:
    body = COMMAND.validate_python({"do": "record_contact", "contact": {"promise_date": LATEST - days(1)}})
    assert isinstance(body, RecordContact) and body.contact.promise_date == date(2099, 12, 31)
    assert LATEST + days(366 * 100) < date.max


def _json(body: dict[str, Any], far: str) -> str:
    return TypeAdapter(dict[str, Any]).dump_json(body).decode().replace("FAR", far)


def test_what_cannot_be_reckoned_with_is_refused_before_it_is_in_the_record() -> None:
    """A case that could not decide any more would stand still and refuse everything after it."""
    desk = Desk(lease(), "2026-03-03 09:00")
    forever = e.HoldPlaced(hold="suspension", source=1, placed_dpd=1, role="general_manager", until=date.max)
    what = record(forever, desk.now, (), "a slip of the pen")
    command = c.Command(id="1", actor=actor("general_manager"), body=c.AddNote(text="x"))
    with pytest.raises(Refused) as refused:
        rehearse(lambda case: desk.ladder, desk.case, what, command, desk.now)
    assert refused.value.code == "impossible_command"
    rehearse(lambda case: desk.ladder, desk.case, record(e.NoteAdded(text="x"), desk.now, (), "x"), command, desk.now)
