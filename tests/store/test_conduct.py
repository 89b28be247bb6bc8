"""Calls, recordings, violations and visits on both databases: kept once, found by filters, paged, counted by day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlmodel import col

from domain.calls import CallFacts
from domain.events import Actor
from domain.kpi import Conduct
from domain.money import ZERO
from domain.quality import Quality, Utterance
from domain.visits import Member, VisitPlan
from domain.wording import Spoken
from store import calls, errands, recordings, violations, visits
from store.accounts import add_account
from store.contacts import NewContact, enter_contact
from store.costs import book_costs
from store.errands import Errand
from store.session import Database
from store.tables import CaseRow, ContactRow, CostRow
from tests.store.samples import lease

AT = datetime(2026, 3, 10, 17, tzinfo=UTC)  # 01:00 of the next day in Shanghai
ACTOR = Actor(user="u-9", role="team_leader", authority="permission:report_violation")


def call(number: int) -> calls.NewCall:
    return calls.NewCall(
        id=f"call-{number}", case_no="L-1-1", account_no="L-1", policy_id="consumer", step="phone_collection",
        who="lessee", party_id="P-1", collector=f"u-{number % 2}", role="risk_officer",
        claimed_at=AT + timedelta(minutes=number),
    )  # fmt: skip


def test_a_call_is_claimed_once_and_paged_newest_first(database: Database) -> None:
    with database.session() as session:
        assert [calls.claim_call(session, call(number)) for number in (1, 2, 3, 1)] == [True, True, True, False]
        calls.move_call(session, "call-2", CallFacts(status="ended", ended_at=AT, duration=7), "p-2")
        first = calls.list_calls(session, collector="u-1", limit=1)
        second = calls.list_calls(session, collector="u-1", limit=1, cursor=first.next)
        ended = calls.list_calls(session, status="ended").rows
    assert [one.id for one in (*first.rows, *second.rows)] == ["call-3", "call-1"] and second.next is None
    assert [(one.id, one.duration, one.provider_ref, one.outcome) for one in ended] == [
        ("call-2", 7, "p-2", "contacted")
    ]


@pytest.mark.parametrize("booked", [False, True])
def test_the_record_of_a_call_and_its_attempt_are_one_contact_with_one_cost(database: Database, booked: bool) -> None:
    made = {"party_id": "P-1", "case_no": "L-1-1", "account_no": "L-1", "channel": "call", "purpose": "collection"}
    with database.session() as session:
        for number in (1, 2):
            calls.claim_call(session, call(number))
            enter_contact(session, NewContact.model_validate({"id": f"call-{number}", "at": AT, **made}))
        calls.move_call(session, "call-1", CallFacts(status="ended", duration=9))
        calls.forget_call(session, "call-2")
        if booked:
            assert book_costs(session, {"call": Decimal("0.50")}, "CNY", AT) == 1
        enter_contact(session, NewContact.model_validate({"id": "L-1-1/4", "at": AT, **made, "connected": True}))
        found = calls.find_call(session, "call-1")
        assert found is not None
        calls.recorded_as(session, found, 4)
        kept = session.execute(select(col(ContactRow.id), col(ContactRow.connected))).all()
        assert [tuple(one) for one in kept] == [("call-1" if booked else "L-1-1/4", True)]
        book_costs(session, {"call": Decimal("0.50")}, "CNY", AT)
        assert len(session.scalars(select(CostRow)).all()) == 1
        assert [one.contact_seq for one in calls.list_calls(session).rows] == [4]


def heard(number: int) -> recordings.NewRecording:
    return recordings.NewRecording(
        id=f"rec-{number}", case_no="L-1-1", seq=number, account_no="L-1", policy_id="consumer", step="", role="x",
        collector="u-1", sha256="0" * 64, media_type="audio/wav", reference="pbx:1", added_by="u-1",
        at=AT + timedelta(minutes=number),
    )  # fmt: skip


def test_scores_are_kept_and_counted_on_the_day_of_the_contact(database: Database) -> None:
    said = (Utterance(speaker="collector", text="老赖"),)
    found = Quality(
        compliance=Decimal("0.0"), satisfaction=None, missing=("identity", "purpose"),
        forbidden=(Spoken(category="insult", word="老赖", start=0),),
    )  # fmt: skip
    with database.session() as session:
        add_account(session, lease("L-1"))
        assert [recordings.add_recording(session, heard(number)) for number in (1, 2, 1)] == [True, True, False]
        recordings.keep_quality(session, "rec-1", said, 2, "checklist-1", "script.x@1", found, AT)
        kept = recordings.find_recording(session, "rec-1")
        assert kept and Quality.model_validate(kept.model_dump(include=set(Quality.model_fields))) == found
        assert (kept.transcript, kept.survey, kept.script) == (said, 2, "script.x@1")
        assert [one.id for one in recordings.list_recordings(session, checked=False).rows] == ["rec-2"]
        first = recordings.list_recordings(session, collector="u-1", limit=1)
        assert [one.id for one in first.rows] == ["rec-2"] and first.next
        assert recordings.conduct_heard(session, ["L-1", "L-2"]) == {
            "L-1": [Conduct(date(2026, 3, 11), "u-1", Decimal("0.0"))]
        }


def violation(number: int, outcome: str | None) -> tuple[violations.NewViolation, Errand]:
    errand = Errand(
        id=f"supervision.violation.{number}", policy_id="supervision", rule="violation", rules=(), account_no="",
        due=date(2026, 3, 13), occurrence=date(2026, 3, 10), kind="violation", title="违规整改", roles=("team_leader",),
        outcomes=("corrected", "rejected"), amount=ZERO, opened_at=AT, answer_by=AT, outcome=outcome,
        status="answered" if outcome else "open", answers={"measure": "警告"} if outcome else {},
    )  # fmt: skip
    return violations.NewViolation(
        id=f"v-{number}", found_by="supervisor", kind="threat", severity="serious", who="u-1", case_no="L-1-1",
        evidence="rec-1", text="威胁", correct_by=date(2026, 3, 13), errand=errand.id, actor=ACTOR,
        at=AT + timedelta(minutes=number),
    ), errand  # fmt: skip


def test_a_violation_stands_until_it_is_rejected(database: Database) -> None:
    with database.session() as session:
        add_account(session, lease("L-1"))
        session.add(CaseRow(case_no="L-1-1", account_no="L-1", ordinal=1, status="open", seq=0, policy_id="consumer"))
        for number, outcome in enumerate((None, "corrected", "rejected")):
            entered, errand = violation(number, outcome)
            assert violations.add_violation(session, entered) and not violations.add_violation(session, entered)
            errands.open_errand(session, errand)
        standing = {one.id: (one.standing, one.measure) for one in violations.list_violations(session).rows}
        corrected = violations.list_violations(session, standing="corrected", who="u-1", case_no="L-1-1").rows
        first = violations.list_violations(session, limit=2)
        rest = violations.list_violations(session, limit=2, cursor=first.next)
        found = violations.conduct_found(session, ["L-1"])
    assert standing == {"v-0": ("open", None), "v-1": ("corrected", "警告"), "v-2": ("rejected", "警告")}
    assert [one.id for one in corrected] == ["v-1"]
    assert [one.id for one in (*first.rows, *rest.rows)] == ["v-2", "v-1", "v-0"]
    assert found == {"L-1": [Conduct(date(2026, 3, 11), "u-1", violation=True)] * 2}


def test_a_plan_gives_way_to_a_newer_one_and_is_reported(database: Database) -> None:
    team = (Member(user="u-1", role="risk_officer"), Member(user="u-2", role="team_member", stands_in_for="x"))
    with database.session() as session:
        for number in (1, 2):
            plan = VisitPlan(day=date(2026, 3, 13 - number), team=team, papers="催收函")
            new = visits.NewVisit(
                id=f"visit-{number}", case_no="L-1-1", account_no="L-1", step="local_visit", plan=plan,
                planned_by="u-1", planned_role="risk_officer", planned_at=AT,
            )  # fmt: skip
            assert visits.plan_visit(session, new) and not visits.plan_visit(session, new)
        report = visits.Report(outcome="visited", participants=("u-1", "u-2"), note="已面谈", by="u-1", at=AT)
        visits.report_visit(session, "visit-2", report)
        listed = [(one.id, one.status, one.plan.team) for one in visits.list_visits(session, case_no="L-1-1").rows]
        done = visits.find_visit(session, "visit-2")
    assert listed == [("visit-2", "reported", team), ("visit-1", "cancelled", team)]
    assert done and (done.outcome, done.participants, done.plan.papers) == ("visited", ("u-1", "u-2"), "催收函")
