"""A small portfolio in a real database: five leases, their cases as recorded events, and a writer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path

from pypdf import PdfReader
from sqlalchemy.orm import Session

from activities.contact_gate import ContactGate, read_packs
from activities.contents import Writer
from activities.messages import DispatchRequest, IssueRequest, PrepareRequest
from activities.registry import Policies
from domain import events as e
from domain.case import Case
from domain.ladder import Ladder
from domain.ledger import DoneStep, Instalment, PartyRole, Posting, PostingKind
from domain.outcome import Record
from domain.run import advance
from letters.render import Renderer
from store.accounts import add_account
from store.calendar import fill
from store.documents import get_pdf
from store.facts import ledger_version, read_facts
from store.ledger import post
from store.record import record
from store.session import Database
from store.staff import StaffMember, add
from store.views import NewAccount, Party
from tests.builders.wording import shipped_texts

ROOT = Path(__file__).parents[2]
DAY = date(2026, 3, 10)
LESSEE = Party(
    id="P1", role=PartyRole.LESSEE, name="江城恒通机械制造有限公司", id_number="91310000MA1FL0000X",
    phone="0571-55550001", email="finance@lessee.example", address="江城市高新区兴业路88号",
)  # fmt: skip
PARTIES = (
    LESSEE,
    Party(id="P2", role=PartyRole.GUARANTOR, name="陆文舟", id_number="310101198001010011", address="江城市一号路1号"),
    Party(id="P3", role=PartyRole.GUARANTOR, name="远景担保有限公司", address="江城市二号路2号"),
    Party(id="P4", role=PartyRole.VENDOR, name="大华设备有限公司", buyback_guarantee=True, address="苏州市三号路3号"),
)


def at(day: date, hour: int = 10) -> datetime:
    """That hour of the day in Shanghai."""
    return datetime(day.year, day.month, day.day, hour - 8, tzinfo=UTC)


def person(user: str, role: str) -> e.Actor:
    return e.Actor(user=user, role=role, authority="test")


def read(pdf: bytes) -> str:
    """The text of all pages without any spaces, since line breaks fall anywhere."""
    return "".join("".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


class Story:
    """A case whose events are told one after the other."""

    def __init__(self, ladder: Ladder, case_no: str, account_no: str) -> None:
        self.ladder = ladder
        self.case = Case(case_no=case_no, account_no=account_no)
        self.events: list[e.Event] = []

    def tell(
        self, day: date, *bodies: e.Body, by: e.Actor | None = None, hour: int = 10, command: str | None = None
    ) -> None:
        """Let something happen at an hour of a day."""
        what = Record(bodies=bodies, due_at=at(day, hour), rules=(), why="told")
        self.case, events = advance(self.ladder, self.case, what, at(day, hour), by, command)
        self.events += events

    def done(self, day: date, step: str, outcome: str, by: e.Actor, **more: object) -> None:
        """Open a step and let somebody end it at once."""
        asked = self.ladder.by_id[step].asked
        assert asked is not None
        opened = e.StepOpened(step=step, asked=asked.roles, mode="any", outcomes=asked.outcomes, deadline=at(day, 18))
        self.tell(day, opened)
        body = {"step": step, "outcome": outcome, "role": by.role, **more}
        self.tell(day, e.StepCompleted.model_validate(body), by=by, hour=11)

    def save(self, session: Session) -> None:
        record(session, self.case.case_no, self.events, self.case)


@dataclass
class StoppedClock:
    """Shows what it is set to."""

    at: datetime

    def now(self) -> datetime:
        return self.at


class World:
    """The database, the writer, the contact gate at ten o'clock of DAY, and requests as the workflows make them."""

    def __init__(self, database: Database, renderer: Renderer, policies: Policies) -> None:
        self.database = database
        self.policies = policies
        self.ladder = policies.current("leasing")
        self.pin = policies.pin("leasing")
        self.texts = shipped_texts()
        self.writer = Writer(renderer, policies, self.texts)
        self.clock = StoppedClock(at(DAY))
        self.gate = ContactGate(read_packs(ROOT / "policies" / "conduct", ["default"]), self.clock)

    def story(self, account_no: str, anchor: date | None = None, history: Sequence[DoneStep] = ()) -> Story:
        """A new case of a lease, or of the portfolio for an empty number, with its facts."""
        case_no = f"{account_no}-1" if account_no else "portfolio-leasing"
        told = Story(self.ladder, case_no, account_no)
        opened = e.CaseOpened(policy=self.pin, settings=self.ladder.settings_id, anchor=anchor, floor=1,
                              history=tuple(history))  # fmt: skip
        told.case = told.case.model_copy(update={"imported": tuple(history)})
        told.tell(date(2026, 2, 2), opened)
        with self.database.reading() as session:
            facts = read_facts(session, account_no, date(2026, 2, 2), self.ladder.terms, "CN")
        told.tell(date(2026, 2, 2), e.FactsUpdated(facts=facts))
        return told

    def dispatch(self, step: str, target: str, **more: object) -> DispatchRequest:
        send = self.ladder.by_id[step].rule.send
        assert send is not None
        with self.database.reading() as session:
            version = ledger_version(session, "L-1")
        values: dict[str, object] = {
            "case_no": "L-1-1", "account_no": "L-1", "step": step, "target": target, "document": send.document,
            "key": f"L-1-1/{step}/1/{target}", "occurrence": 1, "as_of": DAY, "at": at(DAY),
            "ledger_version": version, "policy": self.pin, "settings": self.ladder.settings_id, **more,
        }  # fmt: skip
        return DispatchRequest.model_validate(values)

    def prepare(self, step: str, **more: object) -> PrepareRequest:
        values: dict[str, object] = {
            "case_no": "L-1-1", "account_no": "L-1", "step": step, "document": self.ladder.by_id[step].rule.writes,
            "occurrence": 1, "as_of": DAY, "role": "asset_manager", "at": at(DAY), "policy": self.pin,
            "settings": self.ladder.settings_id, **more,
        }  # fmt: skip
        return PrepareRequest.model_validate(values)

    def issue(self, step: str, period: date = DAY, **more: object) -> IssueRequest:
        rule = self.ladder.by_id[step].rule.issue
        assert rule is not None
        values: dict[str, object] = {
            "case_no": "portfolio-leasing", "step": step, "document": rule.document, "period": period,
            "to": ("head_of_business",), "copy_to": rule.copy_to, "at": at(period), "policy": self.pin,
            "settings": self.ladder.settings_id, **more,
        }  # fmt: skip
        return IssueRequest.model_validate(values)

    def reported(self, request: PrepareRequest) -> tuple[e.DocumentRef, str]:
        """Write a report; its reference and what is printed."""
        with self.database.session() as session:
            ref = self.writer.report(session, request)
            return ref, read(get_pdf(session, ref.number) or b"")

    def issued(self, request: IssueRequest) -> tuple[e.DocumentRef, str]:
        with self.database.session() as session:
            ref = self.writer.issue(session, request)
            return ref, read(get_pdf(session, ref.number) or b"")


def lease(account_no: str, dues: Sequence[date], **more: object) -> NewAccount:
    """A lease with rents of 42,300.00 (principal 40,000.00) on these days."""
    schedule = tuple(
        Instalment(no=no, due=due, principal=Decimal("40000.00"), interest=Decimal("2300.00"))
        for no, due in enumerate(dues, start=1)
    )
    name = f"示例承租人{account_no[2:]}有限公司"
    lessee = Party(id=f"P-{account_no}", role=PartyRole.LESSEE, name=name, address="示例路1号")
    values: dict[str, object] = {
        "account_no": account_no, "contract_no": f"C-{account_no}", "lease_amount": Decimal("1000000.00"),
        "asset_description": "数控机床一台", "created_at": at(date(2026, 1, 1)), "schedule": schedule,
        "parties": (lessee,), **more,
    }  # fmt: skip
    return NewAccount.model_validate(values)


def posting(posting_id: str, kind: PostingKind, amount: str, on: date) -> Posting:
    return Posting(id=posting_id, kind=kind, value_date=on, at=at(on), amount=Decimal(amount))


def fill_world(world: World) -> None:
    """L-1 38 days overdue with everything, L-2 5 days, L-3 current, L-4 20 days, L-5 in US dollars."""
    with world.database.session() as session:
        fill(session, [2025, 2026], at(date(2026, 1, 1)))
        add(session, StaffMember(id="u-gu", login="gu", name="顾明远", password_hash="x", roles=("collector",)))
        add(
            session, StaffMember(id="u-shen", login="shen", name="沈律", password_hash="x", roles=("legal_compliance",))
        )
        big = {"parties": PARTIES, "lease_amount": Decimal("5000000.00"), "penalty_rate_per_day": Decimal("0.0005"),
               "asset_description": "数控立式加工中心 VMC-850\n两台"}  # fmt: skip
        add_account(session, lease("L-1", (date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)), **big))
        add_account(session, lease("L-2", (date(2026, 3, 5),)))
        add_account(session, lease("L-3", (date(2026, 3, 9),)))
        add_account(session, lease("L-4", (date(2026, 2, 18),)))
        add_account(session, lease("L-5", (date(2026, 3, 8),), currency="USD"))
        post(session, posting("a", PostingKind.PAYMENT, "12300.00", date(2026, 2, 10)), "L-1")
        post(session, posting("b", PostingKind.VENDOR_ADVANCE, "20000.00", date(2026, 2, 20)), "L-1")
        post(session, posting("c", PostingKind.COST, "260.00", date(2026, 3, 1)), "L-1")
        post(session, posting("d", PostingKind.PAYMENT, "42300.00", date(2026, 3, 9)), "L-3")
