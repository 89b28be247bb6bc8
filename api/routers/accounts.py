"""Leases: their contract, standing on any day, and the money that came and went."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlalchemy.orm import Session

from api.auth import Person, Reader, RoleHeader, acting_role, may
from api.deps import Deps, Needs
from api.ladders import ladder_of_account
from api.problems import problems
from api.schemas import AsOf, Cursor, IdempotencyKey, Limit, Number, PolicyChoiceBody, PostingBody
from api.views import AccountView, AssignmentView, PostingView, StandingView
from domain.errors import Refused
from domain.ledger import Posting
from domain.money import ZERO
from domain.moving import movers
from domain.standing import standing
from store import account_facts, accounts, assignment, ledger
from store.views import Account, Page

router = APIRouter(prefix="/accounts", tags=["账户 accounts"])
MISSING = problems("unknown_account")


@router.get("")
def list_accounts(
    person: Reader,
    deps: Needs,
    batch_id: Annotated[str | None, Query(max_length=64, description="Only those of one import.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Account]:
    """Leases in the order of their numbers."""
    with deps.database.reading() as session:
        return accounts.list_accounts(session, after=cursor or "", limit=limit, batch_id=batch_id)


@router.get("/{account_no}", responses=MISSING)
def get_account(account_no: Number, person: Reader, deps: Needs) -> AccountView:
    """The contract, its schedule and its parties."""
    with deps.database.reading() as session:
        account = accounts.get_account(session, account_no)
        facts = account_facts.account_facts(session, account_no)
        return AccountView(account=account, schedule=facts.schedule, parties=accounts.parties(session, account_no))


@router.get("/{account_no}/standing", responses=MISSING)
def get_standing(account_no: Number, person: Reader, deps: Needs, as_of: AsOf = None) -> StandingView:
    """Days past due and what is owed, with its split, at the end of a day (L2.1-L2.4)."""
    with deps.database.reading() as session:
        ladder = ladder_of_account(session, deps.policies, account_no)
        facts = account_facts.account_facts(session, account_no)
    found = standing(facts, as_of or deps.today(), ladder.terms)
    bucket = ladder.bucket(found.dpd) if found.oldest_due else None
    return StandingView(
        account_no=account_no,
        currency=facts.currency,
        standing=found,
        total_overdue=found.total_overdue,
        bucket=bucket.id if bucket else None,
        policy=ladder.policy.id,
    )


@router.get("/{account_no}/policy", responses=MISSING)
def get_policy(account_no: Number, person: Reader, deps: Needs) -> AssignmentView:
    """Which policy the next case of the account runs under, and every choice that was made."""
    with deps.database.reading() as session:
        return _assignment(session, deps, account_no)


@router.put("/{account_no}/policy", responses=problems("unknown_account", "unknown_policy", "command_differs"))
def choose_policy(
    account_no: Number,
    body: PolicyChoiceBody,
    key: IdempotencyKey,
    person: Annotated[Person, may("assign_policy")],
    deps: Needs,
    role: RoleHeader = None,
) -> AssignmentView:
    """Choose the policy of the next case, against the company's assignment. A case that is open goes on as it is."""
    if body.policy is not None and body.policy not in deps.policies:
        raise Refused("unknown_policy", f"No policy {body.policy}.", f"In use: {', '.join(deps.policies.ids)}.")
    with deps.database.session() as session:
        allowed = movers(deps.policies.ladder_of(assignment.subject_of(session, account_no)).policy)
        acting = acting_role(person, "assign_policy", role, allowed)
        if acting not in allowed:
            raise Refused("not_entitled", f"{acting} may not choose it.", f"Allowed: {', '.join(allowed)}.")
        actor = person.actor(acting, "assign_policy")
        choice = assignment.PolicyChoice(
            id=key, account_no=account_no, policy=body.policy, reason=body.reason, actor=actor, at=deps.clock.now()
        )
        assignment.choose(session, choice)
        return _assignment(session, deps, account_no)


def _assignment(session: Session, deps: Deps, account_no: str) -> AssignmentView:
    subject = assignment.subject_of(session, account_no)
    return AssignmentView(
        account_no=account_no,
        policy=deps.policies.policy_of(subject),
        assigned=deps.policies.policy_of(subject.model_copy(update={"chosen": None})),
        chosen=subject.chosen,
        choices=assignment.choices_of(session, account_no),
    )


@router.get("/{account_no}/postings", responses=MISSING)
def list_postings(account_no: Number, person: Reader, deps: Needs) -> list[Posting]:
    """Every movement in the order it was entered; nothing is ever changed or removed."""
    with deps.database.reading() as session:
        return list(account_facts.account_facts(session, account_no).postings)


@router.post(
    "/{account_no}/postings",
    status_code=201,
    responses={
        200: {"model": PostingView, "description": "It had been entered before with this key."},
        **problems(
            "unknown_account",
            "posting_differs",
            "already_reversed",
            "reversal_unknown",
            "reversed_elsewhere",
            "value_date_in_future",
        ),
    },
)
def post(
    account_no: Number,
    body: PostingBody,
    key: IdempotencyKey,
    person: Annotated[Person, may("post")],
    deps: Needs,
    response: Response,
) -> PostingView:
    """Enter a movement once. The case of the account is told by itself."""
    if body.value_date > deps.today():
        raise Refused("value_date_in_future", f"{body.value_date} is after today.", "")
    posting = Posting(
        id=key,
        kind=body.kind,
        value_date=body.value_date,
        at=deps.clock.now(),
        amount=ZERO if body.amount is None else body.amount,
        reverses=body.reverses,
    )
    with deps.database.session() as session:
        posted = ledger.post(session, posting, account_no, source=f"api:{person.user}")
    if posted.repeated:
        response.status_code = 200
    return PostingView(posting_id=key, ledger_version=posted.ledger_version, repeated=posted.repeated)
