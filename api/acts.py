"""Which act a request is: what is asked of what, by whom, for the audit log; hashes only, nothing of what was sent."""

from __future__ import annotations

from hashlib import sha256

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access_log import ID
from domain.clock import Clock
from store.acts import Act

SECRET = frozenset({"token"})  # path parameters that say more than a number
OUTSIDE = "outside"  # whoever has no login here: a gateway, a customer with a link


class BodyHash:
    """Takes the sha256 of what arrives while it is read."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        hashed = scope.setdefault("state", {})["body"] = sha256()

        async def hashing() -> Message:
            message = await receive()
            hashed.update(message.get("body", b""))
            return message

        await self._app(scope, hashing, send)


def act_of(request: Request, clock: Clock) -> Act:
    """The act of a request, the same one each time it is asked for; its person is filled in with the login."""
    known: Act | None = getattr(request.state, "act", None)
    if known is not None:
        return known
    numbers = {name: str(value) for name, value in request.path_params.items() if name not in SECRET}
    route = request.scope.get("route")
    hashed = getattr(request.state, "body", None)
    request.state.act = Act(
        what=f"{request.method} {getattr(route, 'path', '-')}",
        subject="/".join(value for value in numbers.values() if ID.fullmatch(value)),
        clock=clock,
        user=OUTSIDE,
        command_id=request.headers.get("idempotency-key"),
        body=hashed.hexdigest() if hashed is not None else "",
    )
    return request.state.act
