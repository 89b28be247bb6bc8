"""Votes of single members of a committee: the decision falls when it cannot be overturned, never by silence."""

from __future__ import annotations

from collections import Counter

from domain import commands as c, events as e
from domain.answering import answered, must_be_asked, must_be_outcome, open_state, step_named
from domain.authority import must_have_authority
from domain.errors import Refused
from domain.proposals import must_be_anothers
from domain.view import View

HALF = 2


def cast_vote(view: View, body: c.CastVote, command: c.Command) -> tuple[e.Body, ...]:
    """The vote, and what the committee has thereby decided: an outcome with more than half of all members.

    When all have voted and none has, the vote is taken again. Refused: not_entitled, already_answered,
    outcome_not_allowed, vote_impossible, own_proposal, over_limit.
    """
    step, state, role = step_named(view, body.step), open_state(view, body.step), command.actor.role
    if not view.ladder.policy.roles[role].committee:
        raise Refused("not_entitled", f"{role} is no committee.", "Members of a committee vote; others answer.")
    must_be_asked(state, role)
    must_be_outcome(body.step, body.outcome, state.outcomes)
    must_be_anothers(view, step, state, command)
    must_have_authority(view, step, role, body.outcome, ())
    member = command.on_behalf_of or command.actor.user
    before = tuple(vote for vote in state.votes if vote.role == role)
    if any(vote.member == member for vote in before):
        raise Refused("already_answered", "This member has voted already.", "Withdraw the vote first.")
    members = view.ladder.integer("committee_members")
    if len(before) >= members:
        raise Refused("vote_impossible", f"{members} members have voted.", "A member who has not voted votes.")
    count = Counter([*(vote.outcome for vote in before), body.outcome])
    outcome, most = count.most_common(1)[0]
    decided, everybody = most * HALF > members, len(before) + 1 == members
    vote = e.VoteCast(
        step=body.step, role=role, member=member, outcome=body.outcome, reason=body.reason,
        split=everybody and not decided,
    )  # fmt: skip
    if not decided:
        return (vote,)
    result = c.AnswerStep(
        step=body.step, outcome=outcome, note=body.reason, present=len(before) + 1, in_favour=count[state.outcomes[0]]
    )
    return vote, answered(view, step, state, role, result)
