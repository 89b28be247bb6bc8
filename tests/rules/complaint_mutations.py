"""Named changes of code that break the rules of complaints, surveys and customer files, for `make rules-mutate`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from domain import complaint
from tests.rules.ground_mutations import module


def terms_are_longer(**longer: int) -> None:
    """The clocks of a complaint would run longer than the text says."""
    desk = module("activities.complaints")
    said = desk._terms
    desk._terms = lambda ladder: said(ladder).model_copy(update=longer)


def a_mail_counts_as_a_call() -> None:
    """The mailbox would not be told from the telephone, and its sender could not be answered."""
    register = module("store.complaints")
    take = register.take_complaint

    def take_complaint(session: object, wanted: object, *more: object) -> object:
        changed = wanted.model_copy(update={"channel": "phone", "email": None})  # pyright: ignore
        return take(session, changed, *more)

    register.take_complaint = take_complaint


def over_after_the_findings() -> None:
    """Nothing would be put right, and no result told."""
    stopped = complaint._stopped  # pyright: ignore[reportPrivateUsage]
    complaint._stopped = lambda found, clock, following: stopped(found, clock, None)  # pyright: ignore


def nobody_is_asked() -> None:
    """No customer would be asked how satisfied they are."""
    module("store.surveys").closed_unasked = lambda session, policy_id, since, until: ()


def readers_are_not_logged() -> None:
    """Nobody would know who read the file of a customer."""
    log = module("api.routers.customer_file").log
    module("api.routers.customer_file").log = type("Silent", (), {"info": staticmethod(lambda *said, **more: log)})


LONG_ANSWER = {"answered_in_two_days": partial(terms_are_longer, response_hours=48)}
COMPLAINTS: dict[str, dict[str, Callable[[], None]]] = {
    "B4.2.2a": {"a_mail_counts_as_a_call": a_mail_counts_as_a_call},
    "B4.2.2b": LONG_ANSWER,
    "B4.2.2c": {"five_days_to_investigate": partial(terms_are_longer, investigation_days=5)},
    "B4.2.2d": {"over_after_the_findings": over_after_the_findings},
    "B4.2.2e": {"over_after_the_findings": over_after_the_findings},
    "B4.2.2s": LONG_ANSWER,
    "U4.2b": {"nobody_is_asked": nobody_is_asked},
    "MB2.2a": {"readers_are_not_logged": readers_are_not_logged},
}
