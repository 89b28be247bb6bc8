"""The stored histories and their fingerprints: which there are, how they are read and written."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHistory

from domain.ladder import Ladder
from tests.builders.ladders import leasing

FOLDER = Path(__file__).with_name("histories")
NAMES = (
    "pays_rents_at_12",  # cured
    "never_pays",  # recourse waived, blacklist
    "nobody_answers",  # escalations only
    "oldest_paid_at_20",  # re-anchored
    "consent_refused_at_30",
    "early_demand_at_25",
    "fast_track_at_22",
    "vendor_objects_33_withdraws_40",  # frozen and resumed
    "vendor_objects_47_buys_back_60",  # bought back with a suit to settle
    "suspension_50_to_65_not_cured",  # a hold with an end date
    "taken_over_at_50_with_history",
    "reversal_of_curing_payment",  # the run after the reopening
)
PORTFOLIO = "portfolio_in_autumn"
ALL = (*NAMES, PORTFOLIO)


def ladder_of_then(*changes: tuple[str, str]) -> Ladder:
    """The leasing ladder as stored cases know it: what a company fills in may change without a new id here."""
    return replace(leasing(*changes), settings_id="stored")


def history(name: str) -> WorkflowHistory:
    """A stored history."""
    text = gzip.decompress((FOLDER / f"{name}.json.gz").read_bytes()).decode()
    return WorkflowHistory.from_json(f"case/{name}", text)


def written(name: str) -> list[str]:
    """The fingerprint that goes with it."""
    return (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()


def keep(name: str, found: WorkflowHistory) -> None:
    """Store a history without the names of the machine it ran on; the same bytes for the same history."""
    text = json.dumps(_nameless(json.loads(found.to_json())), sort_keys=True, ensure_ascii=False)
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.json.gz").write_bytes(gzip.compress(text.encode(), mtime=0))


def keep_fingerprint(name: str, lines: list[str]) -> None:
    """Store what the code ordered."""
    (FOLDER / f"{name}.txt").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _nameless(value: Any) -> Any:
    if isinstance(value, list):
        return [_nameless(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("kind") == "TASK_QUEUE_KIND_STICKY":
        return {**value, "name": "sticky"}
    return {name: "worker" if name == "identity" else _nameless(item) for name, item in value.items()}
