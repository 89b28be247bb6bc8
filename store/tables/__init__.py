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
from store.tables.contacts import ContactRow, PreferenceRow
from store.tables.costs import CostRow
from store.tables.documents import AttachmentRow, DeliveryRow, DocumentRow, SerialRow
from store.tables.ledger import (
    AccountRow,
    DoneStepRow,
    ImportBatchRow,
    ImportProblemRow,
    InstalmentRow,
    NoticeRow,
    PartyRow,
    PolicyChoiceRow,
    PostedThroughRow,
    PostingRow,
    SuspenseRow,
)
from store.tables.ratings import RatingRow
from store.tables.reminders import AccountManagerRow, ErrandRow, ReminderRow, ReminderRunRow

METADATA = SQLModel.metadata

__all__ = [
    "METADATA",
    "AccountManagerRow",
    "AccountRow",
    "AskRow",
    "AttachmentRow",
    "BlacklistRow",
    "CalendarDayRow",
    "CalendarRow",
    "CaseEventRow",
    "CaseRow",
    "CommandAttemptRow",
    "ContactRow",
    "CostRow",
    "DeliveryRow",
    "DocumentRow",
    "DoneStepRow",
    "ErrandRow",
    "FeedRow",
    "ImportBatchRow",
    "ImportProblemRow",
    "InstalmentRow",
    "KeptTextRow",
    "NoticeRow",
    "PartyRow",
    "PolicyChoiceRow",
    "PostedThroughRow",
    "PostingRow",
    "PreferenceRow",
    "RatingRow",
    "RegisterRow",
    "ReminderRow",
    "ReminderRunRow",
    "ReportRow",
    "SerialRow",
    "StaffAlertRow",
    "StaffRow",
    "SuspenseRow",
]
