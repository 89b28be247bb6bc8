"""Named changes of code behind rules that hold for every contact, class and customer, for `make rules-mutate`."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from domain import conduct, decide, risk


def module(name: str) -> Any:
    """A module in which something is put in the place of something else."""
    return importlib.import_module(name)


def hours_and_caps_are_ignored() -> None:
    """Every contact would be permitted at any time, as often as one likes."""
    conduct._Asked.refusal = lambda self, at: None  # pyright: ignore[reportPrivateUsage]


def third_parties_are_told() -> None:
    """Whoever asks would hear of the debt."""
    conduct._never = lambda person, contact: None  # pyright: ignore[reportPrivateUsage]


def no_factor_weighs_anything() -> None:
    """Days, amount, ability and credit would leave the class where it is."""
    scored = risk._scored  # pyright: ignore[reportPrivateUsage]
    risk._scored = lambda factor, facts: scored(factor, facts).model_copy(update={"score": 0})  # pyright: ignore


def only_money_is_owed() -> None:
    """A breach that is no debt would keep no case open."""
    decide.kept_open = lambda view: False


def a_breach_has_no_days() -> None:
    """Whoever fails another duty than to pay would not be overdue."""
    decide.ladder_day = lambda view: view.facts.oldest_due


def nothing_is_sealed() -> None:
    """The engine would keep everything as it is written."""
    module("workflows.codec").Codec._seal = lambda self, payload: payload


def everybody_gets_new_business() -> None:
    """A blacklist would keep nobody out."""
    store = module("store.new_business")
    store._standing = lambda *given: ()


CONTACTS = {"hours_and_caps_are_ignored": hours_and_caps_are_ignored}
GROUND: dict[str, dict[str, Callable[[], None]]] = {
    "M2.1": {"only_money_is_owed": only_money_is_owed, "a_breach_has_no_days": a_breach_has_no_days},
    "C1.3.1": CONTACTS,
    "D3.1": CONTACTS,
    "C5.3a": {"third_parties_are_told": third_parties_are_told},
    "C1.3.3": {"no_factor_weighs_anything": no_factor_weighs_anything},
    "C4.4.1": {"no_factor_weighs_anything": no_factor_weighs_anything},
    "C5.3b": {"nothing_is_sealed": nothing_is_sealed},
    "MA5.3b": {"everybody_gets_new_business": everybody_gets_new_business},
}
