"""Named changes of code that break rules of conduct, of recordings and of visits, for `make rules-mutate`."""

from __future__ import annotations

import importlib
from collections.abc import Callable

from domain.ladder import Asked
from domain.quality import Checklist, Quality, Transcript
from domain.visits import VisitPlan
from domain.wording import ALWAYS_FORBIDDEN, Category, Script, Spoken, Words


def no_word_is_forbidden() -> None:
    """Threats and insults would pass."""

    def found_in(self: Words, text: str, categories: frozenset[Category] = ALWAYS_FORBIDDEN) -> tuple[Spoken, ...]:
        return ()

    Words.found_in = found_in


def everybody_kept_the_script() -> None:
    """Nothing would ever be missing."""
    judged = Checklist.check

    def check(self: Checklist, transcript: Transcript, script: Script | None, survey: int | None) -> Quality:
        return judged(self, transcript, None, survey)

    Checklist.check = check


def recordings_belong_to_nobody() -> None:
    """The one who made the contact would not be the one who is recorded."""
    kind = importlib.import_module("activities.recordings").Recordings
    attach = kind.attach

    def attached(self: object, *given: object) -> object:
        return attach(self, *given).model_copy(update={"collector": ""})

    kind.attach = attached


def anybody_reports_a_visit() -> None:
    """Others than those sent would report it."""

    def check_report(asked: Asked, step: str, plan: VisitPlan, participants: tuple[str, ...], outcome: str) -> None:
        return None

    importlib.import_module("api.routers.visits").__dict__["check_report"] = check_report


CIVIL = ("C4.3.2c", "H2.2.2c", "H3.1", "MB3.1a")
CONDUCT: dict[str, dict[str, Callable[[], None]]] = {
    **{rule: {"no_word_is_forbidden": no_word_is_forbidden} for rule in CIVIL},
    "MB3.1b": {"recordings_belong_to_nobody": recordings_belong_to_nobody},
    "MB3.2a": {"anybody_reports_a_visit": anybody_reports_a_visit},
    "MB3.2b": {"everybody_kept_the_script": everybody_kept_the_script},
}
