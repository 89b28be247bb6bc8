"""The clocks of limitation stand on every case, whatever its policy; each demand of its policy that arrived counts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

import pytest

from activities.content.outward import LETTERS
from activities.limitation import LimitationWork
from domain.assignment import CustomerKind
from domain.events import Actor, DocumentRef
from domain.ledger import Instalment, PartyRole
from domain.limitation import DEMANDS, NO_DEMANDS
from store import accounts, deliveries, errands
from store.deliveries import Claim
from store.limitation import GuaranteeTerm, agree_guarantee
from store.views import NewAccount, Party
from tests.api.world import World

DUES = (date(2024, 2, 2), date(2024, 3, 2))  # three years end on 2 March 2027, in 357 days
ACCOUNT, CASE = "A-000001", "A-000001-1"


class Sends(NamedTuple):
    """How an account comes under a policy, what that policy demands payment with, and who is warned."""

    product: str
    kind: CustomerKind
    demands: tuple[str, ...]
    warned: str


POLICIES = {
    "leasing": Sends(
        "leasing", "company", ("rent_demand_notice", "litigation_letter", "rent_collection_letter"), "legal_compliance"
    ),
    "bank": Sends("bank_loan", "individual", ("overdue_notice",), "legal"),
    "credit": Sends("credit_loan", "company", ("dunning_letter", "lawyers_letter"), "legal"),
    "treatment": Sends("instalment_loan", "individual", ("summons",), "legal"),
    "union": Sends("union_loan", "individual", ("legal_notice",), "recovery_group"),
    "consumer": Sends("consumer_loan", "individual", (), "head_of_risk_control"),
    "lender": Sends("business_loan", "company", (), "legal"),
}
SENT = [(name, kind) for name, policy in POLICIES.items() for kind in policy.demands]


async def opened(world: World, policy: str) -> None:
    """A case of the policy with a guarantor, long overdue."""
    debtor = PartyRole.LESSEE if policy == "leasing" else PartyRole.BORROWER
    account = NewAccount(
        account_no=ACCOUNT, contract_no="C-1", product=POLICIES[policy].product, customer_kind=POLICIES[policy].kind,
        lease_amount=Decimal("500000.00"), branch="上海", penalty_rate_per_day=Decimal("0.0005"),
        created_at=world.clock.now(),
        schedule=tuple(Instalment(no=no, due=day, principal=Decimal("10000.00"), interest=Decimal("500.00"))
                       for no, day in enumerate(DUES, start=1)),
        parties=(Party(id="P-1", role=debtor, name="债务人甲", address="上海市"),
                 Party(id="P-2", role=PartyRole.GUARANTOR, name="保证人甲", address="上海市")),
    )  # fmt: skip
    with world.database.session() as session:
        accounts.add_account(session, account)
    await world.deps.intake.run(world.deps.today())


def arrived(world: World, kind: str, who: str) -> None:
    """A letter went out and was delivered today."""
    at, name = world.clock.now(), f"{CASE}/letter/1/{who}/letter"
    letter = DocumentRef(kind=kind, number=f"N-{kind}", sha256="0" * 64, as_of=world.deps.today())
    with world.database.session() as session:
        wanted = Claim(key=name, case_no=CASE, account_no=ACCOUNT, step="letter", target=f"{who}/letter",
                       document=letter, at=at)  # fmt: skip
        deliveries.claim(session, wanted)
        deliveries.set_result(session, name, "sent", at)
        deliveries.apply_receipt(session, name, "delivered", at)


def agree(world: World, until: date) -> None:
    """The guarantor is liable like the debtor until that day, as their contract says."""
    legal = Actor(user="u-9", role="legal_compliance", authority="")
    term = GuaranteeTerm(account_no=ACCOUNT, party_id="P-2", joint=True, until=until, evidence="att-1", actor=legal,
                         at=world.clock.now())  # fmt: skip
    with world.database.session() as session:
        agree_guarantee(session, term)


async def shown(world: World) -> tuple[str | None, str | None]:
    """(limitation, first guarantor's period) as the case shows them."""
    async with world.client("auditor") as client:
        found = (await client.get(f"/cases/{CASE}")).json()
    return found["limitation_ends"], found["guarantor_period_ends"]


def test_every_letter_is_a_demand_or_none_for_a_reason() -> None:
    assert {*DEMANDS, *NO_DEMANDS} == {kind.value for kind in LETTERS}
    assert not {*DEMANDS} & {*NO_DEMANDS}


@pytest.mark.parametrize("policy", POLICIES)
def test_what_each_policy_sends_is_known(world: World, policy: str) -> None:
    sends = [step.rule.send.document for step in world.policies.current(policy).steps if step.rule.send]
    assert {name for name in sends if name in DEMANDS} == {*POLICIES[policy].demands}
    assert {*POLICIES} == {*world.policies.ids}


@pytest.mark.parametrize("policy", POLICIES)
async def test_the_clock_stands_on_the_case_and_legal_is_warned_a_year_before(world: World, policy: str) -> None:
    """民法典第188条."""
    await opened(world, policy)
    assert (await shown(world))[0] == "2027-03-02"
    with world.database.reading() as session:
        assert errands.list_errands(session, None, account_no=ACCOUNT).rows == ()
    work = LimitationWork(world.database, world.policies, world.clock)
    assert [work.warn(policy), work.warn(policy)] == [1, 0]
    with world.database.reading() as session:
        asked = [
            one for one in errands.list_errands(session, None, account_no=ACCOUNT).rows if one.kind == "limitation"
        ]
    assert [(one.roles, one.say) for one in asked] == [((POLICIES[policy].warned,), "2027-03-02 届满，剩余 357 天")]


@pytest.mark.parametrize(("policy", "kind"), SENT)
async def test_each_demand_of_its_policy_that_arrived_lets_it_begin_anew(world: World, policy: str, kind: str) -> None:
    """民法典第195条第1项."""
    await opened(world, policy)
    arrived(world, kind, "lessee" if policy == "leasing" else "borrower")
    assert (await shown(world))[0] == "2029-03-10"


@pytest.mark.parametrize("kind", sorted(NO_DEMANDS))
async def test_no_other_letter_does(world: World, kind: str) -> None:
    await opened(world, "lender")
    arrived(world, kind, "borrower")
    assert (await shown(world))[0] == "2027-03-02"


@pytest.mark.parametrize(
    ("policy", "kind", "ends"),
    [("leasing", "guarantor_notice", "2026-05-20"), *((name, "guarantor_demand", None) for name in POLICIES)],
)
async def test_a_guarantor_is_bound_until_they_are_claimed_from(
    world: World, policy: str, kind: str, ends: str | None
) -> None:
    """民法典第693条第2款: only a claim meets the period of a joint guarantor, no notice of the default."""
    await opened(world, policy)
    agree(world, date(2026, 5, 20))
    assert (await shown(world))[1] == "2026-05-20"
    arrived(world, kind, "guarantor-1")
    assert await shown(world) == ("2027-03-02", ends)
