"""All tables in one place, for queries and migrations; rows never leave store/."""

from __future__ import annotations

from sqlmodel import SQLModel

from store.tables.cases import (
    AskRow,
    BlacklistRow,
    CaseEventRow,
    CaseRow,
    CommandAttemptRow,
    FeedRow,
    RegisterRow,
    ReportRow,
)
from store.tables.company import CalendarDayRow, CalendarRow, KeptTextRow, StaffAlertRow, StaffRow
from store.tables.documents import AttachmentRow, DeliveryRow, DocumentRow, SerialRow
from store.tables.ledger import (
    AccountRow,
    DoneStepRow,
    ImportBatchRow,
    ImportProblemRow,
    InstalmentRow,
    NoticeRow,
    PartyRow,
    PostedThroughRow,
    PostingRow,
    SuspenseRow,
)

METADATA = SQLModel.metadata

__all__ = [
    "METADATA",
    "AccountRow",
    "AskRow",
    "AttachmentRow",
    "BlacklistRow",
    "CalendarDayRow",
    "CalendarRow",
    "CaseEventRow",
    "CaseRow",
    "CommandAttemptRow",
    "DeliveryRow",
    "DocumentRow",
    "DoneStepRow",
    "FeedRow",
    "ImportBatchRow",
    "ImportProblemRow",
    "InstalmentRow",
    "KeptTextRow",
    "NoticeRow",
    "PartyRow",
    "PostedThroughRow",
    "PostingRow",
    "RegisterRow",
    "ReportRow",
    "SerialRow",
    "StaffAlertRow",
    "StaffRow",
    "SuspenseRow",
]
