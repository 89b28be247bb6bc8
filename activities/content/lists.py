"""Lists over the whole portfolio: the weekly report of overdue rents and the list for the review committee."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from pydantic import AwareDatetime
from sqlalchemy.orm import Session

from activities.content.words import CLOSED, bucket, day, line, money, role, title
from domain.base import days
from domain.case import Case
from domain.conditions import wanted
from domain.ladder import Ladder
from domain.view import View
from letters.kinds import DocumentKind
from letters.parts import Section, Signature
from letters.tables import CommitteeRow, CommitteeTable, Period, WeeklyRow, WeeklyTable
from store.book import Book
from store.dossier import OverdueLease, case_documents, last_report, overdue_leases

WEEKLY_STEP = "weekly_report"
PLAN_DECISION = "disposal_plan_decision"
REPORTS = {
    DocumentKind.asset_inspection_report: "asset_inspection",
    DocumentKind.capacity_report: "capacity_report",
}
"""The two reports the committee needs (L5.4b), and the steps that write them."""


def weekly_table(
    session: Session,
    ladder: Ladder,
    book: Book,
    case_no: str,
    period: date,
    at: AwareDatetime,
    copy_to: tuple[str, ...],
) -> tuple[WeeklyTable, tuple[Section, ...]]:
    """All leases of this policy overdue at the end of `period` with class, stage and what comes next (L4.4a).

    One table has one currency; leases in another one follow as text.
    """
    found = overdue_leases(session, period, ladder.terms, ladder.policy.id, book)
    currency = _main_currency(found)
    before = last_report(session, case_no, WEEKLY_STEP, period)
    start = before[0] + timedelta(days=1) if before else period - timedelta(days=6)
    table = WeeklyTable.model_validate({
        "period": Period(start=start, end=period),
        "currency": currency,
        "copy_to": tuple(role(ladder, name) for name in copy_to),
        "rows": tuple(_weekly_row(ladder, one, at) for one in found if one.lease.currency == currency),
    })  # fmt: skip
    others = [_in_other_currency(ladder, one, at) for one in found if one.lease.currency != currency]
    return table, (Section(heading="其他币种账户", text="\n".join(others)),) if others else ()


def committee_table(session: Session, ladder: Ladder, book: Book, case_no: str, meeting: date) -> CommitteeTable:
    """Accounts the committee may send into disposal, missing reports marked (L-Q9), and open plans (L6.2b)."""
    found = overdue_leases(session, meeting, ladder.terms, ladder.policy.id, book)
    currency = _main_currency(found)
    put = [one for one in found if one.lease.currency == currency and (_in_range(ladder, one) or _plan_waits(one))]
    kinds = [kind.value for kind in (*REPORTS, DocumentKind.disposal_plan)]
    numbers = case_documents(session, [one.case.case_no for one in put if one.case], kinds)
    weekly = last_report(session, case_no, WEEKLY_STEP, meeting + timedelta(days=1))
    return CommitteeTable.model_validate({
        "meeting_on": meeting,
        "currency": currency,
        "weekly_report_no": weekly[1] if weekly else None,
        "rows": tuple(_committee_row(ladder, one, numbers) for one in put),
    })  # fmt: skip


def committee_seats(ladder: Ladder) -> tuple[Signature, ...]:
    """A place to sign for every member of the committee."""
    return (Signature(role="评审委员"),) * max(1, ladder.integer("committee_members"))


def stage(ladder: Ladder, case: Case | None) -> str:
    """What is going on in a case: its open steps by title, with what stops them."""
    if case is None:
        return "未立案"
    if case.status == "closed":
        return f"已结案（{CLOSED.get(case.closed_for or '', case.closed_for)}）"
    found: list[str] = []
    for name, state in case.steps.items():
        if state.status == "open" or state.status in ("blocked", "sending"):
            hold = ladder.holds.get(state.frozen or "")
            waits = "（等待前置步骤）" if state.status == "blocked" else ""
            found.append(title(ladder, name) + (f"（因{hold.title['zh']}暂停）" if hold else waits))
    return line("、".join(found)) if found else "无待办步骤"


def upcoming(ladder: Ladder, one: OverdueLease, at: AwareDatetime) -> str | None:
    """The next day of the ladder with something to do, and what; None when nothing more is planned by day."""
    case, oldest = one.case, one.standing.oldest_due
    if case is None or case.status == "closed" or case.facts is None or oldest is None:
        return None
    view = View(ladder, case, at)
    for dpd in (reached for reached in ladder.days if reached > one.standing.dpd):
        steps = [s for s in ladder.steps if dpd in s.dpds and wanted(view, s)]
        if steps:
            titles = "、".join(step.rule.title["zh"] for step in steps)
            return line(f"下一步：{day(oldest + days(dpd))}（逾期{dpd}天）{titles}")
    return None


def _weekly_row(ladder: Ladder, one: OverdueLease, at: AwareDatetime) -> WeeklyRow:
    now = one.standing
    return WeeklyRow(
        account_no=line(one.lease.account_no),
        lessee=line(one.lease.lessee),
        contract_no=line(one.lease.contract_no),
        bucket=bucket(ladder.bucket(now.dpd)),
        dpd=now.dpd,
        unpaid_instalments=len(now.open_instalments),
        overdue_rent=now.overdue_rent,
        total=now.total_overdue,
        vendor_advance=now.vendor_advance,
        stage=stage(ladder, one.case),
        remark=upcoming(ladder, one, at),
    )


def _in_other_currency(ladder: Ladder, one: OverdueLease, at: AwareDatetime) -> str:
    row = _weekly_row(ladder, one, at)
    return (
        f"{row.account_no} {row.lessee}：{row.bucket}，逾期{row.dpd}天，逾期租金{money(row.overdue_rent)}，"
        f"应付合计{money(row.total)}（{one.lease.currency}）；{row.stage}；{row.remark or ''}"
    )


def _committee_row(ladder: Ladder, one: OverdueLease, numbers: dict[tuple[str, str], str]) -> CommitteeRow:
    now = one.standing
    inspection, capacity = (_report_no(one, kind, step, numbers) for kind, step in REPORTS.items())
    return CommitteeRow(
        account_no=line(one.lease.account_no),
        lessee=line(one.lease.lessee),
        bucket=bucket(ladder.bucket(now.dpd)),
        dpd=now.dpd,
        total=now.total_overdue,
        inspection_report=inspection,
        capacity_report=capacity,
        proposal=_proposal(one, bool(inspection and capacity), numbers),
    )


def _report_no(one: OverdueLease, kind: DocumentKind, step: str, numbers: dict[tuple[str, str], str]) -> str | None:
    if one.case is None:
        return None
    imported = {done.step: done.document_no or "接管前已完成" for done in one.case.imported}
    return numbers.get((one.case.case_no, kind.value)) or imported.get(step)


def _proposal(one: OverdueLease, complete: bool, numbers: dict[tuple[str, str], str]) -> str:
    if one.case and _plan_waits(one):
        number = numbers.get((one.case.case_no, DocumentKind.disposal_plan.value))
        return f"审议资产处置预案（{number}）" if number else "审议资产处置预案"
    return "审议是否直接进入资产处置程序" if complete else "报告不全，暂不审议"


def _in_range(ladder: Ladder, one: OverdueLease) -> bool:
    """Whether the committee may decide on the account at all: inside the days of the step it may open itself."""
    committees = {role for role, about in ladder.policy.roles.items() if about.committee}
    may = [step.rule.on_demand for step in ladder.steps if step.rule.on_demand and committees & {*step.opened_by}]
    closed = one.case is not None and one.case.status == "closed"
    return not closed and any(one.standing.dpd in demand.dpd for demand in may)


def _plan_waits(one: OverdueLease) -> bool:
    return one.case is not None and one.case.status != "closed" and one.case.step(PLAN_DECISION).is_open


def _main_currency(found: tuple[OverdueLease, ...]) -> str:
    counted = Counter(one.lease.currency for one in found)
    return counted.most_common(1)[0][0] if counted else "CNY"
