"""Key figures over the API: who may see them, what they say, and the accounts behind each number."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.api.world import World
from tests.builders.measured import fill_book

APRIL = {"from": "2026-04-01", "to": "2026-04-30"}


@pytest.fixture
def book(world: World) -> World:
    """The five accounts of tests/domain/test_kpi.py."""
    with world.database.session() as session:
        fill_book(session)
    return world


async def ask(client: httpx.AsyncClient, **more: str) -> dict[str, Any]:
    answer = await client.get("/reports/kpi", params={**APRIL, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_every_figure_says_what_it_is_and_where_its_accounts_are(book: World) -> None:
    async with book.client("collection_supervisor") as client:
        found = await ask(client, policy="bank")
        (line,) = found["lines"]
        values = {value["figure"]: value for value in line["values"]}
        assert (line["policy"], line["count"], found["before_first"]) == ("bank", 5, "2026-03-01")
        assert (values["success_rate"]["value"], values["cost_rate"]["met"]) == ("0.4651", False)
        meant = {figure["id"]: figure for figure in found["figures"]}
        assert meant["success_rate"]["zh"] == "催收成功率" and "B3.1.1.1a" in meant["success_rate"]["rules"]
        listed = (await client.get(values["collected"]["accounts"])).json()["accounts"]
    assert [(row["account_no"], row["top"]) for row in listed["rows"]] == [
        ("A", "1050.00"), ("B", "450.00"), ("C", "500.00"),
    ]  # fmt: skip
    assert listed["next"] is None


async def test_the_accounts_come_page_by_page(book: World) -> None:
    async with book.client("auditor") as client:
        seen, cursor = [], ""
        while True:
            more = {"cursor": cursor} if cursor else {}
            found = await ask(client, by="branch", group="west", detail="receipt_rate",
                              limit="1", **more)  # fmt: skip
            seen += [row["account_no"] for row in found["accounts"]["rows"]]
            cursor = found["accounts"]["next"]
            if cursor is None:
                break
        wrong = await client.get("/reports/kpi", params={**APRIL, "detail": "cost", "cursor": "nonsense"})
    assert seen == ["C", "D", "E"]
    assert (wrong.status_code, wrong.json()["code"]) == (422, "bad_cursor")


async def test_buckets_and_roll_rates_lead_to_their_accounts(book: World) -> None:
    async with book.client("auditor") as client:
        found = await ask(client, by="bucket")
        lines = {line["group"]: line for line in found["lines"]}
        link = next(v["accounts"] for v in lines["moderate_1"]["values"] if v["figure"] == "collected")
        behind = (await client.get(link)).json()["accounts"]["rows"]
        rolled = next(roll for roll in found["rolls"] if (roll["start"], roll["end"]) == ("mild", "current"))
        who = (await client.get(rolled["listed"])).json()["accounts"]["rows"]
    assert [row["account_no"] for row in behind] == ["B"]
    assert [row["account_no"] for row in who] == ["A"]


@pytest.mark.parametrize("role", ["collector", "junior_specialist", "finance", "salesperson"])
async def test_those_who_are_measured_do_not_see_the_figures(book: World, role: str) -> None:
    async with book.client(role) as client:
        answer = await client.get("/reports/kpi", params=APRIL)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_entitled")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"from": "2026-05-01"}, "period_backwards"),
        ({"policy": "nobody"}, "unknown_policy"),
        ({"detail": "profit"}, "unknown_figure"),
        ({"by": "weather"}, "invalid"),
        ({"from": "soon"}, "invalid"),
    ],
)
async def test_what_cannot_be_asked(book: World, wrong: dict[str, str], code: str) -> None:
    async with book.client("auditor") as client:
        answer = await client.get("/reports/kpi", params={**APRIL, **wrong})
    assert (answer.status_code, answer.json()["code"]) == (422, code)
