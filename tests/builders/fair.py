"""Commands that could be allowed: drawn from what is open in the case at that moment, by somebody who is asked."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from domain import commands as c, events as e
from domain.agreement_events import RecoveryStage
from domain.agreement_terms import AgreementTerms
from domain.base import days
from domain.case import StepState
from domain.concessions import WAIVER, stated
from domain.deadlines import waiting_roles
from domain.evidence import ApprovalCondition, Figure
from domain.ladder import Step
from domain.money import CENT, rounded
from domain.obligations import CONDITIONAL
from domain.parts import missing
from domain.proposals import proposers
from domain.scenario import answer_of
from domain.undertaking_check import scripted_terms
from tests.builders.moment import Drawn, Moment
from tests.builders.staff import RULES, agent, of

PRODUCT = of("product", "system")
Fair = Callable[[Moment], Drawn | None]


def _waiting(state: StepState) -> tuple[str, ...]:
    return waiting_roles(state.asked, state.mode, tuple(answer.role for answer in state.answers))


def asked_of(at: Moment, fitting: Callable[[Step, StepState], bool]) -> tuple[Step, StepState, str] | None:
    """An open ask that fits, and a role that is waited for."""
    found = [(step, state) for step, state in at.open_asks() if fitting(step, state) and _waiting(state)]
    if not found:
        return None
    step, state = at.one(found)
    return step, state, at.one(_waiting(state))


def start_task(at: Moment) -> Drawn | None:
    found = asked_of(at, lambda step, state: not state.started)
    return found and Drawn(c.StartTask(step=found[0].id), at.staff.somebody(at.ladder, found[2]))


def answer_step(at: Moment) -> Drawn | None:
    return answer(at, 0.75)


def answer(at: Moment, favourably: float) -> Drawn | None:
    """An answer; favourably: with this probability the one that was asked for."""
    found = asked_of(at, lambda step, state: step.rule.agency != "place" or at.chance(0.2))
    if not found:
        return None
    step, state, role = found
    outcome = state.outcomes[0] if at.chance(favourably) else at.one(state.outcomes)
    barred = proposers(at.view, step, state) | {answer.user for answer in state.answers if answer.user}
    return Drawn(full_answer(at, step, role, outcome), at.staff.somebody(at.ladder, role, frozenset(barred)))


def full_answer(at: Moment, step: Step, role: str, outcome: str) -> c.AnswerStep:
    """With all that it must carry: figures, terms, parts; now and then with conditions."""
    body = answer_of(at.ladder, step.id, role, outcome)
    favourable = step.asked is not None and outcome == step.asked.outcomes[0]
    given: dict[str, object] = {
        "evidence": "D-1",
        "figures": figures(at, step, outcome),
        "note": at.one(("", "said so")),
    }
    if body.parts_done:
        left = missing(at.case, step)
        given["parts_done"] = tuple(c.PartReport(part=part, note="done") for part in left)
    if (terms := scripted_terms(step, outcome, at.view)) is not None:
        given["agreement"] = terms.model_copy(update={"first_due": min(at.day(3, 90), terms.first_due)})
    if favourable and conditional(step) and at.chance(0.35):
        given["conditions"] = tuple(_condition(at) for _ in range(at.one((1, 1, 2))))
    return body.model_copy(update=given)


def figures(at: Moment, step: Step, outcome: str) -> tuple[Figure, ...]:
    """As a script states them; of a waiver any part of what may be waived."""
    found = stated(at.ladder, step, outcome, at.view)
    share = Decimal(at.rng.randint(1, 100)) / 100
    return tuple(
        one.model_copy(update={"amount": max(CENT, rounded(one.amount * share))}) if one.item == WAIVER else one
        for one in found
    )


def conditional(step: Step) -> bool:
    """Whether a yes to it may have conditions."""
    figures = step.rule.ask.figures if step.rule.ask else None
    return step.asked is not None and step.asked.what in CONDITIONAL and figures is None


def _condition(at: Moment) -> ApprovalCondition:
    role = at.one(sorted(at.ladder.policy.roles))
    return ApprovalCondition(text="when insured", by=at.day(0, 20), role=role, before=at.chance(0.4))


def any_step(step: Step) -> bool:
    return True


def open_step(at: Moment, fit: Callable[[Step], bool] = any_step) -> Drawn | None:
    steps = (step for step in at.view.steps if step.rule.on_demand and fit(step))
    found = [step for step in steps if not at.case.step(step.id).is_open]
    if not found or at.case.facts is None:
        return None
    step = at.one(found)
    demand, role = step.rule.on_demand, at.one(step.opened_by)
    if demand is None or step.asked is None:
        return None
    given: dict[str, object] = {"evidence": "D-2", "note": "as reported"}
    if demand.end_date:
        given["end_date"] = at.day(0, 20)
    if demand.opens_case_until or (demand.since and at.chance(0.3)):
        given["since"] = at.day(-4, 0)
    if role in step.asked.roles:
        whole = answer_of(at.ladder, step.id, role, step.asked.outcomes[0])
        given |= {"present": whole.present, "in_favour": whole.in_favour, "sections": whole.sections}
    given["figures"] = figures(at, step, step.asked.outcomes[0])
    return Drawn(c.OpenStep(step=step.id).model_copy(update=given), at.staff.somebody(at.ladder, role))


def record_contact(at: Moment) -> Drawn | None:
    roles = [
        role for step, state in at.open_asks() if step.asked and step.asked.what == "contact" for role in state.asked
    ]
    actor = at.staff.somebody(at.ladder, at.one(roles or sorted(at.ladder.policy.roles)))
    if at.case.agency is not None and at.chance(0.5):
        actor = agent(at.case.agency.agency)
    return Drawn(c.RecordContact(contact=contact(at)), actor)


def contact(at: Moment) -> e.ContactResult:
    """Reached or not, cooperative or not, now and then with a promise."""
    outcome = at.one(("contacted", "contacted", "contacted", "not_reached", "wrong_number"))
    promise: dict[str, object] = {}
    if outcome == "contacted" and at.chance(0.3):
        amount = Decimal(at.rng.randint(1, 1_200_000)) / 100
        promise = {"promise_amount": rounded(amount), "promise_date": at.day(0, 15)}
    attitude = at.one((None, "cooperative", "evasive", "not_cooperating", "refuses"))
    own = "customer" if attitude == "cooperative" else None
    told = {"outcome": outcome, "attitude": attitude, "initiated_by": own}
    return e.ContactResult.model_validate(told | promise)


def end_hold(at: Moment) -> Drawn | None:
    rules = [at.ladder.holds[one.hold] for one in at.case.holds if one.ended_at is None]
    found = [(rule.id, rule.ended_by.role) for rule in rules if rule.ended_by]
    if not found:
        return None
    hold, roles = at.one(found)
    return Drawn(c.EndHold(hold=hold, evidence="D-3"), at.staff.somebody(at.ladder, at.one(roles)))


def change_owner(at: Moment) -> Drawn | None:
    actor = at.one((RULES[0], at.staff.somebody(at.ladder, at.ladder.policy.owner)))
    owner = at.one((None, *at.staff.users(at.ladder, at.ladder.policy.owner)))
    return Drawn(c.ChangeOwner(owner=owner, reason="more room", expected=at.one((None, at.case.owner or ""))), actor)


def move_policy(at: Moment) -> Drawn | None:
    role = at.ladder.policy.owner
    if not at.targets:
        return None
    target = at.one(at.targets)
    pin = e.PolicyPin(id=target.policy.id, version=target.policy.version, sha256=target.sha256)
    body = c.MovePolicy(policy=pin, settings=target.settings_id, reason="sold")
    return Drawn(body, at.staff.somebody(at.ladder, at.one((role, at.ladder.head_of(role) or role))))


def add_note(at: Moment) -> Drawn | None:
    return Drawn(c.AddNote(text="a note"), at.staff.somebody(at.ladder, at.one(sorted(at.ladder.policy.roles))))


def override_postings(at: Moment) -> Drawn | None:
    return Drawn(c.OverridePostings(), at.staff.somebody(at.ladder, at.ladder.policy.owner))


def share_contact(at: Moment) -> Drawn | None:
    found = [(step, state) for step, state in at.open_asks() if state.way is not None]
    if not found:
        return None
    step, state = at.one(found)
    if step.asked and step.asked.what == "contact":
        return Drawn(c.ShareContact(of="other-1/4", way=state.way or "call", contact=contact(at)), PRODUCT)
    body = c.ShareContact(of="other-1/4", way=state.way or "visit", outcome=state.outcomes[0], participants=("a", "b"))
    return Drawn(body, PRODUCT)


def cast_vote(at: Moment) -> Drawn | None:
    def sits(role: str) -> bool:
        known = at.ladder.policy.roles.get(role)
        return known is not None and known.committee

    found = asked_of(at, lambda step, state: any(sits(role) for role in _waiting(state)))
    if not found:
        return None
    step, state, _ = found
    role = next(role for role in _waiting(state) if sits(role))
    voted = frozenset(vote.member for vote in state.votes) | proposers(at.view, step, state)
    outcome = state.outcomes[0] if at.chance(0.7) else at.one(state.outcomes)
    return Drawn(c.CastVote(step=step.id, outcome=outcome, reason="sound"), at.staff.somebody(at.ladder, role, voted))


def withdraw_answer(at: Moment) -> Drawn | None:
    given = [
        (step.id, one.user, one.role) for step, state in at.open_asks()
        for one in (*state.answers, *state.votes) if one.user
    ]  # fmt: skip
    if not given:
        return None
    step, user, role = at.one(given)
    return Drawn(c.WithdrawAnswer(step=step, reason="on second thoughts"), of(user, role))


def confirm_condition(at: Moment) -> Drawn | None:
    left = [
        (name, no, one.condition.role, state) for name, state in at.case.steps.items() if name in at.ladder.by_id
        for no, one in enumerate(state.obligations, start=1) if one.confirmed_at is None
    ]  # fmt: skip
    if not left:
        return None
    name, no, role, state = at.one(left)
    barred = frozenset(proposers(at.view, at.ladder.by_id[name], state))
    return Drawn(c.ConfirmCondition(step=name, no=no, note="seen"), at.staff.somebody(at.ladder, role, barred))


def set_recovery_plan(at: Moment) -> Drawn | None:
    first = at.day(0, 20)
    stages = tuple(
        RecoveryStage(day=first + days(10 * no), target=Decimal(1000 * (no + 1))) for no in range(at.one((1, 3)))
    )
    role = at.one(sorted(at.ladder.policy.roles))
    return Drawn(c.SetRecoveryPlan(responsible=f"{role}-1", stages=stages), at.staff.somebody(at.ladder, role))


def request_signature(at: Moment) -> Drawn | None:
    found = asked_of(at, lambda step, state: step.rule.ask is not None and step.rule.ask.concludes is not None)
    if not found:
        return None
    step, state, role = found
    usual = scripted_terms(step, state.outcomes[0], at.view)
    first = at.day(3, 90)
    terms = AgreementTerms(first_due=min(first, usual.first_due) if usual else first)
    body = c.RequestSignature(step=step.id, document="D-6", agreement=terms)
    return Drawn(body, at.staff.somebody(at.ladder, role))
