"""Bodies that gateways post: signed as docs/gateways.md says, then read."""

from __future__ import annotations

from typing import TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from api.deps import Deps
from domain.errors import Invalid, Problem, Refused
from gateways.signature import SignatureRefused, verify

M = TypeVar("M", bound=BaseModel)


async def signed(request: Request, deps: Deps, model: type[M]) -> M:
    """What was posted. Refused "signature_refused"; raises Invalid with all faults of the body."""
    body = await request.body()
    path = request.scope.get("raw_path", request.url.path.encode()).decode("ascii")
    try:
        verify(deps.settings.gateway_key(), request.headers, deps.wall.now(), request.method, path, body)
    except SignatureRefused as fault:
        raise Refused("signature_refused", fault.code, "") from None
    try:
        return model.model_validate_json(body)
    except ValidationError as fault:
        faults = [Problem(".".join(map(str, e["loc"])), e["msg"], "see docs/gateways.md") for e in fault.errors()]
        raise Invalid(faults) from None
