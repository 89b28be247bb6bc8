"""Puts something else in the place of code, for `make rules-mutate`: the building blocks of the `*_mutations.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.rules.ground_mutations import module

Change = Callable[[], None]


def put(place: str, value: object) -> Any:
    """Something else under a name, "domain.authority:_within" or "domain.case:Case.step"; what was there before."""
    name, _, path = place.partition(":")
    *owners, last = path.split(".")
    owner = module(name)
    for one in owners:
        owner = getattr(owner, one)
    before = getattr(owner, last)
    setattr(owner, last, value)
    return before


def answers(said: object, *places: str) -> Change:
    """These functions answer the same to everything."""

    def change() -> None:
        for place in places:
            put(place, lambda *given, **named: said)

    return change


def overlooks(place: str, *words: str) -> Change:
    """This function, which lists what is wrong, never lists anything in which one of the words stands."""

    def change() -> None:
        found = put(place, None)
        put(place, lambda *given: [one for one in found(*given) if not any(word in str(one) for word in words)])

    return change


def given(place: str, changed: Callable[..., tuple[Any, ...]]) -> Change:
    """This function is given something else than what it is called with."""

    def change() -> None:
        found = put(place, None)
        put(place, lambda *called: found(*changed(*called)))

    return change


def returns(place: str, changed: Callable[[Any], object]) -> Change:
    """What this function answers is changed on the way."""

    def change() -> None:
        found = put(place, None)
        put(place, lambda *called, **named: changed(found(*called, **named)))

    return change
