"""How long what takes at court and when people are reminded: settings of a company, each with the law behind it."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Final, Literal

from pydantic import Field

from domain.base import Frozen

Period = Annotated[int, Field(ge=1, le=3660)]
DaysBefore = Annotated[tuple[int, ...], Field(max_length=12)]


class LitigationTerms(Frozen):
    """Periods of a lawsuit. Days are calendar days where the name does not say business days."""

    acceptance_days: Period = Field(default=7, description="民诉法第126条: accepted or ruled on within 7 days")
    correction_days: Period = Field(default=7, description="practice: a returned claim is filed again within a week")
    first_instance_months: Period = Field(default=6, description="民诉法第152条: 6 months from acceptance")
    second_instance_months: Period = Field(default=3, description="民诉法第183条: 3 months from the appeal")
    judgment_appeal_days: Period = Field(default=15, description="民诉法第171条: against a judgment within 15 days")
    ruling_appeal_days: Period = Field(default=10, description="民诉法第171条: against a ruling within 10 days")
    preservation_days: Period = Field(default=5, description="财产保全规定第4条: ruling within 5 days")
    enforcement_years: Period = Field(default=2, description="民诉法第250条: applied for within 2 years")
    enforcement_months: Period = Field(default=6, description="民诉法第237条: enforcement within 6 months")
    asset_search_months: Period = Field(default=6, description="终结本次执行规定第9条: assets searched every 6 months")
    settlement_business_days: Period = Field(default=3, description="default for tasks (settled)")
    session_reminder_days: DaysBefore = Field(default=(7,), description="before a court date, calendar days")
    session_reminder_business_days: DaysBefore = Field(default=(1,), description="before a court date, business days")
    period_reminder_days: DaysBefore = Field(default=(180, 90, 30, 7, 3), description="before a period runs out")
    close_of_business: time = Field(default=time(18), description="when a day ends for a deadline")
    reminder_at: time = Field(default=time(9), description="when reminders come")
    time_zone: str = Field(default="Asia/Shanghai", description="where the courts are")


class LimitationTerms(Frozen):
    """Clocks that run against the creditor on every case, and when Legal is warned of them."""

    limitation_years: Period = Field(default=3, description="民法典第188条: three years")
    instalments: Literal["last", "each"] = Field(
        default="last", description="民法典第189条: instalments of one debt count from the last one's due date"
    )
    guarantor_months: Period = Field(default=6, description="民法典第692条: six months when nothing is agreed")
    warning_days: DaysBefore = Field(default=(365, 180, 90, 30), description="days before the end")
    warning_business_days: Period = Field(default=5, description="until when a warning is answered")
    reopen_days: Period = Field(default=14, description="after an answer, when the clock still runs")
    roles: tuple[str, ...] = Field(
        default=("legal_compliance", "legal", "recovery_group", "supervisor"), min_length=1,
        description="who is warned: the first of these that the policy of the case has",
    )  # fmt: skip


SOURCES: Final = {
    name: field.description or ""
    for model in (LitigationTerms, LimitationTerms)
    for name, field in model.model_fields.items()
}
"""Every setting with its source."""
