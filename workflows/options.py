"""Ids, queues, timeouts and retries of the workflows, by intent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from temporalio.common import RetryPolicy, SearchAttributeKey, SearchAttributeUpdate

TASK_QUEUE = "arrears"

POLICY = SearchAttributeKey.for_keyword("ArrearsPolicy")
BUCKET = SearchAttributeKey.for_keyword("ArrearsBucket")
STAGE = SearchAttributeKey.for_keyword("ArrearsStage")
HELD = SearchAttributeKey.for_bool("ArrearsHeld")
SEARCH_ATTRIBUTES = {
    "ArrearsPolicy": "Keyword",
    "ArrearsBucket": "Keyword",
    "ArrearsStage": "Keyword",
    "ArrearsHeld": "Bool",
}

QUICK = timedelta(seconds=2)  # a local activity gets one attempt of this length
PATIENT = timedelta(seconds=30)
LONG = timedelta(minutes=5)
RUN = timedelta(minutes=30)  # one pass over the whole portfolio
ALIVE = timedelta(minutes=1)  # a pass that has not been heard of for so long is begun again
OUTWARD = timedelta(seconds=15)  # one attempt at a gateway; a worker that died in it is noticed after this
FOR_EVER = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=5))
ONCE = RetryPolicy(maximum_attempts=1)
ATTEMPTS = 30  # about half an hour; then the day, the hours and the signature are looked at anew
GATEWAY = RetryPolicy(
    initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1), maximum_attempts=ATTEMPTS
)
MOST_EVENTS = 2_000  # history events before a case continues as new


def attributes(policy: str, bucket: str, stage: str, held: bool) -> list[SearchAttributeUpdate[Any]]:
    """What the engine's own pages can filter by; nothing personal."""
    return [POLICY.value_set(policy), BUCKET.value_set(bucket), STAGE.value_set(stage), HELD.value_set(held)]


def case_id(case_no: str) -> str:
    """The workflow id of a case; nothing personal in it."""
    return f"case/{case_no}"


def complaint_id(number: str) -> str:
    """The workflow id of a complaint."""
    return f"complaint/{number}"


def suit_id(number: str) -> str:
    """The workflow id of a lawsuit."""
    return f"suit/{number}"


def portfolio_no(policy: str) -> str:
    """The case number of a portfolio's standing work."""
    return f"portfolio-{policy}"


def gateway_retry(speed: float) -> RetryPolicy:
    """Retries of outward acts; on a fast business clock they come as much sooner."""
    if speed == 1:
        return GATEWAY
    return RetryPolicy(
        initial_interval=timedelta(milliseconds=200), maximum_interval=timedelta(seconds=2), maximum_attempts=ATTEMPTS
    )
