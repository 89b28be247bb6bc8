"""Cases from before replay with the code of today, and it orders exactly what it ordered then.

Covered: every command of every turn with all its arguments, also those of local activities (the record), and the
length of every timer. Not covered: what activities do with their arguments.
"""

from __future__ import annotations

import json
from difflib import unified_diff

import pytest
from temporalio.client import WorkflowHistory
from temporalio.workflow import NondeterminismError

from checks.fingerprint import LESSON, fingerprint
from domain.ladder import Ladder
from tests.replay.histories import ALL, FOLDER, history, ladder_of_then, written
from workflows.ladders import LADDERS


def serve(ladder: Ladder) -> None:
    """Stored cases name the policy of their day; the text of today has to do the same."""
    LADDERS.serve(lambda pin, settings: ladder)


def changes(name: str, lines: list[str]) -> str:
    """What differs, the first forty lines of it."""
    found = list(unified_diff(written(name), lines, "as it ran", "as it would run now", n=1, lineterm=""))
    return "\n".join(found[:40])


@pytest.mark.parametrize("name", ALL)
async def test_nothing_changed(name: str) -> None:
    serve(ladder_of_then())
    found = changes(name, await fingerprint(history(name)))
    assert not found, f"{name}\n{found}\n{LESSON}"


async def test_a_longer_deadline_is_noticed() -> None:
    """Only a timer and an argument differ, which replay alone accepts."""
    serve(
        ladder_of_then(
            (
                "signature_days: {type: integer, minimum: 0, default: 1",
                "signature_days: {type: integer, minimum: 0, default: 2",
            )
        )
    )
    found = changes("nobody_answers", await fingerprint(history("nobody_answers")))
    assert "demand_notice_signature" in found or "start_timer" in found


async def test_another_step_is_noticed() -> None:
    serve(ladder_of_then(("when: [{dpd: 15}]", "when: [{dpd: 14}]")))
    try:
        found = changes("never_pays", await fingerprint(history("never_pays")))
    except NondeterminismError as refused:
        found = str(refused)
    assert found


async def test_a_history_that_was_altered_is_noticed() -> None:
    """Another activity where a letter was sent: the replay itself refuses."""
    serve(ladder_of_then())
    told = json.loads(history("never_pays").to_json())
    sent = next(event for event in told["events"] if "activityTaskScheduledEventAttributes" in event)
    sent["activityTaskScheduledEventAttributes"]["activityType"]["name"] = "run_work"
    with pytest.raises(NondeterminismError, match="dispatch_document"):
        await fingerprint(WorkflowHistory.from_json("case/altered", json.dumps(told)))


def test_the_histories_stay_small() -> None:
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < 1_000_000


def test_there_are_enough_outcomes() -> None:
    assert len(ALL) >= 8
