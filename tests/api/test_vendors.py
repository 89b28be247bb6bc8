"""The statement of a vendor and the price of a buyback over HTTP; a claim enters the ledger by the case only."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO

from pypdf import PdfReader

from domain.ledger import Instalment, PartyRole, Posting, PostingKind
from store import accounts, ledger
from store.views import NewAccount, Party
from tests.api.world import World, key

AS_OF = {"as_of": "2026-03-12"}


def guaranteed(world: World) -> None:
    """A lease of vendor V-1, who advanced 10,500.00 on 10 March."""
    rent = Instalment(no=1, due=date(2026, 3, 2), principal=Decimal("10000.00"), interest=Decimal("500.00"))
    account = NewAccount(
        account_no="L-000077", contract_no="C-77", lease_amount=Decimal("500000.00"), branch="上海",
        penalty_rate_per_day=Decimal("0.0005"), created_at=world.clock.now(),
        schedule=(rent, rent.model_copy(update={"no": 2, "due": date(2026, 4, 2)})),
        parties=(
            Party(id="P-77", role=PartyRole.LESSEE, name="承租人甲", address="上海市"),
            Party(id="V-1", role=PartyRole.VENDOR, name="大华设备", address="上海市", buyback_guarantee=True),
        ),
    )  # fmt: skip
    paid = Posting(
        id="V1", kind=PostingKind.VENDOR_ADVANCE, value_date=date(2026, 3, 10), at=world.clock.now(),
        amount=Decimal("10500.00"),
    )  # fmt: skip
    with world.database.session() as session:
        accounts.add_account(session, account)
        ledger.post(session, paid, "L-000077")


async def test_a_statement_shows_the_advance_and_an_unknown_vendor_has_none(world: World) -> None:
    guaranteed(world)
    async with world.client("finance") as client:
        found = (await client.get("/vendors/V-1/statement", params=AS_OF)).json()
        file = await client.get("/vendors/V-1/statement.xlsx", params=AS_OF)
        nobody = await client.get("/vendors/P-77/statement")
    row = found["accounts"][0]
    assert (found["name"], row["advanced"], row["open"]) == (
        "大华设备",
        "10500.00",
        "0.00",
    )
    assert file.content[:2] == b"PK" and "vendor-V-1-2026-03-12.xlsx" in file.headers["content-disposition"]
    assert (nobody.status_code, nobody.json()["code"]) == (404, "unknown_vendor")


async def test_the_statement_as_pdf_names_the_vendor_the_accounts_and_the_amounts(world: World) -> None:
    guaranteed(world)
    async with world.client("finance") as client:
        file = await client.get("/vendors/V-1/statement.pdf", params=AS_OF)
        nobody = await client.get("/vendors/P-77/statement.pdf")
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(file.content)).pages)
    assert (file.status_code, file.headers["content-type"]) == (200, "application/pdf")
    assert "vendor-V-1-2026-03-12.pdf" in file.headers["content-disposition"]
    for shown in ("出卖人对账单", "大华设备", "V-1", "L-000077", "C-77", "2026 年 3 月 12 日"):
        assert shown in text
    assert text.count("10,500.00") == 2  # of the account and of all
    assert nobody.json()["code"] == "unknown_vendor"


async def test_the_price_of_a_buyback_is_computed_for_a_day(world: World) -> None:
    guaranteed(world)
    await world.deps.intake.run(world.deps.today())
    async with world.client("asset_manager") as client:
        found = (await client.get("/cases/L-000077-1/buyback-price", params=AS_OF)).json()
        unknown = await client.get("/cases/L-000078-1/buyback-price")
    assert found["total"] == "21052.50"  # two rents of 10,500.00, ten days of 5.25; the advance cures nothing (L2.4)
    assert (found["price"]["rents_due"], found["price"]["rents_to_come"]) == ("10500.00", "10500.00")
    assert unknown.json()["code"] == "unknown_case"


async def test_nobody_posts_a_claim_by_hand(world: World) -> None:
    guaranteed(world)
    body = {"kind": "buyback_claim", "value_date": "2026-03-10", "amount": "1.00"}
    async with world.client("finance") as client:
        refused = await client.post("/accounts/L-000077/postings", json=body, headers=key("p-1"))
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
