"""How long documents of a closed case are kept, by kind; afterwards a person may destroy them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from pydantic import Field

from domain.base import Frozen
from domain.errors import Invalid, Problem, Refused
from domain.policy_file import parse_model, read_source
from domain.step_rule import Title

Years = Annotated[int, Field(ge=1, le=100)]


class Period(Frozen):
    """A period of its own for a kind of document, and where it comes from."""

    years: Years
    source: str = Field(min_length=1)


class RetentionPack(Frozen):
    """The periods of a company from a day on; `years` for every kind that is not named."""

    id: str
    title: Title
    source: str = Field(min_length=1)
    effective: date
    years: Years
    kinds: Mapping[str, Period] = Field(default_factory=dict[str, Period])

    def period(self, kind: str) -> Period:
        """The period of a kind of document."""
        return self.kinds.get(kind) or Period(years=self.years, source=self.source)

    def kept_until(self, kind: str, closed_on: date) -> date:
        """The last day on which a document of that kind has to be kept."""
        year = closed_on.year + self.period(kind).years
        try:
            return closed_on.replace(year=year)
        except ValueError:  # 29 February
            return date(year, 3, 1)


def load_retention(texts: Mapping[str, str]) -> tuple[RetentionPack, ...]:
    """All packs, from texts by file name. Raises Invalid with every fault of every file."""
    found: list[RetentionPack] = []
    problems: list[Problem] = []
    for name, text in texts.items():
        try:
            found.append(parse_model(RetentionPack, read_source(text, name)))
        except Invalid as fault:
            problems += fault.problems
    if problems:
        raise Invalid(problems)
    return tuple(found)


def retention_in_force(packs: tuple[RetentionPack, ...], as_of: date) -> RetentionPack:
    """The newest file that is in force on a day. Refused "no_retention"."""
    found = [pack for pack in packs if pack.effective <= as_of]
    if not found:
        raise Refused("no_retention", f"No retention periods are in force on {as_of}.", "Ask for a later day.")
    return max(found, key=lambda pack: pack.effective)
