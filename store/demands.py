"""Demands of payment on an account: which reached whom on which day, and which still have to be proven."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.base import Frozen, local_date
from domain.ledger import DEBTORS, AccountFacts
from domain.limitation import DEMANDS, Interruption
from store.deliveries import CORRECTED, Delivery, deliveries_of
from store.letters import Proof, proofs_of
from store.tables import CaseRow, EvidencePaperRow

ALL_GUARANTORS: Final = "guarantors"
SENT: Final = "sent"
NEVER_SENT: Final = ("claimed", "released", "refused")


class Demand(Frozen):
    """One demand. who: debtor, guarantor-n, or all guarantors."""

    who: str
    what: Interruption


def demands_of(session: Session, facts: AccountFacts, steps: Mapping[str, str]) -> tuple[Demand, ...]:
    """The demands on an account in order, those from before its take-over too. steps: which send one, and to whom."""
    cases = session.scalars(select(col(CaseRow.case_no)).where(col(CaseRow.account_no) == facts.account_no)).all()
    papers = _proven_by_paper(session, cases)
    found = [one for case_no in cases for one in _of_case(session, case_no, facts.time_zone, papers)]
    for item in facts.history:
        if item.step in steps and item.outcome == SENT and item.document_no is not None:
            found.append(_demand(_who(steps[item.step]), item.document_no, papers.get(item.document_no), item.on))
    return tuple(sorted(found, key=lambda one: (one.what.on, one.who, one.what.of)))


def arrived_on(sent: Delivery, proof: Proof | None, tz: str) -> date | None:
    """The day a letter reached its addressee: of the signed receipt, else as the carrier said; None when not known to.

    Who says after the receipt was entered that the letter did not arrive overrules it.
    """
    overruled = proof is not None and sent.code == CORRECTED and sent.changed_at > proof.at
    if proof is not None and proof.received_on is not None and (sent.status == "delivered" or not overruled):
        return proof.received_on
    return (sent.received_on or local_date(sent.changed_at, tz)) if sent.status == "delivered" else None


def _of_case(session: Session, case_no: str, tz: str, papers: Mapping[str, date]) -> list[Demand]:
    """A receipt without its day proves nothing yet."""
    proofs, found = proofs_of(session, case_no), list[Demand]()
    for one in deliveries_of(session, case_no):
        if one.document not in DEMANDS or one.status in NEVER_SENT:
            continue
        proof = proofs.get(one.key)
        day = arrived_on(one, proof, tz) or papers.get(one.number)
        if day is not None or proof is not None:
            sent = local_date(one.sent_at or one.claimed_at, tz)
            found.append(_demand(_who(one.target.partition("/")[0]), one.number, day, sent))
    return found


def _demand(who: str, number: str, arrived: date | None, sent: date) -> Demand:
    return Demand(
        who=who, what=Interruption(on=arrived or sent, ground="demand", of=number, unproven=arrived is None)
    )  # fmt: skip


def _who(addressee: str) -> str:
    return "debtor" if addressee in DEBTORS else addressee


def _proven_by_paper(session: Session, cases: Sequence[str]) -> dict[str, date]:
    """Letters by number with the day on which they arrived, as the proofs of delivery among the papers say."""
    p = EvidencePaperRow
    query = select(col(p.reference), col(p.received_on)).where(
        col(p.case_no).in_(cases), col(p.kind) == "delivery_proof", col(p.received_on).is_not(None)
    )
    return {number: day for number, day in session.execute(query.order_by(col(p.at), col(p.id))) if day is not None}
