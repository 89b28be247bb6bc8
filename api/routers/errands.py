"""Errands before a due date: calls, visits, the daily lists with their feedback, and decisions; no case is needed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from fastapi.concurrency import run_in_threadpool
from pydantic import ConfigDict, Field
from sqlalchemy.orm import Session

from activities.guarantor_demands import may_demand
from activities.litigation import file_by_errand
from api.auth import Person, Reader, RoleHeader, acting_role, may
from api.correcting import signed_letter, tell_case
from api.deps import Deps, Needs
from api.permissions import ADMINISTRATOR, AUDITOR, fitting
from api.problems import problems
from api.quality import contact_data_of
from api.schemas import Body, Cursor, IdempotencyKey, Limit, Number
from domain.commands import PartyId
from domain.errors import Refused
from domain.words import Said
from store import accounts, errands, layers, reminders, staff
from store.absences import stood_in_by
from store.attempts import Attempt, keep_attempt
from store.contacts import NewContact, enter_contact, party_of_target
from store.errands import Answer, Errand, Who
from store.letters import LetterCorrection
from store.reminders import Reminder
from store.views import Page

router = APIRouter(tags=["到期前工作 errands"])
ErrandId = Annotated[str, Path(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
Text = Annotated[Said, Field(max_length=2000)]
CHANNELS: dict[str, Literal["call", "visit", "other"]] = {"contact": "call", "visit": "visit", "list": "other"}
REFUSALS = problems(
    "unknown_errand", "not_open", "already_answered", "not_entitled", "role_not_yours", "role_ambiguous",
    "outcome_not_allowed", "answer_incomplete", "command_differs", "nobody_to_demand_from",
    "choice_not_allowed", "unknown_party", "own_proposal", "text_not_passed", "engine_unavailable",
)  # fmt: skip


class AnswerBody(Body):
    """What was learned. The errand's `report` names what is needed when its first outcome is reported; each of its
    `items` needs an entry in `answers`. defendants: party ids whom the suit names that the answer files.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"outcome": "reported", "willingness": "willing", "ability": "partly", "note": "周五发工资"}]
        }
    )

    outcome: Annotated[str, Field(min_length=1, max_length=64)]
    willingness: Literal["willing", "unwilling", "unclear"] | None = None
    ability: Literal["able", "partly", "unable", "unclear"] | None = None
    deposits: Text | None = None
    note: Text | None = None
    answers: Annotated[dict[str, Text], Field(max_length=20)] = Field(default_factory=dict[str, str])
    defendants: Annotated[tuple[PartyId, ...], Field(max_length=50)] = ()


class ManagerBody(Body):
    """user: the member of staff who gets the account on their daily list."""

    user: Annotated[str, Field(min_length=1, max_length=64)]


@router.get("/errands")
def list_errands(
    person: Annotated[Person, may("see_errands")],
    deps: Needs,
    status: Annotated[
        Literal["open", "answered", "paid", "missed", "all"], Query(description="How far they have come.")
    ] = "open",
    escalated: Annotated[
        bool | None, Query(description="Only those nobody answered in time, or only the others.")
    ] = None,
    account_no: Annotated[str | None, Query(max_length=64)] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Errand]:
    """What waits for you, your roles and those you stand in for, by day, key accounts first (Z3.1); some see all."""
    with deps.database.reading() as session:
        who, wanted = _who(session, deps, person), None if status == "all" else status
        return errands.list_errands(session, who, wanted, escalated, account_no, cursor, limit)


@router.post("/errands/{errand_id}/answer", responses=REFUSALS)
async def answer_errand(
    errand_id: ErrandId,
    body: AnswerBody,
    key: IdempotencyKey,
    person: Annotated[Person, may("answer_errand")],
    deps: Needs,
    role: RoleHeader = None,
) -> Errand:
    """Answer once; a late answer is still taken until the due date. What is refused changes nothing and is recorded."""
    answered, letter = await run_in_threadpool(_answered, deps, errand_id, body, key, person, role)
    if letter is not None:
        await tell_case(deps, person, letter, key, answered.answered_role or answered.roles[0])
    return answered


def _answered(
    deps: Deps, errand_id: str, body: AnswerBody, key: str, person: Person, role: str | None
) -> tuple[Errand, LetterCorrection | None]:
    """The errand, and the correcting letter of which the answer was the last signature."""
    try:
        with deps.database.session() as session:
            found = errands.get_errand(session, errand_id)
            others = stood_in_by(session, person.user, deps.today())
            acting = _role(person, others, found, role)
            given = Answer.model_validate(body.model_dump(exclude={"defendants"}))
            at = deps.clock.now()
            answered = errands.answer(session, errand_id, given, key, person.user, acting, at, others)
            contact_data_of(deps).answered(session, answered, person.actor(acting, "answer_errand"), at)
            may_demand(session, deps.policies, answered)
            file_by_errand(session, deps.policies, answered, at, body.defendants)
            channel, party_id = CHANNELS.get(found.kind), party_of_target(session, found.account_no, "borrower")
            if channel and party_id and found.status == "open":
                enter_contact(
                    session,
                    NewContact(
                        id=f"errand/{errand_id}", party_id=party_id, case_no="", account_no=found.account_no,
                        channel=channel, purpose="reminder", connected=given.outcome == found.outcomes[0], at=at,
                    ),
                )  # fmt: skip
            return answered, signed_letter(deps, session, answered)
    except Refused as refusal:
        if refusal.code != "unknown_errand":
            _attempted(deps, person, errand_id, key, refusal.code)
        raise


@router.get("/records/{document}")
def list_records(
    document: Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{0,63}$")], person: Reader, deps: Needs,
    cursor: Cursor = None, limit: Limit = 50,
) -> Page[Errand]:  # fmt: skip
    """A register of a layer, such as `blacklist` or `inspection_record`: what was answered, the first one first."""
    with deps.database.reading() as session:
        return layers.records(session, document, cursor, limit)


@router.put("/accounts/{account_no}/manager", responses=problems("unknown_account", "unknown_staff"))
def assign_manager(
    account_no: Number, body: ManagerBody, person: Annotated[Person, may("assign_manager")], deps: Needs
) -> ManagerBody:
    """Who manages an account: from now on its customer stands on the daily list of this person (Z4.1a)."""
    with deps.database.session() as session:
        accounts.get_account(session, account_no)
        staff.working(session, body.user)
        errands.assign_manager(session, account_no, body.user, deps.clock.now(), person.user)
    return body


@router.get("/accounts/{account_no}/reminders", responses=problems("unknown_account"))
def list_reminders(account_no: Number, person: Reader, deps: Needs) -> tuple[Reminder, ...]:
    """What was done for an account before its due dates: messages with their text, errands opened."""
    with deps.database.reading() as session:
        accounts.get_account(session, account_no)
        return reminders.reminders_of(session, account_no)


def _who(session: Session, deps: Deps, person: Person) -> Who | None:
    if {ADMINISTRATOR, AUDITOR} & set(person.roles):
        return None
    others = stood_in_by(session, person.user, deps.today())
    return Who(user=person.user, roles=person.roles, stands_in_for=others)


def _role(person: Person, others: Sequence[str], errand: Errand, wanted: str | None) -> str:
    """The role named, else the one that the errand waits for, else any: the errand then refuses it by name."""
    asked = tuple(role for role in person.roles if errand.asks(role, person.user, *others))
    if wanted is None and not asked:
        return fitting("answer_errand", person.roles)[0]
    return acting_role(person, "answer_errand", wanted, asked)


def _attempted(deps: Deps, person: Person, errand_id: str, key: str, code: str) -> None:
    attempt = Attempt(
        id=key, case_no=errand_id, actor=person.user, kind="answer_errand", code=code, at=deps.clock.now()
    )
    with deps.database.session() as session:
        keep_attempt(session, attempt)
