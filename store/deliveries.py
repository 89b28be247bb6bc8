"""Deliveries: a key is claimed before anything is sent, so nothing is sent twice, and status only moves forward."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final, Literal

from pydantic import AwareDatetime
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.base import Frozen
from domain.errors import Refused
from domain.events import DocumentRef, EntryCorrected, Event
from store.account_facts import split
from store.dialect import inserted
from store.tables import AccountRow, DeliveryRow

Status = Literal["released", "claimed", "refused", "unknown", "sent", "failed", "delivered", "returned"]
Result = Literal["sent", "refused", "unknown"]
Receipt = Literal["sent", "failed", "delivered", "returned"]
RANK: Final[dict[str, int]] = {
    "released": -1, "claimed": 0, "refused": 1, "unknown": 1, "sent": 2, "failed": 3, "delivered": 4, "returned": 5,
}  # fmt: skip
"""How far a delivery has come: a receipt overrules what we believed, a letter can come back after delivery."""

CORRECTED: Final = "corrected"


class Claim(Frozen):
    """What is about to be sent. ledger_version: that of the figures in the document, None for no figures.

    texts: the versions of the texts it is written from, as "id@version"; wording: what the message itself says.
    """

    key: str
    case_no: str
    account_no: str
    step: str
    target: str
    document: DocumentRef
    ledger_version: int | None = None
    texts: tuple[str, ...] = ()
    wording: str = ""
    at: AwareDatetime


class Delivery(Frozen):
    """One delivery and how far it came. received_on: the day it arrived, where a person said so."""

    key: str
    case_no: str
    step: str
    target: str
    document: str
    number: str
    sha256: str
    status: Status
    provider_ref: str | None
    code: str | None
    ledger_version: int | None
    texts: tuple[str, ...] = ()
    wording: str = ""
    claimed_at: datetime
    sent_at: datetime | None
    changed_at: datetime
    received_on: date | None = None


class Claimed(Frozen):
    """The key is ours: send now."""

    outcome: Literal["claimed"] = "claimed"


class Known(Frozen):
    """The key was claimed before; if its status is "claimed", ask the gateway what became of it."""

    outcome: Literal["known"] = "known"
    delivery: Delivery


class Stale(Frozen):
    """The ledger moved since the document was made: nothing was claimed, send nothing."""

    outcome: Literal["stale"] = "stale"
    ledger_version: int


def claim(session: Session, wanted: Claim) -> Claimed | Known | Stale:
    """Claim a delivery key; of any number of rivals exactly one gets Claimed.

    The account stays locked until the transaction ends, so a posting comes either before (Stale) or after.
    """
    known = find_delivery(session, wanted.key)
    if known is not None:
        return Known(delivery=known)
    if wanted.ledger_version is not None:
        query = select(col(AccountRow.ledger_version)).where(col(AccountRow.account_no) == wanted.account_no)
        version = session.scalar(query.with_for_update())
        if version is not None and version != wanted.ledger_version:
            return Stale(ledger_version=version)
    if inserted(session, DeliveryRow, _values(wanted)):
        return Claimed()
    rival = find_delivery(session, wanted.key)
    if rival is None:
        raise RuntimeError(f"delivery {wanted.key} is neither new nor known")
    return Known(delivery=rival)


def set_result(
    session: Session, key: str, result: Result, at: datetime, provider_ref: str | None = None, code: str | None = None
) -> Delivery:
    """What the gateway answered; a receipt that came sooner is not overruled."""
    return _advance(session, key, result, at, provider_ref, code)[0]


def release(session: Session, key: str, code: str | None = None) -> None:
    """Give a claim back because the gateway certainly did not take the message: it may be sent under the same key.

    code: why it waits.
    """
    if _move(session, key, "claimed", "released") and code is not None:
        session.execute(update(DeliveryRow).where(col(DeliveryRow.key) == key).values(code=code))


def reclaim(session: Session, wanted: Claim) -> bool:
    """Take a released claim again, with the document as it is now; False when somebody else did."""
    if not _move(session, wanted.key, "released", "claimed"):
        return False
    session.execute(update(DeliveryRow).where(col(DeliveryRow.key) == wanted.key).values(**_values(wanted)))
    return True


def _move(session: Session, key: str, old: Status, new: Status) -> bool:
    row = session.get(DeliveryRow, key, populate_existing=True, with_for_update=True)
    if row is None or row.status != old:
        return False
    row.status = new
    session.flush()
    return True


def apply_receipt(
    session: Session, key: str, status: Receipt, at: datetime, provider_ref: str | None = None
) -> tuple[Delivery, bool] | None:
    """(the delivery, whether the receipt changed its status); None for a key we never claimed."""
    if find_delivery(session, key) is None:
        return None
    return _advance(session, key, status, at, provider_ref, None)


def correct_receipts(session: Session, happened: Iterable[Event]) -> None:
    """Deliveries of which a person said what really became of them; from then on no gateway moves them."""
    for event in happened:
        body = event.body
        if isinstance(body, EntryCorrected) and body.key is not None:
            known = update(DeliveryRow).where(col(DeliveryRow.key) == body.key)
            right = {"status": body.status, "received_on": body.received_on, "code": CORRECTED, "changed_at": event.at}
            session.execute(known.values(**right))


def find_delivery(session: Session, key: str) -> Delivery | None:
    """The delivery with that key."""
    row = session.get(DeliveryRow, key, populate_existing=True)
    return _delivery(row) if row else None


def deliveries_of(session: Session, case_no: str) -> tuple[Delivery, ...]:
    """All deliveries of a case in the order they were claimed."""
    query = select(DeliveryRow).where(col(DeliveryRow.case_no) == case_no)
    return tuple(
        _delivery(row) for row in session.scalars(query.order_by(col(DeliveryRow.claimed_at), col(DeliveryRow.key)))
    )


def unfinished(session: Session, before: datetime, limit: int = 100) -> tuple[Delivery, ...]:
    """Deliveries that were claimed before an instant and have no result yet: their sender may have died."""
    d = DeliveryRow
    query = select(d).where(col(d.status) == "claimed", col(d.claimed_at) < before).order_by(col(d.claimed_at))
    return tuple(_delivery(row) for row in session.scalars(query.limit(limit)))


def _advance(
    session: Session, key: str, status: Status, at: datetime, provider_ref: str | None, code: str | None
) -> tuple[Delivery, bool]:
    row = session.get(DeliveryRow, key, populate_existing=True, with_for_update=True)
    if row is None:
        raise Refused("unknown_delivery", f"There is no delivery {key}.", "Claim the key before sending.")
    moved = RANK[status] > RANK[row.status] and row.code != CORRECTED
    if moved:
        row.status = status
        row.changed_at = at
        row.code = code
        if status not in ("refused", "unknown") and row.sent_at is None:
            row.sent_at = at
    row.provider_ref = row.provider_ref or provider_ref
    session.flush()
    return _delivery(row), moved


def _values(wanted: Claim) -> dict[str, object]:
    values = {**wanted.model_dump(exclude={"account_no", "document", "at"}), "texts": ",".join(wanted.texts)}
    document = {"document": wanted.document.kind, "number": wanted.document.number, "sha256": wanted.document.sha256}
    return {**values, **document, "status": "claimed", "claimed_at": wanted.at, "changed_at": wanted.at}


def _delivery(row: DeliveryRow) -> Delivery:
    return Delivery(**{**row.model_dump(), "texts": split(row.texts)})
