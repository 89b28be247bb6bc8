"""One file says who the customer is, what was lent and what was done to collect; who reads it is logged (MB2.2a)."""

from __future__ import annotations

from structlog.testing import capture_logs

from tests.api.world import World


async def test_mb2_2a_person_loan_and_collection_in_one_file(world: World) -> None:
    case_no = await world.case()
    reader = world.staff("collection_supervisor")
    with capture_logs() as lines:
        async with world.client(as_user=reader) as client:
            found = (await client.get("/accounts/L-000001/customer-file")).json()
    assert [(one["name"], one["address"]) for one in found["people"]] == [("承租人甲", "上海市")]
    assert (found["account"]["contract_no"], len(found["schedule"])) == ("C-L-000001", 2)
    assert found["standing"]["dpd"] == 8
    (history,) = found["cases"]
    assert history["case_no"] == case_no
    assert "case_opened" in {event["body"]["kind"] for event in history["events"]}
    read = [line for line in lines if line["event"] == "customer_file_read"]
    assert [(line["account_no"], line["user"]) for line in read] == [("L-000001", reader.id)]
    assert "承租人甲" not in str(lines)


async def test_mb2_2a_not_for_everybody(world: World) -> None:
    world.lease()
    async with world.client("administrator") as client:
        assert (await client.get("/accounts/L-000001/customer-file")).status_code == 403
