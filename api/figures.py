"""The record's figures for the metrics; cheap enough to be read every few seconds."""

from __future__ import annotations

from api.deps import Deps
from store import counts


def figures(deps: Deps) -> dict[str, float]:
    """Name of a metric to its value now. Raises Transient when the database is away."""
    with deps.database.reading() as session:
        found = counts.counts(session, deps.clock.now())
    return {f"arrears_{name}": float(value) for name, value in found}
