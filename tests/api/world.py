"""An application on SQLite with cases that run in memory by the real rules, and switches for what can go wrong."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import httpx
from pydantic import SecretStr

from activities.contact_gate import ContactGate, read_packs
from activities.contents import Writer
from activities.registry import Policies
from api.app import create_app
from api.auth import hash_password, token_for
from api.cases import Done, Live, NotRunning, StillRunning
from api.deps import Deps, Limits
from api.problems import EngineUnavailable
from domain import events as e
from domain.base import zone
from domain.case import Case
from domain.check import check
from domain.commands import Command, MovePolicy
from domain.decide import decide
from domain.errors import Refused
from domain.ladder import Ladder
from domain.ledger import Instalment, PartyRole
from domain.outcome import Dispatch, Finished, Issue, Prepare, ReadFacts, Record, Run, Wait, record
from domain.run import advance
from domain.simulate import done
from letters.glyphs import FontSet
from letters.render import Renderer
from settings import ROOT, Settings
from store import accounts, calendar, cases, ledger, staff
from store.deliveries import Claim, claim
from store.facts import read_facts
from store.record import record as keep
from store.session import Database
from store.staff import StaffMember
from store.views import NewAccount, Party

SHANGHAI = zone("Asia/Shanghai")
PASSWORD = "correct horse battery staple"
HASH = hash_password(PASSWORD)
GATEWAY_KEY = b"shared with the gateway"


@dataclass
class StoppedClock:
    """Shows what it is set to."""

    at: datetime

    def now(self) -> datetime:
        return self.at


@dataclass
class MemoryCases:
    """Cases by the real `decide`, `check` and record, without an engine. mode: what the next command meets."""

    database: Database
    policies: Policies
    clock: StoppedClock
    mode: Literal["quick", "slow", "away", "cut off"] = "quick"
    running: dict[str, Case] = field(default_factory=dict[str, Case])
    waiting: dict[str, Command] = field(default_factory=dict[str, Command])
    asked: int = 0

    @property
    def ladder(self) -> Ladder:
        return self.policies.current("leasing")

    def _ladder(self, case: Case) -> Ladder:
        return self.policies.ladder(case.policy or self.policies.pin("leasing"), case.settings)

    def open(self, case: Case) -> None:
        self.running[case.case_no] = case
        self._settle(case.case_no)

    async def send(self, case_no: str, command: Command, seconds: float) -> Done:
        self.asked += 1
        if self.mode == "away":
            raise EngineUnavailable("away")
        if case_no not in self.running:
            raise NotRunning(case_no)
        if self.mode == "cut off":
            raise Refused("case_closed", "The case is closed.", "")
        if self.mode == "slow":
            self.waiting[command.id] = command
            raise StillRunning
        return self._carry_out(case_no, command)

    async def outcome(self, case_no: str, command_id: str) -> Done | Literal["running", "unknown"]:
        if self.mode == "away":
            raise EngineUnavailable("away")
        if command_id not in self.waiting:
            return "unknown"
        return "running" if self.mode == "slow" else self._carry_out(case_no, self.waiting[command_id])

    async def live(self, case_no: str) -> Live:
        if self.mode == "away":
            raise EngineUnavailable("away")
        if case_no not in self.running:
            raise NotRunning(case_no)
        case = self.running[case_no]
        wait = decide(self._ladder(case), case, self.clock.now())
        until, why = (wait.until, wait.why) if isinstance(wait, Wait) else (None, "moving")
        return Live(case=case, next_at=until, why=why, recorded_seq=case.seq, now=self.clock.now())

    async def ping(self) -> None:
        if self.mode == "away":
            raise EngineUnavailable("away")

    def _carry_out(self, case_no: str, command: Command) -> Done:
        case = self.running[case_no]
        for known, seq in case.commands:
            if known == command.id:
                return Done(case_no=case_no, command_id=command.id, first_seq=seq)
        body = command.body
        target = self.policies.ladder(body.policy, body.settings) if isinstance(body, MovePolicy) else None
        self._happen(case_no, check(self._ladder(case), case, command, self.clock.now(), target), command)
        self._settle(case_no)
        return Done(case_no=case_no, command_id=command.id, first_seq=case.seq + 1)

    def _settle(self, case_no: str) -> None:
        while True:
            case, now = self.running[case_no], self.clock.now()
            match decide(self._ladder(case), case, now):
                case Wait() as wait:
                    with self.database.session() as session:
                        keep(session, case_no, (), case, wait)
                    return
                case Finished():
                    del self.running[case_no]
                    return
                case ReadFacts() as asked:
                    with self.database.reading() as session:
                        facts = read_facts(session, case.account_no, asked.today, self._ladder(case).terms, "CN")
                    self._happen(case_no, record(e.FactsUpdated(facts=facts), now, (), "read"))
                case Record() as what:
                    self._happen(case_no, what)
                case Prepare() | Dispatch() | Issue() | Run() as act:
                    self._happen(case_no, done(act, now))

    def _happen(self, case_no: str, what: Record, command: Command | None = None) -> None:
        given, case = (command.actor, command.id) if command else (None, None), self.running[case_no]
        case, happened = advance(self._ladder(case), case, what, self.clock.now(), *given)
        with self.database.session() as session:
            keep(session, case_no, happened, case)
        self.running[case_no] = case


@dataclass
class MemoryIntake:
    """Opens what is due in memory."""

    cases: MemoryCases
    policies: Policies

    async def run(self, today: date) -> int:
        await self.cases.ping()
        with self.cases.database.reading() as session:
            found = cases.open_cases_due(session, today, self.policies).rows
        for candidate in found:
            pin, settings = self.policies.pin(candidate.policy_id), self.policies.company_sha
            self.cases.open(Case(
                case_no=candidate.case_no, account_no=candidate.account_no, policy=pin, settings=settings,
                imported=candidate.history,
            ))  # fmt: skip
        return len(found)


@lru_cache
def _policies() -> Policies:
    return Policies.from_files(ROOT / "policies", ROOT / "company" / "demo.yaml")


@lru_cache
def _new_database() -> bytes:
    """A migrated database with its calendar; every test starts with a copy."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "new.db"
        database = Database(f"sqlite:///{file}")
        database.migrate()
        with database.session() as session:
            calendar.fill(session, [2025, 2026], datetime(2026, 1, 1, tzinfo=SHANGHAI))
            ledger.set_posted_through(session, date(2026, 12, 31))
        database.close()
        return file.read_bytes()


@lru_cache
def _writer() -> Writer:
    return Writer(Renderer(FontSet.bundled()), _policies())


class World:
    """The application with a company around it: staff by role, leases, cases. `now` is local Shanghai time."""

    def __init__(self, folder: Path, now: str = "2026-03-10T10:00", limits: Limits | None = None) -> None:
        self.clock = StoppedClock(datetime.fromisoformat(now).replace(tzinfo=SHANGHAI))
        self.wall = StoppedClock(datetime.fromisoformat("2026-11-22T12:00+00:00"))
        (folder / "arrears.db").write_bytes(_new_database())
        self.database = Database(f"sqlite:///{folder / 'arrears.db'}")
        self.policies = _policies()
        self.cases = MemoryCases(self.database, self.policies, self.clock)
        self.gateway_down = False
        self._numbers = itertools.count(1)
        self.deps = Deps(
            database=self.database,
            cases=self.cases,
            intake=MemoryIntake(self.cases, self.policies),
            clock=self.clock,
            wall=self.wall,
            settings=Settings(secret_key=SecretStr("k" * 40), gateway_secret=SecretStr(GATEWAY_KEY.decode())),
            policies=self.policies,
            drafts=_writer(),
            gate=ContactGate(read_packs(ROOT / "policies" / "conduct", ["default"]), self.clock),
            gateways={"letter": self._gateway},
            limits=limits or Limits(events_every=0.01),
        )
        self.app = create_app(self.deps)

    async def _gateway(self) -> None:
        if self.gateway_down:
            raise ConnectionError

    def staff(self, *roles: str, active: bool = True) -> StaffMember:
        """Somebody with these roles; their login is their id."""
        name = f"u-{next(self._numbers)}"
        member = StaffMember(id=name, login=name, name="职员", password_hash=HASH, roles=roles, active=active)
        with self.database.session() as session:
            staff.add(session, member)
        return member

    def client(self, *roles: str, as_user: StaffMember | None = None) -> httpx.AsyncClient:
        """Somebody with these roles, logged in; without roles, nobody."""
        headers = {}
        if roles or as_user:
            token = token_for(self.deps, as_user or self.staff(*roles))
            headers = {"Authorization": f"Bearer {token}"}
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://arrears", headers=headers)

    def lease(self, account_no: str = "L-000001", due: tuple[str, ...] = ("2026-03-02", "2026-04-02")) -> str:
        """A lease with rents of 10,500; gives the number of its first case."""
        schedule = tuple(
            Instalment(no=no, due=date.fromisoformat(day), principal=Decimal("10000.00"), interest=Decimal("500.00"))
            for no, day in enumerate(due, start=1)
        )
        account = NewAccount(
            account_no=account_no,
            contract_no=f"C-{account_no}",
            lease_amount=Decimal("500000.00"),
            penalty_rate_per_day=Decimal("0.0005"),
            branch="上海",
            created_at=self.clock.now(),
            schedule=schedule,
            parties=(Party(id=f"P-{account_no}", role=PartyRole.LESSEE, name="承租人甲", address="上海市"),),
        )
        with self.database.session() as session:
            accounts.add_account(session, account)
        return f"{account_no}-1"

    async def case(self, account_no: str = "L-000001", due: tuple[str, ...] = ("2026-03-02", "2026-04-02")) -> str:
        """A lease and its open case; on 10 March it asks for the signature under the demand notice."""
        case_no = self.lease(account_no, due)
        await self.deps.intake.run(self.deps.today())
        return case_no

    def delivery(self, case_no: str, key: str) -> None:
        """A letter that was handed to the gateway."""
        document = e.DocumentRef(kind="rent_demand_notice", number="N-1", sha256="0" * 64, as_of=date(2026, 3, 10))
        with self.database.session() as session:
            wanted = Claim(
                key=key, case_no=case_no, account_no="", step="demand_notice", target="lessee/letter",
                document=document, at=self.clock.now(),
            )  # fmt: skip
            claim(session, wanted)

    def later(self, **by: float) -> None:
        """Business time goes on."""
        self.clock.at += timedelta(**by)


SIGN = {"do": "answer_step", "step": "demand_notice_signature", "outcome": "signed"}


def key(value: str) -> dict[str, str]:
    """The header with an id chosen by the caller."""
    return {"Idempotency-Key": value}
