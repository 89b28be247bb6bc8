"""Whether a visit may be made as it is planned: who goes, with what, and that the customer's place was verified."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

from domain.base import Frozen
from domain.case import Case
from domain.errors import Refused
from domain.ladder import Asked, Ladder
from domain.step_rule import Ask, Noted

VisitStatus = Literal["planned", "reported", "cancelled"]


class Member(Frozen):
    """Somebody who goes; user: a staff id. stands_in_for: the role of the team in whose place they were sent."""

    user: str
    role: str
    stands_in_for: str | None = None

    @property
    def place(self) -> str:
        """The place in the team that this person fills."""
        return self.stands_in_for or self.role


class VisitPlan(Frozen):
    """Who goes when. credentials: which identification; papers: which documents; safety: what is done to be safe."""

    day: date
    team: tuple[Member, ...]
    credentials: str = ""
    papers: str = ""
    safety: str = ""


Held = Mapping[str, tuple[str, ...]]
"""The roles that members of staff hold now; who is unknown or inactive is not among them."""


def visit_asked(ladder: Ladder, step: str) -> tuple[Asked, Ask]:
    """What a visit step asks. Refused: unknown_step, not_a_visit."""
    found = ladder.by_id.get(step)
    if found is None:
        raise Refused("unknown_step", f"The policy has no step {step}.", "Use a step id of the case's policy.")
    if found.asked is None or found.rule.ask is None or found.asked.what != "visit":
        raise Refused("not_a_visit", f"{step} is no visit.", "Name a step that asks for a visit.")
    return found.asked, found.rule.ask


def must_be_located(case: Case, ask: Ask) -> None:
    """Local or not decides how many go, so it is found out first (Z3.4a). Refused "locality_unverified"."""
    if ask.locality is not None and case.step(ask.locality).status != "completed":
        remedy = f"Answer {ask.locality} first."
        raise Refused("locality_unverified", "Workplace and residence have not been verified.", remedy)


def check_visit(ladder: Ladder, case: Case, step: str, plan: VisitPlan, held: Held, today: date) -> None:
    """Raises Refused: unknown_step, not_a_visit, locality_unverified, not_open, held, visit_day_past, team_unfit,
    team_too_small, team_incomplete, credentials_missing, papers_missing, safety_missing (Z3.4, C4.3.2b, H3.1).
    """
    asked, ask = visit_asked(ladder, step)
    must_be_located(case, ask)
    state = case.step(step)
    if not state.is_open:
        raise Refused("not_open", f"{step} is not open.", "Look at the open tasks of the case.")
    if state.frozen:
        raise Refused("held", f"{step} is stopped by {state.frozen}.", "Wait until the hold ends.")
    if plan.day < today:
        raise Refused("visit_day_past", f"{plan.day} is in the past.", "Name a day from today on.")
    check_team(step, asked, plan.team, held)
    for name in ask.noted:
        _must_be_noted(step, plan, name)


def check_team(step: str, asked: Asked, team: tuple[Member, ...], held: Held) -> None:
    """Enough people, each of whom holds the role under which they go, and every role of the team with one of them."""
    for member in team:
        if member.role not in held.get(member.user, ()):
            raise Refused("team_unfit", f"{member.user} is no active {member.role}.", "Name staff under their roles.")
    people = {member.user for member in team}
    if len(people) < max(asked.people, 1) or len(people) < len(team):
        remedy = f"Name everybody once who goes: {', '.join(asked.team) or 'their staff ids'}."
        raise Refused("team_too_small", f"{step} needs {max(asked.people, 1)} people.", remedy)
    absent = [role for role in asked.team if role not in {member.place for member in team}]
    if absent:
        remedy = "Name somebody in that role, or have their head name a substitute."
        raise Refused("team_incomplete", f"Nobody goes as {', '.join(absent)}.", remedy)


def check_report(asked: Asked, step: str, plan: VisitPlan, participants: tuple[str, ...], outcome: str) -> None:
    """A visit is reported by those who were planned, with enough of them. Refused: outcome_not_allowed, not_in_team,
    team_too_small, team_incomplete.
    """
    if outcome not in asked.outcomes:
        allowed = ", ".join(asked.outcomes)
        raise Refused("outcome_not_allowed", f"{outcome} is no outcome of {step}.", f"Allowed: {allowed}.")
    strangers = set(participants) - {member.user for member in plan.team}
    if strangers:
        raise Refused("not_in_team", f"{', '.join(sorted(strangers))} were not planned.", "Plan the visit with them.")
    went = tuple(member for member in plan.team if member.user in participants)
    check_team(step, asked, went, {member.user: (member.role,) for member in went})


def substituted(ladder: Ladder, plan: VisitPlan, absent: str, instead: Member, head: str, held: Held) -> VisitPlan:
    """The plan with somebody else in the place of one who cannot go (Z4.2b): named by the head of that role, from the
    people of that head. Refused: not_in_team, not_entitled, substitute_unfit, team_unfit.
    """
    gone = next((member for member in plan.team if member.user == absent), None)
    if gone is None:
        raise Refused("not_in_team", f"{absent} is not in the team.", "Name a member of the team.")
    leader = ladder.head_of(gone.place)
    if leader != head:
        raise Refused("not_entitled", f"{head} names no substitute for {gone.place}.", f"Entitled: {leader}.")
    taken = {member.user for member in plan.team}
    if instead.role not in held.get(instead.user, ()) or instead.user in taken:
        raise Refused("team_unfit", f"{instead.user} cannot go as {instead.role}.", "Name active staff not yet going.")
    if instead.role != gone.place and ladder.head_of(instead.role) != leader:
        raise Refused("substitute_unfit", f"{instead.role} is not led by {leader}.", "Name a member of the same team.")
    new = instead.model_copy(update={"stands_in_for": gone.place if instead.role != gone.place else None})
    return plan.model_copy(update={"team": tuple(new if member is gone else member for member in plan.team)})


def _must_be_noted(step: str, plan: VisitPlan, name: Noted) -> None:
    if not getattr(plan, name).strip():
        raise Refused(f"{name}_missing", f"The plan of {step} says nothing of {name}.", f"State {name}.")
