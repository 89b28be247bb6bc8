"""An answer or a vote is taken back by who gave it, until the decision falls; afterwards it is corrected.

In a sequence each signs because those before have signed: what came after an answer that is taken back falls with it.
"""

from __future__ import annotations

from domain import commands as c, events as e
from domain.answering import open_state, step_named
from domain.deadlines import deadline_of
from domain.errors import Refused
from domain.view import View


def withdraw(view: View, body: c.WithdrawAnswer, command: c.Command) -> e.Body:
    """Refused: not_open, held, nothing_to_withdraw, already_decided (the committee has, by all its votes)."""
    step, state = step_named(view, body.step), open_state(view, body.step)
    user, role = command.actor.user, command.actor.role
    voted = any((vote.user, vote.role) == (user, role) for vote in state.votes)
    fallen = any(answer.role == role for answer in state.answers)
    if voted and fallen:
        raise Refused("already_decided", f"{role} has decided.", "A wrong decision is corrected, not withdrawn.")
    if not voted and not any((answer.user, answer.role) == (user, role) for answer in state.answers):
        raise Refused(
            "nothing_to_withdraw", f"You have answered nothing in {body.step} as {role}.",
            "Only who gave an answer takes it back.",
        )  # fmt: skip
    deadline, falls = None, ()
    if state.mode == "sequence" and step.asked and not voted:
        deadline, _ = deadline_of(view.ladder, view.case, step.asked, view.now, role)
        given = {one.role for one in (*state.answers, *state.votes)}
        falls = tuple(after for after in state.asked[state.asked.index(role) + 1 :] if after in given)
    return e.AnswerWithdrawn(step=body.step, role=role, user=user, reason=body.reason, deadline=deadline, falls=falls)
