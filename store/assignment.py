"""What the assignment of a policy looks at in each account, and the choices people made against it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import AwareDatetime
from sqlalchemy import exists, insert, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.assignment import AssignmentSubject
from domain.base import Frozen
from domain.errors import Refused
from domain.events import Actor
from domain.ledger import PartyRole
from store.account_facts import chunks, unknown_account
from store.tables import AccountRow, PartyRow, PolicyChoiceRow


class PolicyChoice(Frozen):
    """Somebody chose the policy of an account, or took the choice back (None). id: of the command."""

    id: str
    account_no: str
    policy: str | None
    reason: str
    actor: Actor
    at: AwareDatetime


def subjects(session: Session, account_nos: Sequence[str]) -> dict[str, AssignmentSubject]:
    """What decides the policy of each of these accounts; unknown numbers are left out."""
    a, p = AccountRow, PartyRow
    vendor = exists().where(col(p.account_no) == col(a.account_no), col(p.role) == PartyRole.VENDOR.value)
    named = [col(a.account_no), col(a.product), col(a.customer_kind), col(a.lease_amount).label("amount"),
             col(a.assigned_policy).label("chosen"), vendor.label("vendor")]  # fmt: skip
    found: dict[str, AssignmentSubject] = {}
    for part in chunks(account_nos):
        for row in session.execute(select(*named).where(col(a.account_no).in_(part))).mappings():
            values = dict(row)
            account_no = values.pop("account_no")
            found[account_no] = AssignmentSubject.model_validate(values)
    return found


def subject_of(session: Session, account_no: str) -> AssignmentSubject:
    """The same for one account; Refused "unknown_account"."""
    found = subjects(session, [account_no])
    if account_no not in found:
        raise unknown_account(account_no)
    return found[account_no]


def choose(session: Session, choice: PolicyChoice) -> bool:
    """Keep a choice for the next case of the account; False when it is here already, word for word.

    Refused: unknown_account, command_differs (another choice has this id).
    """
    before = _choice(session.get(PolicyChoiceRow, choice.id))
    if before is not None:
        if before.model_dump(exclude={"at"}) != choice.model_dump(exclude={"at"}):
            raise Refused("command_differs", f"The id {choice.id} belongs to another command.", "Use a new id.")
        return False
    subject_of(session, choice.account_no)
    values = choice.model_dump(exclude={"actor"}) | {
        "actor_user": choice.actor.user, "actor_role": choice.actor.role, "authority": choice.actor.authority,
    }  # fmt: skip
    session.execute(insert(PolicyChoiceRow), [values])
    account = update(AccountRow).where(col(AccountRow.account_no) == choice.account_no)
    session.execute(account.values(assigned_policy=choice.policy))
    return True


def choices_of(session: Session, account_no: str) -> tuple[PolicyChoice, ...]:
    """Every choice for an account, the first one first."""
    c = PolicyChoiceRow
    query = select(c).where(col(c.account_no) == account_no).order_by(col(c.at), col(c.id))
    return tuple(found for row in session.scalars(query) if (found := _choice(row)))


def _choice(row: PolicyChoiceRow | None) -> PolicyChoice | None:
    if row is None:
        return None
    actor = Actor(user=row.actor_user, role=row.actor_role, authority=row.authority)
    at: datetime = row.at
    return PolicyChoice(id=row.id, account_no=row.account_no, policy=row.policy, reason=row.reason, actor=actor, at=at)
