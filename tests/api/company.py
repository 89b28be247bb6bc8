"""The application with loans and people, and the distribution of cases that runs beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from activities.distribution import Distributor
from api.cases import NotRunning
from domain import events as e
from domain.commands import Command
from domain.errors import Refused
from domain.ledger import Instalment, PartyRole
from store import accounts, cases, staff
from store.views import NewAccount, Party
from tests.api.world import HASH, World

TODAY = date(2026, 3, 10)


@dataclass
class InMemory:
    """Commands to the cases that run in memory."""

    world: World

    async def command(self, case_no: str, command: Command) -> bool:
        try:
            await self.world.cases.send(case_no, command, 1)
        except (Refused, NotRunning):
            return False
        return True


class Company(World):
    """Loans and people, and the distribution that runs beside them."""

    @property
    def distributor(self) -> Distributor:
        return Distributor(self.database, self.policies, InMemory(self), self.clock)

    def person(self, user: str, role: str, **more: Any) -> str:
        """Somebody with this login."""
        found = staff.StaffMember(id=user, login=user, name="职员", password_hash=HASH, roles=(role,), **more)
        with self.database.session() as session:
            staff.add(session, found)
        return user

    def as_user(self, user: str) -> Any:
        with self.database.reading() as session:
            found = staff.find(session, user)
        assert found is not None
        return self.client(as_user=found)

    async def loan(self, account_no: str, dpd: int, product: str = "bank_loan", earlier: int = 0) -> str:
        """A loan so many days past due, with earlier instalments that were never paid, and its case."""
        dues = [TODAY - timedelta(days=dpd - 30 * back) for back in range(earlier + 1)]
        schedule = tuple(
            Instalment(no=no, due=due, principal=Decimal("1000.00"), interest=Decimal("50.00"))
            for no, due in enumerate(dues, start=1)
        )
        loan = NewAccount(
            account_no=account_no, contract_no=f"C-{account_no}", product=product, customer_kind="individual",
            lease_amount=Decimal("90000.00"), branch="east", created_at=self.clock.now(), schedule=schedule,
            parties=(Party(id=f"P-{account_no}", role=PartyRole.BORROWER, name="借款人甲"),),
        )  # fmt: skip
        with self.database.session() as session:
            accounts.add_account(session, loan)
        await self.deps.intake.run(self.deps.today())
        return f"{account_no}-1"

    def owner(self, case_no: str) -> str | None:
        with self.database.reading() as session:
            found = cases.get_case(session, case_no, self.deps.today())
        assert found is not None
        assert found.line.owner == found.snapshot.owner
        return found.line.owner

    def changes(self, case_no: str) -> list[e.Event]:
        with self.database.reading() as session:
            return [event for event in cases.timeline(session, case_no) if isinstance(event.body, e.OwnerChanged)]

    def days_later(self, days: int) -> None:
        self.later(days=days)
        for case in list(self.cases.running.values()):
            self.cases.open(case)
