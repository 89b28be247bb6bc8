"""The closed vocabulary of a layer: duties that run beside an escalation policy, also for accounts without a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import Field

from domain.base import Frozen
from domain.policy import Capability, EarlyWarning, LayerValue, Role
from domain.step_rule import Days, Names, Title

Period = Literal["day", "week", "month", "quarter", "half_year", "year"]
Subject = Literal["account", "customer", "portfolio"]
FactorName = Literal["days", "amounts"]
SYSTEM = "system"  # answers a duty that asks nobody
ENTERED = "entered"  # its outcome where it gives no grade
SPREAD_DEFAULT = 10


class LayerSetting(Frozen):
    """What the text leaves open. names: grades, the best first; days, amounts: where each worse grade begins."""

    type: Literal["choice", "integer", "roles", "names", "days", "amounts"]
    default: str | int | None = None
    minimum: int = 0
    choices: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    source: str | None = None
    note: str | None = None


class Recurring(Frozen):
    """Once in each period; a name is a choice setting of periods."""

    period: str


class Event(Frozen):
    """What opens a duty: the account begins, so many days past due, an answer to another duty, or a person.

    after: duty -> its outcomes, or the setting of type names that lists them. by_hand: the roles that may open it.
    """

    opening: bool = False
    dpd: Days | None = None
    after: dict[str, Names] = Field(default_factory=dict[str, Names])
    by_hand: Names = ()


class Asking(Frozen):
    """Who is asked, what they may answer, and within how many business days. Grades are outcomes by themselves."""

    what: Literal["registration", "inspection", "assessment", "report", "decision", "task"]
    of: str
    outcomes: Names = ()
    within: Days


class Grading(Frozen):
    """The answer is a grade of a scale; days and amounts propose it: the worse of the two (MB2.1a)."""

    scale: str
    days: str | None = None
    amounts: str | None = None


class Duty(Frozen):
    """One duty; exactly one of every and on. Without `ask` the system does it by itself, at once.

    for_: once per account, per customer or for all accounts together. items: what the answer must speak of, by name.
    writes: the register or document under which the answer is kept. suit: the favourable answer starts a lawsuit.
    send: the letter that the favourable answer sends to each guarantor.
    """

    id: str
    title: Title
    rules: Names = Field(min_length=1)
    every: Recurring | None = None
    on: Event | None = None
    for_: Subject = Field(default="account", alias="for")
    if_: tuple[Literal["overdue", "current"], ...] = Field(default=(), alias="if")
    ask: Asking | None = None
    grade: Grading | None = None
    writes: str | None = None
    suit: Literal["filing"] | None = None
    send: Literal["guarantor_demand"] | None = None
    items: dict[str, str] = Field(default_factory=dict[str, str])


class Layer(Frozen):
    """A framework regulation as data. not_yet: rules that nothing implements, each with the reason."""

    id: str
    version: int
    title: Title
    rule_prefix: str
    owner: str
    approver: str
    roles: dict[str, Role]
    settings: dict[str, LayerSetting] = Field(default_factory=dict[str, LayerSetting])
    spread: Days = SPREAD_DEFAULT
    duties: tuple[Duty, ...] = Field(min_length=1)
    early_warning: EarlyWarning | None = None
    capabilities: dict[str, Capability] = Field(default_factory=dict[str, Capability])
    not_yet: dict[str, str] = Field(default_factory=dict[str, str])


@dataclass(frozen=True)
class LayerInForce:
    """A layer with the settings of a company. beside: the escalation policies whose accounts it covers, from a day.

    given: the settings that the company fills in; the others have their default.
    """

    layer: Layer
    settings: dict[str, LayerValue]
    beside: tuple[str, ...]
    since: date
    given: frozenset[str] = frozenset()

    @property
    def id(self) -> str:
        return self.layer.id

    def duty(self, name: str) -> Duty:
        return next(duty for duty in self.layer.duties if duty.id == name)

    def integer(self, value: Days) -> int:
        """A number, or the integer setting of that name."""
        found = self.settings[value] if isinstance(value, str) else value
        if not isinstance(found, int):
            raise TypeError(f"{value} is not a number")
        return found

    def period(self, every: Recurring) -> str:
        """The period itself, or that of the choice setting."""
        return str(self.settings.get(every.period, every.period))

    def names(self, value: str) -> tuple[str, ...]:
        """The names a setting lists, or the name itself."""
        found = self.settings.get(value, (value,))
        return tuple(str(name) for name in found) if isinstance(found, tuple) else (str(found),)

    def outcomes(self, duty: Duty) -> tuple[str, ...]:
        """What may be answered, the favourable one first."""
        if duty.grade is not None:
            return self.names(duty.grade.scale)
        return duty.ask.outcomes if duty.ask else (ENTERED,)

    def wanted(self, names: Names) -> frozenset[str]:
        """The outcomes that open a duty, settings looked up."""
        return frozenset(found for name in names for found in self.names(name))

    def grade_of(self, grading: Grading, days_past_due: int, overdue: Decimal) -> str | None:
        """The grade by days and amount, the worse of the two; None where neither is looked at."""
        found = self.grades_by_factor(grading, days_past_due, overdue).values()
        return max(found, key=self.names(grading.scale).index, default=None)

    def grades_by_factor(self, grading: Grading, days_past_due: int, overdue: Decimal) -> dict[FactorName, str]:
        """The grade that each factor gives by itself."""
        scale = self.names(grading.scale)
        found: dict[FactorName, str] = {}
        if grading.days is not None:
            found["days"] = scale[sum(days_past_due >= int(limit) for limit in self.names(grading.days))]
        if grading.amounts is not None:
            found["amounts"] = scale[sum(overdue >= Decimal(limit) for limit in self.names(grading.amounts))]
        return found

    def head_of(self, role: str) -> str | None:
        """To whom a missed duty of that role is escalated first."""
        found = self.layer.roles.get(role)
        return found.head if found else None
