"""The risk pack that is in force on a day, read from its folder."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from domain.risk import RiskPack
from domain.risk_file import load_risk, risk_in_force


def risk_pack_of(folder: Path, pack_id: str, as_of: date) -> RiskPack:
    """The newest file of the pack in force. Raises Invalid with all faults of all files; Refused no_risk_pack."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.yaml"))}
    return risk_in_force(load_risk(texts), pack_id, as_of)
