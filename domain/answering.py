"""Answers of people to what a step asks: who may give which, what it must carry, and what it brings about."""

from __future__ import annotations

from domain import commands as c, events as e
from domain.authority import must_have_authority
from domain.buyback_claim import claimed
from domain.case import StepState
from domain.concessions import must_keep_limits, waived
from domain.deadlines import deadline_of, waiting_roles
from domain.errors import Refused
from domain.filing import favourable, must_choose
from domain.ladder import Step
from domain.meeting import stands_in_meeting
from domain.obligations import attached, must_be_possible
from domain.parts import must_be_chosen, reported
from domain.proposals import must_be_anothers
from domain.undertaking_check import concluded
from domain.view import View

HALF = 2
OF_SUIT = "suit:"  # the authority of an answer that a running suit gives


def step_named(view: View, name: str) -> Step:
    step = view.ladder.by_id.get(name)
    if step is None:
        raise Refused("unknown_step", f"The policy has no step {name}.", "Use a step id of the case's policy.")
    return step


def open_state(view: View, name: str) -> StepState:
    step_named(view, name)
    state = view.case.step(name)
    if state.status == "completed":
        remedy = "A wrong answer is corrected with correct_entry, not repeated."
        raise Refused("not_open", f"{name} has ended: {state.outcome or 'done'}.", remedy)
    if not state.is_open:
        raise Refused("not_open", f"{name} is not open.", "Look at the open tasks of the case.")
    if state.frozen:
        raise Refused("held", f"{name} is stopped by {state.frozen}.", "Wait until the hold ends.")
    return state


def must_be_asked(state: StepState, role: str, above: tuple[str, ...] = ()) -> None:
    """above: those whose authority reaches further than that of whom it was put to."""
    waiting = waiting_roles(state.asked, state.mode, tuple(answer.role for answer in state.answers))
    if role in waiting or role in above:
        return
    if role in state.asked and role in (answer.role for answer in state.answers):
        raise Refused("already_answered", f"{role} has answered already.", "A wrong answer is corrected, not repeated.")
    raise Refused("not_entitled", f"{role} is not asked here.", f"It waits for: {', '.join(waiting)}.")


def answer(view: View, body: c.AnswerStep, command: c.Command) -> tuple[e.Body, ...]:
    state, role = view.case.step(body.step), command.actor.role
    if not (_ends_held_task(view, state, body, role) or _said_by_suit(view, state, body, command)):
        state = open_state(view, body.step)
        asked = step_named(view, body.step).asked
        must_be_asked(state, role, asked.roles if asked and asked.mode == "any" else ())
    must_be_outcome(body.step, body.outcome, state.outcomes)
    must_be_fit(view, step_named(view, body.step), state, body, command)
    step = step_named(view, body.step)
    given = answered(view, step, state, role, body)
    return (*reported(view, step, body), given, *concluded(view, step, body, given))


def must_be_outcome(step: str, outcome: str, outcomes: tuple[str, ...]) -> None:
    if outcome not in outcomes:
        raise Refused(
            "outcome_not_allowed", f"{outcome} is not an outcome of {step}.", f"Allowed: {', '.join(outcomes)}."
        )


def must_be_fit(view: View, step: Step, state: StepState, body: c.AnswerStep, command: c.Command) -> None:
    """By the right person, within their authority, and with everything it must carry."""
    role = command.actor.role
    must_be_anothers(view, step, state, command)
    must_carry(view, role, state, body)
    _must_be_proven(view, body, command)
    _must_be_enough(step, body)
    _must_be_reported(step, body)
    must_choose(step, body)
    must_be_chosen(view, step, body)
    must_be_possible(view, step, body)
    must_have_authority(view, step, role, body.outcome, body.figures)


def _must_be_proven(view: View, body: c.AnswerStep, command: c.Command) -> None:
    """Heads counted in a session are one person's word until its minutes, or the record of the meeting, say so."""
    counted = view.ladder.policy.roles[command.actor.role].committee
    if counted and not body.evidence and not stands_in_meeting(command.actor.authority):
        remedy = (
            "Attach the meeting_minutes, or enter it as a decision of the meeting; members may also vote one by one."
        )
        raise Refused("document_missing", "The vote of a session needs its minutes.", remedy)


def _must_be_enough(step: Step, body: c.AnswerStep) -> None:
    """A visit is made by at least so many people (Z3.4, C4.3.2b)."""
    people = step.asked.people if step.asked else 0
    if step.asked and body.outcome == step.asked.outcomes[0] and len(set(body.participants)) < people:
        remedy = f"Name everybody who took part: {', '.join(step.asked.team) or 'their staff ids'}."
        raise Refused("team_too_small", f"{body.step} needs {people} people.", remedy)


def _must_be_reported(step: Step, body: c.AnswerStep) -> None:
    """What has to be written down about it is there: offers and publicity of a disposal (O2.5c)."""
    if step.asked is None or body.outcome != step.asked.outcomes[0]:
        return
    written = {section.heading for section in body.sections if section.text.strip()}
    missing = [heading for heading in step.asked.report if heading not in written]
    if missing:
        raise Refused(
            "report_incomplete", f"{body.step} lacks: {', '.join(missing)}.", "Add a section under each heading."
        )


def _ends_held_task(view: View, state: StepState, body: c.AnswerStep, role: str) -> bool:
    """A task that was running when a hold came is finished or aborted by the head, with a reason (settled, L7.4)."""
    running = state.is_open and state.frozen is not None and state.started and len(state.asked) == 1
    return running and bool(body.note.strip()) and role == view.ladder.head_of(state.asked[0])


def _said_by_suit(view: View, state: StepState, body: c.AnswerStep, command: c.Command) -> bool:
    """What happened in a court happened, also while a hold stops the step that waits for it (decision 21)."""
    by_suit = command.actor.authority.startswith(OF_SUIT)
    return by_suit and state.is_open and step_named(view, body.step).rule.suit is not None


def answered(view: View, step: Step, state: StepState, role: str, body: c.AnswerStep) -> e.Body:
    """The favourable outcome needs everybody who is asked; any other decides at once, except in a joint decision,
    which is what all of them say (L7.3b: committee and manager resolve together; a split vote is taken again)."""
    body = must_keep_limits(view, step, body)
    left = waiting_roles(state.asked, "all", (*(answer.role for answer in state.answers), role))
    joint = state.mode == "all" and step.asked is not None and step.asked.what == "decision"
    split = joint and not left and any(answer.outcome != body.outcome for answer in state.answers)
    said = e.StepAnswered(
        step=body.step, role=role, outcome=body.outcome, note=body.note, evidence=body.evidence, present=body.present,
        in_favour=body.in_favour,
    )  # fmt: skip
    if split:
        return said.model_copy(update={"split": True})
    if left and _still_open(state, body.outcome, joint):
        deadline = None
        if state.mode == "sequence" and step.asked:
            deadline, _ = deadline_of(view.ladder, view.case, step.asked, view.now, left[0])
        return said.model_copy(update={"deadline": deadline, "conditions": body.conditions})
    return e.StepCompleted(
        step=body.step,
        outcome=body.outcome,
        role=role,
        document=step.rule.document or step.rule.writes,
        evidence=body.evidence,
        note=body.note,
        present=body.present,
        in_favour=body.in_favour,
        sections=body.sections,
        figures=body.figures,
        participants=body.participants,
        waived=waived(view, step, body),
        claimed=claimed(step, body),
        suit=step.rule.suit if favourable(step, body) else None,
        choice=body.choice,
        defendants=body.defendants,
        parts=body.parts,
        conditions=attached(state, body),
    )


def _still_open(state: StepState, outcome: str, joint: bool) -> bool:
    """Whether others who are asked can still say how it ends."""
    favourable = outcome == state.outcomes[0]
    if state.mode != "n_of":
        return state.mode != "any" and (joint or favourable)
    agreed = sum(answer.outcome == state.outcomes[0] for answer in state.answers) + favourable
    against = len(state.answers) + 1 - agreed
    return agreed < state.needed and len(state.asked) - against >= state.needed


def must_carry(view: View, role: str, state: StepState, body: c.AnswerStep) -> None:
    """A committee decides with half of its members present, by simple majority of those present (settled)."""
    if not view.ladder.policy.roles[role].committee:
        return
    present, in_favour, outcome, outcomes = body.present, body.in_favour, body.outcome, state.outcomes
    if present is None or in_favour is None:
        raise Refused(
            "vote_missing", "A committee decides by vote.", "Say how many were present and how many in favour."
        )
    members = view.ladder.integer("committee_members")
    yes = sum(vote.outcome == outcomes[0] for vote in state.votes if vote.role == role)
    no = sum(vote.outcome != outcomes[0] for vote in state.votes if vote.role == role)
    if present > members or in_favour > present or in_favour < yes or present - in_favour < no:
        counted = f"{in_favour} of {present} in favour, {members} members."
        raise Refused("vote_impossible", counted, "Count members, those present and those in favour again.")
    if present * HALF < members:
        raise Refused("no_quorum", f"{present} of {members} members were present.", "At least half must be present.")
    if outcome == outcomes[0] and in_favour * HALF <= present:
        raise Refused("no_majority", f"{in_favour} of {present} were in favour.", "More than half of those present.")
    if outcome != outcomes[0] and in_favour * HALF > present:
        remedy = f"A majority in favour is {outcomes[0]}; count again."
        raise Refused("vote_impossible", f"{in_favour} of {present} were in favour, yet {outcome}.", remedy)
