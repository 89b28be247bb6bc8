"""Decisions per second of each policy on one core, over the states that a mixed portfolio goes through."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from domain.apply import apply
from domain.base import days
from domain.calendar import Calendar
from domain.case import Case
from domain.decide import decide
from domain.evidence import PolicyPin
from domain.ladder import Ladder
from domain.ledger import Instalment, PartyFact, PartyRole
from domain.policy_check import load_ladder
from domain.scenario import Scenario, ScenarioAccount, ScenarioPosting, StaffAnswer
from domain.simulate import new_case, simulate

ROOT = Path(__file__).parents[1]
TARGET = 20_000
ROUNDS = 5
FIRST_DUE = date(2026, 3, 2)
RENT = Decimal("10500.00")
WEEKDAYS = Calendar(version="bench", official_through=date(2026, 12, 31))
# (share of the portfolio, day of payment or None, minutes until people answer or None, first seen at DPD)
MIX: tuple[tuple[int, int | None, int | None, int], ...] = (
    (40, 5, 60, 1),  # forgot to pay
    (20, 12, 600, 1),
    (15, 25, 1500, 1),
    (10, 40, 600, 1),
    (8, None, 60, 1),  # never pays
    (4, None, None, 1),  # and nobody answers
    (3, None, 600, 38),  # taken over
)


@dataclass(frozen=True)
class Result:
    """How many decisions were made how fast; `answers` counts what they were."""

    decisions: int
    per_second: float
    answers: Counter[str]


def policies() -> list[Path]:
    """The files of all policies."""
    return sorted((ROOT / "policies").glob("*.yaml"))


def read_ladder(policy: Path = ROOT / "policies" / "leasing.v1.yaml") -> Ladder:
    """A policy as the demonstration company runs it."""
    company = ROOT / "company" / "demo.yaml"
    return load_ladder(
        policy.read_text(encoding="utf-8"), policy.name, company.read_text(encoding="utf-8"), company.name
    )


def scenario(number: int, paid: int | None, minutes: int | None, seen: int) -> Scenario:
    """An account of the mix; numbers shift due dates so that no two days are alike."""
    due = FIRST_DUE + days(number % 28)
    rents = tuple(
        Instalment(no=n + 1, due=due + days(30 * n), principal=Decimal("10000.00"), interest=Decimal("500.00"))
        for n in range(6)
    )
    parties = (
        PartyFact(id="P1", role=PartyRole.LESSEE),
        PartyFact(id="P4", role=PartyRole.BORROWER),
        PartyFact(id="P2", role=PartyRole.GUARANTOR),
        PartyFact(id="P3", role=PartyRole.VENDOR, buyback_guarantee=number % 2 == 0),
    )
    at = datetime.combine(due + days(paid or 0), datetime.min.time()).replace(hour=11)
    payment = ScenarioPosting(id="R1", at=at, value_date=at.date(), amount=RENT * (1 + (paid or 0) // 30))
    return Scenario(
        until=datetime.combine(due + days(90), datetime.min.time()),
        account=ScenarioAccount(
            account_no=f"B-{number}",
            lease_amount=Decimal("500000.00"),
            penalty_rate_per_day=Decimal("0.0005"),
            schedule=rents,
            parties=parties,
            first_seen=datetime.combine(due + days(seen), datetime.min.time()).replace(hour=9),
        ),
        postings=(payment,) if paid else (),
        staff_answers=(StaffAnswer(step="*", outcome="first", after_minutes=minutes),) if minutes else (),
    )


def moments(ladder: Ladder) -> Iterator[tuple[Case, datetime]]:
    """Every state of every case of the mix, at the instant at which the next thing happened to it."""
    pin = PolicyPin(id=ladder.policy.id, version=ladder.policy.version, sha256=ladder.sha256)
    number = 0
    for share, paid, minutes, seen in MIX:
        for _ in range(share):
            number += 1
            script = scenario(number, paid, minutes, seen)
            case = new_case(script, pin)
            for event in simulate(ladder, script, WEEKDAYS, pin).events:
                yield case, event.at
                case = apply(case, event)


def measure(policy: Path, rounds: int = ROUNDS) -> Result:
    """The best of some rounds over the whole mix, in processor time: other work on the machine does not count."""
    ladder = read_ladder(policy)
    mix = list(moments(ladder))
    best = float("inf")
    for _ in range(rounds):
        begun = time.process_time()
        for case, now in mix:
            decide(ladder, case, now)
        best = min(best, time.process_time() - begun)
    answers = Counter(type(decide(ladder, case, now)).__name__ for case, now in mix)
    return Result(decisions=len(mix), per_second=len(mix) / best, answers=answers)


def main() -> int:
    """Print each figure and its ratio to the target; 1 when one is below the target."""
    slow = False
    for policy in policies():
        result = measure(policy)
        kinds = ", ".join(f"{name} {count}" for name, count in result.answers.most_common())
        print(f"{policy.stem}: {result.decisions} decisions ({kinds})")
        print(f"{policy.stem}: {result.per_second:,.0f}/s, {result.per_second / TARGET:.2f} x target {TARGET:,}/s")
        slow |= result.per_second < TARGET
    return 1 if slow else 0


if __name__ == "__main__":
    raise SystemExit(main())
