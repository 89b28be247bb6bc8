"""Small leases and cases for the tests of the store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from threading import Barrier
from typing import TypeVar

from domain import events as e
from domain.apply import fold
from domain.calendar import Calendar
from domain.case import Case
from domain.facts import Facts
from domain.ledger import Instalment, PartyRole, Posting, PostingKind
from domain.standing import Terms
from store.views import NewAccount, Party

T = TypeVar("T")
NOON = datetime(2026, 3, 3, 4, tzinfo=UTC)
TERMS = Terms()
PIN = e.PolicyPin(id="leasing", version=1, sha256="ab" * 32)
NOTICE = e.DocumentRef(kind="rent_demand_notice", number="N-1", sha256="cd" * 32, as_of=date(2026, 3, 10))


def at(month: int, day: int, hour: int = 4) -> datetime:
    """An instant of 2026 in UTC; 4 is noon in Shanghai."""
    return datetime(2026, month, day, hour, tzinfo=UTC)


def lease(
    account_no: str = "L-1", dues: Sequence[date] = (date(2026, 3, 2), date(2026, 4, 2)), **more: object
) -> NewAccount:
    """A lease with rents of 1,050.00 on these days, a lessee, two guarantors and a vendor who must buy back."""
    schedule = tuple(
        Instalment(no=no, due=due, principal=Decimal("1000.00"), interest=Decimal("50.00"))
        for no, due in enumerate(dues, start=1)
    )
    values: dict[str, object] = {
        "account_no": account_no,
        "contract_no": f"C{account_no}",
        "branch": "east",
        "lease_amount": Decimal("500000.00"),
        "penalty_rate_per_day": Decimal("0.0005"),
        "created_at": NOON,
        "schedule": schedule,
        "parties": PARTIES,
        **more,
    }
    return NewAccount.model_validate(values)


PARTIES = (
    Party(id="P1", role=PartyRole.LESSEE, name="江南机械", address="苏州"),
    Party(id="P2", role=PartyRole.GUARANTOR, name="张三", channels=("letter",)),
    Party(id="P3", role=PartyRole.VENDOR, name="大华设备", buyback_guarantee=True, channels=("letter",)),
    Party(id="P4", role=PartyRole.GUARANTOR, name="李四", channels=()),
)


def payment(posting_id: str, amount: str = "1050.00", on: date = date(2026, 3, 14), **more: object) -> Posting:
    """A payment that is entered at noon of its value date."""
    noon = datetime(on.year, on.month, on.day, 4, tzinfo=UTC)
    values = {"id": posting_id, "kind": PostingKind.PAYMENT, "value_date": on, "at": noon, "amount": Decimal(amount)}
    return Posting.model_validate({**values, **more})


def reversal(posting_id: str, of: str, on: date = date(2026, 3, 20)) -> Posting:
    """Takes a posting back."""
    return payment(posting_id, "0.00", on, kind=PostingKind.REVERSAL, reverses=of)


def facts(
    oldest: date | None = date(2026, 3, 2), version: int = 0, as_of: date = date(2026, 3, 3), **more: object
) -> Facts:
    """What a case knows."""
    calendar = Calendar(version="CN.1", official_through=date(2026, 12, 31))
    values = {"as_of": as_of, "ledger_version": version, "posted_through": as_of, "oldest_due": oldest}
    return Facts.model_validate({**values, "cured": oldest is None, "calendar": calendar, **more})


def events(*bodies: e.Body, first: int = 1, when: datetime = NOON, command: str | None = None) -> tuple[e.Event, ...]:
    """These bodies as events that follow one another at one instant."""
    actor = e.Actor(user="u7", role="collector", authority="L4.1") if command else None
    return tuple(
        e.Event(seq=seq, due_at=when, at=when, dpd=1, rules=("L2.1", "L2.3"), why="1 days past due",
                actor=actor, command_id=command, body=body)
        for seq, body in enumerate(bodies, start=first)
    )  # fmt: skip


def opening(anchor: date = date(2026, 3, 2), version: int = 0) -> tuple[e.Event, ...]:
    """A case opens, enters its first bucket, and asks two people and one."""
    ask = e.StepOpened(
        step="litigation_letter_consent", asked=("head_of_business", "head_of_risk_management"), mode="all",
        outcomes=("agreed", "refused"), deadline=at(3, 6, 10), document="litigation_letter",
    )  # fmt: skip
    call = e.StepOpened(
        step="first_week_phone_collection", asked=("collector",), mode="any", outcomes=("contacted",),
        deadline=at(3, 5, 10), day=1,
    )  # fmt: skip
    return events(
        e.FactsUpdated(facts=facts(anchor, version)),
        e.CaseOpened(policy=PIN, settings="demo", anchor=anchor, floor=1),
        e.BucketEntered(bucket="I"),
        ask,
        call,
    )


def new_case(account_no: str = "L-1", ordinal: int = 1) -> Case:
    """A case before its first event."""
    return Case(case_no=f"{account_no}-{ordinal}", account_no=account_no)


def after(case: Case, happened: Sequence[e.Event]) -> Case:
    """The case after these events."""
    return fold(case, happened)


def at_once(act: Callable[[int], T], rivals: int = 2) -> list[T]:
    """What the same act gives when several threads do it at the same moment; each gets its own number."""
    start = Barrier(rivals)

    def run(number: int) -> T:
        start.wait(timeout=10)
        return act(number)

    with ThreadPoolExecutor(rivals) as pool:
        return list(pool.map(run, range(rivals)))
