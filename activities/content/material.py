"""Everything known of one case on one day, read once: what letters and papers are written from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal

from sqlalchemy.orm import Session

from activities.content.claims import claim_of
from activities.content.words import day, line, receiver, title
from domain import events as e
from domain.asset import AssetState
from domain.base import at_local, days, local_date
from domain.case import Case
from domain.instalment_plan import filled
from domain.ladder import Ladder
from domain.ledger import DEBTORS, AccountFacts, PartyRole
from domain.money import ZERO
from domain.policy import Company
from domain.received import received, total
from domain.standing import Standing, standing
from domain.undertakings import Payments, next_unfilled
from letters.parts import CaseReference, Claim, Issuer, Upcoming
from store.account_facts import account_facts
from store.accounts import get_account, parties
from store.assets import assets_of, securing
from store.cases import snapshot_of, timeline
from store.documents import DocumentLine, documents_of
from store.dossier import file_names, staff_names
from store.evidence import EvidencePaper, papers_of
from store.project_result import spent, suit_costs
from store.views import Account, Party


@dataclass(frozen=True)
class Material:
    """One case: the lease or loan, its people, its money as of a day, its record and documents.

    staff, files: names of members of staff and of uploaded files by id. of_agreement: it speaks of the agreement.
    assets, papers: what secures the claim, what was entered as evidence. spent: on collection; suit_costs: ids of
    costs in the ledger that `spent` has too.
    """

    ladder: Ladder
    company: Company
    case_no: str
    as_of: date
    account: Account
    people: tuple[Party, ...]
    facts: AccountFacts
    now: Standing
    case: Case
    events: tuple[e.Event, ...]
    documents: tuple[DocumentLine, ...]
    staff: dict[str, str]
    files: dict[str, str]
    of_agreement: bool = False
    assets: tuple[AssetState, ...] = ()
    papers: tuple[EvidencePaper, ...] = ()
    spent: Decimal = ZERO
    suit_costs: frozenset[str] = frozenset()

    @property
    def debtor(self) -> Party | None:
        """The lessee of a lease, the borrower of a loan; None in an account that was taken in without one."""
        return next((party for party in self.people if party.role in DEBTORS), None)

    @property
    def is_loan(self) -> bool:
        """Whether a borrower owes, not a lessee."""
        return self.debtor is not None and self.debtor.role is PartyRole.BORROWER

    @property
    def contract_kind(self) -> str:
        """What the contract is called."""
        return "借款合同" if self.is_loan else "融资租赁合同"

    @property
    def rent_word(self) -> str:
        """What an instalment consists of."""
        return "本息" if self.is_loan else "租金"

    @property
    def guarantors(self) -> tuple[Party, ...]:
        return tuple(party for party in self.people if party.role is PartyRole.GUARANTOR)

    @property
    def vendor(self) -> Party | None:
        return next((party for party in self.people if party.role is PartyRole.VENDOR), None)

    @property
    def claim(self) -> Claim | None:
        """What is owed; None when nothing is overdue, or the next instalment of the agreement is spoken of."""
        if self.of_agreement:
            return None
        return claim_of(self.ladder, self.now, self.account.currency)

    @property
    def upcoming(self) -> Upcoming | None:
        """The next instalment, less what was paid in advance; None when there is none or it is paid already."""
        if self.of_agreement:
            return self._agreed()
        due = min((i.due for i in self.facts.schedule if i.due >= self.as_of), default=None)
        if due is None:
            return None
        then = standing(self.facts, due + days(1), self.ladder.terms)
        amount = sum((row.unpaid for row in then.open_instalments if row.due == due), ZERO)
        values = {"due": due, "amount": amount, "currency": self.account.currency}
        return Upcoming.model_validate(values) if amount else None

    def _agreed(self) -> Upcoming | None:
        agreement, payments = self.case.undertakings.agreement, received(self.facts, self.as_of)
        if agreement is None:
            return None
        known = Payments(paid=total(payments), received=payments)
        one = next_unfilled(agreement, known, self.as_of)
        if one is None:
            return None
        there = filled(agreement.instalments, known.since(agreement.paid_before))[one.no - 1]
        values = {"due": one.due, "amount": one.amount - there, "currency": self.account.currency}
        return Upcoming.model_validate(values)

    def reference(self) -> CaseReference:
        """Which lease or loan a document is about."""
        return CaseReference(
            case_no=self.case_no,
            account_no=self.account.account_no,
            contract_no=line(self.account.contract_no),
            debtor="借款人" if self.is_loan else "承租人",
            lessee=line(self.debtor.name if self.debtor else ""),
            asset=None if self.is_loan else line(self.account.asset_description),
        )

    def local(self, event: e.Event) -> date:
        """The day of an event where the account is."""
        return local_date(event.at, self.account.time_zone)

    def completion(self, step: str) -> tuple[e.Event, e.StepCompleted] | None:
        """The last time a step ended, with what was answered."""
        for event in reversed(self.events):
            if isinstance(event.body, e.StepCompleted) and event.body.step == step:
                return event, event.body
        return None

    def said(self, step: str) -> str:
        """What was written when a step ended: its sections and note; empty if nothing was."""
        found = self.completion(step)
        if found is None:
            return ""
        body = found[1]
        texts = [f"{section.heading}：{section.text}" for section in body.sections]
        return "\n".join(text for text in (*texts, body.note) if text.strip())

    def letters_sent(self) -> list[str]:
        """A line per letter that went out: day, title, receiver, number; also those before the take-over."""
        earlier = [
            f"{day(done.on)} {title(self.ladder, done.step)}（接管前已发出，编号：{done.document_no or '未填报'}）"
            for done in self.facts.history
            if done.step in self.ladder.by_id and self.ladder.by_id[done.step].rule.send
        ]
        sent = [
            f"{day(self.local(event))} {title(self.ladder, event.body.step)}"
            f"（{receiver(event.body.target)}，编号：{event.body.document.number}）"
            for event in self.events
            if isinstance(event.body, e.MessageSent)
        ]
        return earlier + sent

    def contacts(self) -> list[tuple[e.Event, e.ContactResult]]:
        """The contacts of the case as they stand after corrections."""
        corrected = {
            event.body.corrects: event.body.contact
            for event in self.events
            if isinstance(event.body, e.EntryCorrected) and event.body.contact
        }
        return [
            (event, corrected.get(event.seq, event.body.contact))
            for event in self.events
            if isinstance(event.body, e.ContactRecorded)
        ]

    def files_of(self, step: str) -> list[str]:
        """Names of the files people attached to a step, each once."""
        of_step = (event for event in self.events if getattr(event.body, "step", None) == step)
        found = (self.files.get(_evidence(event), "") for event in of_step)
        return [name for name in dict.fromkeys(found) if name]

    def number_of(self, kind: str) -> str | None:
        """Number of the newest document of a kind in this case."""
        return next((document.number for document in reversed(self.documents) if document.kind == kind), None)


def read_material(
    session: Session, ladder: Ladder, company: Company, case_no: str, account_no: str, as_of: date
) -> Material:
    """Read a case, with the figures at the end of `as_of` as the ledger knows them now. Refused "unknown_account"."""
    facts = account_facts(session, account_no)
    events = timeline(session, case_no)
    account = get_account(session, account_no)
    return Material(
        ladder=ladder,
        company=company,
        case_no=case_no,
        as_of=as_of,
        account=account,
        people=parties(session, account_no),
        facts=facts,
        now=standing(facts, as_of, ladder.terms),
        case=snapshot_of(session, case_no) or Case(case_no=case_no, account_no=account_no),
        events=events,
        documents=documents_of(session, case_no),
        staff=staff_names(session, (event.actor.user for event in events if event.actor)),
        files=file_names(session, (_evidence(event) for event in events)),
        assets=securing(assets_of(session, account_no)),
        papers=papers_of(session, case_no, at_local(as_of + days(1), time(0), account.time_zone)),
        spent=spent(session, account_no, account.currency, as_of),
        suit_costs=suit_costs(session, account_no),
    )


def issuer(company: Company, contact: str) -> Issuer:
    """The company in whose name a document is written; `contact`: the department to ask."""
    return Issuer(
        company=line(company.name["zh"]),
        address=line(company.address),
        phone=line(company.phone),
        contact=line(contact),
    )


def _evidence(event: e.Event) -> str:
    return event.body.evidence or "" if isinstance(event.body, e.StepOpened | e.StepAnswered | e.StepCompleted) else ""
