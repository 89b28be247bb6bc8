"""Reads conduct packs from YAML text; what does not fit is refused with all faults at once, each with its line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time
from itertools import pairwise

from domain.conduct import Pack, in_force
from domain.errors import Invalid, Problem
from domain.policy_file import Source, parse_model, read_source

Found = tuple[Source, Pack]
KINDS = ("individual", "sole_trader", "company")


def load_packs(texts: Mapping[str, str], wanted: Sequence[str]) -> tuple[Pack, ...]:
    """The packs with the ids that are wanted, from texts by file name; every text is checked. Raises Invalid."""
    found: list[Found] = []
    problems: list[Problem] = []
    for name, text in texts.items():
        try:
            source = read_source(text, name)
            found.append((source, parse_model(Pack, source)))
        except Invalid as fault:
            problems += fault.problems
    chosen = [(source, pack) for source, pack in found if pack.id in wanted]
    problems += [*_repeated(found), *_without_hours(chosen)]
    if not problems:
        problems += _unknown(found, wanted)  # while a file cannot be read, nobody knows which ids there are
    if problems:
        raise Invalid(list(dict.fromkeys(problems)))
    return tuple(pack for _, pack in chosen)


def _repeated(found: Iterable[Found]) -> Iterable[Problem]:
    ordered = sorted(found, key=lambda one: (one[1].id, one[1].effective, one[0].name))
    for (first, one), (second, other) in pairwise(ordered):
        if (one.id, one.effective) == (other.id, other.effective):
            message = f"{one.id} of {one.effective} is already in {first.name}"
            yield Problem(second.place(("effective",)), message, "name another day, or remove one of the files")


def _unknown(found: Iterable[Found], wanted: Sequence[str]) -> Iterable[Problem]:
    known = sorted({pack.id for _, pack in found})
    for name in wanted:
        if name not in known:
            yield Problem("ARREARS_CONDUCT", f"there is no pack {name}", f"use some of: {', '.join(known)}")


def _without_hours(chosen: Sequence[Found]) -> Iterable[Problem]:
    """Packs that together leave no minute of a day would silence everything."""
    for day in sorted({pack.effective for _, pack in chosen}):
        for kind in KINDS:
            both = {kind, "guarantor"}  # whoever is contacted as a guarantor comes under the packs of both
            packs = [pack for pack in in_force([pack for _, pack in chosen], day) if both & set(pack.applies_to)]
            if packs and not _minute_left(packs):
                yield _no_minute(chosen, packs, day, kind)


def _minute_left(packs: Sequence[Pack]) -> bool:
    spans = [span for pack in packs for span in (pack.hours, pack.night) if span is not None]
    clocks = {time(0), *(bound for span in spans for bound in (span.from_, span.to))}
    return any(all(_open(pack, clock) for pack in packs) for clock in clocks)


def _open(pack: Pack, clock: time) -> bool:
    in_hours = pack.hours is None or pack.hours.holds(clock)
    return in_hours and (pack.night is None or not pack.night.holds(clock))


def _no_minute(chosen: Sequence[Found], packs: Sequence[Pack], day: date, kind: str) -> Problem:
    newest = max(packs, key=lambda pack: pack.effective)
    source = next(source for source, pack in chosen if pack is newest)
    others = ", ".join(pack.id for pack in packs if pack is not newest) or "its own night"
    message = f"from {day} on no hour is left for the kind {kind}, together with {others}"
    return Problem(source.place(("hours",)), message, "let the hours overlap, or leave one of the packs out")
