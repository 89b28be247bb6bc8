"""A lease that falls due on 2 March 2026 and is not paid, walked day by day past due; people answer when told to."""

from __future__ import annotations

from datetime import date

from domain import commands as c
from domain.base import days
from domain.evidence import ContactResult
from domain.ledger import PartyFact, Posting
from tests.builders.cases import Desk
from tests.builders.ladders import leasing
from tests.builders.leases import BUYBACK_VENDOR, GUARANTOR, LESSEE, lease

DUE = date(2026, 3, 2)
EVERYBODY = (LESSEE, GUARANTOR, BUYBACK_VENDOR)


def day(dpd: int) -> str:
    """The day on which the lease is that many days past due."""
    return str(DUE + days(dpd))


def unpaid(dpd: int = 1, *postings: Posting, parties: tuple[PartyFact, ...] = EVERYBODY, amount: str = "500000.00",
           changes: tuple[tuple[str, str], ...] = ()) -> Desk:  # fmt: skip
    """The case of the lease, opened at DPD 1 and walked on with nobody answering."""
    desk = Desk(lease(*postings, parties=parties, amount=amount), f"{day(1)} 09:00", leasing(*changes))
    return to(desk, dpd)


def to(desk: Desk, dpd: int, clock: str = "09:00") -> Desk:
    """On to that day past due."""
    return desk.to(f"{day(dpd)} {clock}")


def diligent(dpd: int, *, leave: tuple[str, ...] = (), parties: tuple[PartyFact, ...] = EVERYBODY,
             amount: str = "500000.00") -> Desk:  # fmt: skip
    """The case at that day with everything answered favourably at once, except the steps named."""
    desk = unpaid(1, parties=parties, amount=amount)
    return on(desk, dpd, *leave)


def on(desk: Desk, dpd: int, *leave: str) -> Desk:
    """Day by day with everything answered at once, except the steps named."""
    today = (desk.now.date() - DUE).days
    for number in range(today, dpd + 1):
        answered(to(desk, number), *leave)
    return desk


def answered(desk: Desk, *leave: str) -> Desk:
    """Everybody answers favourably what is open, and what opens by that."""
    while waiting := [name for name in asked(desk) if name not in leave]:
        for name in waiting:
            state = desk.case.step(name)
            step = desk.ladder.by_id[name]
            if step.asked and step.asked.what == "contact":
                desk.tell(state.asked[0], c.RecordContact(contact=ContactResult()))
            else:
                given = tuple(answer.role for answer in state.answers)
                left = [role for role in state.asked if role not in given]
                desk.answer(name, state.outcomes[0], *(left[:1] if state.mode == "any" else left))
    return desk


def asked(desk: Desk) -> list[str]:
    """The open asks that nothing stops."""
    return [name for name, state in desk.case.steps.items() if state.status == "open" and not state.frozen]


def days_of(desk: Desk, kind: str, step: str | None = None) -> list[int | None]:
    """The days past due on which such events fell due."""
    return [event.dpd for event in desk.of(kind, step)]


def object_to(desk: Desk) -> Desk:
    """The vendor objects in writing and the head of Asset Management confirms it."""
    desk.tell("asset_manager", c.OpenStep(step="vendor_objection", evidence="vendor_written_notice"))
    return desk.answer("vendor_objection", "confirmed")
