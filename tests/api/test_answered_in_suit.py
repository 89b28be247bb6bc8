"""What a court does is entered in the suit, which answers its case: one fact in one place (B2.3.2.2c)."""

from __future__ import annotations

from store import suits
from tests.api.placed import case_of, command, loan
from tests.api.world import World

TO_COURT = (("open_step", "lawsuit_decision", "file"),)
FILED = (("litigation_file", "prepared"), ("lawsuit", "filed"))


async def test_b2_3_2_2c_a_judgment_is_entered_in_the_open_suit_and_not_beside_it(world: World) -> None:
    case_no = await loan(world, steps=TO_COURT, principal="60000.00")
    for step, outcome in FILED:
        done = await command(world, case_no, step, "legal", do="answer_step", step=step, outcome=outcome)
        assert done.status_code == 200, done.text
    answer = {"do": "answer_step", "step": "judgment", "outcome": "obtained"}
    refused = await command(world, case_no, "j1", "legal", **answer)
    assert (refused.status_code, refused.json()["code"]) == (409, "answered_in_suit")
    with world.database.reading() as session:
        suit = suits.open_suit(session, case_no)
    assert suit and suit.number in refused.json()["detail"]
    assert case_of(world, case_no).step("judgment").is_open
    async with world.client("legal") as client:
        shown = (await client.get(f"/cases/{case_no}/allowed")).json()
    said = {one["code"] for one in shown if one.get("step") == "judgment" and one["do"] == "answer_step"}
    assert said == {"answered_in_suit"}
