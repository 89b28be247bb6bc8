"""The contact gate: whether a person may be contacted now, and if not, when for the first time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, AwareDatetime, Field

from domain.base import Frozen, at_local, days, local_date, zone
from domain.policy import Clock
from domain.step_rule import Title

Kind = Literal["individual", "sole_trader", "company"]
Channel = Literal["call", "visit", "sms", "email", "letter", "social", "other"]
Purpose = Literal["collection", "reminder", "formal_notice", "asset_inspection", "entitled_party"]
Addressee = Literal["customer", "guarantor", "vendor", "third_party"]
PostponedFor = Literal["contact_hours", "night", "contact_cap", "weekly_cap", "do_not_contact"]
NeverFor = Literal["third_party", "do_not_contact", "refused", "unreachable", "complaint", "held", "contact_hours"]

EXEMPT: Final = frozenset({"formal_notice", "asset_inspection"})
"""What a rule orders: exempt from caps, refusals and stops, not from hours; it uses up no cap either (5.7)."""
SPOKEN: Final = frozenset({"call", "visit", "other"})
"""Somebody may answer or not, so such a contact has to fit both caps of a day; what is written is never answered."""
FORMAL_NOTICES: Final = frozenset({
    "rent_demand_notice", "rent_collection_letter", "litigation_letter", "guarantor_notice", "vendor_notice",
    "overdue_notice", "legal_notice", "lawyers_letter", "summons", "buyback_claim", "dispute_acknowledgement",
    "dispute_answer", "guarantor_demand",
})  # fmt: skip
COMBINED: Final = frozenset({"reminder", "repayment_proposal"})
"""What a person with several contracts gets once, about all of them. All else is about one contract: a formal notice,
and a letter that somebody decided on or signed for that contract."""
WEEK: Final = 7
LONGEST: Final = 31  # days that a cap may look back


def _steady(bound: time) -> time:
    """Clocks are changed at night: a bound of hours may neither be left out nor come twice on such a day."""
    if bound.tzinfo is not None or (bound != time(0) and not time(4) <= bound <= time(23)):
        raise ValueError("name 00:00 or a time from 04:00 to 23:00, without a zone")
    return bound


Bound = Annotated[Clock, AfterValidator(_steady)]


class Span(Frozen):
    """A part of every day, the end not included; it may go over midnight. The same time twice: the whole day."""

    from_: Bound = Field(alias="from")
    to: Bound

    def holds(self, clock: time) -> bool:
        if self.from_ < self.to:
            return self.from_ <= clock < self.to
        return clock >= self.from_ or clock < self.to


class Caps(Frozen):
    """At most so many contacts of a person, over all accounts and channels; a day is one of the person's zone.

    calls_in_seven_days: on a day and the six before it. days_after_connected_call: that day is the first of them.
    """

    connected_per_day: int | None = Field(default=None, ge=1)
    unanswered_per_day: int | None = Field(default=None, ge=1)
    calls_in_seven_days: int | None = Field(default=None, ge=1)
    days_after_connected_call: int | None = Field(default=None, ge=1, le=LONGEST)


class Pack(Frozen):
    """Rules of conduct of one source, in force from a day on until a later file of the same id."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: Title
    source: str = Field(min_length=1)
    effective: date
    applies_to: tuple[Literal["individual", "sole_trader", "guarantor", "company"], ...] = Field(min_length=1)
    hours: Span | None = None
    night: Span | None = None
    caps: Caps = Caps()


class Person(Frozen):
    """What is known of how somebody may be contacted. An unknown kind counts as the most protected one.

    stopped_until: nothing before. refused: by these channels never. unreachable: a number or an address that was found
    dead, until somebody knows another one. complains: an open complaint of theirs stops contacts. held: they died, are
    insolvent or were struck by a disaster, as was confirmed for another account of theirs.
    """

    kind: Kind = "individual"
    time_zone: str = "Asia/Shanghai"
    night_consent: bool = False
    do_not_contact: bool = False
    stopped_until: AwareDatetime | None = None
    refused: tuple[Channel, ...] = ()
    unreachable: tuple[Channel, ...] = ()
    complains: bool = False
    held: bool = False


class Contact(Frozen):
    """A contact that somebody is about to make."""

    channel: Channel
    purpose: Purpose = "collection"
    addressee: Addressee = "customer"


class PastContact(Frozen):
    """A contact that was made or attempted; connected: somebody answered."""

    at: AwareDatetime
    channel: Channel
    connected: bool = False
    purpose: Purpose = "collection"


class Allowed(Frozen):
    verdict: Literal["allowed"] = "allowed"


class Postponed(Frozen):
    """Not now; `not_before` is the first permitted instant if nothing else happens until then."""

    verdict: Literal["postponed"] = "postponed"
    reason: PostponedFor
    not_before: AwareDatetime


class Never(Frozen):
    """Not as long as nothing is changed about the person."""

    verdict: Literal["never"] = "never"
    reason: NeverFor


Verdict = Allowed | Postponed | Never


def purpose_of(document: str) -> Purpose:
    """What a document is sent for; one that is no formal notice is not exempt from anything."""
    if document in FORMAL_NOTICES:
        return "formal_notice"
    return "reminder" if document == "reminder" else "collection"


def is_combined(document: str) -> bool:
    """Whether one document speaks of all contracts of a person."""
    return document in COMBINED


def in_force(packs: Sequence[Pack], day: date) -> tuple[Pack, ...]:
    """The newest file of each id that is in force on a day."""
    newest: dict[str, Pack] = {}
    for pack in sorted(packs, key=lambda found: found.effective):
        if pack.effective <= day:
            newest[pack.id] = pack
    return tuple(newest.values())


def gate(packs: Sequence[Pack], person: Person, contact: Contact, log: Sequence[PastContact], now: datetime) -> Verdict:
    """Whether this person may be contacted at the aware instant `now`; of several packs the strictest wins.

    log: all contacts of the person of the last 31 days, over all accounts and channels. Without packs only third
    parties, stops and refusals are looked at, which no pack can loosen.
    """
    never = _never(person, contact)
    if never is not None:
        return Never(reason=never)
    asked, now = _Asked(packs, person, contact, log), now.astimezone(UTC)
    reason = asked.refusal(now)
    if reason is None:
        return Allowed()
    later = (at for at in asked.openings(now) if asked.refusal(at) is None)
    first = next(later, None)
    return Never(reason="contact_hours") if first is None else Postponed(reason=reason, not_before=first)


def _never(person: Person, contact: Contact) -> NeverFor | None:
    """Third parties are never told of the debt; a vendor hears only what a rule says (5.7)."""
    of_the_debt = contact.purpose != "asset_inspection"
    if contact.addressee == "third_party" and of_the_debt:
        return "third_party"
    if contact.addressee == "vendor" and contact.purpose in ("collection", "reminder"):
        return "third_party"
    if person.held and of_the_debt:
        return "held"
    if contact.purpose in EXEMPT:
        return None
    if person.do_not_contact:
        return "do_not_contact"
    if person.complains:
        return "complaint"
    if contact.channel in person.unreachable:
        return "unreachable"
    return "refused" if contact.channel in person.refused else None


class _Asked:
    """One question to the gate, which can be put for any instant."""

    def __init__(self, packs: Sequence[Pack], person: Person, contact: Contact, log: Sequence[PastContact]) -> None:
        kinds = {person.kind, contact.addressee}
        self._packs = tuple(pack for pack in packs if kinds & set(pack.applies_to))
        self._person = person
        self._contact = contact
        tz = person.time_zone
        self._past = [(local_date(past.at, tz), past) for past in log if past.purpose not in EXEMPT]

    def refusal(self, at: datetime) -> PostponedFor | None:
        """What speaks against this instant."""
        local = at.astimezone(zone(self._person.time_zone))
        packs = in_force(self._packs, local.date())
        if self._contact.purpose not in EXEMPT:
            if self._person.stopped_until is not None and at < self._person.stopped_until:
                return "do_not_contact"
            if any(self._over_a_week(pack.caps, local.date()) for pack in packs):
                return "weekly_cap"
            if any(self._over_a_day(pack.caps, local.date()) for pack in packs):
                return "contact_cap"
        if self._person.night_consent:
            return None
        if any(pack.night is not None and pack.night.holds(local.time()) for pack in packs):
            return "night"
        closed = any(pack.hours is not None and not pack.hours.holds(local.time()) for pack in packs)
        return "contact_hours" if closed else None

    def openings(self, now: datetime) -> Iterator[datetime]:
        """Every instant from `now` on at which a refusal may end, in order; none is left out."""
        tz, stop = self._person.time_zone, self._person.stopped_until
        if stop is not None and stop > now and self._contact.purpose not in EXEMPT:
            now = stop.astimezone(UTC)
            yield now
        day = local_date(now, tz)
        known = [day, *(on for on, _ in self._past), *(pack.effective for pack in self._packs)]
        last = max(known) + days(LONGEST + 1)
        spans = [span for pack in self._packs for span in (pack.hours, pack.night) if span is not None]
        clocks = {time(0), *(bound for span in spans for bound in (span.from_, span.to))}
        while day <= last:
            found = {at_local(day, clock, tz).astimezone(UTC) for clock in clocks}
            yield from (at for at in sorted(found) if at > now)
            day += timedelta(days=1)

    def _over_a_day(self, caps: Caps, day: date) -> bool:
        """Any result that this contact can have would go over a cap of the day."""
        today = [past for on, past in self._past if on == day]
        connected = sum(past.connected and past.channel in SPOKEN for past in today)
        unanswered = sum(not past.connected for past in today)
        spoken = self._contact.channel in SPOKEN
        return (spoken and _reached(caps.connected_per_day, connected)) or _reached(caps.unanswered_per_day, unanswered)

    def _over_a_week(self, caps: Caps, day: date) -> bool:
        if self._contact.channel != "call":
            return False
        calls = [(on, past) for on, past in self._past if past.channel == "call" and on <= day]
        lately = sum(on > day - days(WEEK) for on, _ in calls)
        quiet = caps.days_after_connected_call
        spoke = quiet is not None and any(past.connected and on > day - days(quiet) for on, past in calls)
        return spoke or _reached(caps.calls_in_seven_days, lately)


def _reached(cap: int | None, count: int) -> bool:
    return cap is not None and count >= cap
