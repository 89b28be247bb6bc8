"""Customers: whether they may get new business, and what was laid down for them."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import ConfigDict, Field

from api.auth import Person, Reader, RoleHeader, acting_role, may
from api.deps import Needs
from api.problems import problems
from api.schemas import Body, IdempotencyKey, Limit, Number
from domain.errors import Refused
from domain.money import ZERO
from domain.words import Words
from store import customer_marks
from store.customer_marks import CustomerMark
from store.new_business import NewBusiness, new_business

router = APIRouter(tags=["客户 customers"])
Amount = Annotated[Decimal, Field(ge=0, max_digits=15, decimal_places=2)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


class MarkBody(Body):
    """key_customer: yes. credit_limit: limited (with amount), unlimited. new_business: stopped, permitted."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"kind": "new_business", "value": "stopped", "reason": "恶意欠款，停止业务合作"}]
        }
    )

    kind: Literal["key_customer", "credit_limit", "new_business"]
    value: Annotated[str, Field(min_length=1, max_length=20)]
    amount: Amount | None = None
    currency: Currency = "CNY"
    reason: Words


class RemovalBody(Body):
    """Why a customer is taken off the register."""

    reason: Words


@router.get("/customers/{party_id}/new-business")
def may_get_new_business(
    party_id: Number,
    person: Reader,
    deps: Needs,
    amount: Annotated[Amount, Query(description="Of the new business; it is added to what is owed.")] = ZERO,
    currency: Annotated[Currency, Query()] = "CNY",
) -> NewBusiness:
    """May this customer get new business? With every reason against it: lists, stops, the credit limit (MA5.3b)."""
    with deps.database.reading() as session:
        return new_business(session, party_id, deps.today(), deps.policies, amount, currency)


@router.get("/customers/{party_id}/marks")
def list_marks(party_id: Number, person: Reader, deps: Needs) -> tuple[CustomerMark, ...]:
    """Everything that was laid down for a customer, the first entry first; the last one of a kind counts."""
    with deps.database.reading() as session:
        return customer_marks.marks_of(session, [party_id])


@router.post(
    "/customers/{party_id}/marks",
    status_code=201,
    responses=problems("unknown_mark", "amount_unfit", "command_differs", "role_not_yours", "role_ambiguous"),
)
def mark_customer(
    party_id: Number,
    body: MarkBody,
    key: IdempotencyKey,
    person: Annotated[Person, may("mark_customer")],
    deps: Needs,
    role: RoleHeader = None,
) -> CustomerMark:
    """Lay something down for a customer, with a reason; permitted lifts the lists and stops entered before."""
    if (body.kind, body.value) == ("key_customer", "no"):
        remedy = "POST /customers/{party_id}/key-customer/removal, by the head of Risk."
        raise Refused("unknown_mark", "A customer leaves the register of key customers by decision.", remedy)
    acting = acting_role(person, "mark_customer", role)
    mark = CustomerMark(
        **body.model_dump(), key=key, party_id=party_id, actor_user=person.user, actor_role=acting, at=deps.clock.now()
    )
    with deps.database.session() as session:
        return customer_marks.add_mark(session, mark)


@router.post(
    "/customers/{party_id}/key-customer/removal",
    status_code=201,
    responses=problems("not_listed", "command_differs", "role_not_yours", "role_ambiguous"),
)
def remove_key_customer(
    party_id: Number, body: RemovalBody, key: IdempotencyKey, person: Annotated[Person, may("unlist_customer")],
    deps: Needs, role: RoleHeader = None,
) -> CustomerMark:  # fmt: skip
    """Take a customer off the register of key customers, with a reason; the history stays (Z3.3a)."""
    mark = CustomerMark(
        key=key, party_id=party_id, kind="key_customer", value="no", reason=body.reason, actor_user=person.user,
        actor_role=acting_role(person, "unlist_customer", role), at=deps.clock.now(),
    )  # fmt: skip
    with deps.database.session() as session:
        return customer_marks.remove_key_customer(session, mark)


@router.get("/registers/key-customers")
def list_key_customers(
    person: Reader,
    deps: Needs,
    after: Annotated[str, Query(max_length=64, description="The last customer of the page before.")] = "",
    limit: Limit = 50,
) -> tuple[CustomerMark, ...]:
    """The register of key customers: who is on it, since when and why."""
    with deps.database.reading() as session:
        return customer_marks.key_customers(session, after, limit)
