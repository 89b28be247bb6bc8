"""Whether a command is allowed in a case now, and which events it makes; refusals change nothing."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from domain import commands as c, events as e
from domain.agency import AGENCY_WATCH, PlaceWithAgency, RecallFromAgency
from domain.answering import answer, must_be_asked, open_state
from domain.applications import refuse
from domain.case import Case
from domain.contacting import record_contact, share_contact
from domain.correcting import correct
from domain.errors import Refused
from domain.ladder import Ladder
from domain.moving import move
from domain.obligations import confirm
from domain.on_demand import open_by_hand
from domain.outcome import Record
from domain.ownership import change_owner, rules_of_ownership
from domain.parts import finish_part, start_part
from domain.placing import is_agency_of, place, recall, with_recall
from domain.undertaking_check import promise_corrected, recovery_plan, signature_requested
from domain.view import View, is_portfolio
from domain.voting import cast_vote
from domain.withdrawing import withdraw

RULES = (c.DISTRIBUTION, AGENCY_WATCH)  # what acts in cases without being anybody

OF_CUSTOMER = (c.RecordContact, c.ShareContact, c.SetRecoveryPlan, PlaceWithAgency, RecallFromAgency)

OfStep = (
    c.StartTask | c.AnswerStep | c.OpenStep | c.CastVote | c.WithdrawAnswer | c.ConfirmCondition | c.RequestSignature
    | c.StartPart | c.FinishPart
)  # fmt: skip


def check(ladder: Ladder, case: Case, command: c.Command, now: datetime, target: Ladder | None = None) -> Record:
    """The events a command makes. target: the ladder that a `move_policy` names.

    Raises Refused with a stable code: case_closed, not_ready, unknown_step, not_open, held, not_entitled,
    already_answered, own_proposal, over_limit, conditions_unfit, unknown_condition, already_confirmed,
    nothing_to_withdraw, outcome_not_allowed, vote_missing, vote_impossible, no_quorum, no_majority, not_on_demand,
    already_open, already_decided, outside_days, not_for_this_account, needs_missing, document_missing,
    end_date_missing, end_date_past, hold_not_active, nothing_to_correct, already_acted, team_too_small, owner_differs,
    not_a_placement, already_placed, agency_unfit, not_placed,
    choice_missing, choice_not_allowed, no_parts, part_unfit, parts_missing, no_customer.
    """
    if case.status == "closed":
        raise Refused("case_closed", "The case is closed.", "Nothing can be decided in it any more.")
    if case.facts is None or case.status == "new":
        raise Refused("not_ready", "The case is just being opened.", "Try again in a moment.")
    by_rule = isinstance(command.body, c.ReportReceipt | c.ShareContact) or command.actor in RULES
    if command.actor.role not in ladder.policy.roles and not by_rule and not is_agency_of(case, command):
        remedy = f"Its roles: {', '.join(ladder.policy.roles)}."
        raise Refused("not_entitled", f"{command.actor.role} has no part in {ladder.policy.id}.", remedy)
    _must_have_customer(ladder, case, command.body)
    if isinstance(command.body, c.MovePolicy):
        return move(ladder, target, case, command.body, command.actor.role, now)
    bodies = tuple(_for_whom(body, command.on_behalf_of) for body in _bodies(View(ladder, case, now), command))
    step = getattr(command.body, "step", None)
    rules = ladder.by_id[step].rule.rules if step in ladder.by_id else _other_rules(ladder, command)
    return Record(bodies=bodies, due_at=now, rules=rules, why=f"{command.body.do} by {command.actor.role}")


def _must_have_customer(ladder: Ladder, case: Case, body: c.CommandBody) -> None:
    """The standing work of a portfolio has nobody to talk to, to plan with, or to open the steps of an account for."""
    of_account = isinstance(body, c.OpenStep) and all(step.id != body.step for step in ladder.portfolio)
    if is_portfolio(case) and (of_account or isinstance(body, OF_CUSTOMER)):
        remedy = "Say it in the case of the account."
        raise Refused("no_customer", f"{case.case_no} is the standing work of a portfolio, not of a customer.", remedy)


def _for_whom(body: e.Body, behalf: str | None) -> e.Body:
    """What a deputy proposes or answers says for whom, since it is theirs too."""
    if behalf is None or not isinstance(body, e.StepOpened | e.StepAnswered | e.StepCompleted):
        return body
    return body.model_copy(update={"on_behalf_of": behalf})


def _other_rules(ladder: Ladder, command: c.Command) -> tuple[str, ...]:
    if isinstance(command.body, c.EndHold):
        hold = ladder.holds.get(command.body.hold)
        return hold.rules if hold else ()
    if isinstance(command.body, c.ChangeOwner):
        return rules_of_ownership(ladder.policy)
    if isinstance(command.body, RecallFromAgency):
        return tuple(rule for step in ladder.steps if step.rule.agency == "recall" for rule in step.rule.rules)
    return ladder.policy.contact_rules if isinstance(command.body, c.RecordContact | c.ShareContact) else ()


def _bodies(view: View, command: c.Command) -> tuple[e.Body, ...]:
    role = command.actor.role
    match command.body:
        case c.RecordContact() as body:
            return record_contact(view, body.contact, role)
        case c.ShareContact() as body:
            return share_contact(view, body, role)
        case c.EndHold() as body:
            return (_end_hold(view, body, role),)
        case c.ChangeOwner() as body:
            return (change_owner(view.case, body),)
        case c.AddNote() as body:
            return (e.NoteAdded(text=body.text),)
        case c.CorrectEntry() as body:
            return (*correct(view, body, role), *promise_corrected(view, body.seq, body.contact))
        case c.OverridePostings():
            return (e.PostingsOverridden(day=view.today),)
        case c.ReportReceipt() as body:
            return (e.ReceiptReceived(key=body.key, status=body.status),)
        case c.SetRecoveryPlan() as body:
            return (recovery_plan(view, body),)
        case PlaceWithAgency() as body:
            return place(view, body, command)
        case RecallFromAgency() as body:
            return recall(view, body, command)
        case c.MovePolicy():
            raise TypeError("a move needs the ladder it goes to")
        case _:
            return _of_step(view, command, command.body)


def _of_step(view: View, command: c.Command, body: OfStep) -> tuple[e.Body, ...]:
    """What people say about one step."""
    role = command.actor.role
    match body:
        case c.StartTask():
            must_be_asked(open_state(view, body.step), role)
            return (e.TaskStarted(step=body.step),)
        case c.AnswerStep():
            return with_recall(view, answer(view, body, command))
        case c.OpenStep():
            return open_by_hand(view, body, command)
        case c.CastVote():
            return cast_vote(view, body, command)
        case c.WithdrawAnswer():
            return (withdraw(view, body, command),)
        case c.ConfirmCondition():
            return (confirm(view, body, command),)
        case c.StartPart():
            return (start_part(view, body, role),)
        case c.FinishPart():
            return (finish_part(view, body, role),)
        case c.RequestSignature():
            must_be_asked(open_state(view, body.step), role)
            return (signature_requested(view, view.ladder.by_id[body.step], body),)
        case _:
            assert_never(body)


def _end_hold(view: View, body: c.EndHold, role: str) -> e.Body:
    hold = view.ladder.holds.get(body.hold)
    active = any(placed.hold == body.hold and placed.ended_at is None for placed in view.case.holds)
    if hold is None or not active:
        raise Refused("hold_not_active", f"{body.hold} is not in force.", "Only a hold in force can be ended.")
    found: list[Refused] = []
    if hold.ended_by is None or role not in hold.ended_by.role:
        allowed = ", ".join(hold.ended_by.role) if hold.ended_by else "its end date"
        found.append(Refused("not_entitled", f"{role} may not end {body.hold}.", f"It is ended by: {allowed}."))
    if hold.ended_by and not body.evidence:
        remedy = f"Attach the {hold.ended_by.document}."
        found.append(Refused("document_missing", "The end needs a document.", remedy))
    refuse(found)
    return e.HoldEnded(hold=body.hold, reason="withdrawn", role=role, evidence=body.evidence)
