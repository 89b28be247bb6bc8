"""Conduct packs and contacts for tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path

from domain.base import zone
from domain.conduct import EXEMPT, Contact, Pack, PastContact, Person, in_force
from domain.conduct_file import load_packs

CALLED = ("call", "visit", "other")
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


def inside(span: tuple[time, time], clock: time) -> bool:
    """Minute by minute, so that nothing is shared with the gate but the meaning."""
    minute, first, last = (60 * t.hour + t.minute for t in (clock, *span))
    return (minute - first) % 1440 < ((last - first) % 1440 or 1440)


def violations(
    known: Sequence[Pack], person: Person, contact: Contact, before: Sequence[PastContact], made: PastContact
) -> list[str]:
    """What a contact that was made breaks, told from the contacts themselves."""
    local = made.at.astimezone(zone(person.time_zone))
    found: list[str] = []
    if contact.addressee == "third_party" and contact.purpose != "asset_inspection":
        found.append("a third party was told")
    if contact.purpose not in EXEMPT:
        stopped = person.stopped_until is not None and made.at < person.stopped_until
        ways = (*person.refused, *person.unreachable)
        if person.do_not_contact or person.complains or stopped or contact.channel in ways:
            found.append("under a stop")
    for one in in_force(known, local.date()):
        if not {person.kind, contact.addressee} & set(one.applies_to):
            continue
        if not person.night_consent:
            if one.hours and not inside((one.hours.from_, one.hours.to), local.time()):
                found.append("outside hours")
            if one.night and inside((one.night.from_, one.night.to), local.time()):
                found.append("at night")
        if contact.purpose not in EXEMPT:
            found += over(one, person, [*before, made])
    return found


def over(one: Pack, person: Person, log: Sequence[PastContact]) -> list[str]:
    """The caps that the last contact of a log goes over."""
    made, tz, found = log[-1], zone(person.time_zone), list[str]()
    today = made.at.astimezone(tz).date()
    counted = [(p.at.astimezone(tz).date(), p) for p in log if p.purpose not in EXEMPT]
    connected = [p for on, p in counted if on == today and p.connected and p.channel in CALLED]
    unanswered = [p for on, p in counted if on == today and not p.connected]
    caps = one.caps
    if made in connected and caps.connected_per_day and len(connected) > caps.connected_per_day:
        found.append("too many conversations")
    if made in unanswered and caps.unanswered_per_day and len(unanswered) > caps.unanswered_per_day:
        found.append("too many attempts")
    calls = [(on, p) for on, p in counted if p.channel == "call"]
    week = [p for on, p in calls if 0 <= (today - on).days < 7]
    if made.channel == "call" and caps.calls_in_seven_days and len(week) > caps.calls_in_seven_days:
        found.append("too many calls in a week")
    earlier = [on for on, p in calls if p.connected and p is not made and on <= today]
    if made.channel == "call" and any((today - on).days < (caps.days_after_connected_call or 0) for on in earlier):
        found.append("called again too soon")
    return found
