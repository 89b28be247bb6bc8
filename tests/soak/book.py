"""The hundred and twenty leases of the rehearsal: when their rents fall due, what is paid, what the vendor says."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from domain.ledger import Instalment, PartyRole, Posting, PostingKind
from domain.money import ZERO
from store.views import NewAccount, Party

RENT = Decimal("10500.00")
COUNT = 120


@dataclass(frozen=True)
class Act:
    """Something that happens to a lease on a day past due of its first rent: money, or a person's own step."""

    dpd: int
    kind: str
    amount: Decimal = ZERO


@dataclass(frozen=True)
class Lease:
    """A lease and its script."""

    account: NewAccount
    first_due: date
    acts: tuple[Act, ...] = field(default=())

    def posting(self, act: Act, number: int, at: datetime) -> Posting | None:
        """The posting of an act, if it is one."""
        if act.kind not in set(PostingKind):
            return None
        reverses = f"{self.account.account_no}/{number - 1}" if act.kind == PostingKind.REVERSAL else None
        return Posting(
            id=f"{self.account.account_no}/{number}",
            kind=PostingKind(act.kind),
            value_date=self.first_due + timedelta(days=act.dpd),
            at=at,
            amount=act.amount,
            reverses=reverses,
        )


# Ten ways a delinquency can go; the leases take them in turn.
SCRIPTS: tuple[tuple[Act, ...], ...] = (
    (),
    (Act(12, "payment", RENT),),
    (Act(20, "payment", RENT), Act(33, "payment", RENT)),
    (Act(9, "payment", Decimal("4000.00")),),
    (Act(5, "vendor_advance", RENT),),
    (Act(33, "vendor_objection"), Act(40, "vendor_withdrawal")),
    (Act(47, "vendor_objection"), Act(55, "buyback_price", Decimal("90000.00"))),
    (Act(6, "payment", RENT), Act(12, "reversal")),
    (Act(48, "suspension"),),
    (Act(18, "early_demand"),),
)


def book(first_day: date) -> list[Lease]:
    """Leases whose first rents fall due on the days from `first_day` on, three a day."""
    return [_lease(number, first_day + timedelta(days=number // 4)) for number in range(COUNT)]


def _lease(number: int, due: date) -> Lease:
    account_no = f"S-{number:06d}"
    parties = [_party(number, 1, PartyRole.LESSEE, "承租人")]
    if number % 2:
        parties.append(_party(number, 2, PartyRole.GUARANTOR, "担保人"))
    parties.append(_party(number, 3, PartyRole.VENDOR, "出卖人", buyback=number % len(SCRIPTS) in (5, 6)))
    schedule = tuple(
        Instalment(no=no + 1, due=due + timedelta(days=30 * no), principal=RENT - 500, interest=Decimal(500))
        for no in range(3)
    )
    account = NewAccount(
        account_no=account_no,
        contract_no=f"C-{number:06d}",
        lease_amount=Decimal("4000000.00") if number % 7 == 0 else Decimal("500000.00"),
        penalty_rate_per_day=Decimal("0.0005"),
        asset_description="数控机床一台",
        created_at=datetime(2026, 1, 5, tzinfo=UTC),
        schedule=schedule,
        parties=tuple(parties),
    )
    return Lease(account, due, SCRIPTS[number % len(SCRIPTS)])


def _party(number: int, part: int, role: PartyRole, title: str, buyback: bool = False) -> Party:
    return Party(
        id=f"S-{number:06d}-{part}",
        role=role,
        name=f"{title}{number}",
        buyback_guarantee=buyback,
        address=f"上海市示范路{number + 1}号",
        email=f"party{number}-{part}@example.com",
        phone="02100000000",
    )
