"""Limitation and guarantors' periods of an account, from what is recorded: receipts, promises, payments, suits."""

from __future__ import annotations

from datetime import date
from json import loads

from pydantic import AwareDatetime
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.base import Frozen, days, local_date
from domain.errors import Refused
from domain.events import Actor, ContactResult
from domain.ledger import DEBTORS, AccountFacts, PartyRole, PostingKind
from domain.limitation import (
    VOID,
    ClockRules,
    Guarantee,
    GuaranteePeriod,
    Interruption,
    Limitation,
    guarantee_period,
    limitation,
)
from domain.litigation_deadlines import after_months
from domain.litigation_terms import LimitationTerms
from domain.standing import standing
from domain.terms import Terms
from store.account_facts import account_facts, unknown_account
from store.demands import ALL_GUARANTORS, demands_of
from store.errands import Errand, errand_of
from store.suits import suits_of_account
from store.tables import (
    AccountRow,
    CaseEventRow,
    CaseRow,
    ErrandRow,
    GuaranteeTermRow,
    InstalmentRow,
    PartyRow,
)


class GuaranteeTerm(Frozen):
    """What a guarantor agreed. until: the last day of their period; None: six months by law."""

    account_no: str
    party_id: str
    joint: bool
    until: date | None = None
    evidence: str | None = None
    note: str = ""
    actor: Actor
    at: AwareDatetime


class Clocks(Frozen):
    """The clocks that run against us on one account."""

    account_no: str
    as_of: date
    limitation: Limitation
    guarantors: tuple[GuaranteePeriod, ...]

    @property
    def guarantor_period_ends(self) -> date | None:
        """The first guarantor's period that is still to be met."""
        return min((one.ends for one in self.guarantors if one.ends and not one.lapsed), default=None)

    @property
    def to_prove(self) -> tuple[Interruption, ...]:
        """The demands of which it has to be proven when they arrived, each once."""
        of_guarantors = (demand for one in self.guarantors for demand in one.to_prove)
        return tuple(dict.fromkeys((*self.limitation.to_prove, *of_guarantors)))


def clocks_of(session: Session, account_no: str, rules: ClockRules, as_of: date) -> Clocks:
    """The clocks of an account at the end of a day, by what is known now; Refused "unknown_account"."""
    facts, terms = account_facts(session, account_no), rules.terms
    demands = demands_of(session, facts, rules.demand_steps)
    oldest = standing(facts, as_of, Terms()).oldest_due
    suits = [one for one in suits_of_account(session, account_no) if one.closed_for not in VOID]
    debtors = {party.id for party in facts.parties if party.role in DEBTORS}
    of_debtor = [one for one in suits if not one.defendants or debtors.intersection(one.defendants)]
    found = [one.what for one in demands if one.who == "debtor"]
    found += _promises(session, account_no, facts.time_zone)
    found += _payments(facts)
    found += [
        Interruption(on=one.filed_on, ground="suit", of=one.number, until=one.closed_on, pending=one.closed_on is None)
        for one in of_debtor
    ]
    agreed = _agreed(session, account_no)
    guarantors = [party.id for party in facts.parties if party.role is PartyRole.GUARANTOR]
    periods: list[GuaranteePeriod] = []
    for place, party in enumerate(guarantors, start=1):
        term = agreed.get(party)
        known = Guarantee(
            party=party, joint=term.joint if term else False, until=term.until if term else None,
            demands=tuple(one.what for one in demands if one.who in (f"guarantor-{place}", ALL_GUARANTORS)),
            sued=tuple(one.filed_on for one in suits if party in one.defendants),
            debtor_sued=tuple(one.filed_on for one in of_debtor),
        )  # fmt: skip
        periods.append(guarantee_period(known, facts.schedule, terms, as_of))
    running = limitation(facts.schedule, found, terms, as_of, oldest)
    return Clocks(account_no=account_no, as_of=as_of, limitation=running, guarantors=tuple(periods))


def agree_guarantee(session: Session, term: GuaranteeTerm) -> None:
    """What a guarantor agreed from now on; what was entered before stays in the record.

    Refused: unknown_account, unknown_party, term_unfit.
    """
    if session.get(AccountRow, term.account_no) is None:
        raise unknown_account(term.account_no)
    p, g = PartyRow, GuaranteeTermRow
    is_one = select(col(p.role)).where(col(p.account_no) == term.account_no, col(p.party_id) == term.party_id)
    if session.scalar(is_one.where(col(p.role) == PartyRole.GUARANTOR.value)) is None:
        raise Refused("unknown_party", f"{term.party_id} is no guarantor of {term.account_no}.", "See its parties.")
    if term.until is not None and term.evidence is None:
        raise Refused("term_unfit", "An agreed period needs its contract.", "Upload it and name its id: evidence.")
    of_party = (col(g.account_no) == term.account_no, col(g.party_id) == term.party_id)
    last = session.scalar(select(func.max(col(g.version))).where(*of_party)) or 0
    values = {**term.model_dump(exclude={"actor"}), "version": last + 1, "actor_user": term.actor.user}
    values |= {"actor_role": term.actor.role, "authority": term.actor.authority}
    session.execute(insert(g).values(**values))


def watched_accounts(session: Session, policy_id: str, terms: LimitationTerms, today: date) -> tuple[str, ...]:
    """Accounts with an open case under a policy of which a clock may end within the longest warning.

    No clock ends before the last instalment is due, but that of a period agreed, and with `instalments: each` those of
    the instalments before it: the oldest unpaid one is at least as late as the first one of the schedule.
    """
    last_warned = today + days(max(terms.warning_days, default=0))
    i, c, a = InstalmentRow, CaseRow, AccountRow
    query = (
        select(col(i.account_no))
        .join(a, (col(a.account_no) == col(i.account_no)) & (col(a.schedule_version) == col(i.version)))
        .join(c, (col(c.account_no) == col(i.account_no)) & (col(c.status) != "closed"))
        .where(col(c.policy_id) == policy_id)
        .group_by(col(i.account_no))
    )
    soon = func.max(col(i.due)) <= last_warned
    if terms.instalments == "each":
        soon |= func.min(col(i.due)) <= after_months(last_warned, -12 * terms.limitation_years)
    agreed = select(col(GuaranteeTermRow.account_no)).join(
        c, (col(c.account_no) == col(GuaranteeTermRow.account_no)) & (col(c.status) != "closed")
    )
    by_contract = agreed.where(col(GuaranteeTermRow.until).is_not(None), col(c.policy_id) == policy_id)
    return tuple(sorted({*session.scalars(query.having(soon)), *session.scalars(by_contract)}))


def warnings_of(session: Session, stem: str) -> tuple[Errand, ...]:
    """The warnings whose id is the stem, a dot and a number, in the order they were opened."""
    e = ErrandRow
    query = select(e).where(col(e.id).startswith(f"{stem}.", autoescape=True)).order_by(col(e.opened_at), col(e.id))
    return tuple(errand_of(row) for row in session.scalars(query))


def _agreed(session: Session, account_no: str) -> dict[str, GuaranteeTermRow]:
    g = GuaranteeTermRow
    rows = session.scalars(select(g).where(col(g.account_no) == account_no).order_by(col(g.version)))
    return {row.party_id: row for row in rows}


def _promises(session: Session, account_no: str, tz: str) -> list[Interruption]:
    """Contacts in which the debtor promised or was willing to pay, as they were last corrected (第195条第2项)."""
    e = CaseEventRow
    query = (
        select(col(e.case_no), col(e.seq), col(e.kind), col(e.at), col(e.body))
        .join(CaseRow, col(CaseRow.case_no) == col(e.case_no))
        .where(col(CaseRow.account_no) == account_no, col(e.kind).in_(("contact_recorded", "entry_corrected")))
        .order_by(col(e.case_no), col(e.seq))
    )
    said: dict[tuple[str, int], tuple[date, ContactResult]] = {}
    for case_no, seq, kind, at, text in session.execute(query):
        body = loads(text)
        if body.get("contact") is None:
            said.pop((case_no, body.get("corrects", 0)), None)
            continue
        contact = ContactResult.model_validate(body["contact"])
        key = (case_no, seq if kind == "contact_recorded" else body["corrects"])
        day = said[key][0] if key in said else local_date(at, tz)
        said[key] = (day, contact)
    return [
        Interruption(on=day, ground="acknowledged", of=f"{case_no}/{seq}")
        for (case_no, seq), (day, contact) in said.items()
        if contact.outcome == "contacted" and (contact.willingness == "willing" or contact.promise_date is not None)
    ]


def _payments(facts: AccountFacts) -> list[Interruption]:
    """Payments of the debtor that were not taken back."""
    gone = {posting.reverses for posting in facts.postings}
    return [
        Interruption(on=posting.value_date, ground="payment", of=posting.id)
        for posting in facts.postings
        if posting.kind is PostingKind.PAYMENT and posting.id not in gone
    ]
