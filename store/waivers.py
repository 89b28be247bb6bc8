"""Waivers of penalty interest: posted with the decision, taken back when their condition fails (B2.2.2.2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from pydantic import AwareDatetime
from sqlalchemy import insert, select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.base import Frozen, local_date
from domain.case import Case
from domain.events import Event, StepCompleted, StepReopened
from domain.ledger import Posting, PostingKind
from domain.standing import standing
from domain.terms import Terms
from store.account_facts import account_facts
from store.ledger import post, posted_through
from store.tables import WaiverRow

SOURCE = "waiver"


class WaiverEntry(Frozen):
    """A waiver that was granted. status: granted, kept (paid in time), failed or corrected (taken back)."""

    case_no: str
    seq: int
    account_no: str
    policy_id: str
    amount: Decimal
    posting_id: str
    paid_by: date
    status: Literal["granted", "kept", "failed", "corrected"]
    granted_by: str
    granted_at: AwareDatetime
    judged_at: AwareDatetime | None


def enter_waivers(session: Session, case: Case, events: Sequence[Event]) -> None:
    """Post what these events grant, and take back what they correct, in the transaction that records them."""
    for event in events:
        match event.body:
            case StepCompleted(waived=waived) if waived is not None:
                number = f"waiver/{case.case_no}/{event.seq}"
                today = local_date(event.at, case.time_zone)
                granted = Posting(
                    id=number, kind=PostingKind.WAIVER, value_date=today, at=event.at, amount=waived.amount
                )
                post(session, granted, case.account_no, SOURCE)
                values = {
                    "case_no": case.case_no, "seq": event.seq, "account_no": case.account_no, "amount": waived.amount,
                    "policy_id": case.policy.id if case.policy else "", "posting_id": number,
                    "paid_by": waived.paid_by, "status": "granted", "granted_at": event.at,
                    "granted_by": event.actor.user if event.actor else "",
                }  # fmt: skip
                session.execute(insert(WaiverRow).values(**values))
            case StepReopened() as body:
                row = session.get(WaiverRow, (case.case_no, body.corrects))
                if row is not None and row.status == "granted":
                    _take_back(session, row, local_date(event.at, case.time_zone), event.at, "corrected")
            case _:
                pass


def judge_waivers(session: Session, policy_id: str, today: date, at: datetime, terms: Terms) -> int:
    """Judge every waiver whose day is over and whose postings are complete; how many were taken back.

    Kept when everything due by the end of `paid_by` is paid then; else reversed, as if it had never been granted.
    """
    w = WaiverRow
    complete = min(posted_through(session), today)
    query = select(w).where(col(w.policy_id) == policy_id, col(w.status) == "granted", col(w.paid_by) < today)
    failed = 0
    for row in session.scalars(query.where(col(w.paid_by) <= complete).order_by(col(w.case_no), col(w.seq))):
        if standing(account_facts(session, row.account_no), row.paid_by, terms).cured:
            row.status, row.judged_at = "kept", at
        else:
            _take_back(session, row, today, at, "failed")
            failed += 1
    session.flush()
    return failed


def waivers_of(session: Session, case_no: str) -> tuple[WaiverEntry, ...]:
    """All waivers of a case, in order."""
    query = select(WaiverRow).where(col(WaiverRow.case_no) == case_no).order_by(col(WaiverRow.seq))
    return tuple(WaiverEntry(**row.model_dump()) for row in session.scalars(query))


def _take_back(
    session: Session, row: WaiverRow, day: date, at: datetime, status: Literal["failed", "corrected"]
) -> None:
    reversal = Posting(
        id=f"{row.posting_id}/back", kind=PostingKind.REVERSAL, value_date=day, at=at, amount=row.amount,
        reverses=row.posting_id,
    )  # fmt: skip
    post(session, reversal, row.account_no, SOURCE)
    row.status, row.judged_at = status, at
    session.flush()
