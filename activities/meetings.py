"""What meetings bring about outside of cases: an agenda from what waits for them, proposals, tasks, corrections."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final, assert_never

from sqlalchemy.orm import Session

from activities.asking import Wanted, ask
from activities.registry import Policies
from activities.supervision import COUNTRY, HOME, LAST
from domain.base import local_date
from domain.errors import Problem
from domain.meeting import AgendaItem, CaseDecision, Finding, Meeting, MeetingDecision, Proposal, Resolution
from store import calendar, meetings, staff

PROPOSAL_DAYS: Final = 10  # business days for whoever approves a change
TEXTS: Final = ("legal_compliance", "legal")  # who passes texts, whichever of them the policy has


def agenda_for(session: Session, policy: str, role: str, today: date) -> tuple[AgendaItem, ...]:
    """What is asked of those who meet now, and the last report that was issued to them (L5.4a, B3.2.1c)."""
    asked, report = meetings.waiting_for(session, policy, role, today)
    items = [AgendaItem(kind="ask", title=line.step, case_no=line.case_no, step=line.step) for line in asked]
    if report is not None:
        title = f"{report.document} {report.period}"
        items.insert(0, AgendaItem(kind="report", title=title, document=report.number))
    return tuple(items)


def carry_out(session: Session, policies: Policies, meeting: Meeting, entered: MeetingDecision) -> MeetingDecision:
    """What a decision that concerns no case directly asks of whom, in the transaction that enters it."""
    if entered.status != "open" or isinstance(entered.body, CaseDecision):
        return entered
    name = f"{meeting.id}.{entered.no}"
    match entered.body:
        case Proposal() as body:
            errand = ask(session, policies, _proposal(session, policies, meeting, body, name, entered.at), entered.at)
            return meetings.decided(session, entered, "proposed", errand=errand)
        case Resolution() as body:
            wanted = Wanted(
                rule="resolution", subject=name, title="会议决议事项", say=body.text, outcomes=("done", "not_done"),
                role=_role(session, body.responsible), assignee=body.responsible, items={"measure": "落实情况"},
                by=body.by,
            )  # fmt: skip
        case Finding() as body:
            wanted = Wanted(
                rule="finding", subject=name, title="检查发现问题整改", say=body.text,
                outcomes=("corrected", "rejected"),
                role=_role(session, body.responsible), assignee=body.responsible,
                items={"measure": "整改情况，或不成立的理由"}, by=body.by,
            )  # fmt: skip
        case _:
            assert_never(entered.body)
    return meetings.decided(session, entered, "assigned", errand=ask(session, policies, wanted, entered.at))


def faults_of(
    session: Session, policies: Policies, body: Proposal | Resolution | Finding, today: date
) -> Iterator[Problem]:
    """Everything that is wrong with a decision before anybody is asked."""
    if isinstance(body, Proposal):
        known = (*policies.ids, *policies.layers)
        if body.what == "policy" and body.name not in known:
            yield Problem("name", f"there is no policy {body.name}", f"one of: {', '.join(known)}")
        return
    if all(one.id != body.responsible or not one.active for one in staff.list_staff(session)):
        yield Problem("responsible", f"there is no member of staff {body.responsible}", "name a staff id")
    if body.by < today:
        yield Problem("by", f"{body.by} is in the past", "name a day from today on")


def _proposal(
    session: Session, policies: Policies, meeting: Meeting, body: Proposal, name: str, now: datetime
) -> Wanted:
    days = calendar.calendar(session, COUNTRY)
    return Wanted(
        rule=f"{body.what}_proposal", subject=name, title="制度修改建议" if body.what == "policy" else "文本修改建议",
        say=f"{body.name}: {body.change}", role=_approver(policies, meeting, body), outcomes=("approved", "refused"),
        items={"reason": "理由"}, by=days.business_day(local_date(now, HOME), PROPOSAL_DAYS),
    )  # fmt: skip


def _approver(policies: Policies, meeting: Meeting, body: Proposal) -> str:
    """Whoever approves versions of the policy; Legal for texts, since a text is used only when it has passed them."""
    policy_id = body.name if body.what == "policy" else meeting.policy
    if policy_id not in policies.ids:
        return LAST
    policy = policies.current(policy_id).policy
    if body.what == "policy":
        return policy.approver
    return next((role for role in TEXTS if role in policy.roles), policy.approver)


def _role(session: Session, user: str) -> str:
    """Under which role somebody is asked."""
    return staff.working(session, user).roles[0]
