"""Stages of recovery plans that were missed, as they stand in the record of open cases."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.agreement_events import RecoveryStageMissed
from domain.base import Frozen
from store.tables import CaseEventRow, CaseRow


class MissedStage(Frozen):
    """One stage of the plan of a case by whose day less was received than planned."""

    case_no: str
    stage: RecoveryStageMissed


def missed_stages(session: Session, policy_id: str, since: datetime) -> tuple[MissedStage, ...]:
    """Those that were recorded since an instant, in order."""
    e, c = CaseEventRow, CaseRow
    query = (
        select(col(e.case_no), col(e.body))
        .join(c, col(c.case_no) == col(e.case_no))
        .where(col(e.at) >= since, col(e.kind) == "recovery_stage_missed")
        .where(col(c.status) != "closed", col(c.policy_id) == policy_id)
        .order_by(col(e.at), col(e.case_no), col(e.seq))
    )
    return tuple(
        MissedStage(case_no=case_no, stage=RecoveryStageMissed.model_validate_json(body))
        for case_no, body in session.execute(query)
    )
