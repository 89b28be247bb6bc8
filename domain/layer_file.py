"""Reads layers from YAML text and joins them with a company; every fault is reported with file, line and remedy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from domain.errors import Invalid, Problem
from domain.layer import Layer, LayerInForce
from domain.layer_check import APPROVED, BESIDE, check_layer, check_values
from domain.policy import Approval, Company, LayerValue
from domain.policy_file import Source, parse_model, read_source


def load_layer(text: str, name: str) -> Layer:
    """A layer of the right form that makes sense, whatever a company sets. Raises Invalid with every fault."""
    source = read_source(text, name)
    layer = parse_model(Layer, source)
    if problems := list(check_layer(layer, source)):
        raise Invalid(problems)
    return layer


def layers_in_force(texts: Mapping[str, str], company: Company, source: Source) -> dict[str, LayerInForce]:
    """The newest version of each layer that the company has settings for. Raises Invalid with every fault of all files.

    texts: by file name. source: the company file.
    """
    problems: list[Problem] = []
    known: dict[str, Layer] = {}
    for name, text in texts.items():
        try:
            layer = load_layer(text, name)
        except Invalid as fault:
            problems += fault.problems
            continue
        before = known.get(layer.id)
        if before is None or before.version < layer.version:
            known[layer.id] = layer
    for name in company.layers:
        if name in known:
            problems += check_values(known[name], company, source)
        elif not problems:
            remedy = f"one of: {', '.join(known)}" if known else "put its file into the folder of layers"
            problems.append(Problem(source.place(("layers", name)), f"there is no file of the layer {name}", remedy))
    if problems:
        raise Invalid(list(dict.fromkeys(problems)))
    return {name: in_force(known[name], values) for name, values in company.layers.items()}


def in_force(layer: Layer, values: Mapping[str, LayerValue]) -> LayerInForce:
    """A layer with checked values of a company; what the company leaves open has its default."""
    found: dict[str, LayerValue] = {
        name: setting.default for name, setting in layer.settings.items() if setting.default is not None
    }
    given = {name: value for name, value in values.items() if name not in (APPROVED, BESIDE)}
    found |= given
    approval, beside = values[APPROVED], values[BESIDE]
    since = approval.on if isinstance(approval, Approval) else date.max
    besides = tuple(map(str, beside)) if isinstance(beside, tuple) else ()
    return LayerInForce(layer, found, besides, since, frozenset(given))
