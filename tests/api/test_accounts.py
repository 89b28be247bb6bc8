"""Accounts, their standing on any day, and money that is entered once."""

from __future__ import annotations

import pytest

from store import ledger
from tests.api.world import World, key

PAYMENT = {"kind": "payment", "value_date": "2026-03-10", "amount": "10500.00"}


async def test_a_payment_is_entered_once_and_the_case_will_be_told(world: World) -> None:
    case_no = await world.case()
    async with world.client("finance") as client:
        first = await client.post("/accounts/L-000001/postings", json=PAYMENT, headers=key("r-1"))
        world.later(minutes=5)
        again = await client.post("/accounts/L-000001/postings", json=PAYMENT, headers=key("r-1"))
        postings = (await client.get("/accounts/L-000001/postings")).json()
    assert (first.status_code, again.status_code) == (201, 200)
    assert (first.json()["repeated"], again.json()["repeated"]) == (False, True)
    assert [(p["id"], p["amount"]) for p in postings] == [("r-1", "10500.00")]
    with world.database.reading() as session:
        assert [notice.case_no for notice in ledger.pending_notices(session)] == [case_no]


async def test_the_same_key_with_other_content_is_refused(world: World) -> None:
    world.lease()
    async with world.client("finance") as client:
        await client.post("/accounts/L-000001/postings", json=PAYMENT, headers=key("r-1"))
        other = {**PAYMENT, "amount": "1.00"}
        answer = await client.post("/accounts/L-000001/postings", json=other, headers=key("r-1"))
    assert (answer.status_code, answer.json()["code"]) == (409, "posting_differs")


async def test_a_reversal_takes_a_payment_back_once(world: World) -> None:
    world.lease()
    reversal = {"kind": "reversal", "value_date": "2026-03-10", "reverses": "r-1"}
    async with world.client("finance") as client:
        await client.post("/accounts/L-000001/postings", json=PAYMENT, headers=key("r-1"))
        paid = (await client.get("/accounts/L-000001/standing")).json()
        taken = await client.post("/accounts/L-000001/postings", json=reversal, headers=key("r-2"))
        again = await client.post("/accounts/L-000001/postings", json=reversal, headers=key("r-2"))
        twice = await client.post("/accounts/L-000001/postings", json=reversal, headers=key("r-3"))
        owed = (await client.get("/accounts/L-000001/standing")).json()
    assert (taken.status_code, again.status_code) == (201, 200)
    assert (twice.status_code, twice.json()["code"]) == (409, "already_reversed")
    assert (paid["bucket"], owed["bucket"]) == (None, "I")


async def test_standing_is_asked_for_any_day(world: World) -> None:
    world.lease()
    async with world.client("auditor") as client:
        today = (await client.get("/accounts/L-000001/standing")).json()
        later = (await client.get("/accounts/L-000001/standing?as_of=2026-04-18")).json()
    assert (today["standing"]["dpd"], today["bucket"], today["standing"]["overdue_rent"]) == (8, "I", "10500.00")
    # 10,500 x 0.0005 x 8 days
    assert (today["standing"]["current_penalty"], today["total_overdue"]) == ("42.00", "10542.00")
    assert (later["standing"]["dpd"], later["bucket"], later["standing"]["overdue_rent"]) == (47, "IV", "21000.00")


BAD = [
    ({**PAYMENT, "amount": "-1.00"}, "body.amount"),
    ({**PAYMENT, "amount": "0.001"}, "body.amount"),
    ({**PAYMENT, "amount": "NaN"}, "body.amount"),
    ({**PAYMENT, "kind": "gift"}, "body.kind"),
    ({**PAYMENT, "value_date": "10/03/2026"}, "body.value_date"),
    ({**PAYMENT, "actor": "somebody"}, "body.actor"),
    ({**PAYMENT, "reverses": "r-1"}, "body"),
    ({"kind": "reversal", "value_date": "2026-03-10"}, "body"),
]


@pytest.mark.parametrize(("body", "place"), BAD)
async def test_bad_postings_are_refused_at_the_place(world: World, body: dict[str, str], place: str) -> None:
    world.lease()
    async with world.client("finance") as client:
        answer = await client.post("/accounts/L-000001/postings", json=body, headers=key("r-1"))
        postings = (await client.get("/accounts/L-000001/postings")).json()
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert [fault["place"] for fault in answer.json()["errors"]] == [place]
    assert postings == []


async def test_money_of_tomorrow_and_of_unknown_accounts_is_refused(world: World) -> None:
    world.lease()
    tomorrow = {**PAYMENT, "value_date": "2026-03-11"}
    async with world.client("finance") as client:
        early = await client.post("/accounts/L-000001/postings", json=tomorrow, headers=key("r-1"))
        unknown = await client.post("/accounts/L-9/postings", json=PAYMENT, headers=key("r-1"))
    assert (early.status_code, early.json()["code"]) == (422, "value_date_in_future")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_account")


async def test_accounts_are_listed_page_by_page(world: World) -> None:
    for number in range(5):
        world.lease(f"L-00000{number}")
    found: list[str] = []
    async with world.client("auditor") as client:
        cursor: str | None = ""
        while cursor is not None:
            page = (await client.get("/accounts", params={"limit": 2, "cursor": cursor})).json()
            found += [row["account_no"] for row in page["rows"]]
            cursor = page["next"]
        one = (await client.get("/accounts/L-000003")).json()
    assert found == [f"L-00000{number}" for number in range(5)]
    assert (one["account"]["branch"], one["parties"][0]["name"], len(one["schedule"])) == ("上海", "承租人甲", 2)
