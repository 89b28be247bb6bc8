"""The retention periods that are in force on a day, read from their folder."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from domain.retention import RetentionPack, load_retention, retention_in_force


def retention_of(folder: Path, as_of: date) -> RetentionPack:
    """The newest file in force. Raises Invalid with all faults of all files; Refused no_retention."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.yaml"))}
    return retention_in_force(load_retention(texts), as_of)
