"""All tables in one place, for queries and migrations; rows never leave store/."""

from __future__ import annotations

from sqlmodel import SQLModel

from store.tables.calls import CallRow, RecordingRow, ViolationRow, VisitRow
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
from store.tables.complaints import ComplaintEventRow, ComplaintRow, SurveyRow, WaiverRow
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
from store.tables.owners import AbsenceRow, BranchRow, KeyAccountRow
from store.tables.ratings import RatingRow
from store.tables.reminders import AccountManagerRow, ErrandRow, ReminderRow, ReminderRunRow
from store.tables.risk import CustomerMarkRow, EarlyWarningEndRow, EarlyWarningRow, RiskRatingRow
from store.tables.wording import TextVerdictRow, TextVersionRow

METADATA = SQLModel.metadata

__all__ = [
    "METADATA",
    "AbsenceRow",
    "AccountManagerRow",
    "AccountRow",
    "AskRow",
    "AttachmentRow",
    "BlacklistRow",
    "BranchRow",
    "CalendarDayRow",
    "CalendarRow",
    "CallRow",
    "CaseEventRow",
    "CaseRow",
    "CommandAttemptRow",
    "ComplaintEventRow",
    "ComplaintRow",
    "ContactRow",
    "CostRow",
    "CustomerMarkRow",
    "DeliveryRow",
    "DocumentRow",
    "DoneStepRow",
    "EarlyWarningEndRow",
    "EarlyWarningRow",
    "ErrandRow",
    "FeedRow",
    "ImportBatchRow",
    "ImportProblemRow",
    "InstalmentRow",
    "KeptTextRow",
    "KeyAccountRow",
    "NoticeRow",
    "PartyRow",
    "PolicyChoiceRow",
    "PostedThroughRow",
    "PostingRow",
    "PreferenceRow",
    "RatingRow",
    "RecordingRow",
    "RegisterRow",
    "ReminderRow",
    "ReminderRunRow",
    "ReportRow",
    "RiskRatingRow",
    "SerialRow",
    "StaffAlertRow",
    "StaffRow",
    "SurveyRow",
    "SuspenseRow",
    "TextVerdictRow",
    "TextVersionRow",
    "ViolationRow",
    "VisitRow",
    "WaiverRow",
]
