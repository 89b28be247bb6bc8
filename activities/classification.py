"""The classification pack that is in force on a day, read from its folder."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from domain.classification import ClassificationPack
from domain.classification_file import in_force, load_classification
from domain.errors import Refused


def classification_of(folder: Path, pack_id: str, as_of: date) -> ClassificationPack:
    """The newest file of the pack in force. Raises Invalid with all faults of all files; Refused no_classification."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.yaml"))}
    return in_force(load_classification(texts), pack_id, as_of)


def classified_on(folder: Path, pack_id: str, as_of: date) -> ClassificationPack | None:
    """The same, or None before the first file is in force."""
    try:
        return classification_of(folder, pack_id, as_of)
    except Refused:
        return None
