"""Who may give which command: from the tables by hand and the record alone, without a look at `check`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from domain import commands as c, events as e
from domain.agency import AGENCY_WATCH, PlaceWithAgency, RecallFromAgency
from domain.ladder import Ladder
from domain.ledger import AccountFacts
from domain.part_commands import FinishPart, StartPart
from domain.standing import standing
from tests.builders.authority import Line, table
from tests.builders.sequences import Given

JUDGED = ("approval", "decision", "confirmation", "countersignature")
CENT = Decimal("0.01")
OfStep = (
    c.StartTask | c.RequestSignature | c.AnswerStep | PlaceWithAgency | c.CastVote | c.OpenStep | StartPart | FinishPart
)
TABLES: dict[str, dict[str, Line]] = {}


def lines(ladder: Ladder) -> dict[str, Line]:
    """The table of a policy, read once."""
    name = ladder.policy.id
    if name not in TABLES:
        TABLES[name] = table(name)
    return TABLES[name]


def entitled(given: Given, history: Sequence[e.Event]) -> bool:
    """Whether whoever gave an accepted command may give it. history: what had happened before."""
    role, policy, body = given.command.actor.role, given.ladder.policy, given.command.body
    member = role in policy.roles
    match body:
        case c.ReportReceipt() | c.ShareContact():
            return True  # the product's own; the API lets nobody else
        case c.AddNote() | c.OverridePostings() | c.SetRecoveryPlan():
            return member
        case c.ChangeOwner():
            return member or given.command.actor == c.DISTRIBUTION
        case c.RecordContact():
            return member or _agent(given)
        case c.MovePolicy():
            return role in (policy.owner, policy.roles[policy.owner].head)
        case c.EndHold():
            ended_by = given.ladder.holds[body.hold].ended_by
            return ended_by is not None and role in ended_by.role
        case RecallFromAgency():
            return given.command.actor == AGENCY_WATCH or role in _with_heads(given.ladder, _recallers(given.ladder))
        case c.WithdrawAnswer():
            own = (one for one in since_opening(history, body.step) if one.body.kind in ("step_answered", "vote_cast"))
            return any(one.actor == given.command.actor for one in own)
        case c.ConfirmCondition():
            ends = [one.body for one in history if isinstance(one.body, e.StepCompleted) and one.body.step == body.step]
            return role == ends[-1].conditions[body.no - 1].role
        case c.CorrectEntry():
            return _may_correct(given, body, history)
        case _:
            return _of_step(given, history, body)


def _of_step(given: Given, history: Sequence[e.Event], body: OfStep) -> bool:
    role, line = given.command.actor.role, lines(given.ladder)[body.step]
    heads = _with_heads(given.ladder, line.asks)
    match body:
        case c.OpenStep():
            return role in line.opens
        case StartPart() | FinishPart():
            return role in heads
        case c.AnswerStep() if given.before.step(body.step).frozen:
            return role == given.ladder.policy.roles[line.asks[0]].head  # a running task is ended by the head (L7.4)
        case _:
            if line.in_turn:
                said = {one.actor.role for one in _standing_answers(history, body.step) if one.actor}
                return role == next((one for one in line.asks if one not in said), None)
            return role in line.asks or role in _asked_before_the_move(history, body.step)


def _asked_before_the_move(history: Sequence[e.Event], step: str) -> tuple[str, ...]:
    """Whom the policy before had asked: a correction after the case moved asks them anew."""
    first = next(
        (one for one in reversed(history) if isinstance(one.body, e.StepOpened) and one.body.step == step), None
    )
    moved = any(isinstance(one.body, e.PolicyMoved) and first and one.seq > first.seq for one in history)
    return first.body.asked if moved and first and isinstance(first.body, e.StepOpened) else ()


def _may_correct(given: Given, body: c.CorrectEntry, history: Sequence[e.Event]) -> bool:
    role, ladder = given.command.actor.role, given.ladder
    asks = [step for step in ladder.steps if step.asked]
    (first, *_) = (event.body for event in given.made)
    if isinstance(first, e.StepReopened):
        asked = (*lines(ladder)[first.step].asks, *_asked_before_the_move(history, first.step))
        return role in asked or role in _with_heads(ladder, [one for one in asked if one in ladder.policy.roles])
    if body.receipt is not None:
        return role in _with_heads(ladder, lines(ladder)["delivery_check"].asks)
    if body.letter is not None:
        return role in ladder.policy.roles
    callers = [r for step in asks if step.asked and step.asked.what == "contact" for r in lines(ladder)[step.id].asks]
    return role in _with_heads(ladder, callers)


def _recallers(ladder: Ladder) -> Sequence[str]:
    step = next((one for one in ladder.steps if one.rule.agency == "recall"), None)
    return lines(ladder)[step.id].asks if step else (ladder.policy.owner,)


def _with_heads(ladder: Ladder, roles: Sequence[str]) -> set[str]:
    return {*roles, *(head for role in roles if (head := ladder.policy.roles[role].head))}


def _agent(given: Given) -> bool:
    placed = given.before.agency
    return placed is not None and given.command.actor.authority == f"agency:{placed.agency}"


def since_opening(history: Sequence[e.Event], step: str) -> list[e.Event]:
    """What happened to a step since it was last put to people, the opening included."""
    own = [event for event in history if getattr(event.body, "step", None) == step]
    openings = ("step_opened", "step_offered", "step_reopened")
    return own[max((no for no, event in enumerate(own) if event.body.kind in openings), default=0) :]


def _standing_answers(history: Sequence[e.Event], step: str) -> list[e.Event]:
    """The answers that were neither withdrawn nor voided by a split vote."""
    found: list[e.Event] = []
    for event in since_opening(history, step):
        match event.body:
            case e.StepAnswered(split=True):
                found.clear()
            case e.StepAnswered():
                found.append(event)
            case e.AnswerWithdrawn(role=role, falls=falls):
                gone = {role, *falls}
                found = [one for one in found if one.actor and one.actor.role not in gone]
            case _:
                pass
    return found


def own_proposal(given: Given, history: Sequence[e.Event]) -> bool:
    """Whether somebody decided on what they had brought up, or twice on the same."""
    body, user = given.command.body, given.command.actor.user
    if not isinstance(body, c.AnswerStep | c.CastVote | PlaceWithAgency):
        return False
    step = given.ladder.by_id[body.step]
    if step.asked is None or step.asked.what not in JUDGED:
        return False
    opening = since_opening(history, body.step)[0]
    opened = opening.actor if opening.command_id and isinstance(opening.body, e.StepOpened) else None
    foreign = opened is not None and opened.role not in lines(given.ladder)[body.step].asks
    mine = {user, given.command.on_behalf_of}
    if foreign and opened is not None and {opened.user, getattr(opening.body, "on_behalf_of", None)} - {None} & mine:
        return True
    answered = [one.actor.user for one in _standing_answers(history, body.step) if one.actor]
    return isinstance(body, c.AnswerStep) and user in answered


def over_limit(given: Given, account: AccountFacts) -> bool:
    """Whether a yes went beyond what its giver may decide, by the postings of the account."""
    for one in given.made:
        body = one.body
        if not isinstance(body, e.StepCompleted | e.StepAnswered) or one.command_id != given.command.id:
            continue
        asked, line = given.ladder.by_id[body.step].asked, lines(given.ladder)[body.step]
        limited = body.role in line.limits and asked is not None and body.outcome == asked.outcomes[0]
        if limited and any(_beyond(given, account, body, limit) for limit in _limits(line, body.role or "")):
            return True
    return False


def _limits(line: Line, role: str) -> Iterator[tuple[Decimal, bool]]:
    """Each limit, and whether it is a share of the penalty interest."""
    yield from ((limit, no == 1) for no, limit in enumerate(line.limits[role]))


def _beyond(
    given: Given, account: AccountFacts, body: e.StepCompleted | e.StepAnswered, limit: tuple[Decimal, bool]
) -> bool:
    now = standing(account.known_at(given.now), given.before.today(given.now), given.ladder.terms)
    waived = body.waived.amount if isinstance(body, e.StepCompleted) and body.waived else None
    most, share = limit
    if share:
        return waived is not None and waived * 100 > now.current_penalty * most + CENT * 100
    return (now.total_overdue if waived is None else waived) > most + CENT
