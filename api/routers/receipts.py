"""Takes what gateways report about a delivery; at least once and in any order."""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool

from api.cases import NotRunning, StillRunning
from api.commanding import found_in_record
from api.deps import Deps, Needs
from api.doubts import check_returned
from api.problems import problems
from api.signed import posted, signed
from api.views import ReceiptView
from domain.commands import Command, ReportReceipt
from domain.errors import Refused
from domain.events import Actor
from gateways.contract import Channel, Receipt, Status
from store import deliveries, named

router = APIRouter(tags=["回执 receipts"])
REFUSED = problems("signature_refused", "unknown_delivery", "engine_unavailable")
SCHEMA = posted(Receipt)


async def _signed(request: Request, deps: Needs) -> Receipt:
    return await signed(request, deps, Receipt)


@router.post("/receipts", status_code=202, openapi_extra=SCHEMA, responses=REFUSED)
async def take_any_receipt(receipt: Annotated[Receipt, Depends(_signed)], deps: Needs) -> ReceiptView:
    """The same for a provider of several channels."""
    return await _take(deps, receipt)


@router.post("/receipts/{channel}", status_code=202, openapi_extra=SCHEMA, responses=REFUSED)
async def take_receipt(channel: Channel, receipt: Annotated[Receipt, Depends(_signed)], deps: Needs) -> ReceiptView:
    """A provider's receipt, signed as docs/gateways.md says. A status only moves forward; 2xx acknowledges."""
    return await _take(deps, receipt)


async def _take(deps: Deps, receipt: Receipt) -> ReceiptView:
    applied, others = await run_in_threadpool(_apply, deps, receipt)
    for one in (named.Shared(case_no=applied.case_no, own=applied.key), *others):
        await _tell_case(deps, applied, one, receipt)
    return ReceiptView(key=receipt.key, status=applied.status)


def _apply(deps: Deps, receipt: Receipt) -> tuple[deliveries.Delivery, tuple[named.Shared, ...]]:
    """The delivery, and the dispatches of other cases that it stands for. Refused "unknown_delivery"."""
    with deps.database.session() as session:
        if receipt.status is Status.queued:
            known = deliveries.find_delivery(session, receipt.key)
        else:
            applied = deliveries.apply_receipt(
                session, receipt.key, receipt.status.value, deps.clock.now(), receipt.provider_ref
            )
            known = applied[0] if applied else None
            if known is not None:
                check_returned(deps, session, known)
        if known is None:
            raise Refused("unknown_delivery", f"There is no delivery {receipt.key}.", "")
        return known, named.shared(session, receipt.key)


async def _tell_case(deps: Deps, delivery: deliveries.Delivery, of: named.Shared, receipt: Receipt) -> None:
    """The case notes a receipt once per dispatch and status; one that came to a closed case stays in the deliveries.

    Told again on a repeat that changed nothing: the first time may have ended between the database and the case.
    """
    if receipt.status is Status.queued or delivery.status != receipt.status.value:
        return
    if not of.case_no:  # a reminder before the due date belongs to no case
        return
    command_id = f"receipt:{sha256(f'{of.own}:{receipt.status}'.encode()).hexdigest()[:32]}"
    if await run_in_threadpool(found_in_record, deps, command_id) is not None:
        return
    channel = delivery.target.rpartition("/")[2]
    actor = Actor(user=f"gateway-{channel}", role="system", authority="signature")
    body = ReportReceipt(key=of.own, status=receipt.status.value)
    try:
        command = Command(id=command_id, actor=actor, body=body)
        await deps.cases.send(of.case_no, command, deps.limits.command_seconds)
    except (NotRunning, StillRunning):
        return
    except Refused as refusal:
        if refusal.code != "case_closed":
            raise
