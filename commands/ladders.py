"""Finds a policy by name or path and fills it with the settings of a company."""

from __future__ import annotations

import re
from pathlib import Path

from commands.files import read_text
from domain.assignment_check import check_assignment
from domain.errors import Invalid, Problem
from domain.evidence import PolicyPin
from domain.ladder import Ladder
from domain.layer import LayerInForce
from domain.layer_file import layers_in_force, load_layer
from domain.policy_check import load_ladder
from domain.policy_file import Source, parse_company, read_source
from settings import Settings

LAYERS = "layers"
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


def layer_path(named: str, settings: Settings) -> Path | None:
    """The file of a layer: a path into a folder of layers, or its name for the newest version; None for others."""
    path = Path(named)
    if path.is_file() or path.suffix:
        return path if path.resolve().parent.name == LAYERS else None
    found = [(number, file) for name, number, file in _versions(settings.policies_path / LAYERS) if name == named]
    return max(found)[1] if found else None


def read_layer(path: Path, company: Path | None, settings: Settings) -> LayerInForce:
    """A layer as a company runs it. Raises Invalid with every fault of both files."""
    source = _company_source(company, settings)
    name = load_layer(read_text(path), _short(path)).id
    found = parse_company(source)
    if name not in found.layers:
        problem = Problem(source.place(("layers",)), f"there are no settings of the layer {name}", f"layers: {name}:")
        raise Invalid([problem])
    only = found.model_copy(update={"layers": {name: found.layers[name]}})
    return layers_in_force({_short(path): read_text(path)}, only, source)[name]


def layers_beside(policy_id: str, company: Path | None, settings: Settings) -> list[LayerInForce]:
    """The layers that the company runs beside a policy. Raises Invalid with every fault of their files."""
    source = _company_source(company, settings)
    texts = {_short(file): read_text(file) for _, _, file in _versions(settings.policies_path / LAYERS)}
    found = layers_in_force(texts, parse_company(source), source) if texts else {}
    return [layer for layer in found.values() if policy_id in layer.beside]


def _company_source(company: Path | None, settings: Settings) -> Source:
    settled = company or settings.company_path
    return read_source(read_text(settled), _short(settled))


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
