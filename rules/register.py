"""The list of rules of each regulation as data."""

from __future__ import annotations

from itertools import takewhile
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from domain.base import Frozen
from domain.errors import Invalid, Problem
from domain.policy_file import read_source

HERE = Path(__file__).resolve().parent
# In the order of the table; each has its list of rules here and, once it is written, its policy under the same name.
REGULATIONS = (
    "leasing", "consumer", "bank", "credit", "union", "lender", "treatment",
    "servicing", "claims", "daily", "trade", "collection_1", "collection_2",
)  # fmt: skip
# Regulations of which every rule has to be implemented, proved and breakable: `make check` and the tests insist.
STRICT = REGULATIONS
Kind = Literal[
    "org", "calc", "task", "report", "cadence", "timer", "document", "message", "decision", "register", "access",
    "hold", "kpi", "conduct",
]  # fmt: skip


class Rule(Frozen):
    """One rule in our words; `tests` are pytest node ids from the repository's root.

    reason: why it is only organisational, as long as the regulation has no policy whose capabilities could say so.
    """

    id: str
    kinds: tuple[Kind, ...] = Field(min_length=1)
    zh: str
    en: str
    reason: str | None = Field(default=None, min_length=1)
    tests: tuple[str, ...] = ()


class Register(Frozen):
    """All rules of one regulation, in its order."""

    policy: str
    rules: Annotated[tuple[Rule, ...], Field(min_length=1)]

    @property
    def prefix(self) -> str:
        """The letters before the number of every rule."""
        return "".join(takewhile(str.isupper, self.rules[0].id))

    @property
    def by_id(self) -> dict[str, Rule]:
        return {rule.id: rule for rule in self.rules}


def read_register(policy: str, folder: Path = HERE) -> Register:
    """The rules of a policy. Raises Invalid with every fault."""
    path = folder / f"{policy}.yaml"
    if not path.is_file():
        raise Invalid([Problem(f"rules/{path.name}", "there is no list of rules", f"write one for {policy}")])
    source = read_source(path.read_text(encoding="utf-8"), f"rules/{path.name}")
    try:
        return Register.model_validate(source.data)
    except ValidationError as fault:
        problems = [Problem(source.place(error["loc"]), error["msg"], "correct it") for error in fault.errors()]
        raise Invalid(problems) from None
