"""What people enter about a lawsuit: the acts of a court and of the parties, each with its day and document."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, Field

from domain.base import LATEST, Frozen, PlannedDay
from domain.money import ZERO

Result = Literal["for", "partly", "against", "settled", "remanded"]
AWARDED: Final = ("for", "partly", "settled")
Note = Annotated[str, Field(max_length=4000)]
Amount = Annotated[Decimal, Field(max_digits=15, decimal_places=2)]
NotNegative = Annotated[Amount, Field(ge=0)]


class CourtAct(Frozen):
    """What every act says: the day it happened, an uploaded document, a note."""

    on: date
    document: str | None = Field(default=None, max_length=100)
    note: Note = ""


class RecordAcceptance(CourtAct):
    """The court took the claim, returned it for correction, or rejected it. docket: number of the case at court."""

    do: Literal["record_acceptance"] = "record_acceptance"
    result: Literal["accepted", "returned", "rejected"]
    court: str = Field(default="", max_length=200)
    docket: str = Field(default="", max_length=100)
    correct_by: PlannedDay | None = None


class Refile(CourtAct):
    """The corrected claim was handed in again."""

    do: Literal["refile"] = "refile"


class ApplyPreservation(CourtAct):
    """The debtor's property is to be preserved (C4.5.2a)."""

    do: Literal["apply_preservation"] = "apply_preservation"


class RulePreservation(CourtAct):
    """The court on preservation. until: the last day of the measure, which has to be renewed before."""

    do: Literal["rule_preservation"] = "rule_preservation"
    result: Literal["granted", "refused", "lifted"]
    until: PlannedDay | None = None


class ScheduleSession(CourtAct):
    """A date at court. place: which court room."""

    do: Literal["schedule_session"] = "schedule_session"
    session: Literal["mediation", "hearing"]
    at: AwareDatetime = Field(lt=datetime.combine(LATEST, time.min, UTC))
    place: str = Field(default="", max_length=200)


class RecordSession(CourtAct):
    """What became of a date at court. number: which one, from 1."""

    do: Literal["record_session"] = "record_session"
    number: int = Field(ge=1)
    result: Literal["held", "adjourned", "cancelled"]


class RecordJudgment(CourtAct):
    """A judgment, or a settlement before the court. on: when it was served.

    amount: what the debtor has to pay; costs_owed: of the costs recorded, those that the debtor bears.
    perform_by: until when. remanded: the court of appeal sent it back.
    """

    do: Literal["record_judgment"] = "record_judgment"
    result: Result
    amount: NotNegative = ZERO
    costs_owed: NotNegative = ZERO
    perform_by: PlannedDay | None = None


class Appeal(CourtAct):
    """Somebody appealed."""

    do: Literal["appeal"] = "appeal"
    by: Literal["us", "debtor"]


class ApplyEnforcement(CourtAct):
    """Compulsory enforcement was applied for."""

    do: Literal["apply_enforcement"] = "apply_enforcement"


class RecordEnforcement(CourtAct):
    """How enforcement ended. nothing_found: the court closed it for the time being (终结本次执行)."""

    do: Literal["record_enforcement"] = "record_enforcement"
    result: Literal["fulfilled", "nothing_found"]


class ResumeEnforcement(CourtAct):
    """Assets were found: enforcement goes on."""

    do: Literal["resume_enforcement"] = "resume_enforcement"


class SearchAssets(CourtAct):
    """The debtor's assets were searched, nothing was found; it is done again after the period."""

    do: Literal["search_assets"] = "search_assets"


class WithdrawSuit(CourtAct):
    """The claim is withdrawn before a judgment."""

    do: Literal["withdraw_suit"] = "withdraw_suit"


class SettleCosts(CourtAct):
    """The customer has paid: the costs of the suit are settled, nothing more is sought."""

    do: Literal["settle_costs"] = "settle_costs"


class Abandon(CourtAct):
    """Nothing more is done: the rejection stands, or enforcement is not worth it. The note says why."""

    do: Literal["abandon"] = "abandon"


class RecordCost(CourtAct):
    """A cost of the suit that was paid; a minus corrects an earlier one."""

    do: Literal["record_cost"] = "record_cost"
    item: Literal["court_fee", "lawyer", "preservation", "enforcement", "other_court_cost"]
    amount: Amount


SuitAct = Annotated[
    RecordAcceptance | Refile | ApplyPreservation | RulePreservation | ScheduleSession | RecordSession | RecordJudgment
    | Appeal | ApplyEnforcement | RecordEnforcement | ResumeEnforcement | SearchAssets | WithdrawSuit | SettleCosts
    | Abandon | RecordCost,
    Field(discriminator="do"),
]  # fmt: skip
