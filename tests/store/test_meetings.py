"""Meetings and their decisions, each entered once and settled once, on both databases."""

from __future__ import annotations

from datetime import date

import pytest

from domain.errors import Refused
from domain.meeting import AgendaItem, Meeting, MeetingDecision, Resolution, Trained
from store import meetings
from store.session import Database
from tests.store.samples import at

TRAINING = Meeting(
    id="", key="u-1/k1", kind="training", policy="leasing", role="head_of_asset_management", day=date(2026, 3, 10),
    title="合规培训", agenda=(AgendaItem(kind="topic", title="催收行为规范"),), participants=("u-1", "u-2"),
    trained=(Trained(user="u-2", passed=True, result="92"),), entered_by="u-1", at=at(3, 10),
)  # fmt: skip


def decision(meeting: str, key: str, text: str = "核对") -> MeetingDecision:
    body = Resolution(text=text, responsible="u-2", by=date(2026, 3, 20))
    return MeetingDecision(
        meeting=meeting, no=0, key=key, body=body, status="open", actor_user="u-1", actor_role="r", at=at(3, 10)
    )


def test_a_meeting_comes_back_as_it_was_and_is_entered_once(database: Database) -> None:
    with database.session() as session:
        first = meetings.add_meeting(session, TRAINING)
        assert meetings.add_meeting(session, TRAINING) == first
        assert first == TRAINING.model_copy(update={"id": first.id}) == meetings.get_meeting(session, first.id)
        assert [one.user for one in meetings.trainings(session, "u-2")] == ["u-2"]
        with pytest.raises(Refused) as refused:
            meetings.add_meeting(session, TRAINING.model_copy(update={"title": "另一个"}))
        assert refused.value.code == "command_differs"
        second = meetings.add_meeting(session, TRAINING.model_copy(update={"key": "u-1/k2"}))
        page = meetings.list_meetings(session, "training", limit=1)
        rest = meetings.list_meetings(session, "training", cursor=page.next)
    assert ([one.id for one in page.rows], [one.id for one in rest.rows]) == ([first.id], [second.id])


def test_a_decision_is_entered_once_and_settled_once(database: Database) -> None:
    with database.session() as session:
        meeting = meetings.add_meeting(session, TRAINING).id
        first = meetings.enter_decision(session, decision(meeting, "a"))
        assert meetings.enter_decision(session, decision(meeting, "a")) == first
        second = meetings.enter_decision(session, decision(meeting, "b"))
        with pytest.raises(Refused) as refused:
            meetings.enter_decision(session, decision(meeting, "a", "别的"))
        assert refused.value.code == "command_differs"
        assert meetings.decided(session, first, "refused", "outside_days").code == "outside_days"
        assert meetings.decided(session, first, "applied", seq=4).status == "refused"  # what is settled stays
        found = meetings.decisions_of(session, meeting)
    assert [(one.no, one.status) for one in found] == [(1, "refused"), (2, "open")]
    assert second.no == 2
