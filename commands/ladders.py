"""Finds a policy by name or path and fills it with the settings of a company."""

from __future__ import annotations

import re
from pathlib import Path

from commands.files import read_text
from domain.assignment_check import check_assignment
from domain.errors import Invalid, Problem
from domain.evidence import PolicyPin
from domain.ladder import Ladder
from domain.policy_check import load_ladder
from domain.policy_file import parse_company, read_source
from settings import Settings

VERSION = re.compile(r"(?P<name>.+)\.v(?P<number>\d+)\.yaml")


def policy_path(named: str, settings: Settings) -> Path:
    """The file of a policy: a path, or a name like `leasing` for its newest version. Raises Invalid."""
    path = Path(named)
    if path.is_file() or path.suffix:
        return path
    versions = _versions(settings.policies_path)
    found = [(number, file) for name, number, file in versions if name == named]
    if not found:
        known = ", ".join(sorted({name for name, _, _ in versions})) or "none"
        raise Invalid([Problem(named, "there is no policy of that name", f"a path, or one of: {known}")])
    return max(found)[1]


def _versions(folder: Path) -> list[tuple[str, int, Path]]:
    matches = [(VERSION.fullmatch(file.name), file) for file in folder.glob("*.yaml")]
    return [(match["name"], int(match["number"]), file) for match, file in matches if match]


def read_ladder(named: str, company: Path | None, settings: Settings) -> Ladder:
    """A policy as a company runs it. Raises Invalid with every fault of both files."""
    path = policy_path(named, settings)
    settled = company or settings.company_path
    text = read_text(settled)
    unassigned = _unassigned(text, _short(settled))
    try:
        ladder = load_ladder(read_text(path), _short(path), text, _short(settled))
    except Invalid as faults:
        raise Invalid([*faults.problems, *unassigned]) from faults
    if unassigned:
        raise Invalid(unassigned)
    return ladder


def _unassigned(text: str, name: str) -> list[Problem]:
    """Faults of the assignment of a company file; one that cannot even be read is reported by whoever loads it."""
    try:
        source = read_source(text, name)
        return check_assignment(parse_company(source), source)
    except Invalid:
        return []


def pin_of(ladder: Ladder) -> PolicyPin:
    """What a case remembers of its policy."""
    return PolicyPin(id=ladder.policy.id, version=ladder.policy.version, sha256=ladder.sha256)


def _short(path: Path) -> str:
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
