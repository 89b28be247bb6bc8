"""Named changes of code that break the rules of what is said and written, for `make rules-mutate`."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any

from domain.wording import Said, Script
from tests.rules.conduct_mutations import no_word_is_forbidden


def said_backwards() -> None:
    """A call would begin with its end, and name legal means before a way to pay."""
    forwards = Script.lines

    def lines(self: Script) -> Sequence[tuple[tuple[str | int, ...], Said]]:
        return list(forwards(self))[::-1]

    Script.lines = lines  # pyright: ignore[reportAttributeAccessIssue]  # a list will do


def third_parties_hear_it_all() -> None:
    """Whoever answers would be read the script of the customer."""
    kind = importlib.import_module("activities.texts").Texts
    chosen = kind.script_for

    def script_for(self: object, session: object, policy_id: str, step: str, audience: str = "customer") -> object:
        return chosen(self, session, policy_id, step)

    kind.script_for = script_for


def nobody_has_to_pass_it() -> None:
    """Any version would be used."""

    def used(found: Sequence[Any]) -> Any:
        return found[-1]

    importlib.import_module("activities.texts").__dict__["_used"] = used


PRIVATE = ("B2.2.1.2g", "B4.1.1.1a", "B4.1.1.1s")
WORDING: dict[str, dict[str, Callable[[], None]]] = {
    **{rule: {"said_backwards": said_backwards} for rule in ("B2.2.1.2a", "B2.2.1.2b", "B2.2.1.2s")},
    **{rule: {"no_word_is_forbidden": no_word_is_forbidden} for rule in ("B2.2.1.2f", "B4.1.1.2a", "B4.1.1.2s")},
    **{rule: {"third_parties_hear_it_all": third_parties_hear_it_all} for rule in PRIVATE},
    "B4.1.1.2b": {"nobody_has_to_pass_it": nobody_has_to_pass_it},
}
