"""What the permissions of the API judge of each command, against the tables by hand (tests/domain/authority)."""

from __future__ import annotations

from typing import get_args

import pytest

from api.auth import Person, acting_role
from api.permissions import NO_STAFF, Action
from api.schemas import StaffCommand
from domain.commands import CommandBody
from domain.errors import Refused
from tests.api.world import World, key
from tests.builders.authority import rows
from tests.builders.ladders import POLICIES, ladder

JUDGED: tuple[Action, ...] = (
    "record_contact", "override_postings", "change_owner", "set_recovery_plan", "correct_letter",
)  # fmt: skip
BY_THE_CASE: tuple[Action, ...] = (
    "start_task", "answer_step", "open_step", "cast_vote", "withdraw_answer", "confirm_condition", "add_note",
    "correct_entry", "end_hold", "move_policy", "request_signature", "start_part", "finish_part", "place_with_agency",
    "recall_from_agency",
)  # fmt: skip


def commands(union: object) -> set[str]:
    """The names of the commands of a union."""
    return {body.model_fields["do"].default for body in get_args(get_args(union)[0])}


def outcome(role: str, action: Action) -> str:
    """The role under which somebody who has only this one acts, or the code of the refusal."""
    try:
        return acting_role(Person(user="u", roles=(role,)), action, None)
    except Refused as refused:
        return refused.code


def test_every_command_of_people_is_in_the_matrix_and_the_others_are_taken_from_nobody() -> None:
    taken = commands(StaffCommand)
    assert taken == {*JUDGED, *BY_THE_CASE} - {"correct_letter"}
    assert commands(CommandBody) - taken == {"report_receipt", "share_contact"}


@pytest.mark.parametrize("action", JUDGED)
@pytest.mark.parametrize("name", POLICIES)
def test_whoever_is_in_the_table_is_permitted_and_nobody_else(name: str, action: Action) -> None:
    may = getattr(rows()[name], action)
    for role in (*ladder(name).policy.roles, *NO_STAFF):
        assert outcome(role, action) == (role if role in may else "not_entitled"), role


@pytest.mark.parametrize("name", POLICIES)
def test_what_the_case_judges_every_role_may_try_and_none_without_a_part_in_cases(name: str) -> None:
    for action in BY_THE_CASE:
        for role in (*ladder(name).policy.roles, *NO_STAFF):
            assert outcome(role, action) == ("not_entitled" if role in NO_STAFF else role), (action, role)


async def test_who_is_not_permitted_is_told_so_and_the_attempt_is_kept(world: World) -> None:
    case_no, clerk = await world.case(), world.staff("finance")
    bodies: tuple[dict[str, object], ...] = (
        {"do": "record_contact", "contact": {"outcome": "contacted"}}, {"do": "override_postings"},
        {"do": "change_owner", "owner": clerk.id, "reason": "x"},
        {"do": "set_recovery_plan", "responsible": clerk.id, "stages": [{"day": "2026-12-01", "target": "1.00"}]},
    )  # fmt: skip
    async with world.client(as_user=clerk) as client:
        for number, body in enumerate(bodies):
            answer = await client.post(f"/cases/{case_no}/commands", json=body, headers=key(f"c-{number}"))
            assert (answer.status_code, answer.json()["code"]) == (403, "not_entitled"), body
        for do in ("report_receipt", "share_contact"):
            unknown = {"do": do, "key": "x", "status": "sent", "of": "x", "way": "call"}
            answer = await client.post(f"/cases/{case_no}/commands", json=unknown, headers=key(f"c-{do}"))
            assert answer.status_code == 422, answer.text
    async with world.client("auditor") as client:
        assert [line["code"] for line in (await client.get("/attempts")).json()] == ["not_entitled"] * len(bodies)
