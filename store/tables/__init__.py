"""All tables in one place, for queries and migrations; rows never leave store/."""

from __future__ import annotations

from sqlmodel import SQLModel

from store.tables.agencies import AgencyCheckRow, AgencyPlacementRow, AgencyReportRow, AgencyRow
from store.tables.assets import AssetRow
from store.tables.audit import AuditEntryRow
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
from store.tables.contact_data import ContactDataRow
from store.tables.contacts import ContactRow, PreferenceRow
from store.tables.costs import CostRow
from store.tables.delegations import DelegationRevocationRow, DelegationRow
from store.tables.documents import AttachmentRow, DeliveryRow, DocumentRow, NamedAccountRow, SerialRow
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
from store.tables.letters import CorrectionDraftRow, DeliveryProofRow, LetterCorrectionRow
from store.tables.meetings import MeetingDecisionRow, MeetingRow, TrainingRow
from store.tables.owners import AbsenceRow, BranchRow, KeyAccountRow
from store.tables.ratings import RatingRow
from store.tables.registers import (
    DestructionRow,
    LegalHoldEndRow,
    LegalHoldRow,
    SuspenseActRow,
    SuspenseLineRow,
    WriteOffRow,
    WriteOffVerdictRow,
)
from store.tables.reminders import AccountManagerRow, ErrandRow, ReminderRow, ReminderRunRow
from store.tables.risk import CustomerMarkRow, EarlyWarningEndRow, EarlyWarningRow, RiskRatingRow
from store.tables.suits import EvidencePaperRow, GuaranteeTermRow, SuitEventRow, SuitRow
from store.tables.wording import TextVerdictRow, TextVersionRow

METADATA = SQLModel.metadata

__all__ = [
    "METADATA",
    "AbsenceRow",
    "AccountManagerRow",
    "AccountRow",
    "AgencyCheckRow",
    "AgencyPlacementRow",
    "AgencyReportRow",
    "AgencyRow",
    "AskRow",
    "AssetRow",
    "AttachmentRow",
    "AuditEntryRow",
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
    "ContactDataRow",
    "ContactRow",
    "CorrectionDraftRow",
    "CostRow",
    "CustomerMarkRow",
    "DelegationRevocationRow",
    "DelegationRow",
    "DeliveryProofRow",
    "DeliveryRow",
    "DestructionRow",
    "DocumentRow",
    "DoneStepRow",
    "EarlyWarningEndRow",
    "EarlyWarningRow",
    "ErrandRow",
    "EvidencePaperRow",
    "FeedRow",
    "GuaranteeTermRow",
    "ImportBatchRow",
    "ImportProblemRow",
    "InstalmentRow",
    "KeptTextRow",
    "KeyAccountRow",
    "LegalHoldEndRow",
    "LegalHoldRow",
    "LetterCorrectionRow",
    "MeetingDecisionRow",
    "MeetingRow",
    "NamedAccountRow",
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
    "SuitEventRow",
    "SuitRow",
    "SurveyRow",
    "SuspenseActRow",
    "SuspenseLineRow",
    "SuspenseRow",
    "TextVerdictRow",
    "TextVersionRow",
    "TrainingRow",
    "ViolationRow",
    "VisitRow",
    "WaiverRow",
    "WriteOffRow",
    "WriteOffVerdictRow",
]
