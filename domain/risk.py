"""Risk classes by several factors and by early-warning signals: proposed and explained here, confirmed by a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import Field

from domain.base import Frozen
from domain.money import ZERO
from domain.step_rule import Title

Ability = Literal["able", "partly", "unable", "unclear"]
Measure = Literal["days_past_due", "overdue_amount", "delinquencies", "overdue_days", "ability"]
Source = Literal["person", "outside"]


class RiskClass(Frozen):
    """A class: at least this one from a score on; the best has none. strategy: how such a customer is treated."""

    id: str
    zh: str
    en: str
    from_score: int | None = Field(default=None, ge=1)
    strategy: Title


class Factor(Frozen):
    """What is looked at: each limit reached is a point; of ability the word recorded last has its points."""

    id: str
    title: Title
    measure: Measure
    limits: tuple[Decimal, ...] = ()
    points: dict[Ability, int] = Field(default_factory=dict[Ability, int])
    weight: int = Field(ge=1)


class Indicator(Frozen):
    """A kind of early warning. proposes: at least this class while a signal of it is in force."""

    id: str
    title: Title
    sources: tuple[Source, ...] = Field(min_length=1)
    proposes: str
    measure: Title
    valid_days: int = Field(ge=1)


class RiskPack(Frozen):
    """How a company grades risk from a day on; classes from the best to the worst."""

    id: str
    title: Title
    source: str
    effective: date
    classes: tuple[RiskClass, ...] = Field(min_length=2)
    factors: tuple[Factor, ...] = Field(min_length=1)
    indicators: tuple[Indicator, ...] = Field(min_length=1)

    def rank(self, risk_class: str) -> int:
        """0 is the best. Raises ValueError for a class that this pack does not have."""
        return [found.id for found in self.classes].index(risk_class)

    def indicator(self, name: str) -> Indicator | None:
        return next((found for found in self.indicators if found.id == name), None)


class RiskFacts(Frozen):
    """An account on a day. ability: what was recorded last, None while nobody knows. Amounts in its currency."""

    days_past_due: int = 0
    overdue_amount: Decimal = ZERO
    delinquencies: int = 0
    overdue_days: int = 0
    ability: Ability | None = None


class FactorScore(Frozen):
    """One line of the explanation. value: as it was found, "" while it is not known. score: points x weight."""

    factor: str
    title: Title
    value: str
    points: int
    weight: int
    score: int


class Assessment(Frozen):
    """The class proposed: the worse of that by score and that of the worst signal in force.

    warned: the indicators in force that propose that class or a worse one than the score does.
    """

    proposed: str
    by_score: str
    score: int
    factors: tuple[FactorScore, ...]
    warned: tuple[str, ...] = ()


def assess(pack: RiskPack, facts: RiskFacts, indicators: Sequence[str] = ()) -> Assessment:
    """The class of an account by its factors and the indicators in force; an unknown one is left out (C1.3.3)."""
    lines = tuple(_scored(factor, facts) for factor in pack.factors)
    score = sum(line.score for line in lines)
    by_score = max(rank for rank, one in enumerate(pack.classes) if score >= (one.from_score or 0))
    found = [one for one in map(pack.indicator, dict.fromkeys(indicators)) if one is not None]
    rank = max([by_score, *(pack.rank(one.proposes) for one in found)])
    return Assessment(
        proposed=pack.classes[rank].id,
        by_score=pack.classes[by_score].id,
        score=score,
        factors=lines,
        warned=tuple(one.id for one in found if pack.rank(one.proposes) > by_score),
    )


def _scored(factor: Factor, facts: RiskFacts) -> FactorScore:
    value = getattr(facts, factor.measure)
    if factor.measure == "ability":
        points = factor.points.get(facts.ability, 0) if facts.ability else 0
    else:
        points = sum(Decimal(value) >= limit for limit in factor.limits)
    text = "" if value is None else str(value)
    return FactorScore(
        factor=factor.id,
        title=factor.title,
        value=text,
        points=points,
        weight=factor.weight,
        score=points * factor.weight,
    )
