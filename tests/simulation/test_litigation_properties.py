"""Random legal and illegal acts at random times: a suit ends or waits for something named with a deadline."""

from __future__ import annotations

import sys
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st
from pydantic import TypeAdapter

from domain.base import local_date
from domain.errors import Refused
from domain.events import Actor
from domain.litigation import PeriodEnded, Suit, SuitHandled
from domain.litigation_acts import Appeal, RecordEnforcement, SuitAct
from domain.litigation_apply import apply_suit
from domain.litigation_check import STAGES
from domain.litigation_deadlines import next_turn, told
from tests.builders.suits import CHAIN, CourtDesk, accepted, blank, cost, enforcement, judgment

ACT: TypeAdapter[SuitAct] = TypeAdapter(SuitAct)
RESULTS = {
    "record_acceptance": ("accepted", "accepted", "returned", "rejected"),
    "rule_preservation": ("granted", "refused", "lifted"),
    "record_session": ("held", "adjourned", "cancelled"),
    "record_judgment": ("for", "partly", "against", "settled", "remanded"),
    "record_enforcement": ("fulfilled", "nothing_found"),
}
PERIODS_OF_STAGES = {
    "filed": "acceptance", "returned": "correction", "rejected": "appeal_period", "accepted": "judgment",
    "judged": "appeal_period", "appealed": "second_instance", "final": "enforcement_application",
    "enforcing": "enforcement", "dormant": "asset_search",
}  # fmt: skip
SEQUENCES = 2_000
REJECTED = accepted("2026-06-01").model_copy(update={"result": "rejected", "document": "att-1"})
COURSE: tuple[SuitAct, ...] = (
    accepted("2026-06-01"), cost("1000.00", "2026-06-01"), judgment("2026-06-01"),
    Appeal(on=date(2026, 6, 1), by="us", document="att-1"), judgment("2026-06-01"), enforcement("2026-06-01"),
    RecordEnforcement(on=date(2026, 6, 1), result="nothing_found"),
)  # fmt: skip
RETURNED = accepted("2026-06-01").model_copy(update={"result": "returned"})
BEGUN = (*(COURSE[:n] for n in range(len(COURSE) + 1)), (REJECTED,), (RETURNED,))
seen: Counter[tuple[str, bool]] = Counter()


@st.composite
def moves(draw: st.DrawFn) -> tuple[int, dict[str, Any]]:
    """Which act, and what may be wrong about it."""
    return draw(st.integers(0, 10_000)), {
        "late": draw(st.sampled_from([0, 0, 0, 0, 0, 0, -1, 3])), "any": draw(st.integers(0, 3)) == 0,
        "result": draw(st.integers(0, 9)), "document": draw(st.integers(0, 3)) > 0,
        "amount": draw(st.sampled_from(["0.00", "-5.00", "100.00", "2500.00"])),
        "wait": draw(st.sampled_from([0, 1, 5, 12, 12, 20, 200, 800])),
        "who": draw(st.sampled_from([*CHAIN, *CHAIN, "collector"])),
        "word": draw(st.sampled_from([*[""] * 6, "settlement_due", "resumed", "closed"])),
    }  # fmt: skip


def act_of(desk: CourtDesk, name: str, how: dict[str, Any]) -> SuitAct:
    """The act of a move, on the day the suit is at."""
    today = local_date(desk.now, desk.suit.terms.time_zone)
    given: dict[str, Any] = {"do": name, "on": today - timedelta(days=how["late"]), "note": "说明"}
    given["document"] = "att-1" if how["document"] else None
    if name in RESULTS:
        given["result"] = RESULTS[name][how["result"] % len(RESULTS[name])]
    extra: dict[str, dict[str, Any]] = {
        "record_acceptance": {"court": "法院", "docket": "1号"},
        "rule_preservation": {"until": today + timedelta(days=100)} if given.get("result") == "granted" else {},
        "schedule_session": {"session": "hearing", "at": desk.now + timedelta(days=10)},
        "record_session": {"number": max(1, len(desk.suit.sessions))},
        "appeal": {"by": "us"},
        "record_cost": {"item": "court_fee", "amount": how["amount"]},
    }
    if name == "record_judgment" and given["result"] in ("for", "partly", "settled"):
        given |= {"amount": "1000.00", "costs_owed": desk.suit.costs, "perform_by": today + timedelta(days=10)}
    return ACT.validate_python(given | extra.get(name, {}))


@settings(max_examples=SEQUENCES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(BEGUN), st.lists(moves(), min_size=1, max_size=12))
def play(begun: tuple[SuitAct, ...], sequence: list[tuple[int, dict[str, Any]]]) -> None:
    """One suit somewhere on its usual course; after every move it is over or waits for something with a deadline."""
    desk = CourtDesk().to("2026-06-01 10:00")
    for act in begun:
        desk.does(act)
    recorded = desk.suit.costs
    for place, (pick, how) in enumerate(sequence, start=1):
        desk.to(desk.now + timedelta(days=how["wait"]))
        if how["word"] and (body := told(desk.suit, how["word"], "cured", place, desk.now)):
            desk._happen(body)  # pyright: ignore[reportPrivateUsage]
        names = [one for one in sorted(STAGES) if how["any"] or desk.suit.stage in STAGES[one]] or sorted(STAGES)
        name = names[pick % len(names)]
        act, actor = act_of(desk, name, how), Actor(user="u", role=how["who"], authority="")
        before = desk.suit
        try:
            desk.does(act, actor)
            accepted = True
            recorded += act.amount if act.do == "record_cost" else Decimal(0)
        except Refused:
            accepted = False
            assert desk.suit == before
        seen[name, accepted] += 1
        assert not accepted or (actor.role in CHAIN and before.stage in STAGES[name])
        _holds(desk, recorded)
    folded: Suit = blank()
    for event in desk.events:
        folded = apply_suit(folded, event)
    assert folded == desk.suit
    assert [event.seq for event in desk.events] == list(range(1, len(desk.events) + 1))


def _holds(desk: CourtDesk, recorded: Decimal) -> None:
    suit = desk.suit
    if suit.closed_at is not None:
        assert (suit.stage, suit.deadlines, suit.pending) == ("closed", (), None)
    else:
        assert suit.running(PERIODS_OF_STAGES[suit.stage]) is not None  # pyright: ignore[reportArgumentType]
        assert (suit.pending is not None) == (suit.running("settlement") is not None)
        assert all(one.due_at is not None for one in suit.deadlines)
        turn = next_turn(suit)
        assert turn is None or turn > desk.now
    assert suit.costs == recorded >= 0
    owed = [one.body.costs_owed for one in desk.events if isinstance(one.body, SuitHandled | PeriodEnded)]
    assert sum(found is not None for found in owed) <= 1
    assert all(found is None or found <= recorded for found in owed)


def test_a_suit_always_ends_or_waits_for_something_with_a_deadline() -> None:
    play()
    for name in sorted(STAGES):
        sys.stdout.write(f"{name}: accepted {seen[name, True]}, refused {seen[name, False]}\n")
        assert seen[name, True], name
        assert seen[name, False], name
