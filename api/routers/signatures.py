"""Takes what the provider of electronic signatures reports; at least once."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from api.deps import Needs
from api.problems import problems
from api.signed import posted, signed
from api.signing import SignatureTaken, take_signature
from gateways.esign import SignatureEvent

router = APIRouter(tags=["回执 receipts"])
REFUSED = problems(
    "signature_refused", "unknown_delivery", "type_not_allowed", "file_damaged", "too_large", "engine_unavailable"
)
SCHEMA = posted(SignatureEvent)


async def _signed(request: Request, deps: Needs) -> SignatureEvent:
    return await signed(request, deps, SignatureEvent)


@router.post("/receipts/signatures", status_code=202, openapi_extra=SCHEMA, responses=REFUSED)
async def take_signed(event: Annotated[SignatureEvent, Depends(_signed)], deps: Needs) -> SignatureTaken:
    """The customer signed, with the copy, or declined: it becomes the answer in the case. 2xx acknowledges."""
    return await take_signature(deps, event)
