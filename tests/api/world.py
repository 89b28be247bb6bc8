"""An application on SQLite with cases that run in memory by the real rules, and switches for what can go wrong."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from pydantic import SecretStr

from activities.contact_gate import ContactGate, read_packs
from activities.contents import Writer
from activities.evidence import EvidenceDesk
from activities.registry import Policies
from api.app import create_app
from api.auth import hash_password, token_for
from api.deps import Deps, Limits
from domain import events as e
from domain.base import zone
from domain.ledger import Instalment, PartyRole
from letters.glyphs import FontSet
from letters.render import Renderer
from settings import ROOT, Settings
from store import accounts, calendar, ledger, staff
from store.deliveries import Claim, claim
from store.session import Database
from store.staff import StaffMember
from store.views import NewAccount, Party
from tests.api.memory import MemoryCases, MemoryComplaints, MemoryIntake, StoppedClock
from tests.api.suits import MemorySuits
from tests.builders.wording import shipped_texts

SHANGHAI = zone("Asia/Shanghai")
PASSWORD = "correct horse battery staple"
HASH = hash_password(PASSWORD)
GATEWAY_KEY = b"shared with the gateway"


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
    return Writer(Renderer(FontSet.bundled()), _policies(), shipped_texts())


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
            complaints=MemoryComplaints(self.database, self.clock),
            suits=MemorySuits(self.database, self.policies, self.clock, self.cases),
            clock=self.clock,
            wall=self.wall,
            settings=Settings(secret_key=SecretStr("k" * 40), gateway_secret=SecretStr(GATEWAY_KEY.decode())),
            policies=self.policies,
            drafts=_writer(),
            evidence=EvidenceDesk(Renderer(FontSet.bundled()), self.policies),
            gate=ContactGate(read_packs(ROOT / "policies" / "conduct", ["default"]), self.clock),
            texts=shipped_texts(),
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
            account_no=account_no, contract_no=f"C-{account_no}", lease_amount=Decimal("500000.00"), branch="上海",
            penalty_rate_per_day=Decimal("0.0005"), created_at=self.clock.now(), schedule=schedule,
            parties=(Party(id=f"P-{account_no}", role=PartyRole.LESSEE, name="承租人甲", address="上海市"),),
        )  # fmt: skip
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
