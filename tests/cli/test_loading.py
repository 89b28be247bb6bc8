"""A command line loads what its own command needs, and no command is out of reach."""

from __future__ import annotations

import subprocess
import sys

import pytest

from cli import GROUPS, SINGLE, application
from tests.cli.running import ROOT, Arrears

HEAVY = ("fastapi", "temporalio.client", "worker")  # about two seconds of processor time
COMMANDS = [(name, verb) for name, (_, verbs) in GROUPS.items() for verb in verbs] + [(name,) for name in SINGLE]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_each_command_is_found_by_its_first_word_alone(arrears: Arrears, words: tuple[str, ...]) -> None:
    shown = arrears(*words, "--help")
    assert (shown.code, shown.err) == (0, "")
    assert f"arrears {' '.join(words)} " in shown.out


def test_help_lists_all_of_them(arrears: Arrears) -> None:
    everything = arrears("--help").out
    assert [name for name in (*GROUPS, *SINGLE) if f" {name} " not in everything] == []
    assert len(application().registered_commands) == len(SINGLE)


def test_to_verify_the_audit_log_needs_neither_server_nor_engine() -> None:
    said = f"import sys; from cli import application; application('audit'); print(sys.modules.keys() & set({HEAVY}))"
    done = subprocess.run([sys.executable, "-c", said], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
