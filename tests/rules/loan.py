"""A loan of any regulation that falls due on 2 March 2026 and is not paid; portfolios of any regulation."""

from __future__ import annotations

from domain.base import days
from domain.ledger import PartyFact, PartyRole
from tests.builders.cases import Desk
from tests.builders.ladders import ladder
from tests.builders.leases import RENTS, lease, paid, rents
from tests.rules.walk import day, on, to

BORROWER = PartyFact(id="P1", role=PartyRole.BORROWER, channels=("sms", "letter", "email"))


def delinquent(policy: str, dpd: int, *leave: str, due: tuple[str, ...] = RENTS, rent: str = "10000.00") -> Desk:
    """Its case at that day with everything answered favourably at once, except the steps named."""
    return on(_opened(policy, due, rent), dpd, *leave)


def silent(policy: str, dpd: int, due: tuple[str, ...] = RENTS) -> Desk:
    """Its case at that day with nobody answering."""
    return to(_opened(policy, due), dpd)


def portfolio(policy: str, until: str) -> Desk:
    """The standing work of a regulation from Monday 2 March 2026 on."""
    return Desk(None, "2026-03-02 09:00", ladder(policy)).to(until)


def pay_everything(desk: Desk) -> Desk:
    """More than is overdue arrives today; the next morning the case knows."""
    today = desk.now.date()
    desk.post(paid(str(today), "10000000.00"))
    return desk.to(f"{today + days(1)} 09:00")


def _opened(policy: str, due: tuple[str, ...], rent: str = "10000.00") -> Desk:
    account = lease(due=due, parties=(BORROWER,)).model_copy(update={"schedule": rents(*due, principal=rent)})
    return Desk(account, f"{day(1)} 09:00", ladder(policy))
