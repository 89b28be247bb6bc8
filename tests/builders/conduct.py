"""Conduct packs and contacts for tests."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from domain.base import zone
from domain.conduct import Pack, PastContact
from domain.conduct_file import load_packs

FOLDER = Path(__file__).parents[2] / "policies" / "conduct"


def shipped(*ids: str) -> tuple[Pack, ...]:
    """Packs as they are in the repository."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.yaml"))}
    return load_packs(texts, ids)


def pack(name: str = "made", **more: object) -> Pack:
    """A pack for everybody that says nothing but what is given."""
    values = {"id": name, "title": {"zh": "规范"}, "source": "test", "effective": date(2020, 1, 1),
              "applies_to": ("individual", "sole_trader", "guarantor", "company")}  # fmt: skip
    return Pack.model_validate({**values, **more})


def local(text: str, tz: str = "Asia/Shanghai") -> datetime:
    """The instant at which that zone's wall clock shows `text`, e.g. "2026-03-10 21:00", in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=zone(tz)).astimezone(UTC)


def call(text: str, connected: bool = True) -> PastContact:
    """A call at that wall clock time in Shanghai."""
    return PastContact(at=local(text), channel="call", connected=connected)
