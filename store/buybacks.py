"""The vendor's side of the ledger: claims entered with their decision, and what each vendor has advanced and owes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.base import Frozen
from domain.buyback import performance
from domain.buyback_claim import posting_of
from domain.case import Case
from domain.errors import Refused
from domain.events import Event
from domain.ledger import AccountFacts, PartyRole, PostingKind
from domain.money import ZERO
from store.account_facts import account_facts_many
from store.ledger import post
from store.tables import AccountRow, PartyRow, PostingRow

SOURCE = "buyback"


class VendorAccount(Frozen):
    """One account of a vendor. advanced: rents they advanced, which cure nothing (L2.4). open: claimed and not paid."""

    account_no: str
    contract_no: str
    currency: str
    buyback_guarantee: bool
    advanced: Decimal
    claimed: Decimal | None
    claimed_on: date | None
    paid: Decimal
    open: Decimal
    bought_back: bool


class VendorTotal(Frozen):
    """The sums of a statement in one currency."""

    currency: str
    advanced: Decimal
    claimed: Decimal
    paid: Decimal
    open: Decimal


class VendorStatement(Frozen):
    """What a vendor advanced, what was claimed from them as buyback prices, what they paid and still owe on a day."""

    party: str
    name: str
    as_of: date
    accounts: tuple[VendorAccount, ...]
    totals: tuple[VendorTotal, ...]


def enter_claims(session: Session, case: Case, events: Sequence[Event]) -> None:
    """Post what these events claim from the vendor, and take back what they correct, in the same transaction."""
    for event in events:
        posting = posting_of(case, event)
        if posting is not None and (posting.reverses is None or session.get(PostingRow, posting.reverses)):
            post(session, posting, case.account_no, SOURCE)


def vendor_statement(session: Session, party: str, as_of: date) -> VendorStatement:
    """Every account of a vendor at the end of a day, in order of their numbers. Refused: unknown_vendor."""
    query = (
        select(PartyRow, AccountRow)
        .join(AccountRow, col(AccountRow.account_no) == col(PartyRow.account_no))
        .where(col(PartyRow.party_id) == party, col(PartyRow.role) == PartyRole.VENDOR.value)
        .order_by(col(PartyRow.account_no))
    )
    found = session.execute(query).all()
    if not found:
        raise Refused("unknown_vendor", f"No account has a vendor {party}.", "Name the party id of a vendor.")
    facts = account_facts_many(session, [account.account_no for _, account in found])
    rows = tuple(_row(one, account, facts[account.account_no], as_of) for one, account in found)
    name = found[-1][0].name
    return VendorStatement(party=party, name=name, as_of=as_of, accounts=rows, totals=_totals(rows))


def _row(party: PartyRow, account: AccountRow, facts: AccountFacts, as_of: date) -> VendorAccount:
    vendor = performance(facts, as_of)
    taken_back = {p.reverses for p in facts.postings if p.kind is PostingKind.REVERSAL and p.value_date <= as_of}
    known = [p for p in facts.postings if p.value_date <= as_of and p.id not in taken_back]
    claims = [p.value_date for p in known if p.kind is PostingKind.BUYBACK_CLAIM]
    return VendorAccount(
        account_no=account.account_no,
        contract_no=account.contract_no,
        currency=account.currency,
        buyback_guarantee=party.buyback_guarantee,
        advanced=sum((p.amount for p in known if p.kind is PostingKind.VENDOR_ADVANCE), ZERO),
        claimed=vendor.claimed,
        claimed_on=claims[-1] if claims else None,
        paid=vendor.paid,
        open=max((vendor.claimed or ZERO) - vendor.paid, ZERO),
        bought_back=vendor.done,
    )


def _totals(rows: Iterable[VendorAccount]) -> tuple[VendorTotal, ...]:
    by_currency: dict[str, list[VendorAccount]] = {}
    for row in rows:
        by_currency.setdefault(row.currency, []).append(row)
    return tuple(
        VendorTotal(
            currency=currency,
            advanced=sum((row.advanced for row in some), ZERO),
            claimed=sum((row.claimed or ZERO for row in some), ZERO),
            paid=sum((row.paid for row in some), ZERO),
            open=sum((row.open for row in some), ZERO),
        )
        for currency, some in sorted(by_currency.items())
    )
