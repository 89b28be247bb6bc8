"""One borrower with five loans of a union, each with its own open case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from activities.contact_gate import ContactGate, read_packs
from activities.contents import Writer
from activities.delivery import Delivery
from activities.messages import DispatchRequest
from activities.registry import Policies
from activities.texts import SHORT, sha_of
from domain import events as e
from domain.case import Case
from domain.ledger import PartyRole, PostingKind
from domain.outcome import Record
from domain.run import advance
from letters.render import Renderer
from store.accounts import add_account
from store.calendar import fill
from store.facts import ledger_version, read_facts
from store.ledger import post
from store.record import record
from store.session import Database
from store.views import Party
from tests.activities.outside import Outside
from tests.activities.world import DAY, ROOT, StoppedClock, at, lease, posting
from tests.builders.wording import shipped_texts

BORROWER = Party(
    id="P-1", role=PartyRole.BORROWER, name="陆文舟", phone="13800000000", email="lu@borrower.example",
    address="江城市一号路1号", channels=("sms", "email", "letter"),
)  # fmt: skip
FIVE = ("U-1", "U-2", "U-3", "U-4", "U-5")
RENT = "42300.00"


class FiveLoans:
    """The database, the writer, the gate at ten o'clock of DAY; each loan owes one instalment since 1 March or so."""

    def __init__(self, database: Database, renderer: Renderer, policies: Policies) -> None:
        self.database = database
        self.policies = policies
        self.ladder = policies.current("union")
        self.pin = policies.pin("union")
        self.renderer = renderer
        self.writer = Writer(renderer, policies, shipped_texts())
        self.gate = ContactGate(read_packs(ROOT / "policies" / "conduct", ["default"]), StoppedClock(at(DAY)))
        with self.database.session() as session:
            fill(session, [2025, 2026], at(date(2026, 1, 1)))

    def loans(self, names: Iterable[str], **more: object) -> None:
        """Loans of the borrower, one instalment overdue since 1, 2, 3 ... March, with an open case."""
        for day, name in enumerate(names, start=1):
            values = {"product": "union_loan", "parties": (BORROWER,), "customer_kind": "individual", **more}
            with self.database.session() as session:
                add_account(session, lease(name, (date(2026, 3, day), date(2026, 4, day)), **values))
                self._case(name, session)

    def _case(self, name: str, session: Session) -> None:
        case = Case(case_no=f"{name}-1", account_no=name)
        settings = self.ladder.settings_id
        facts = read_facts(session, name, DAY, self.ladder.terms, "CN")
        opened = e.CaseOpened(policy=self.pin, settings=settings, anchor=date(2026, 3, 1), floor=1)
        what = Record(bodies=(opened, e.FactsUpdated(facts=facts)), due_at=at(DAY, 9), rules=(), why="told")
        case, events = advance(self.ladder, case, what, at(DAY, 9), None, None)
        record(session, case.case_no, events, case)

    def dispatch(self, name: str, step: str = "first_reminder", by: str = "sms", **more: object) -> DispatchRequest:
        """What the case of a loan asks for now."""
        send = self.ladder.by_id[step].rule.send
        assert send is not None
        with self.database.reading() as session:
            version = ledger_version(session, name)
        values: dict[str, object] = {
            "case_no": f"{name}-1", "account_no": name, "step": step, "target": f"borrower/{by}",
            "document": send.document, "key": f"{name}-1/{step}/1/borrower/{by}", "occurrence": 1, "as_of": DAY,
            "at": at(DAY), "ledger_version": version, "policy": self.pin, "settings": self.ladder.settings_id, **more,
        }  # fmt: skip
        return DispatchRequest.model_validate(values)

    def delivery(self, out: Outside, database: Database | None = None) -> Delivery:
        """A worker."""
        return Delivery(database or self.database, self.writer, out.gateways, self.gate)

    def pay(self, name: str, amount: str) -> None:
        with self.database.session() as session:
            post(session, posting(f"{name}-{amount}", PostingKind.PAYMENT, amount, DAY), name)

    def use_short_text(self, body: str) -> None:
        """Another text message, passed like that of the product."""
        self._use(SHORT, body)

    def use_letter(self, body: str) -> None:
        """A company's own template of the reminder, passed."""
        self._use("letter.reminder", body, own=True)

    def _use(self, name: str, body: str, own: bool = False) -> None:
        texts = shipped_texts()
        changed = {"body": body, "sha256": sha_of(body), "shipped": not own}
        ours = texts.shipped[name].model_copy(update=changed)
        self.writer = Writer(self.renderer, self.policies, replace(texts, shipped={**texts.shipped, name: ours}))
