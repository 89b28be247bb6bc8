"""Where a text is required blanks are none: one type for all, and every body that asks for words uses it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

import pytest
from pydantic import TypeAdapter, ValidationError

from domain.commands import CommandBody
from tests.api.world import World, key

COMMAND: TypeAdapter[CommandBody] = TypeAdapter(CommandBody)
WRITTEN = re.compile(r"(reason|text|measure|change|correction)$")
BLANK = (" ", "\n\t", "　　")  # the last is the wide blank of Chinese keyboards


@pytest.mark.parametrize("blank", BLANK)
@pytest.mark.parametrize(
    "body",
    [
        {"do": "add_note", "text": "X"},
        {"do": "cast_vote", "step": "s", "outcome": "approved", "reason": "X"},
        {"do": "withdraw_answer", "step": "s", "reason": "X"},
        {"do": "correct_entry", "seq": 1, "reason": "X"},
        {"do": "recall_from_agency", "note": "X"},
    ],
)
def test_a_command_that_gives_a_reason_of_blanks_is_none(body: dict[str, Any], blank: str) -> None:
    assert COMMAND.validate_python(body).do == body["do"]
    with pytest.raises(ValidationError, match="should match pattern"):
        COMMAND.validate_python({name: blank if value == "X" else value for name, value in body.items()})


async def test_blanks_are_refused_with_their_place(world: World) -> None:
    case_no = await world.case()
    async with world.client("collector") as client:
        body = {"do": "add_note", "text": "　 "}
        answer = await client.post(f"/cases/{case_no}/commands", json=body, headers=key("n-1"))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert [fault["place"].rpartition(".")[2] for fault in answer.json()["errors"]] == ["text"]


def test_every_required_text_of_the_api_says_something(world: World) -> None:
    """A body with a required reason, text or measure of its own type would let blanks through."""
    found = [*_required(cast("dict[str, Any]", world.app.openapi()))]
    assert len(found) > 30
    assert [name for name, field in found if field.get("pattern") != r"\S"] == []


def _required(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Required texts of what is sent in; what is only shown has no shortest length."""
    for schema, said in document["components"]["schemas"].items():
        for name, field in said.get("properties", {}).items():
            if WRITTEN.search(name) and name in said.get("required", ()) and "minLength" in field:
                yield f"{schema}.{name}", field
