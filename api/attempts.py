"""Keeps what somebody who is logged in tried to do and was refused, whatever it was."""

from __future__ import annotations

from typing import Final

import structlog
from fastapi import Request

from api.acts import act_of
from api.deps import Deps
from domain.errors import Transient
from store.attempts import Attempt, keep_attempt

log = structlog.get_logger(__name__)
ACTS: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
KEPT: Final = frozenset({403, 409, 410, 413, 415, 422})  # not: unknown numbers, logins, what is away


def note_attempt(request: Request, code: str, status: int) -> None:
    """Enter a refused act once, by its method and path, with the numbers of the path and nothing of what was sent."""
    user: str | None = getattr(request.state, "user", None)
    if request.method not in ACTS or status not in KEPT or user is None:
        return
    deps: Deps = request.app.state.deps
    act = act_of(request, deps.clock)
    if act.attempted:
        return
    attempt = Attempt(
        id=request.state.request_id, case_no=act.subject, actor=user, kind=act.what, code=code, at=deps.clock.now(),
        role=act.role or None,
    )  # fmt: skip
    try:
        with deps.database.acting(act).session() as session:
            keep_attempt(session, attempt)
    except Transient:
        log.warning("attempt_not_recorded", what=act.what, code=code)
