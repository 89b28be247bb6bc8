"""The layers as the demonstration company runs them, and a subject that lives through a year of one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from domain.base import days
from domain.duties import Done, DutyRun, SubjectFacts, duties_due
from domain.layer import LayerInForce, Subject
from domain.layer_file import layers_in_force
from domain.policy_file import parse_company, read_source
from tests.builders.calendars import CHINA_2026
from tests.builders.ladders import ROOT, company_text

FOLDER = ROOT / "policies" / "layers"
LAYERS = sorted(path.name.removesuffix(".v1.yaml") for path in FOLDER.glob("*.yaml"))
Answers = dict[str, str]  # duty -> the outcome with which it is answered on the next business day


def layer_text(name: str) -> str:
    return (FOLDER / f"{name}.v1.yaml").read_text(encoding="utf-8")


@lru_cache
def layer(name: str, *changes: tuple[str, str]) -> LayerInForce:
    """One layer; each change replaces a piece of the layer or company text that stands there."""
    text, company = layer_text(name), company_text()
    texts = {f"layers/{other}.v1.yaml": layer_text(other) for other in LAYERS}
    for old, new in changes:
        if old not in text + company:
            raise ValueError(f"{old!r} stands in neither file")
        text, company = text.replace(old, new), company.replace(old, new)
    source = read_source(company, "company.yaml")
    return layers_in_force(texts | {f"layers/{name}.v1.yaml": text}, parse_company(source), source)[name]


@dataclass(frozen=True)
class Life:
    """A subject: since when it is known, from when on it is how far behind with how much."""

    key: str = "C-1"
    kind: Subject = "account"
    opened: date = date(2026, 1, 5)
    due: date | None = None
    paid: date | None = None
    overdue: Decimal = Decimal("1000.00")

    def facts(self, day: date) -> SubjectFacts:
        behind = self.due is not None and day > self.due and (self.paid is None or day < self.paid)
        past = (day - self.due).days if behind and self.due else 0
        return SubjectFacts(
            kind=self.kind, key=self.key, opened=self.opened, days_past_due=past,
            overdue=self.overdue if behind else Decimal(0), delinquency=1 if self.due and day > self.due else 0,
        )  # fmt: skip


def lived(
    rules: LayerInForce, life: Life, first: date, last: date, answers: Answers | None = None,
    away: Callable[[date], bool] = lambda day: False,
) -> list[tuple[date, DutyRun]]:  # fmt: skip
    """Each duty with the day on which it was opened; looked at every morning but those on which the system is away."""
    done: list[Done] = []
    found: list[tuple[date, DutyRun]] = []
    day = first
    while day <= last:
        for run in [] if away(day) else duties_due(rules, life.facts(day), day, CHINA_2026, done):
            duty = rules.duty(run.duty)
            outcome = (answers or {}).get(run.duty) if duty.ask else run.grade or "entered"
            on = (CHINA_2026.business_day(day, 1) if duty.ask else day) if outcome else None
            done.append(Done(duty=run.duty, period=run.period, outcome=outcome, on=on))
            found.append((day, run))
        day += days(1)
    return found


def table(found: Iterable[tuple[date, DutyRun]]) -> str:
    """The text a lawyer reads: day, duty, period, grade."""
    return "\n".join(f"{day:%m-%d %a}  {run.duty} {run.period} {run.grade or ''}".rstrip() for day, run in found)
