"""Reads a policy or company file from YAML text; every fault is reported with its line."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from domain.errors import Invalid, Problem
from domain.policy import Company, Policy

Model = TypeVar("Model", bound=BaseModel)
Path = tuple[str | int, ...]
LEFT_AS_TEXT = ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp")


if TYPE_CHECKING:
    from yaml import SafeLoader as Base
else:
    Base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast, where it was built in


class Loader(Base):
    """YAML in which only true and false are booleans: `on:` and `no:` are words people use.

    Days stay text until a field asks for one, so that 2026-02-30 is a fault with its line.
    """


_BOOLEAN = ("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"))
Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if tag not in LEFT_AS_TEXT] + ([_BOOLEAN] if first in "tf" else [])
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_yaml(text: str) -> Any:
    """The data of a YAML text (also JSON)."""
    return yaml.load(text, Loader)


@dataclass(frozen=True)
class Source:
    """The text of a file, what it says, and on which line each part of it stands."""

    name: str
    data: Any
    lines: dict[Path, int]

    def place(self, path: Path) -> str:
        """ "file:line" of a part, or of the nearest part around it that stands in the file."""
        while path and path not in self.lines:
            path = path[:-1]
        return f"{self.name}:{self.lines.get(path, 1)}"


def read_source(text: str, name: str) -> Source:
    """YAML text with line numbers. Raises Invalid for text that is not YAML or that repeats a key."""
    lines: dict[Path, int] = {}
    problems: list[Problem] = []
    try:
        loader: Any = Loader(text)  # the package is only half typed
        node: yaml.Node | None = loader.get_single_node()
        if node is not None:
            _walk(node, (), lines, problems, name)
        data: Any = None if node is None else loader.construct_document(node)
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = Problem(f"{name}:{line}", "this is not YAML", "check indentation, quotes and brackets")
        raise Invalid([problem]) from fault
    if problems:
        raise Invalid(problems)
    return Source(name, data, lines)


def _walk(node: yaml.Node, path: Path, lines: dict[Path, int], problems: list[Problem], name: str) -> None:
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = (*path, str(key.value))
            if inner in lines:
                line = key.start_mark.line + 1
                problems.append(Problem(f"{name}:{line}", f"{key.value} stands twice", "keep one of them"))
            _walk(value, inner, lines, problems, name)
            lines[inner] = key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            _walk(value, (*path, index), lines, problems, name)


def parse_policy(source: Source) -> Policy:
    """A policy of the right form; whether it makes sense is checked by `policy_check`. Raises Invalid."""
    return parse_model(Policy, source)


def parse_company(source: Source) -> Company:
    """Company settings of the right form. Raises Invalid."""
    return parse_model(Company, source)


def parse_model(model: type[Model], source: Source) -> Model:
    """What a file says as that model, or every fault of its form with its line. Raises Invalid."""
    is_mapping = isinstance(source.data, dict)
    if not is_mapping:
        raise Invalid(
            [Problem(f"{source.name}:1", "the file is empty or not a mapping", "start with id: and version:")]
        )
    try:
        return model.model_validate(source.data)
    except ValidationError as fault:
        problems = [_problem(source, dict(error)) for error in fault.errors()]
        raise Invalid(list(dict.fromkeys(problems))) from fault


def _problem(source: Source, error: dict[str, Any]) -> Problem:
    path = tuple(part for part in error["loc"])
    where = " / ".join(str(part) for part in path)
    remedies = {
        "missing": "add it",
        "extra_forbidden": "the vocabulary does not know this word: correct or remove it",
        "literal_error": "use one of the words named",
    }
    return Problem(source.place(path), f"{where}: {error['msg']}", remedies.get(error["type"], "correct the value"))


def digest(text: str) -> str:
    """The content address of a policy file: sha256 of its text with unix line ends."""
    return hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest()
