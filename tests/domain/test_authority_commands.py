"""The authority matrix, continued: every other command of every policy x every role.

Who may stands in `authority/commands.yaml`; what is judged by the permissions of the API is tried there too
(tests/api/test_authority_tables.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import pytest

from domain import commands as c
from domain.agency import AGENCY, AgencyFile, Placement, PlaceWithAgency, RecallFromAgency
from domain.agreement_events import RecoveryStage
from domain.agreement_terms import AgreementTerms
from domain.base import days
from domain.case import Answer, Case, Hold, Obligation, Vote
from domain.events import Actor
from domain.evidence import ApprovalCondition, ContactResult
from domain.ladder import Ladder
from domain.obligations import CONDITIONAL
from domain.part_commands import FinishPart, StartPart
from domain.scenario import actor
from domain.undertaking_check import scripted_terms
from domain.view import View, is_portfolio
from tests.builders.authority import asked_of, asking, asks, desk_of, ended, everybody, opened, rows, table, verdict
from tests.builders.cases import Desk
from tests.builders.ladders import POLICIES, ladder, pin

FAR = date(2030, 1, 1)
NOT_ENTITLED = "not_entitled"


def agency(number: str) -> AgencyFile:
    return AgencyFile(id=number, licence_until=FAR, nda_until=FAR, qualified=True)


def only(
    policy: Ladder, case: Case, desk: Desk, body: c.CommandBody, may: Iterable[str | None], others: str = NOT_ENTITLED
) -> None:
    """These may, and of all others those with a part in the policy get that code, and strangers have no part in it."""
    for role in everybody(policy):
        inside = "allowed" if role in may else others
        wanted = inside if role in policy.policy.roles else NOT_ENTITLED
        assert verdict(policy, case, role, body, desk) == wanted, (body, role)


def test_every_policy_has_a_row() -> None:
    assert set(rows()) == set(POLICIES)


@pytest.mark.parametrize("name", POLICIES)
def test_what_the_permissions_judge_every_role_of_the_policy_may_and_nobody_else(name: str) -> None:
    policy = ladder(name)
    desk = desk_of(policy)
    stage = RecoveryStage(day=desk.case.today(desk.now) + days(9), target=Decimal(1))
    for body in (
        c.AddNote(text="x"), c.RecordContact(contact=ContactResult()), c.OverridePostings(), c.ChangeOwner(owner="u"),
        c.SetRecoveryPlan(responsible="u", stages=(stage,)), c.CorrectEntry(seq=1, reason="x", letter="L-1"),
    ):  # fmt: skip
        only(policy, desk.case, desk, body, policy.policy.roles)


@pytest.mark.parametrize("name", POLICIES)
def test_a_case_is_moved_by_the_owner_of_its_policy_and_their_head(name: str) -> None:
    policy, other = ladder(name), ladder("bank" if name != "bank" else "credit")
    desk, row = desk_of(policy), rows()[name]
    body = c.MovePolicy(policy=pin(other), settings=other.settings_id, reason="x")
    for role in everybody(policy):
        wanted = "allowed" if role in row.move_policy else NOT_ENTITLED
        assert verdict(policy, desk.case, role, body, desk, other) == wanted, role


@pytest.mark.parametrize("name", POLICIES)
def test_a_hold_is_ended_by_whom_the_table_names(name: str) -> None:
    policy, row = ladder(name), rows()[name]
    desk = desk_of(policy)
    assert set(policy.holds) == set(row.end_hold)
    for hold, may in row.end_hold.items():
        held = Hold(hold=hold, source=1, placed_at=desk.now, placed_dpd=1)
        case = desk.case.model_copy(update={"holds": (held,)})
        only(policy, case, desk, c.EndHold(hold=hold, evidence="D1"), may)


@pytest.mark.parametrize("name", POLICIES)
def test_an_answer_is_corrected_by_who_is_asked_and_their_head(name: str) -> None:
    policy = ladder(name)
    for step in asks(policy):
        desk, line = desk_of(policy, step), table(name)[step.id]
        case = desk.case.model_copy(update={"steps": {step.id: ended(step, desk)}, "seq": 9})
        only(policy, case, desk, c.CorrectEntry(seq=2, reason="x"), {*line.asks, head(policy, line.asks[0])})


@pytest.mark.parametrize("name", POLICIES)
def test_contact_records_and_receipts_are_corrected_by_whom_the_table_names(name: str) -> None:
    policy, row = ladder(name), rows()[name]
    desk = desk_of(policy)
    only(policy, desk.case, desk, c.CorrectEntry(seq=1, reason="x", contact=ContactResult()), row.correct_contact)
    sent = next((step for step in policy.steps if step.rule.send), None)
    if sent is None:
        assert row.correct_receipt == ()
        return
    wrong = c.ReceiptCorrection(key=f"{desk.case.case_no}/{sent.id}/1", status="delivered")
    only(policy, desk.case, desk, c.CorrectEntry(seq=1, reason="x", receipt=wrong), row.correct_receipt)


@pytest.mark.parametrize("name", POLICIES)
def test_members_of_a_committee_vote_where_it_is_asked_and_nobody_else(name: str) -> None:
    policy, row = ladder(name), rows()[name]
    assert set(row.cast_vote) == {role for role, one in policy.policy.roles.items() if one.committee}
    first = next(iter(asks(policy)))
    for step in asks(policy):
        line, desk = table(name)[step.id], desk_of(policy, step)
        if step is not first and not set(row.cast_vote) & set(line.asks):
            continue
        for before, now in line.turns():
            case = asking(step, desk, before)
            body = c.CastVote(step=step.id, outcome=opened(step, desk).outcomes[0], reason="x")
            for role in everybody(policy):
                asked = "already_answered" if role in before else "allowed" if role in now else NOT_ENTITLED
                wanted = asked if role in row.cast_vote else NOT_ENTITLED
                assert verdict(policy, case, role, body, desk) == wanted, (step.id, role)


@pytest.mark.parametrize("name", POLICIES)
def test_an_answer_or_a_vote_is_withdrawn_by_who_gave_it_and_by_nobody_else(name: str) -> None:
    """Not even by others of the same role; nobody else has anything to withdraw."""
    policy, row = ladder(name), rows()[name]
    for step in asks(policy):
        desk, giver = desk_of(policy, step), table(name)[step.id].asks[0]
        who, state = actor(giver), opened(step, desk)
        if giver in row.cast_vote:
            vote = Vote(role=giver, member=who.user, outcome=state.outcomes[0], user=who.user)
            given = state.model_copy(update={"votes": (vote,)})
        else:
            said = Answer(role=giver, outcome=state.outcomes[0], at=desk.now, user=who.user)
            given = state.model_copy(update={"answers": (said,)})
        case = desk.case.model_copy(update={"steps": {step.id: given}})
        body = c.WithdrawAnswer(step=step.id, reason="x")
        only(policy, case, desk, body, (giver,), others="nothing_to_withdraw")
        assert verdict(policy, case, Actor(user="u-9", role=giver, authority=""), body, desk) == "nothing_to_withdraw"


@pytest.mark.parametrize("name", POLICIES)
def test_a_condition_is_confirmed_by_the_role_it_names(name: str) -> None:
    policy = ladder(name)
    step = next(one for one in asks(policy) if one.asked and one.asked.what in CONDITIONAL)
    desk = desk_of(policy, step)
    for named in policy.policy.roles:
        condition = Obligation(condition=ApprovalCondition(text="x", by=FAR, role=named))
        done = ended(step, desk).model_copy(update={"obligations": (condition,)})
        case = desk.case.model_copy(update={"steps": {step.id: done}})
        only(policy, case, desk, c.ConfirmCondition(step=step.id, no=1), (named,))


@pytest.mark.parametrize("name", POLICIES)
def test_a_signature_is_asked_for_by_who_is_asked_to_bring_it(name: str) -> None:
    policy, row = ladder(name), rows()[name]
    signing = [step for step in asks(policy) if step.rule.ask and step.rule.ask.concludes]
    assert {step.id for step in signing} == set(row.request_signature)
    for step in signing:
        desk = desk_of(policy, step)
        case = asking(step, desk)
        terms = scripted_terms(step, asked_of(step).outcomes[0], View(policy, case, desk.now))
        assert terms is not None
        body = c.RequestSignature(step=step.id, document="D1", agreement=terms)
        only(policy, case, desk, body, row.request_signature[step.id])
    other = next(step for step in asks(policy) if step not in signing)
    desk, terms = desk_of(policy, other), AgreementTerms(first_due=FAR)
    body, asked = c.RequestSignature(step=other.id, document="D1", agreement=terms), table(name)[other.id].asks
    for role in everybody(policy):
        wanted = "terms_unfit" if role in asked else NOT_ENTITLED
        assert verdict(policy, asking(other, desk), role, body, desk) == wanted, role


@pytest.mark.parametrize("name", POLICIES)
def test_parts_of_a_task_are_begun_and_finished_by_who_does_it_and_their_head(name: str) -> None:
    policy, row = ladder(name), rows()[name]
    with_parts = {step.id: step for step in asks(policy) if step.rule.parts}
    assert set(with_parts) == set(row.parts)
    for step_id, may in row.parts.items():
        step = with_parts[step_id]
        desk = desk_of(policy, step)
        for body in _of_a_part(step_id):
            only(policy, asking(step, desk), desk, body, may)
    other = next(step for step in asks(policy) if step.id not in with_parts)
    for body in _of_a_part(other.id):
        only(policy, asking(other, desk_of(policy, other)), desk_of(policy, other), body, (), others="no_parts")


def _of_a_part(step: str) -> tuple[c.CommandBody, ...]:
    return (StartPart(step=step, part="appraisal"), FinishPart(step=step, part="appraisal", note="x"))


@pytest.mark.parametrize("name", POLICIES)
def test_a_case_is_placed_by_who_gives_the_mandate(name: str) -> None:
    policy, row = ladder(name), rows()[name]
    placing = {step.id for step in asks(policy) if step.rule.agency == "place"}
    assert placing == set(row.place_with_agency)
    for step_id, may in row.place_with_agency.items():
        step = policy.by_id[step_id]
        desk = desk_of(policy, step)
        only(policy, asking(step, desk), desk, PlaceWithAgency(step=step_id, agency=agency("A1")), may)
    other = next(step for step in asks(policy) if step.id not in placing)
    body, desk = PlaceWithAgency(step=other.id, agency=agency("A1")), desk_of(policy, other)
    only(policy, asking(other, desk), desk, body, (), others="not_a_placement")


@pytest.mark.parametrize("name", POLICIES)
def test_a_case_is_recalled_by_whom_the_table_names_and_an_agency_records_its_own_contacts(name: str) -> None:
    """B2.3.2.1c: the mandate is collection only, so its people do nothing else, and nothing in other cases."""
    policy, row = ladder(name), rows()[name]
    desk = desk_of(policy)
    placed = desk.case.model_copy(update={"agency": Placement(agency="A1", since=desk.now)})
    body, call = RecallFromAgency(note="x"), c.RecordContact(contact=ContactResult())
    only(policy, placed, desk, body, row.recall_from_agency)
    ours, theirs = (Actor(user="a", role=AGENCY, authority=f"{AGENCY}:{one}") for one in ("A1", "A2"))
    assert verdict(policy, placed, ours, call, desk) == "allowed"
    refused = [
        (placed, theirs, call),
        (desk.case, ours, call),
        (placed, ours, body),
        (placed, ours, c.AddNote(text="x")),
    ]
    assert {verdict(policy, case, who, what, desk) for case, who, what in refused} == {NOT_ENTITLED}


@pytest.mark.parametrize("name", POLICIES)
def test_what_the_product_says_itself_needs_no_role(name: str) -> None:
    """Receipts of gateways and contacts shared between cases of a person; people cannot give them (see the API)."""
    policy = ladder(name)
    desk = desk_of(policy)
    assert not is_portfolio(desk.case)
    call = next(step for step in asks(policy) if step.asked and step.asked.what == "contact" and step in policy.steps)
    case = asking(call, desk)
    product = Actor(user="gateway", role="system", authority="policy")
    receipt = c.ReportReceipt(key="x", status="delivered")
    shared = c.ShareContact(of="L-2:1", way="call", contact=ContactResult())
    assert [verdict(policy, case, product, body, desk) for body in (receipt, shared)] == ["allowed", "allowed"]


def head(policy: Ladder, role: str) -> str | None:
    return policy.policy.roles[role].head
