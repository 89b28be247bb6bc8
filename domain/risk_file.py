"""Reads risk packs from YAML text; what does not fit is refused with all faults at once, with their lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise

from domain.errors import Invalid, Problem, Refused
from domain.policy_file import Path, Source, parse_model, read_source
from domain.risk import Factor, RiskPack


def load_risk(texts: Mapping[str, str]) -> tuple[RiskPack, ...]:
    """All packs, from texts by file name. Raises Invalid with every fault of every file."""
    found: list[RiskPack] = []
    problems: list[Problem] = []
    for name, text in texts.items():
        try:
            source = read_source(text, name)
            pack = parse_model(RiskPack, source)
        except Invalid as fault:
            problems += fault.problems
            continue
        if any((pack.id, pack.effective) == (one.id, one.effective) for one in found):
            message = f"{pack.id} of {pack.effective} stands in another file too"
            problems.append(Problem(source.place(("effective",)), message, "name another day, or remove a file"))
        found.append(pack)
        problems += [*_names(source, pack), *_classes(source, pack), *_factors(source, pack)]
    if problems:
        raise Invalid(problems)
    return tuple(found)


def risk_in_force(packs: tuple[RiskPack, ...], pack_id: str, as_of: date) -> RiskPack:
    """The newest file of a pack that is in force on a day. Refused "no_risk_pack"."""
    found = [pack for pack in packs if pack.id == pack_id and pack.effective <= as_of]
    if not found:
        known = ", ".join(sorted({f"{pack.id} from {pack.effective}" for pack in packs})) or "none"
        raise Refused("no_risk_pack", f"No risk pack {pack_id} is in force on {as_of}.", f"There is: {known}.")
    return max(found, key=lambda pack: pack.effective)


def _names(source: Source, pack: RiskPack) -> Iterator[Problem]:
    for section, ids in (
        ("classes", [one.id for one in pack.classes]),
        ("factors", [one.id for one in pack.factors]),
        ("indicators", [one.id for one in pack.indicators]),
    ):
        for index, name in enumerate(ids):
            if name in ids[:index]:
                yield Problem(source.place((section, index)), f"{name} stands twice", "rename or remove one")


def _classes(source: Source, pack: RiskPack) -> Iterator[Problem]:
    for index, one in enumerate(pack.classes):
        if (one.from_score is None) != (index == 0):
            message = f"{one.id}: from_score is needed by all but the best"
            yield Problem(source.place(("classes", index)), message, "add or remove it")
    for index, (better, worse) in enumerate(pairwise(pack.classes), start=1):
        if better.from_score and worse.from_score and worse.from_score <= better.from_score:
            message = f"{worse.id} begins at {worse.from_score}, not after {better.id}"
            yield Problem(source.place(("classes", index)), message, "order them from the best to the worst")
    ids = [one.id for one in pack.classes]
    for index, indicator in enumerate(pack.indicators):
        if indicator.proposes not in ids[1:]:
            place = source.place(("indicators", index, "proposes"))
            message = f"{indicator.id}: {indicator.proposes} is no worse class"
            yield Problem(place, message, f"use one of: {', '.join(ids[1:])}")


def _factors(source: Source, pack: RiskPack) -> Iterator[Problem]:
    for index, factor in enumerate(pack.factors):
        yield from _factor(source, ("factors", index), factor)


def _factor(source: Source, path: Path, factor: Factor) -> Iterator[Problem]:
    place = source.place(path)
    wanted, unwanted = ("points", "limits") if factor.measure == "ability" else ("limits", "points")
    if not getattr(factor, wanted) or getattr(factor, unwanted):
        message = f"{factor.id}: {factor.measure} has {wanted}, not {unwanted}"
        yield Problem(place, message, f"give it {wanted} only")
    if any(after <= before for before, after in pairwise(factor.limits)):
        yield Problem(place, f"{factor.id}: the limits do not rise", "order them from the lowest to the highest")
    if any(points < 0 for points in factor.points.values()):
        yield Problem(place, f"{factor.id}: a factor takes no points away", "use 0 or more")
