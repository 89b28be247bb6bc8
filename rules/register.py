"""The list of rules of a regulation as data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from domain.base import Frozen
from domain.errors import Invalid, Problem
from domain.policy_file import read_source

HERE = Path(__file__).resolve().parent
Kind = Literal[
    "org", "calc", "task", "report", "cadence", "timer", "document", "message", "decision", "register", "access", "hold"
]


class Rule(Frozen):
    """One rule in our words; `tests` are pytest node ids from the repository's root."""

    id: str
    kinds: tuple[Kind, ...] = Field(min_length=1)
    zh: str
    en: str
    tests: tuple[str, ...] = ()


class Register(Frozen):
    """All rules of one regulation, in its order."""

    policy: str
    rules: Annotated[tuple[Rule, ...], Field(min_length=1)]

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
