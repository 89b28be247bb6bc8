"""Every activity that a workflow may name is registered by the worker, under the same name, with the same types."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from temporalio import activity

from activities.complaint_verbs import ComplaintVerbs
from activities.contact_gate import ContactGate
from activities.intake import Intake
from activities.litigation import SuitDesk
from activities.registry import Policies
from activities.suit_verbs import SuitNotice, SuitVerbs
from activities.verbs import Verbs
from domain.case import Case
from domain.clock import SystemClock
from domain.commands import Command
from domain.litigation import Suit
from store.session import Database
from tests.builders.ladders import ROOT
from tests.builders.wording import shipped_texts
from tests.workflows.world import PureWorld
from worker import activities_of, suit_activities


def _verbs(protocol: type) -> dict[str, Callable[..., Any]]:
    found = inspect.getmembers(protocol, inspect.isfunction)
    return {name: verb for name, verb in found if not name.startswith("_")}


OF_CASES = _verbs(Verbs)
NAMED = OF_CASES | _verbs(ComplaintVerbs) | _verbs(SuitVerbs)


class Nobody:
    """A starter that starts nothing."""

    async def start(self, case: Case, reopen: bool) -> None:
        raise AssertionError("wiring starts no case")

    async def ledger_changed(self, case_no: str) -> bool:
        raise AssertionError("wiring tells no case")

    async def start_suit(self, suit: Suit) -> None:
        raise AssertionError("wiring starts no suit")

    async def tell_suit(self, number: str, notice: SuitNotice) -> bool:
        raise AssertionError("wiring tells no suit")

    async def command(self, case_no: str, command: Command) -> bool:
        raise AssertionError("wiring commands no case")

    async def answer(self, case_no: str, command: Command) -> bool:
        raise AssertionError("wiring answers no case")


@pytest.fixture
def registered(tmp_path: Path) -> dict[str, Callable[..., Any]]:
    """What the worker registers, by name."""
    database = Database(f"sqlite:///{tmp_path / 'wiring.db'}")
    policies = Policies.from_files(ROOT / "policies", ROOT / "company" / "demo.yaml")
    intake = Intake(database, policies, Nobody(), SystemClock())
    gate = ContactGate((), SystemClock())
    acts = activities_of(database, policies, {}, intake, gate, shipped_texts())
    acts += suit_activities(SuitDesk(database, policies, Nobody()))
    return {_name(verb): verb for verb in acts}


def _name(verb: Callable[..., Any]) -> str:
    found = activity._Definition.must_from_callable(verb).name
    assert found is not None
    return found


def _types(verb: Callable[..., Any]) -> list[Any]:
    """Types of the arguments and of the answer, in order."""
    return list(get_type_hints(verb).values())


def test_the_worker_does_everything_that_is_named_and_nothing_else(
    registered: dict[str, Callable[..., Any]],
) -> None:
    assert set(registered) == {_name(verb) for verb in NAMED.values()}


@pytest.mark.parametrize("name", NAMED)
def test_the_types_are_the_same(registered: dict[str, Callable[..., Any]], name: str) -> None:
    assert _types(registered[name]) == _types(NAMED[name])


@pytest.mark.parametrize("name", OF_CASES)
def test_the_rehearsals_speak_of_the_same(name: str) -> None:
    assert _types(getattr(PureWorld, name)) == _types(NAMED[name])


def test_there_are_activities() -> None:
    assert (len(OF_CASES), len(NAMED)) == (7, 11)


def test_no_activity_is_broken_off_inside_the_database(registered: dict[str, Callable[..., Any]]) -> None:
    """The engine would throw its cancellation into the thread anywhere, also between taking a lock and holding it."""
    for name, verb in registered.items():
        definition = activity._Definition.must_from_callable(verb)
        assert definition.is_async or definition.no_thread_cancel_exception, name
