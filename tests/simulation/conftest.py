"""Prints at the end of a run how often each command was accepted and refused under each policy."""

from __future__ import annotations

import json

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line per command, one column per policy: accepted/refused."""
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, [])]
    said = [json.loads(str(value)) for one in reports for name, value in one.user_properties if name == "commands"]
    counts = {(policy, do, how): count for policy, rows in said for do, how, count in rows}
    policies = sorted({policy for policy, _, _ in counts})
    if not policies:
        return
    terminalreporter.section("commands: accepted/refused")
    terminalreporter.write_line(f"{'':20}" + "".join(f"{policy:>16}" for policy in (*policies, "all")))
    for do in sorted({do for _, do, _ in counts}):
        cells = [(counts.get((p, do, "accepted"), 0), counts.get((p, do, "refused"), 0)) for p in policies]
        cells.append((sum(yes for yes, _ in cells), sum(no for _, no in cells)))
        terminalreporter.write_line(f"{do:20}" + "".join(f"{f'{yes}/{no}':>16}" for yes, no in cells))
