"""Bodies that gateways post: signed as docs/gateways.md says, then read."""

from __future__ import annotations

from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from api.deps import Deps
from domain.errors import Invalid, Problem, Refused
from gateways.signature import SignatureRefused, verify

M = TypeVar("M", bound=BaseModel)


def posted(model: type[BaseModel]) -> dict[str, Any]:
    """What the contract says of such a body: it is read here, not by the framework, which so knows nothing of it."""
    schema = model.model_json_schema()
    parts = schema.pop("$defs", {})

    def whole(part: Any) -> Any:
        if isinstance(part, list):
            return [whole(one) for one in part]
        if not isinstance(part, dict):
            return part
        name = str(part.get("$ref", "")).rpartition("/")[2]
        return whole(parts[name]) if name in parts else {key: whole(one) for key, one in part.items()}

    return {"requestBody": {"required": True, "content": {"application/json": {"schema": whole(schema)}}}}


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
