"""A company with layers in force in a real database, and the daily run of a policy's portfolio."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache

from activities.layers import LayerWork
from activities.messages import RunRequest
from activities.registry import Policies
from domain.base import local_date
from domain.ledger import Instalment, PartyRole
from store import errands, layers
from store.accounts import add_account
from store.contacts import NewContact, enter_contact
from store.errands import Answer, Errand
from store.session import Database
from store.views import NewAccount, Party
from tests.activities.reminded import TZ, Hands, local
from tests.builders.ladders import ROOT


@lru_cache
def demonstration() -> Policies:
    """Policies and layers as the demonstration company runs them, read once."""
    return Policies.from_files(ROOT / "policies", ROOT / "company" / "demo.yaml")


class Lessor:
    """The demonstration company: its layers, a clock set by hand and what came of each run."""

    def __init__(self, database: Database, policy_id: str = "leasing", product: str = "leasing") -> None:
        self.database = database
        self.policy_id = policy_id
        self.product = product
        self.clock = Hands(local("2026-03-16 09:00"))
        self.policies = demonstration()
        self.work = LayerWork(database, self.policies, self.clock)

    def called(self, account_no: str, at: str) -> None:
        """Somebody telephoned about the account."""
        contact = NewContact.model_validate({
            "id": f"{account_no}/call", "party_id": "P-1", "case_no": f"{account_no}-1", "account_no": account_no,
            "channel": "call", "purpose": "collection", "at": local(at),
        })  # fmt: skip
        with self.database.session() as session:
            enter_contact(session, contact)

    def account(self, account_no: str, debtor: str = "P-1", due: str = "2026-03-15", opened: str = "2026-01-05",
                amount: str = "1000.00", **more: object) -> None:  # fmt: skip
        schedule = (Instalment(no=1, due=date.fromisoformat(due), principal=Decimal(amount)),)
        party = Party(id=debtor, role=PartyRole.LESSEE, name="承租人甲")
        values: dict[str, object] = {
            "account_no": account_no, "contract_no": f"HT-{account_no}", "product": self.product,
            "created_at": local(f"{opened} 08:00"), "schedule": schedule, "parties": (party,), **more,
        }  # fmt: skip
        with self.database.session() as session:
            add_account(session, NewAccount.model_validate(values))

    async def run(self, day: str, at: str = "09:00") -> int:
        """The daily run; how many duties were opened."""
        self.clock.at = local(f"{day} {at}")
        return await self.work.run(self.request())

    def request(self) -> RunRequest:
        return RunRequest(
            work="open_cases", period=local_date(self.clock.at, TZ), policy=self.policies.pin(self.policy_id),
            settings=self.policies.company_sha,
        )  # fmt: skip

    def duties(self, layer: str, duty: str = "", status: errands.Status | None = None) -> list[Errand]:
        with self.database.reading() as session:
            found = errands.list_errands(session, None, status, limit=500).rows
        return [one for one in found if one.policy_id == layer and duty in ("", one.rule)]

    def one(self, layer: str, duty: str) -> Errand:
        found = self.duties(layer, duty)
        assert len(found) == 1, [one.id for one in found]
        return found[0]

    def answer(self, errand: Errand, outcome: str, day: str, role: str = "", **answers: str) -> Errand:
        given = Answer(outcome=outcome, answers=answers or dict.fromkeys(errand.items, "已查"))
        with self.database.session() as session:
            return errands.answer(
                session, errand.id, given, f"c-{errand.id}", "u-1", role or errand.roles[0], local(f"{day} 15:00")
            )

    def register(self, document: str) -> list[Errand]:
        with self.database.reading() as session:
            return list(layers.records(session, document).rows)
