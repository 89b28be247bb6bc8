"""The state of a lawsuit after an event; total and without a clock of its own."""

from __future__ import annotations

from typing import Any, Final, assert_never

from domain.litigation import (
    CaseTold,
    CourtSession,
    PeriodEnded,
    Suit,
    SuitClock,
    SuitDeadline,
    SuitEscalated,
    SuitEvent,
    SuitFiled,
    SuitHandled,
    SuitReminded,
)
from domain.litigation_acts import (
    RecordAcceptance,
    RecordCost,
    RecordJudgment,
    RecordSession,
    RulePreservation,
    ScheduleSession,
    SuitAct,
)

STOPS: Final[dict[str, tuple[SuitClock, ...]]] = {
    "record_acceptance": ("acceptance", "second_instance"),
    "refile": ("correction",),
    "apply_preservation": ("preservation_renewal",),
    "rule_preservation": ("preservation_ruling", "preservation_renewal"),
    "record_judgment": ("judgment", "second_instance", "session"),
    "appeal": ("appeal_period",),
    "apply_enforcement": ("enforcement_application",),
    "record_enforcement": ("enforcement", "enforcement_application"),
    "resume_enforcement": ("asset_search",),
    "search_assets": ("asset_search",),
}
"""The deadlines that an act ends."""


def apply_suit(suit: Suit, event: SuitEvent) -> Suit:
    """The suit after an event."""
    changed = _changed(suit, event)
    commands = suit.commands
    if event.command_id is not None:
        commands = (*commands, (event.command_id, event.seq))
    values: dict[str, Any] = {"seq": event.seq, "commands": commands}
    if changed.closed_for is not None and suit.closed_for is None:
        values |= {"stage": "closed", "deadlines": (), "pending": None, "closed_at": event.at}
    return changed.model_copy(update=values)


def _changed(suit: Suit, event: SuitEvent) -> Suit:
    match event.body:
        case SuitFiled() as body:
            return suit.model_copy(update={"deadlines": body.opens})
        case SuitHandled() as body:
            kept = tuple(one for one in suit.deadlines if not _stopped(one, body.act))
            values = {"stage": body.stage, "deadlines": (*kept, *body.opens), "closed_for": body.closed_for}
            return suit.model_copy(update=values | _learned(suit, body.act))
        case SuitReminded() as body:
            return _replaced(suit, body.clock, body.session, remind_at=None)
        case SuitEscalated() as body:
            return _replaced(suit, body.clock, body.session, level=body.level, escalate_at=body.next_at)
        case PeriodEnded() as body:
            kept = tuple(one for one in suit.deadlines if one.clock != body.clock)
            values = {"stage": body.stage, "deadlines": (*kept, *body.opens), "closed_for": body.closed_for}
            return suit.model_copy(update=values)
        case CaseTold() as body:
            return _told(suit, body)
        case _:
            assert_never(event.body)


def _stopped(deadline: SuitDeadline, act: SuitAct) -> bool:
    if isinstance(act, RecordSession):
        return deadline.clock == "session" and deadline.session == act.number
    return deadline.clock in STOPS.get(act.do, ())


def _learned(suit: Suit, act: SuitAct) -> dict[str, Any]:
    """What an act tells of the suit besides its stage."""
    match act:
        case RecordAcceptance():
            return {"court": act.court or suit.court, "docket": act.docket or suit.docket,
                    "ruling": act.result == "rejected"}  # fmt: skip
        case ScheduleSession():
            new = CourtSession(number=len(suit.sessions) + 1, session=act.session, at=act.at)
            return {"sessions": (*suit.sessions, new)}
        case RecordSession():
            rows = [s.model_copy(update={"result": act.result}) if s.number == act.number else s for s in suit.sessions]
            return {"sessions": tuple(rows)}
        case RulePreservation():
            return {"preservation": act.result}
        case RecordJudgment():
            return {"judgment": None if act.result == "remanded" else act}
        case RecordCost():
            return {"costs": suit.costs + act.amount}
        case _:
            return {"preservation": "applied"} if act.do == "apply_preservation" else {}


def _replaced(suit: Suit, clock: SuitClock, session: int | None, **changes: Any) -> Suit:
    """One deadline changed; remind_at None: its first reminder is over."""

    def changed(one: SuitDeadline) -> SuitDeadline:
        if (one.clock, one.session) != (clock, session):
            return one
        if "remind_at" in changes:
            return one.model_copy(update={"remind_at": one.remind_at[1:]})
        return one.model_copy(update=changes)

    return suit.model_copy(update={"deadlines": tuple(changed(one) for one in suit.deadlines)})


def _told(suit: Suit, body: CaseTold) -> Suit:
    going_on = body.word == "closed"
    kept = tuple(one for one in suit.deadlines if one.clock != "settlement" or going_on)
    values: dict[str, Any] = {"case_seq": body.of, "deadlines": (*kept, *body.opens)}
    match body.word:
        case "settlement_due":
            values["pending"] = body.reason
        case "settled":
            values |= {"pending": None, "closed_for": "settled"}
        case "closed":  # nobody is asked in the case any more; the suit still waits for Legal
            values["pending"] = suit.pending or body.reason
        case "resumed":
            values["pending"] = None
        case _:
            assert_never(body.word)
    return suit.model_copy(update=values)
