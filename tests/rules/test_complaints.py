"""Complaints by the clock: an answer in 24 hours, findings in three business days, then correction and result."""

from __future__ import annotations

from datetime import date

import pytest

from activities.complaints import complaint_terms
from domain.complaint import (
    Complaint,
    ComplaintAct,
    ComplaintCommand,
    ConfirmCorrection,
    ReportFindings,
    RespondComplaint,
    TellResult,
)
from domain.complaint_check import advance_complaint, check_complaint, received
from domain.errors import Refused
from domain.events import Actor
from tests.activities.layered import demonstration
from tests.builders.calendars import CHINA_2026
from tests.builders.cases import local

SUPERVISOR = Actor(user="u-1", role="collection_supervisor", authority="role")
AT = local("2026-03-13 10:00")  # a Friday
ANSWER = RespondComplaint(by="phone", text="已收到")
TOLD = TellResult(by="phone", text="已整改")
VIOLATION = ReportFindings(violation=True, text="属实", correction="培训", correction_by=date(2026, 3, 20))


def complaint(*acts: ComplaintAct) -> Complaint:
    """One of Friday 13 March after these acts of the supervisor."""
    found = received("T-1", AT, complaint_terms(demonstration(), "bank"), CHINA_2026)
    for number, act in enumerate(acts):
        command = ComplaintCommand(id=f"c-{number}", actor=SUPERVISOR, body=act)
        found, _ = advance_complaint(found, check_complaint(found, command, AT), AT, SUPERVISOR, command.id)
    return found


def clocks(found: Complaint) -> dict[str, str]:
    """What is still to be done, and by when in Shanghai."""
    return {one.clock: f"{one.due_at.astimezone(AT.tzinfo):%m-%d %H:%M}" for one in found.clocks}


def test_b4_2_2_an_answer_in_24_hours_and_the_findings_in_three_business_days() -> None:
    assert clocks(complaint()) == {"response": "03-14 10:00", "investigation": "03-18 18:00"}


def test_b4_2_2d_a_violation_is_put_right_by_its_day_before_the_result_is_told() -> None:
    found = complaint(ANSWER, VIOLATION)
    assert clocks(found) == {"correction": "03-20 18:00"}
    with pytest.raises(Refused) as refused:
        complaint(ANSWER, VIOLATION, TOLD)
    assert refused.value.code == "needs_missing"
    with pytest.raises(Refused) as refused:
        complaint(ANSWER, ReportFindings(violation=True, text="属实"))
    assert refused.value.code == "correction_missing"


def test_b4_2_2e_it_ends_when_the_complainant_was_told_the_result() -> None:
    found = complaint(ANSWER, VIOLATION, ConfirmCorrection(text="已培训"))
    assert clocks(found) == {"result": "03-16 18:00"}
    assert found.closed_at is None
    assert complaint(ANSWER, VIOLATION, ConfirmCorrection(text="已培训"), TOLD).closed_at == AT
