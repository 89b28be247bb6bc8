"""Keyset paging: a cursor names the last row that was seen, so rows that come or go meanwhile shift nothing."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, or_

from domain.errors import Refused

Column = SQLColumnExpression[Any]
Key = tuple[str | int | date | datetime, ...]


def encode(order: str, key: Key) -> str:
    """An opaque cursor; it holds no personal data and is good only for the same order."""
    values = [value.isoformat() if isinstance(value, date) else value for value in key]
    return base64.urlsafe_b64encode(json.dumps([order, *values]).encode()).decode().rstrip("=")


def decode(order: str, cursor: str, kinds: Sequence[type]) -> Key:
    """The key in a cursor; Refused "bad_cursor" when it is not one of ours for this order."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        found, *values = json.loads(base64.urlsafe_b64decode(padded))
        if found != order:
            raise ValueError(order)
        return tuple(_value(kind, value) for kind, value in zip(kinds, values, strict=True))
    except (ValueError, TypeError, binascii.Error):
        raise Refused("bad_cursor", "The cursor is not one of this list.", "Start again without it.") from None


def behind(columns: Sequence[Column], key: Key, descending: bool = False) -> ColumnElement[bool]:
    """Rows that come after a key when sorted by all columns in one direction."""
    steps: list[ColumnElement[bool]] = []
    for place, (column, value) in enumerate(zip(columns, key, strict=True)):
        same = [before == known for before, known in zip(columns[:place], key, strict=False)]
        steps.append(and_(*same, column < value if descending else column > value))
    return or_(*steps)


def _value(kind: type, value: Any) -> Any:
    if issubclass(kind, date):
        return kind.fromisoformat(value)
    if not isinstance(value, kind):
        raise ValueError(value)
    return value
