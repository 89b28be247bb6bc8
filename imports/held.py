"""Keeps the checked accounts of a batch until a person releases it; until then nothing of it is in the ledger."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from domain.errors import Refused
from imports.accounts import ImportedAccount
from store.documents import Attachment, add_attachment, get_attachment

ACCOUNTS: TypeAdapter[tuple[ImportedAccount, ...]] = TypeAdapter(tuple[ImportedAccount, ...])


def keep(session: Session, batch_id: str, accounts: Sequence[ImportedAccount], user: str, at: datetime) -> None:
    """Store exactly what was checked, as one file."""
    content = zlib.compress(ACCOUNTS.dump_json(tuple(accounts)))
    add_attachment(
        session,
        Attachment(
            id=_name(batch_id),
            sha256=hashlib.sha256(content).hexdigest(),
            media_type="application/zlib",
            name="held-accounts.json.z",
            content=content,
            uploaded_by=user,
            at=at,
        ),
    )


def kept(session: Session, batch_id: str) -> tuple[ImportedAccount, ...]:
    """The accounts of a held batch, as they were checked; Refused "unknown_batch" if none are kept."""
    found = get_attachment(session, _name(batch_id))
    if found is None:
        raise Refused(
            "unknown_batch", f"There are no held accounts of import {batch_id}.", "Look at the list of imports."
        )
    return ACCOUNTS.validate_json(zlib.decompress(found.content))


def _name(batch_id: str) -> str:
    return f"import-{batch_id}"
