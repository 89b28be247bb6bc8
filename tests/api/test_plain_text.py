"""A NUL in what is sent is refused: PostgreSQL keeps none, so a case could not record it."""

from __future__ import annotations

import pytest

from tests.api.world import World, key


@pytest.mark.parametrize("text", ["a\0b", "\0", "\\\0"])
async def test_a_nul_in_a_command_is_refused_and_changes_nothing(world: World, text: str) -> None:
    case_no = await world.case()
    before = world.cases.running[case_no]
    async with world.client("general_manager") as client:
        note = {"do": "add_note", "text": text}
        answer = await client.post(f"/cases/{case_no}/commands", json=note, headers=key("n1"))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), answer.text
    assert world.cases.running[case_no] == before


async def test_a_nul_in_an_address_is_refused(world: World) -> None:
    async with world.client("general_manager") as client:
        for path in ("/cases?owner=%00", "/staff/a%00b/profile"):
            assert (await client.request("GET" if "?" in path else "PUT", path, json={})).status_code == 422, path


async def test_the_words_that_only_look_like_it_pass(world: World) -> None:
    case_no = await world.case()
    async with world.client("general_manager") as client:
        note = {"do": "add_note", "text": "\\u0000 is how JSON writes it"}
        answer = await client.post(f"/cases/{case_no}/commands", json=note, headers=key("n1"))
    assert answer.status_code == 200, answer.text
