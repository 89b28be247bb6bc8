"""A consumer lender in a real database, a gateway that can fail, and the portfolio's run at any instant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Literal

from activities.before_due import BeforeDueWork
from activities.contact_gate import ContactGate, read_packs
from activities.messages import RunRequest, RunResult
from activities.registry import Policies
from domain.base import days, local_date, zone
from domain.ledger import Instalment, PartyRole, Posting, PostingKind
from domain.policy_file import digest
from gateways.contract import (
    Accepted,
    AskResult,
    GatewayUnavailable,
    NotKnown,
    OutboundMessage,
    Rejected,
    SendResult,
    Unknown,
)
from store import calendar, errands, ledger, reminders
from store.accounts import add_account, add_accounts
from store.errands import Errand
from store.reminders import Reminder
from store.session import Database
from store.views import NewAccount, Party
from tests.builders.ladders import ROOT, company_text
from tests.builders.wording import shipped_texts

TZ = "Asia/Shanghai"
OPENED = datetime(2026, 1, 1, tzinfo=UTC)
Mood = Literal["well", "away", "silent", "forgetful", "refuses", "dies"]


def local(text: str) -> datetime:
    """ "2026-09-14 09:00" on the clocks of Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=zone(TZ))


def policies_of(policy_id: str, always_open: bool = False) -> Policies:
    """One policy alone, with every account of the company assigned to it."""
    text = (ROOT / "policies" / f"{policy_id}.v1.yaml").read_text(encoding="utf-8")
    head, rest = company_text().split("assignment:", 1)
    values = rest.split("\npolicies:", 1)[1]
    company = f"{head}assignment: [{{policy: {policy_id}}}]\npolicies:{values}"
    policies, companies = {digest(text): (f"{policy_id}.yaml", text)}, {digest(company): ("demo.yaml", company)}
    found = Policies(policies, companies, digest(company), always_open)
    found.check()
    return found


@dataclass
class Gateway:
    """Remembers what it took. away: takes nothing; silent: takes it and does not say so; forgetful: takes nothing and
    does not say so; refuses: for good; dies: the sender is killed before anything is taken.
    """

    mood: Mood = "well"
    sent: dict[str, OutboundMessage] = field(default_factory=dict[str, OutboundMessage])
    asked: list[str] = field(default_factory=list[str])
    takings: int = 0
    tries: int = 0

    async def send(self, message: OutboundMessage) -> SendResult:
        self.tries += 1
        match self.mood:
            case "away":
                raise GatewayUnavailable("away")
            case "dies":
                raise KilledError
            case "forgetful":
                return Unknown()
            case "refuses":
                return Rejected(code="no_such_number", permanent=True)
            case _:
                self.takings += message.key not in self.sent
                self.sent.setdefault(message.key, message)
        return Unknown() if self.mood == "silent" else Accepted(provider_ref="p", at=OPENED)

    async def ask(self, key: str) -> AskResult:
        self.asked.append(key)
        if self.mood == "away":
            return Unknown()
        return Accepted(provider_ref="p", at=OPENED) if key in self.sent else NotKnown()


class KilledError(Exception):
    """The process ended here."""


@dataclass
class Hands:
    """A clock set by hand."""

    at: datetime

    def now(self) -> datetime:
        return self.at


class Lender:
    """The database, the run and what came of it."""

    def __init__(
        self,
        database: Database,
        most_messages: int = 10_000,
        always_open: bool = False,
        policy_id: str = "consumer",
    ) -> None:
        self.database = database
        self.policy_id = policy_id
        self.policies = policies_of(policy_id, always_open)
        self.clock = Hands(local("2026-09-14 09:00"))
        self.sms = Gateway()
        packs = read_packs(ROOT / "policies" / "conduct", ["default"], always_open)
        self.gate = ContactGate(packs, self.clock)
        self.most = most_messages
        self.wording = shipped_texts()
        self.work = self.worker()

    def worker(self) -> BeforeDueWork:
        """Another process that does the same."""
        gateways = {"sms": self.sms, "email": self.sms}
        return BeforeDueWork(self.database, self.policies, gateways, self.clock, self.gate, self.wording, self.most)

    def prepare(self) -> None:
        """Calendar and tables."""
        self.database.migrate()
        with self.database.session() as session:
            calendar.fill(session, [2025, 2026], OPENED)

    def loan(self, account_no: str, *dues: str, **more: object) -> None:
        """A loan of 1,000.00 a month on these days; its borrower has a mobile number."""
        with self.database.session() as session:
            add_account(session, loan(account_no, dues, **more))

    def loans(self, count: int, due: str) -> None:
        """Many loans with one due date."""
        with self.database.session() as session:
            add_accounts(session, [loan(f"C-{number:05d}", (due,)) for number in range(count)])

    def pay(self, account_no: str, day: str, amount: str = "1000.00") -> None:
        on = date.fromisoformat(day)
        posting = Posting(
            id=f"{account_no}-{day}", kind=PostingKind.PAYMENT, value_date=on, at=local(f"{day} 08:00"),
            amount=Decimal(amount),
        )  # fmt: skip
        with self.database.session() as session:
            ledger.post(session, posting, account_no, source="test")

    def manage(self, account_no: str, manager: str) -> None:
        with self.database.session() as session:
            errands.assign_manager(session, account_no, manager, OPENED, "boss")

    async def run(self, at: str, posted: bool = True, overridden: bool = False) -> RunResult:
        """One run at that local time."""
        self.clock.at = local(at)
        today = local_date(self.clock.at, TZ)
        if posted:
            with self.database.session() as session:
                ledger.set_posted_through(session, today - days(1))
        return await self.work.run(self.request(today, overridden))

    def request(self, period: date, overridden: bool = False) -> RunRequest:
        return RunRequest(
            work="before_due", period=period, overridden=overridden, policy=self.policies.pin(self.policy_id),
            settings=self.policies.company_sha,
        )  # fmt: skip

    async def day(self, day: str, from_: str = "09:00") -> list[RunResult]:
        """A whole day as the workflow lives it: again whenever the run says so."""
        results = [await self.run(f"{day} {from_}")]
        while (again := results[-1].again_at) is not None:
            assert again > self.clock.at
            results.append(await self.run(f"{again.astimezone(zone(TZ)):%Y-%m-%d %H:%M:%S}"))
            assert len(results) < 200
        return results

    def reminders(self, account_no: str) -> list[Reminder]:
        with self.database.reading() as session:
            return list(reversed(reminders.reminders_of(session, account_no)))

    def errands(
        self, rule: str = "", status: Literal["open", "answered", "paid", "missed"] | None = None
    ) -> list[Errand]:
        with self.database.reading() as session:
            found = errands.list_errands(session, None, status, limit=200).rows
        return [one for one in found if rule in ("", one.rule)]

    def texts(self) -> list[str]:
        return [message.text for message in self.sms.sent.values()]


def loan(account_no: str, dues: Sequence[str], **more: object) -> NewAccount:
    schedule = tuple(
        Instalment(no=no, due=date.fromisoformat(due), principal=Decimal("900.00"), interest=Decimal("100.00"))
        for no, due in enumerate(dues, start=1)
    )
    borrower = Party(
        id=f"P-{account_no}", role=PartyRole.BORROWER, name="借款人甲", phone="13800000001", email="a@b.example",
        channels=("sms", "email"),
    )  # fmt: skip
    values: dict[str, object] = {
        "account_no": account_no, "contract_no": f"HT-{account_no}", "product": "consumer", "created_at": OPENED,
        "schedule": schedule, "parties": (borrower,), **more,
    }  # fmt: skip
    return NewAccount.model_validate(values)


def database_in(folder: Path) -> Database:
    return Database(f"sqlite:///{folder / 'lender.db'}")
