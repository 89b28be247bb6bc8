"""Reads classification packs from YAML text; what does not fit is refused with all faults at once, with their lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise

from domain.classification import ClassificationPack
from domain.errors import Invalid, Problem, Refused
from domain.policy_file import Source, parse_model, read_source


def load_classification(texts: Mapping[str, str]) -> tuple[ClassificationPack, ...]:
    """All packs, from texts by file name. Raises Invalid with every fault of every file."""
    found: list[tuple[Source, ClassificationPack]] = []
    problems: list[Problem] = []
    for name, text in texts.items():
        try:
            source = read_source(text, name)
            pack = parse_model(ClassificationPack, source)
        except Invalid as fault:
            problems += fault.problems
        else:
            found.append((source, pack))
            problems += [*_categories(source, pack), *_contagion(source, pack)]
    problems += _repeated(found)
    if problems:
        raise Invalid(problems)
    return tuple(pack for _, pack in found)


def in_force(packs: tuple[ClassificationPack, ...], pack_id: str, as_of: date) -> ClassificationPack:
    """The newest file of a pack that is in force on a day. Refused "no_classification"."""
    found = [pack for pack in packs if pack.id == pack_id and pack.effective <= as_of]
    if not found:
        known = ", ".join(sorted({f"{pack.id} from {pack.effective}" for pack in packs})) or "none"
        message = f"No classification {pack_id} is in force on {as_of}."
        raise Refused("no_classification", message, f"There is: {known}.")
    return max(found, key=lambda pack: pack.effective)


def _categories(source: Source, pack: ClassificationPack) -> Iterator[Problem]:
    ids = [category.id for category in pack.categories]
    for index, category in enumerate(pack.categories):
        place = source.place(("categories", index))
        if category.id in ids[:index]:
            yield Problem(place, f"the category {category.id} stands twice", "rename or remove one")
        if (category.from_days is None) != (index == 0):
            yield Problem(place, f"{category.id}: from_days is needed by all but the best", "add or remove it")
    for index, (better, worse) in enumerate(pairwise(pack.categories), start=1):
        if better.from_days and worse.from_days and worse.from_days <= better.from_days:
            message = f"{worse.id} begins on day {worse.from_days}, not after {better.id}"
            yield Problem(source.place(("categories", index)), message, "order them from the best to the worst")
    if pack.non_performing_from not in ids[1:]:
        yield _unknown(source, ("non_performing_from",), pack.non_performing_from, ids[1:])


def _contagion(source: Source, pack: ClassificationPack) -> Iterator[Problem]:
    ids = [category.id for category in pack.categories]
    names = [rule.id for rule in pack.contagion]
    for index, rule in enumerate(pack.contagion):
        place = ("contagion", index)
        if rule.id in names[:index]:
            yield Problem(source.place(place), f"the contagion {rule.id} stands twice", "rename or remove one")
        if (rule.overdue_above is None) == (rule.classified_from is None):
            message = f"{rule.id}: one of overdue_above and classified_from is needed"
            yield Problem(source.place(place), message, "give one of them")
        if rule.at_least not in ids[1:]:
            yield _unknown(source, (*place, "at_least"), rule.at_least, ids[1:])
        if rule.classified_from is not None and rule.classified_from not in ids[1:]:
            yield _unknown(source, (*place, "classified_from"), rule.classified_from, ids[1:])


def _unknown(source: Source, path: tuple[str | int, ...], name: str, known: list[str]) -> Problem:
    return Problem(source.place(path), f"{path[-1]}: {name} cannot stand here", f"use one of: {', '.join(known)}")


def _repeated(found: list[tuple[Source, ClassificationPack]]) -> Iterator[Problem]:
    ordered = sorted(found, key=lambda one: (one[1].id, one[1].effective, one[0].name))
    for (first, one), (second, other) in pairwise(ordered):
        if (one.id, one.effective) == (other.id, other.effective):
            message = f"{one.id} of {one.effective} is already in {first.name}"
            yield Problem(second.place(("effective",)), message, "name another day, or remove one of the files")
