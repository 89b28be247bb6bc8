"""The complete file of a customer: who they are, what was lent, what was done to collect it (MB2.2a)."""

from __future__ import annotations

from typing import Annotated

import structlog
from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel

from api.auth import Person, may
from api.deps import Needs
from api.ladders import ladder_of_account
from api.problems import problems
from api.schemas import Number
from domain.events import Event
from domain.ledger import DEBTORS, Instalment, Posting
from domain.standing import Standing, standing
from store import account_facts, accounts, cases, deliveries, dossier, named
from store.customer_marks import CustomerMark, marks_of
from store.deliveries import Delivery
from store.new_business import NewBusiness, new_business
from store.reminders import Reminder, reminders_of
from store.views import Account, Party

router = APIRouter(tags=["账户 accounts"])
log = structlog.get_logger(__name__)


class CaseHistory(BaseModel):
    """One case: everything that happened in it, and what was sent."""

    case_no: str
    events: tuple[Event, ...]
    deliveries: tuple[Delivery, ...]


class CustomerFile(BaseModel):
    """Personal data, the loan with its schedule and postings, and the collection history up to `as_of`.

    new_business: whether lists, stops or limits stand against each debtor; marks: all that was laid down for them.
    """

    as_of: AwareDatetime
    people: tuple[Party, ...]
    account: Account
    schedule: tuple[Instalment, ...]
    postings: tuple[Posting, ...]
    standing: Standing
    reminders: tuple[Reminder, ...]
    new_business: tuple[NewBusiness, ...]
    marks: tuple[CustomerMark, ...]
    cases: tuple[CaseHistory, ...]


@router.get("/accounts/{account_no}/customer-file", responses=problems("unknown_account"))
def get_customer_file(
    account_no: Number, person: Annotated[Person, may("see_customer_file")], deps: Needs
) -> CustomerFile:
    """One file of everything about a customer and their account; who read it stands in the access log."""
    with deps.database.reading() as session:
        account = accounts.get_account(session, account_no)
        facts = account_facts.account_facts(session, account_no)
        terms = ladder_of_account(session, deps.policies, account_no).terms
        people = accounts.parties(session, account_no)
        debtors = [party.id for party in people if party.role in DEBTORS]
        found = CustomerFile(
            as_of=deps.clock.now(),
            people=people,
            new_business=tuple(new_business(session, name, deps.today(), deps.policies) for name in debtors),
            marks=marks_of(session, debtors),
            account=account,
            schedule=facts.schedule,
            postings=facts.postings,
            standing=standing(facts, deps.today(), terms),
            reminders=reminders_of(session, account_no),
            cases=tuple(
                CaseHistory(
                    case_no=case_no,
                    events=cases.timeline(session, case_no),
                    deliveries=(*deliveries.deliveries_of(session, case_no), *named.shared_with(session, case_no)),
                )
                for case_no in dossier.cases_of(session, account_no)
            ),
        )
    log.info("customer_file_read", account_no=account_no, user=person.user)
    return found
