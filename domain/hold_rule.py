"""The vocabulary of the holds that stop steps: what they stop, what places them, what ends them."""

from __future__ import annotations

from pydantic import Field

from domain.base import Frozen
from domain.step_rule import DayRange, Days, Names, Scope, Title


class Stop(Frozen):
    """One phase of a hold: which scopes it stops between which days past due, and until which answer."""

    scopes: tuple[Scope, ...]
    dpd: DayRange
    placed: DayRange = DayRange(**{"from": 0})
    until: dict[str, str] = Field(default_factory=dict[str, str])


class EndedBy(Frozen):
    """Who may record the end of a hold, with which document (L-Q13)."""

    role: tuple[str, ...]
    document: str


class Review(Frozen):
    """Who is asked whether a hold still has its reason, so many business days after it began or was last reviewed."""

    of: str
    after: Days


class HoldRule(Frozen):
    """What a hold stops, what places it and what ends it. settled_by: steps that end it, with any of these outcomes.

    person: its reason lies in the person, not in the debt: it stands on all their accounts.
    """

    id: str
    title: Title
    rules: tuple[str, ...]
    placed_by: dict[str, str]
    ended_by: EndedBy | None = None
    end_date_from: str | None = None
    settled_by: dict[str, Names] = Field(default_factory=dict[str, Names])
    review: Review | None = None
    person: bool = False
    stops: tuple[Stop, ...]
