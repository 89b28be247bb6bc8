"""Takes what gateways report about a delivery; at least once and in any order."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import ValidationError

from api.cases import NotRunning, StillRunning
from api.deps import Deps, Needs
from api.problems import problems
from api.schemas import ReceiptView
from domain.commands import Command, ReportReceipt
from domain.errors import Invalid, Problem, Refused
from domain.events import Actor
from gateways.contract import Channel, Receipt, Status
from gateways.signature import SignatureRefused, verify
from store import deliveries

router = APIRouter(tags=["回执 receipts"])
SCHEMA = {"requestBody": {"required": True, "content": {"application/json": {"schema": Receipt.model_json_schema()}}}}


async def _signed(request: Request, deps: Needs) -> Receipt:
    body = await request.body()
    path = request.scope.get("raw_path", request.url.path.encode()).decode("ascii")
    try:
        verify(deps.settings.gateway_key(), request.headers, deps.wall.now(), request.method, path, body)
    except SignatureRefused as fault:
        raise Refused("signature_refused", fault.code, "") from None
    try:
        return Receipt.model_validate_json(body)
    except ValidationError as fault:
        faults = [Problem(".".join(map(str, e["loc"])), e["msg"], "see docs/gateways.md") for e in fault.errors()]
        raise Invalid(faults) from None


@router.post(
    "/receipts/{channel}",
    status_code=202,
    openapi_extra=SCHEMA,
    responses=problems("signature_refused", "unknown_delivery", "engine_unavailable"),
)
async def take_receipt(
    channel: Literal["letter", "email", "sms"], receipt: Annotated[Receipt, Depends(_signed)], deps: Needs
) -> ReceiptView:
    """A provider's receipt, signed as docs/gateways.md says. A status only moves forward; 2xx acknowledges."""
    applied = await run_in_threadpool(_apply, deps, receipt)
    if applied.status == receipt.status and receipt.status is not Status.queued:
        await _tell_case(deps, applied.case_no, channel, receipt)
    return ReceiptView(key=receipt.key, status=applied.status)
