"""Collection actions of a period over all cases: the master table (L4.5b) and the record of the risk check (L5.3)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy.orm import Session

from activities.content.signing import Signer
from activities.content.words import CHANNELS, CONTACTS, DELIVERIES, day, line, money, receiver, title
from activities.content.written import Written
from domain import events as e
from domain.base import at_local, local_date
from domain.ladder import Ladder
from letters.kinds import DocumentKind
from letters.parts import Section
from letters.tables import MasterRow, MasterTable, Period
from store.documents import documents_of
from store.dossier import Happening, Lease, documents_between, happenings, leases, staff_names

ACTIONS = ("contact_recorded", "step_completed", "message_sent", "delivery_failed")
CORRECTIONS = ("entry_corrected",)


@dataclass(frozen=True)
class Span:
    """The time a record covers: since the one before it was made, until now, so that nothing falls between."""

    since: datetime
    until: datetime
    period: Period


def span(session: Session, case_no: str, kind: DocumentKind, until: datetime, as_of: date, zone: str) -> Span:
    """Since the last document of that kind; the first one begins with the month."""
    made = [document.created_at for document in documents_of(session, case_no) if document.kind == kind.value]
    earlier = [at for at in made if at < until]
    since = max(earlier) if earlier else at_local(as_of.replace(day=1), time(), zone)
    first = min(local_date(since, zone), as_of)
    return Span(since=since, until=until, period=Period(start=first, end=as_of))


def master_table(session: Session, ladder: Ladder, covered: Span, zone: str) -> MasterTable:
    """Every contact and every letter of the time covered, corrections applied."""
    found = happenings(session, covered.since, covered.until, ACTIONS, ladder.policy.id)
    corrected = {
        (item.case_no, item.event.body.corrects): item.event.body.contact
        for item in happenings(session, covered.since, covered.until, CORRECTIONS, ladder.policy.id)
        if isinstance(item.event.body, e.EntryCorrected) and item.event.body.contact
    }
    named = leases(session, sorted({item.account_no for item in found}))
    staff = staff_names(session, (item.event.actor.user for item in found if item.event.actor))
    recorded = {item.event.command_id for item in found if isinstance(item.event.body, e.ContactRecorded)}
    signer = Signer(ladder, (), staff, zone)
    rows: list[MasterRow] = []
    for item in found:
        said = _action(ladder, item, corrected.get((item.case_no, item.event.seq)), recorded)
        if said:
            rows.append(_row(item, named[item.account_no], said, signer.who(item.event), zone))
    return MasterTable(period=covered.period, rows=tuple(rows))


def check_sections(session: Session, ladder: Ladder, covered: Span, written: Written) -> tuple[Section, ...]:
    """What Risk Management found, next to what the record holds for the period."""
    made = documents_between(session, covered.since, covered.until)
    kinds = Counter(document.kind for document in made)
    contacts = len(happenings(session, covered.since, covered.until, ("contact_recorded",), ladder.policy.id))
    late = Counter(
        item.event.body.step
        for item in happenings(session, covered.since, covered.until, ("escalated", "start_missed"), ladder.policy.id)
        if isinstance(item.event.body, e.Escalated | e.StartMissed)
    )
    titles = {kind.value: kind.title for kind in DocumentKind}
    reports = "、".join(f"{titles.get(kind, kind)} {count} 份" for kind, count in sorted(kinds.items()))
    delays = "、".join(f"{title(ladder, step)} {count} 次" for step, count in sorted(late.items()))
    period = covered.period
    known = {
        "检查范围": f"{day(period.start)}至{day(period.end)}形成的工作报告及催收记录：催收联系记录 {contacts} 条；"
        f"文书：{reports or '无'}。",
        "超期及升级提醒": delays or "检查期间无超期记录。",
        "检查情况": "",
        "检查结论": "",
    }
    return written.sections(tuple(known), known)


@dataclass(frozen=True)
class Said:
    """How an action is told in the master table."""

    action: str
    result: str
    contact: str | None = None
    number: str | None = None


def _row(item: Happening, lease: Lease, said: Said, by: str, zone: str) -> MasterRow:
    return MasterRow(
        on=local_date(item.event.at, zone),
        account_no=line(item.account_no),
        lessee=line(lease.lessee),
        dpd=item.event.dpd or 0,
        action=said.action,
        by=by,
        contact=said.contact,
        result=line(said.result),
        document_no=said.number,
    )


def _action(
    ladder: Ladder, item: Happening, corrected: e.ContactResult | None, recorded: set[str | None]
) -> Said | None:
    """None for what is no collection action, or is told by the contact recorded with it."""
    body = item.event.body
    match body:
        case e.ContactRecorded():
            contact = corrected or body.contact
            result = _contact_result(contact) + ("（已更正）" if corrected else "")
            return Said(f"{CHANNELS[contact.channel]}催收", result)
        case e.StepCompleted():
            step = ladder.by_id.get(body.step)
            asked = step.asked if step else None
            if asked is None or asked.what != "contact" or item.event.command_id in recorded:
                return None
            result = CONTACTS.get(body.outcome, body.outcome) + (f"；{body.note}" if body.note else "")
            return Said(title(ladder, body.step), result)
        case e.MessageSent():
            return Said(title(ladder, body.step), "已发出", receiver(body.target), body.document.number)
        case e.DeliveryFailed():
            number = body.document.number if body.document else None
            return Said(title(ladder, body.step), DELIVERIES[body.status], receiver(body.target), number)
        case _:
            return None


def _contact_result(contact: e.ContactResult) -> str:
    parts = ["客户主动联系" if contact.own else CONTACTS[contact.outcome]]
    if contact.promise_amount is not None or contact.promise_date is not None:
        amount = f"{money(contact.promise_amount)}元" if contact.promise_amount is not None else "款项"
        on = f"于{day(contact.promise_date)}前" if contact.promise_date else ""
        parts.append(f"承诺{on}支付{amount}")
    if contact.note:
        parts.append(contact.note)
    return "；".join(parts)
