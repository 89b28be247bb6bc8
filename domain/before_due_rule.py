"""The vocabulary of the work before a due date: reminders, errands, lists with feedback, decisions."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Literal, cast

from pydantic import BeforeValidator, Field

from domain.base import Frozen
from domain.step_rule import Days, Title


def _listed(value: object) -> object:
    """One value stands for a list of one."""
    return cast("list[object] | tuple[object, ...]", value) if isinstance(value, list | tuple) else [value]


DaysBefore = Annotated[tuple[Days, ...], BeforeValidator(_listed)]
Note = Literal["willingness", "ability", "deposits", "note"]
Act = Literal["send", "contact", "visit", "list", "decide"]
Months = Literal["overdue_in_both_last_months", "not_overdue_in_both_last_months"]
RAN = "before_due"  # the portfolio step that runs these rules


class On(Frozen):
    """So many calendar days, or business days, before the due date; a name is an integer setting."""

    days: DaysBefore = ()
    business_days: DaysBefore = ()


class Counted(Frozen):
    """A lifetime counter strictly above an integer setting (大于)."""

    delinquencies_above: str | None = None
    overdue_days_above: str | None = None


class Remind(Frozen):
    """A message to the debtor. any_of: the first channel that exists is enough."""

    document: Literal["reminder"]
    by: tuple[Literal["sms", "email", "social"], ...] = Field(min_length=1)
    any_of: bool = False


class AskErrand(Frozen):
    """A task without a case, for the same day. say: what must be said; report: what the answer must contain."""

    what: Literal["contact", "visit"]
    of: str
    by: time | None = None
    say: tuple[Title, ...] = ()
    report: tuple[Note, ...] = ()


class Listing(Frozen):
    """The customers of each member of a role, every day; each is reported on until `answer_by`."""

    to: str
    answer_by: time
    escalate_to: str
    report: tuple[Note, ...] = ("willingness", "ability")


class DecideErrand(Frozen):
    """A choice before the work that depends on it; silence decides nothing."""

    of: str
    by: time | None = None
    outcomes: tuple[str, ...] = ("chosen", "not_chosen")


class BeforeDueRule(Frozen):
    """One duty before the due date of an instalment; exactly one of send, ask, list, decide.

    on_days: calendar, business, or a choice setting with these (Z-Q4). combine: all, any, or such a setting (Z-Q1).
    after: the decision for the same due date that this waits for.
    """

    id: str
    title: Title
    rules: tuple[str, ...] = Field(min_length=1)
    on: On
    at: time | None = None
    on_days: str = "calendar"
    if_: tuple[Months | Counted, ...] = Field(default=(), alias="if")
    combine: str = "all"
    after: dict[str, str] = Field(default_factory=dict[str, str])
    send: Remind | None = None
    ask: AskErrand | None = None
    list: Listing | None = None
    decide: DecideErrand | None = None

    @property
    def act(self) -> Act:
        """What this rule does."""
        if self.send is not None:
            return "send"
        if self.ask is not None:
            return self.ask.what
        return "list" if self.list is not None else "decide"

    @property
    def role(self) -> str | None:
        """Who is asked, a role or a setting that names roles; None for a message, which nobody has to write."""
        asked = self.ask or self.decide
        if asked is not None:
            return asked.of
        return self.list.to if self.list is not None else None
