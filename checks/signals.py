"""The signals of the regulations: the table tests/signals/signals.yaml, its faults, and the page made of it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import Field, JsonValue

from checks.tracked import ROOT
from domain.base import Frozen
from domain.commands import CommandBody
from domain.ladder import Ladder, Step
from domain.ledger import DoneStep
from domain.policy_check import load_ladder
from domain.policy_file import read_yaml
from rules.coverage import Proofs
from rules.register import REGULATIONS, read_register

TABLE: Final = "tests/signals/signals.yaml"
PAGE: Final = "docs/decisions-and-signals.md"
PROVED: Final = "tests/e2e/test_signals.py::test_a_signal_from_the_api_to_the_record"
SILENT: Final = "tests/workflows/test_silence.py::test_silence_escalates_and_decides_nothing"
INTRODUCTION: Final = """\
# Signals: who decides what, with which command, and what silence leads to

Written by `python -m checks.signals --write` from `tests/signals/signals.yaml` and the policies; `make check` refuses
a page that is not what it prints. Each signal is given over HTTP to the running product, whose record is then read;
under time skipping nobody gives it. Instants are those of the case played there: taken over on Tuesday, 31 March 2026,
at 9:30; 6 April is a holiday.

A missed deadline goes to the head of the role and then to the general manager, wherever a row says nothing else. What
was asked stays asked: no signal is ever given by silence.
"""
HEADINGS: Final = ("signal", "rules", "command", "who", "effect", "silence", "tests")


class Act(Frozen):
    """What somebody of a role gives: a command to the case, or a call with what it sends."""

    by: str
    give: CommandBody | None = Field(default=None, discriminator="do")
    call: str | None = None
    send: dict[str, JsonValue] = Field(default_factory=dict[str, JsonValue])


class Silence(Frozen):
    """What happens when nobody answers `step`; by local instants.

    escalated: to whom. happens: kinds of events that come of themselves. told: in words, where `tests` prove it.
    """

    step: str | None = None
    escalated: dict[datetime, str] = Field(default_factory=dict[datetime, str])
    happens: dict[datetime, str] = Field(default_factory=dict[datetime, str])
    acts: tuple[Act, ...] | None = None  # given before the silence, when it is not `before`
    told: str = ""
    tests: tuple[str, ...] = ()


class Signal(Frozen):
    """A row. at: the steps that take it, by policy; the first policy is played, from that day past due.

    records: fields of the event that the last act leaves; found: of the page `read`, where it is no case that keeps it.
    effect: events that follow in the case. of_itself: the event has no actor, it follows from the last act.
    errands: duties of layers and work before the due date that take the signal too, by policy; `also` are their tests.
    """

    signal: str
    zh: str
    rules: tuple[str, ...]
    at: dict[str, tuple[str, ...]]
    errands: dict[str, tuple[str, ...]] = Field(default_factory=dict[str, tuple[str, ...]])
    also: tuple[str, ...] = ()
    who: str = ""
    effects: str
    dpd: int = 8
    owed: int = 10000
    history: tuple[DoneStep, ...] = ()
    portfolio: bool = False
    before: tuple[Act, ...] = ()
    acts: tuple[Act, ...] = ()
    records: dict[str, JsonValue] = Field(default_factory=dict[str, JsonValue])
    of_itself: bool = False
    effect: tuple[dict[str, JsonValue], ...] = ()
    read: str = ""
    found: JsonValue = None
    silence: Silence

    @property
    def policy(self) -> str:
        """The policy that is played."""
        return next(iter(self.at))

    @property
    def tests(self) -> tuple[str, ...]:
        """Everything that proves the row."""
        timed = (f"{SILENT}[{self.signal}]",) if self.silence.step or self.silence.happens else ()
        return (f"{PROVED}[{self.signal}]", *timed, *self.silence.tests, *self.also)


class Table(Frozen):
    """names: every signal of the regulations, as the analysis lists them; each has one row."""

    names: tuple[str, ...]
    signals: tuple[Signal, ...]


def read_table(root: Path = ROOT) -> Table:
    """The table. Raises pydantic.ValidationError."""
    return Table.model_validate(read_yaml((root / TABLE).read_text(encoding="utf-8")))


@cache
def ladder_of(policy: str, root: Path = ROOT) -> Ladder:
    """A policy as the demonstration company runs it."""
    text, company = root / "policies" / f"{policy}.v1.yaml", root / "company" / "demo.yaml"
    return load_ladder(text.read_text(encoding="utf-8"), text.name, company.read_text(encoding="utf-8"), company.name)


def faults(table: Table, root: Path = ROOT) -> Iterator[str]:
    """Names without a row or with two, rows of no name, steps and tests that there are not, rules no step names."""
    rows = [row.signal for row in table.signals]
    yield from (f"{name}: {rows.count(name)} rows" for name in table.names if rows.count(name) != 1)
    yield from (f"{row}: no signal of that name" for row in rows if row not in table.names)
    proofs = Proofs(root)
    for row in table.signals:
        yield from (f"{row.signal}: no test {test}" for test in row.tests if not proofs.has(test))
        yield from (f"{row.signal}: {rule} is no rule" for rule in row.rules if rule not in _rules())
        if not (row.silence.step or row.silence.happens or row.silence.tests):
            yield f"{row.signal}: nothing proves its silence"
        for policy, step in _steps(row):
            if step not in ladder_of(policy, root).by_id:
                yield f"{row.signal}: {policy} has no step {step}"
        for policy, duty in _errands(row):
            if not any(f"- id: {duty}\n" in text for text in _texts(policy, root)):
                yield f"{row.signal}: {policy} has no errand {duty}"


@cache
def _rules() -> frozenset[str]:
    return frozenset(rule.id for name in REGULATIONS for rule in read_register(name).rules)


def _texts(policy: str, root: Path) -> list[str]:
    """What is written of a policy or layer of that name."""
    files = (root / folder / f"{policy}.v1.yaml" for folder in ("policies", "policies/layers"))
    return [file.read_text(encoding="utf-8") for file in files if file.is_file()]


def markdown(table: Table, root: Path = ROOT) -> str:
    """The whole page."""
    rows = (_line(_cells(row, root)) for row in table.signals)
    return "\n".join([INTRODUCTION, _line(HEADINGS), _line(["---"] * len(HEADINGS)), *rows]) + "\n"


def _cells(row: Signal, root: Path) -> tuple[str, ...]:
    ladders = {policy: ladder_of(policy, root) for policy in row.at}
    asked = [(policy, ladders[policy].by_id[step]) for policy, step in _steps(row)]
    who = dict.fromkeys(f"{policy}: {_who(step)}" for policy, step in asked if step.asked)
    step = f"`{row.silence.step}`: " if row.silence.escalated else ""
    silence = step + "; ".join([*_instants(row.silence), *([row.silence.told] if row.silence.told else [])])
    return (
        f"`{row.signal}` {row.zh}", ", ".join(row.rules), "<br>".join(_commands(row)), row.who or "<br>".join(who),
        row.effects, silence, "<br>".join(test.removeprefix("tests/") for test in row.tests),
    )  # fmt: skip


def _commands(row: Signal) -> Iterator[str]:
    for act in row.acts[-1:]:
        if act.call:
            yield f"`{act.call}`"
        elif act.give is not None:
            yield f"`POST /cases/{{case_no}}/commands` `{act.give.do}`"
    yield from (f"{policy}: `{step}`" for policy, step in _steps(row))
    if row.errands:
        yield "`POST /errands/{errand_id}/answer`"
    yield from (f"{policy}: `{duty}`" for policy, duty in _errands(row))


def _who(step: Step) -> str:
    asked = step.asked
    return "" if asked is None else f"{' / '.join(asked.roles)}{'' if len(asked.roles) == 1 else f' ({asked.mode})'}"


def _instants(silence: Silence) -> Iterator[str]:
    both: Iterable[tuple[datetime, str]] = [
        *((at, f"escalated to {to}") for at, to in silence.escalated.items()), *silence.happens.items(),
    ]  # fmt: skip
    yield from (f"{at:%d %B %H:%M} {what}" for at, what in sorted(both))


def _steps(row: Signal) -> Iterator[tuple[str, str]]:
    yield from ((policy, step) for policy, steps in row.at.items() for step in steps)


def _errands(row: Signal) -> Iterator[tuple[str, str]]:
    yield from ((policy, duty) for policy, duties in row.errands.items() for duty in duties)


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def main(root: Path = ROOT) -> int:
    """Write the page, or print what is wrong; 1 when anything is."""
    table = read_table(root)
    if "--write" in sys.argv[1:]:
        (root / PAGE).write_text(markdown(table, root), encoding="utf-8")
    found = list(faults(table, root))
    if not (root / PAGE).is_file() or (root / PAGE).read_text(encoding="utf-8") != markdown(table, root):
        found.append(f"{PAGE} is not up to date: python -m checks.signals --write")
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
