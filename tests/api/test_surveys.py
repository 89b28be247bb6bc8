"""Surveys over HTTP: the customer's link, what staff enter, the register (U4.2b)."""

from __future__ import annotations

from activities.aftercare import survey_token
from store import surveys
from store.surveys import Survey
from tests.api.world import World


async def asked(world: World) -> str:
    """A customer who was asked about a case; the end of their link."""
    case_no = await world.case()
    survey = Survey(
        case_no=case_no, account_no="L-000001", policy_id="leasing", specialist="u-7", channel="sms", status="sent",
        asked_at=world.clock.now(),
    )  # fmt: skip
    with world.database.session() as session:
        surveys.claim_survey(session, survey)
    return survey_token(world.deps.settings.token_key(), case_no)


async def test_u4_2b_the_customer_answers_by_the_link_once(world: World) -> None:
    token = await asked(world)
    async with world.client() as client:
        page = await client.get(f"/surveys/{token}")
        assert (page.status_code, "承租人" in page.text) == (200, False)
        assert (await client.post(f"/surveys/{token}", data={"score": "4"})).status_code == 200
        assert (await client.post(f"/surveys/{token}", data={"score": "1"})).status_code == 409
        assert (await client.post(f"/surveys/{token}", data={"score": "6"})).status_code == 422
        assert (await client.get(f"/surveys/{token[:-1]}x")).status_code == 404
    async with world.client("collection_supervisor") as client:
        period = {"from": "2026-03-01", "to": "2026-03-31"}
        found = (await client.get("/reports/satisfaction", params=period)).json()
    assert [(one["specialist"], one["answered"], one["score"]) for one in found] == [("", 1, "4.0"), ("u-7", 1, "4.0")]


async def test_u4_2b_staff_enter_what_they_were_told(world: World) -> None:
    await asked(world)
    async with world.client("collection_supervisor") as client:
        put = await client.put("/cases/L-000001-1/survey", json={"score": 5, "comment": "态度好"})
        assert (put.status_code, put.json()["score"]) == (200, 5)
        assert (await client.put("/cases/L-000002-1/survey", json={"score": 5})).status_code == 404
        assert len((await client.get("/surveys")).json()["rows"]) == 1


async def test_a_period_outside_the_calendars_is_refused(world: World) -> None:
    async with world.client("collection_supervisor") as client:
        for first, last in (("0001-01-01", "2026-03-31"), ("2026-03-01", "9999-12-31")):
            answer = await client.get("/reports/satisfaction", params={"from": first, "to": last})
            assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), answer.text
