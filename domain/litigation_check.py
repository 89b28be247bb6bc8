"""What people may enter about a lawsuit now, and the events that makes; refusals change nothing (L7.1, C4.5.2a)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final, assert_never

from domain.base import days, local_date
from domain.errors import Problem, Refused
from domain.events import Actor
from domain.litigation import (
    CourtSession,
    PeriodEnded,
    Stage,
    Suit,
    SuitBody,
    SuitCommand,
    SuitDeadline,
    SuitEscalated,
    SuitEvent,
    SuitHandled,
    SuitReminded,
)
from domain.litigation_acts import (
    AWARDED,
    Abandon,
    Appeal,
    ApplyEnforcement,
    ApplyPreservation,
    CourtAct,
    RecordAcceptance,
    RecordCost,
    RecordEnforcement,
    RecordJudgment,
    RecordSession,
    Refile,
    ResumeEnforcement,
    RulePreservation,
    ScheduleSession,
    SearchAssets,
    SettleCosts,
    SuitAct,
    WithdrawSuit,
)
from domain.litigation_apply import STOPS, apply_suit
from domain.litigation_deadlines import after_months, awarded, court_date, period, renewal, task
from domain.money import ZERO, rounded

OPEN: Final[tuple[Stage, ...]] = (
    "filed", "returned", "rejected", "accepted", "judged", "appealed", "final", "enforcing", "dormant",
)  # fmt: skip
STAGES: Final[dict[str, tuple[Stage, ...]]] = {
    "record_acceptance": ("filed", "appealed"),
    "refile": ("returned",),
    "apply_preservation": ("filed", "accepted", "judged", "appealed", "final"),
    "rule_preservation": OPEN,
    "schedule_session": ("accepted", "appealed"),
    "record_session": ("accepted", "appealed"),
    "record_judgment": ("accepted", "appealed"),
    "appeal": ("judged", "rejected"),
    "apply_enforcement": ("final",),
    "record_enforcement": ("final", "enforcing"),
    "resume_enforcement": ("dormant",),
    "search_assets": ("dormant",),
    "withdraw_suit": ("filed", "returned", "accepted"),
    "settle_costs": OPEN,
    "abandon": ("returned", "rejected", "final", "enforcing", "dormant"),
    "record_cost": OPEN,
}
"""The stages in which an act is possible."""
DOCUMENTED: Final = (
    "record_judgment", "rule_preservation", "apply_enforcement", "withdraw_suit", "refile", "appeal",
)  # fmt: skip


def advance_suit(
    suit: Suit, body: SuitBody, now: datetime, actor: Actor | None = None, command_id: str | None = None
) -> tuple[Suit, SuitEvent]:
    """The next event and the suit after it."""
    due = _due(suit, body)
    event = SuitEvent(
        seq=suit.seq + 1, at=now, due_at=due.due_at if due else None, actor=actor, command_id=command_id, body=body
    )
    return apply_suit(suit, event), event


def check_suit(suit: Suit, command: SuitCommand, now: datetime) -> SuitHandled:
    """The event a command makes.

    Raises Refused: suit_closed, not_entitled, wrong_stage, suit_unfit with every fault of what was entered.
    """
    act = command.body
    if suit.closed_at is not None:
        raise Refused("suit_closed", f"{suit.number} is closed: {suit.closed_for}.", "Nothing can be entered any more.")
    if command.actor.role not in suit.chain:
        raise Refused(
            "not_entitled",
            f"{command.actor.role} does not handle this suit.",
            f"It waits for: {', '.join(suit.chain)}.",
        )
    _must_fit_stage(suit, act)
    problems = [*_dates(suit, act, now), *_faults(suit, act, now)]
    if problems:
        said = "; ".join(f"{one.place}: {one.message}" for one in problems)
        raise Refused("suit_unfit", f"{said}.", "; ".join(f"{one.place}: {one.remedy}" for one in problems) + ".")
    return _handled(suit, act, now)


def _must_fit_stage(suit: Suit, act: SuitAct) -> None:
    """Whether the act follows what has happened so far; else which stage would be needed."""
    allowed = STAGES[act.do]
    if suit.stage not in allowed:
        raise Refused("wrong_stage", f"The suit is {suit.stage}.", f"{act.do} follows: {', '.join(allowed)}.")
    match act:
        case RecordAcceptance() if suit.stage == "appealed" and not suit.ruling:
            needs = "an appeal against a rejection; the court of appeal judges here: record_judgment"
        case RecordJudgment() if suit.ruling:
            needs = "an accepted claim; the court of appeal decides on the rejection: record_acceptance"
        case ApplyPreservation() if suit.preservation in ("applied", "granted"):
            needs = f"no measure under way; one is {suit.preservation}"
        case RulePreservation(result="lifted") if suit.preservation != "granted":
            needs = "a measure that was granted"
        case RulePreservation(result="refused") if suit.preservation != "applied":
            needs = "an application for preservation"
        case RulePreservation() if suit.preservation not in ("applied", "granted"):
            needs = "an application for preservation"
        case RecordSession() if not any(s.number == act.number and s.result is None for s in suit.sessions):
            needs = "a court date whose outcome is open"
        case RecordEnforcement(result="nothing_found") if suit.stage != "enforcing":
            needs = "an application for enforcement"
        case SettleCosts() if suit.pending is None:
            needs = "a case that is cured or bought back"
        case _:
            return
    raise Refused("wrong_stage", f"{act.do} is not possible now.", f"It needs {needs}.")


def _dates(suit: Suit, act: CourtAct, now: datetime) -> list[Problem]:
    """What every act is checked for: its day, and the document without which it proves nothing."""
    found: list[Problem] = []
    if act.on > local_date(now, suit.terms.time_zone):
        found.append(Problem("on", f"{act.on} has not come yet", "enter it on its day"))
    if act.on < suit.filed_on and not isinstance(act, RecordCost):
        found.append(Problem("on", f"{act.on} is before the filing", f"a day from {suit.filed_on} on"))
    if getattr(act, "do", "") in DOCUMENTED and not act.document:
        found.append(Problem("document", "the paper is missing", "upload it and name its id"))
    return found


def _faults(suit: Suit, act: SuitAct, now: datetime) -> list[Problem]:
    """What is wrong with this one act."""
    today = local_date(now, suit.terms.time_zone)
    match act:
        case RecordAcceptance(result="accepted"):
            named = (("court", act.court or suit.court), ("docket", act.docket))
            return [Problem(name, "it is missing", "as the notice of acceptance says") for name, v in named if not v]
        case RecordAcceptance(result="returned"):
            if suit.stage == "appealed":
                return [Problem("result", "a court of appeal does not return a claim", "accepted or rejected")]
            return _not_past("correct_by", act.correct_by, today)
        case RecordAcceptance():
            return [] if act.document else [Problem("document", "the ruling is missing", "upload it and name its id")]
        case RulePreservation(result="granted"):
            missing = [Problem("until", "the last day of the measure is missing", "as the ruling says")]
            return missing if act.until is None else _not_past("until", act.until, today)
        case ScheduleSession() if act.at <= now:
            return [Problem("at", "the date is over", "an instant to come")]
        case RecordSession(result="held" | "adjourned"):
            at = next(s.at for s in suit.sessions if s.number == act.number)
            return [Problem("result", "the date has not come yet", "wait, or cancel it")] if at > now else []
        case RecordJudgment():
            return _judgment_faults(suit, act)
        case Abandon() if not act.note.strip():
            return [Problem("note", "the reason is missing", "say why nothing more is done")]
        case RecordCost():
            return _cost_faults(suit, act)
        case _:
            return []


def _cost_faults(suit: Suit, act: RecordCost) -> list[Problem]:
    """A correction takes back no more than was recorded, and nothing that the debtor bears by the judgment."""
    least = suit.judgment.costs_owed if suit.judgment else ZERO
    if act.amount == ZERO or act.amount != rounded(act.amount):
        return [Problem("amount", f"{act.amount} is no amount of money", "give whole cents")]
    if suit.costs + act.amount < least:
        return [Problem("amount", f"{suit.costs} were recorded, {least} of them awarded", "take back less")]
    return []


def _judgment_faults(suit: Suit, act: RecordJudgment) -> list[Problem]:
    found: list[Problem] = []
    if act.result == "remanded" and suit.stage != "appealed":
        found.append(Problem("result", "only a court of appeal sends a case back", "choose another result"))
    if act.result in AWARDED:
        if act.amount <= ZERO:
            found.append(Problem("amount", "what the debtor has to pay is missing", "as the judgment says"))
        if act.perform_by is None:
            found.append(Problem("perform_by", "it is missing", "until when the debtor has to pay"))
        elif act.perform_by < act.on:
            found.append(Problem("perform_by", "it is before the judgment was served", "correct the day"))
    elif act.amount or act.costs_owed or act.perform_by:
        found.append(Problem("amount", f"nothing is awarded: {act.result}", "leave amount, costs and day out"))
    if act.costs_owed > suit.costs:
        found.append(Problem("costs_owed", f"only {suit.costs} were recorded", "record the costs first (record_cost)"))
    return found


def _not_past(name: str, day: date | None, today: date) -> list[Problem]:
    return [Problem(name, f"{day} is over", "a day from today on")] if day is not None and day < today else []


def _handled(suit: Suit, act: SuitAct, now: datetime) -> SuitHandled:
    """The event of an act that is in order: the stage after it and what it opens."""
    terms, made = suit.terms, SuitHandled(act=act, stage=suit.stage)
    today = local_date(now, terms.time_zone)

    def goes(stage: Stage, *opens: SuitDeadline) -> SuitHandled:
        return made.model_copy(update={"stage": stage, "opens": opens})

    match act:
        case RecordAcceptance():
            return _accepted(suit, act, now, made)
        case Refile():
            return goes("filed", task(suit, "acceptance", act.on + days(terms.acceptance_days), now))
        case ApplyPreservation():
            return goes(suit.stage, task(suit, "preservation_ruling", act.on + days(terms.preservation_days), now))
        case RulePreservation(result="granted") if act.until:
            return goes(suit.stage, renewal(suit, act.until, now))
        case ScheduleSession():
            new = CourtSession(number=len(suit.sessions) + 1, session=act.session, at=act.at)
            return goes(suit.stage, court_date(suit, new, now))
        case RecordJudgment():
            return _judged(suit, act, now, made)
        case Appeal():
            return goes(
                "appealed", task(suit, "second_instance", after_months(act.on, terms.second_instance_months), now)
            )
        case ApplyEnforcement() | ResumeEnforcement():
            return goes("enforcing", task(suit, "enforcement", after_months(act.on, terms.enforcement_months), now))
        case RecordEnforcement(result="nothing_found") | SearchAssets():
            return goes("dormant", task(suit, "asset_search", after_months(today, terms.asset_search_months), now))
        case RecordEnforcement():
            return made.model_copy(update={"stage": "closed", "closed_for": "performed"})
        case WithdrawSuit() | SettleCosts() | Abandon():
            reason = {"withdraw_suit": "withdrawn", "settle_costs": "settled", "abandon": "abandoned"}[act.do]
            return made.model_copy(update={"stage": "closed", "closed_for": reason})
        case RulePreservation() | RecordSession() | RecordCost():
            return made
        case _:
            assert_never(act)


def _accepted(suit: Suit, act: RecordAcceptance, now: datetime, made: SuitHandled) -> SuitHandled:
    terms = suit.terms
    if act.result == "accepted":
        opens = task(suit, "judgment", after_months(act.on, terms.first_instance_months), now)
        return made.model_copy(update={"stage": "accepted", "opens": (opens,)})
    if act.result == "returned":
        by = act.correct_by or act.on + days(terms.correction_days)
        return made.model_copy(update={"stage": "returned", "opens": (task(suit, "correction", by, now),)})
    if suit.stage == "appealed":
        return made.model_copy(update={"stage": "closed", "closed_for": "rejected"})
    opens = period(suit, "appeal_period", act.on + days(terms.ruling_appeal_days), now)
    return made.model_copy(update={"stage": "rejected", "opens": (opens,)})


def _judged(suit: Suit, act: RecordJudgment, now: datetime, made: SuitHandled) -> SuitHandled:
    """A first judgment can be appealed against; one on appeal, and a settlement before the court, are final."""
    if act.result == "remanded":
        again = task(suit, "judgment", after_months(act.on, suit.terms.first_instance_months), now)
        return made.model_copy(update={"stage": "accepted", "opens": (again,)})
    if suit.stage != "appealed" and act.result != "settled":
        opens = period(suit, "appeal_period", act.on + days(suit.terms.judgment_appeal_days), now)
        return made.model_copy(update={"stage": "judged", "opens": (opens,)})
    if act.result == "against":
        return made.model_copy(update={"stage": "closed", "closed_for": "lost"})
    opens = awarded(suit.model_copy(update={"judgment": act}), now, act.on)
    return made.model_copy(update={"stage": "final", "opens": opens, "costs_owed": act.costs_owed})


def _due(suit: Suit, body: SuitBody) -> SuitDeadline | None:
    """The deadline that an event meets, misses or is a reminder of."""
    match body:
        case SuitHandled(act=RecordSession(number=number)):
            return next((one for one in suit.deadlines if one.session == number), None)
        case SuitHandled(act=act):
            return next((one for one in suit.deadlines if one.clock in STOPS.get(act.do, ())), None)
        case SuitReminded() | SuitEscalated() | PeriodEnded():
            session = getattr(body, "session", None)
            return next((one for one in suit.deadlines if (one.clock, one.session) == (body.clock, session)), None)
        case _:
            return None
