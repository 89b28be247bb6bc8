"""Turns the checked rows of an account into what the domain and the store know."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from domain.base import at_local, days
from domain.ledger import (
    AccountFacts,
    DoneStep,
    HoldFact,
    Instalment,
    PartyFact,
    PartyRole,
    Posting,
    PostingKind,
)
from domain.money import ZERO
from imports.accounts import ImportedAccount, PartyDetails
from imports.assets import described, stated
from imports.crosscheck import SUIT, Bundle, Numbered, Rules
from imports.forms import HistoryLine, PartyLine, PostingLine
from imports.vocabulary import Vocabulary

OPEN_END = date(9999, 12, 31)
CLOSE_OF_POSTING = time(18)
ROLE_ORDER = (PartyRole.LESSEE, PartyRole.BORROWER, PartyRole.GUARANTOR, PartyRole.VENDOR)


def assemble(bundle: Bundle, now: datetime, rules: Rules) -> ImportedAccount:
    """The account of a bundle without faults; the same for any order of the rows."""
    line = bundle.account
    parties = tuple(_parties(bundle))
    facts = AccountFacts(
        account_no=line.account_no,
        currency=line.currency,
        time_zone=line.time_zone,
        lease_amount=line.lease_amount,
        penalty_rate_per_day=line.penalty_rate_per_day,
        schedule=_schedule(bundle),
        postings=tuple(_postings(bundle.postings, now, line.time_zone)),
        parties=tuple(party.fact for party in parties),
        holds=tuple(_holds(bundle)),
        history=tuple(_history(bundle, rules)),
    )
    return ImportedAccount(
        facts=facts,
        contract_no=line.contract_no,
        product=line.product,
        customer_kind=bundle.subject.customer_kind if line.customer_kind else None,
        asset_description=described(line.asset_description, bundle.assets),
        assets=stated(bundle.assets),
        branch=line.branch,
        parties=parties,
        closed=line.status == "closed",
        reported_overdue=line.overdue_amount,
    )


def _schedule(bundle: Bundle) -> tuple[Instalment, ...]:
    lines = sorted((line for _, line in bundle.schedule), key=lambda line: line.instalment_no)
    return tuple(
        Instalment(no=line.instalment_no, due=line.due_date, principal=line.principal, interest=line.interest)
        for line in lines
    )


def _parties(bundle: Bundle) -> Iterator[PartyDetails]:
    """Lessee or borrower, guarantors, vendor; guarantors by party number, so that the order of rows means nothing."""
    lines = sorted(
        (line for _, line in bundle.parties),
        key=lambda line: (ROLE_ORDER.index(PartyRole(line.role)), line.party_no),
    )
    for ordinal, line in enumerate(lines, start=1):
        fact = PartyFact(
            id=line.party_no,
            role=PartyRole(line.role),
            buyback_guarantee=line.buyback_guarantee,
            channels=_channels(line),
        )
        yield PartyDetails(
            fact=fact,
            ordinal=ordinal,
            name=line.name,
            id_number=line.id_number,
            phone=line.phone,
            email=line.email,
            social=line.social,
            address=line.address,
        )


def _channels(line: PartyLine) -> tuple[str, ...]:
    given = {"letter": line.address, "email": line.email, "sms": line.phone, "social": line.social}
    return tuple(channel for channel, where in given.items() if where)


@dataclass(frozen=True, slots=True)
class LoosePosting:
    """A posting of an account that the file does not describe; a reversal without amount has 0.00."""

    account_no: str
    posting: Posting


def loose_postings(
    lines: Numbered[PostingLine], left_out: Collection[str], now: datetime, time_zone: str
) -> tuple[LoosePosting, ...]:
    """The postings of accounts without a fault."""
    kept = [(row, line) for row, line in lines if line.account_no not in left_out]
    accounts = {line.receipt_no: line.account_no for _, line in kept}
    return tuple(LoosePosting(accounts[p.id], p) for p in _postings(kept, now, time_zone))


def _postings(numbered: Numbered[PostingLine], now: datetime, time_zone: str) -> Iterator[Posting]:
    """Postings by value date; a reversal after what it takes back. Known since the close of their day."""
    amounts: dict[str, Decimal | None] = {line.receipt_no: line.amount for _, line in numbered}
    lines = sorted(
        (line for _, line in numbered),
        key=lambda line: (line.value_date, line.kind == "reversal", line.receipt_no),
    )
    for line in lines:
        amount = amounts.get(line.reverses) if line.kind == "reversal" else line.amount
        yield Posting(
            id=line.receipt_no,
            kind=PostingKind(line.kind),
            value_date=line.value_date,
            at=min(at_local(line.value_date, CLOSE_OF_POSTING, time_zone), now),
            amount=amount or ZERO,
            reverses=line.reverses or None,
        )


def _sorted_history(bundle: Bundle) -> list[HistoryLine]:
    return sorted((line for _, line in bundle.history), key=lambda line: (line.date, line.name, line.document_no))


def _holds(bundle: Bundle) -> Iterator[HoldFact]:
    """For the day count; the last held day is in the file, the day after it ends the interval."""
    for line in _sorted_history(bundle):
        if line.entry == "hold":
            yield HoldFact(start=line.date, end=line.end_date + days(1) if line.end_date else OPEN_END)


def _history(bundle: Bundle, rules: Rules) -> Iterator[DoneStep]:
    """What counts as done (S7). A hold that is over is not placed again."""
    words = rules.vocabulary.of(bundle.subject)
    for line in _sorted_history(bundle):
        if line.entry == "hold" and line.end_date is not None and line.end_date < rules.today:
            continue
        step, outcome = _done(line, words)
        yield DoneStep(step=step, outcome=outcome, on=line.date, document_no=line.document_no or None)


def _done(line: HistoryLine, words: Vocabulary) -> tuple[str, str]:
    name = words.ids.get(line.name, line.name)
    match line.entry:
        case "hold":
            return words.holds[name]
        case "suit":
            return SUIT, words.steps[SUIT][0]
        case _:
            return name, line.outcome or words.steps[name][0]
