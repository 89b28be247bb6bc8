"""The suspense account: receipts that fit no account, and what Finance does with them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from api.auth import Person, RoleHeader, acting_role, may
from api.deps import Deps, Needs
from api.problems import problems
from api.schemas import NO, Body, IdempotencyKey
from domain.ledger import PostingKind
from domain.money import ZERO
from domain.suspense import Fate, Split
from domain.words import Said, Words
from store import suspense, suspense_read
from store.batches import SuspenseItem
from store.suspense_read import SuspenseEntry

router = APIRouter(tags=["暂收款 suspense"])
Seer = Annotated[Person, may("see_suspense")]
Handler = Annotated[Person, may("handle_suspense")]
Amount = Annotated[Decimal, Field(ge=0, max_digits=15, decimal_places=2)]
ReceiptNo = Annotated[str, Field(min_length=1, max_length=100)]
Reason = Words
REFUSALS = problems("file_invalid", "command_differs", "unknown_receipt", "not_money", "role_not_yours")


class ReceiptBody(Body):
    """Money that arrived and fits no account. receipt_no: the bank's, so that no file brings it again."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{
                "receipt_no": "20260318-77", "amount": "21000.00", "value_date": "2026-03-18",
                "payer": "江城恒通机械", "reference": "租金",
            }]
        }
    )  # fmt: skip

    receipt_no: ReceiptNo
    amount: Annotated[Decimal, Field(gt=0, max_digits=15, decimal_places=2)]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "CNY"
    kind: Literal["payment", "vendor_advance", "buyback_price"] = "payment"
    value_date: date
    payer: Annotated[str, Field(max_length=200)] = ""
    reference: Annotated[str, Field(max_length=400)] = ""
    reason: Annotated[Said, Field(max_length=400)] = "unknown payer"


class LineBody(Body):
    """One account and its part."""

    account_no: Annotated[str, Field(min_length=1, max_length=64, pattern=NO)]
    amount: Amount


class AssignmentBody(Body):
    """One receipt for one lease or several. Lines and `remains` add up to what is in suspense of it, to the cent."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{
                "receipt_no": "20260318-77", "reason": "付款人确认两份合同",
                "lines": [
                    {"account_no": "L-000123", "amount": "10500.00"}, {"account_no": "L-000124", "amount": "10500.00"},
                ],
            }]
        }
    )  # fmt: skip

    receipt_no: ReceiptNo
    lines: Annotated[tuple[LineBody, ...], Field(min_length=1, max_length=200)]
    remains: Amount = ZERO
    reason: Reason


class ReturnBody(Body):
    """Money that goes back to whoever paid it. `returned` and `remains` add up to what is in suspense of it."""

    receipt_no: ReceiptNo
    returned: Amount
    remains: Amount = ZERO
    reason: Reason


class ReallocationBody(Body):
    """A payment that was posted to the wrong account: lines, `returned` and `remains` add up to it."""

    posting: Annotated[str, Field(min_length=1, max_length=100)]
    lines: Annotated[tuple[LineBody, ...], Field(max_length=200)] = ()
    returned: Amount = ZERO
    remains: Amount = ZERO
    reason: Reason


class FateView(BaseModel):
    """What became of money received; received = assigned + returned + waiting."""

    currency: str
    received: Decimal
    assigned: Decimal
    returned: Decimal
    waiting: Decimal

    @classmethod
    def of(cls, fate: Fate) -> FateView:
        """The same, with what is left told."""
        return cls(**fate.model_dump(), waiting=fate.waiting)


@router.get("/suspense")
def list_suspense(person: Seer, deps: Needs) -> list[SuspenseEntry]:
    """Receipts of which something still waits, the oldest first, with what was done with them. Personal: the payer."""
    with deps.database.reading() as session:
        return list(suspense_read.open_suspense(session))


@router.get("/suspense/receipt", responses=problems("unknown_receipt"))
def get_receipt(person: Seer, deps: Needs, receipt_no: Annotated[str, Query(max_length=100)]) -> SuspenseEntry:
    """One receipt with everything that was done with it: by whom, why, with which postings and reversals."""
    with deps.database.reading() as session:
        return suspense_read.entry_of(session, receipt_no)


@router.get("/suspense/balance")
def get_balance(person: Seer, deps: Needs) -> list[FateView]:
    """What became of everything that ever was in suspense, by currency."""
    with deps.database.reading() as session:
        return [FateView.of(fate) for fate in suspense_read.fates(session)]


@router.post("/suspense", status_code=201, responses=problems("file_invalid", "receipt_differs"))
def receive(body: ReceiptBody, person: Handler, deps: Needs, role: RoleHeader = None) -> SuspenseEntry:
    """Enter a receipt that fits no account, once per number."""
    acting_role(person, "handle_suspense", role)
    item = SuspenseItem(
        id=body.receipt_no, reference=body.reference, amount=body.amount, currency=body.currency,
        kind=PostingKind(body.kind), payer=body.payer, value_date=body.value_date, reason=body.reason,
        at=deps.clock.now(),
    )  # fmt: skip
    with deps.database.session() as session:
        suspense.receive(session, item, deps.today())
        return suspense_read.entry_of(session, item.id)


@router.post("/suspense/assignments", status_code=201, responses=REFUSALS)
def assign(
    body: AssignmentBody, key: IdempotencyKey, person: Handler, deps: Needs, role: RoleHeader = None
) -> FateView:
    """Assign a receipt to one account or several; each is posted for the day the money came, and its case is told."""
    return _carried_out(deps, person, role, key, body)


@router.post("/suspense/returns", status_code=201, responses=REFUSALS)
def give_back(body: ReturnBody, key: IdempotencyKey, person: Handler, deps: Needs, role: RoleHeader = None) -> FateView:
    """Record that money of a wrong payer went back."""
    return _carried_out(deps, person, role, key, body)


@router.post(
    "/suspense/reallocations",
    status_code=201,
    responses={**REFUSALS, **problems("unknown_posting"), **problems("already_reversed", "command_differs")},
)
def reallocate(
    body: ReallocationBody, key: IdempotencyKey, person: Handler, deps: Needs, role: RoleHeader = None
) -> FateView:
    """Take a payment off the wrong account and post it where it belongs; the receipt names both."""
    return _carried_out(deps, person, role, key, body)


def _carried_out(
    deps: Deps, person: Person, role: str | None, key: str, body: AssignmentBody | ReturnBody | ReallocationBody
) -> FateView:
    actor = person.actor(acting_role(person, "handle_suspense", role), "handle_suspense")
    given = body.model_dump(exclude={"lines"})
    lines = () if isinstance(body, ReturnBody) else body.lines
    wanted = suspense.Wanted.model_validate({
        **given, "key": f"{person.user}/{key}", "actor": actor, "at": deps.clock.now(),
        "lines": tuple(Split(account_no=line.account_no, amount=line.amount) for line in lines),
    })  # fmt: skip
    with deps.database.session() as session:
        return FateView.of(suspense.carry_out(session, wanted))
