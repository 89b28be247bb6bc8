"""What staff had done for a lease by the day it is taken over, according to its days past due."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

CONSENT_DAY = 30
LETTER_DAY = 31
CLAIM_DAY = 49


@dataclass(frozen=True)
class Traits:
    """What decides which steps a lease had."""

    serial: int
    guarantors: int
    vendor: bool
    larger: bool
    consent: bool
    objection_day: int | None


@dataclass(frozen=True)
class Entry:
    """One line of the history; `day`: days past due on which it happened."""

    day: int
    kind: str
    name: str
    outcome: str = ""
    document_no: str = ""


def history(dpd: int, traits: Traits) -> list[Entry]:
    """Everything done before day `dpd`, the day of taking over; what falls on that day is still to be done."""
    return [entry for entry in _ladder(traits) if entry.day < dpd]


def _ladder(traits: Traits) -> Iterator[Entry]:
    yield from _first_fortnight(traits)
    yield from _second_fortnight(traits)
    yield from _letters(traits)
    if traits.objection_day is None or traits.objection_day > LETTER_DAY + 15:
        yield from _preparation(traits)
    if traits.objection_day is not None:
        yield Entry(traits.objection_day, "暂停", "vendor_objection")


def _first_fortnight(traits: Traits) -> Iterator[Entry]:
    yield Entry(1, "步骤", "first_week_phone_collection")
    yield Entry(8, "步骤", "phone_collection")
    yield Entry(8, "步骤", "demand_notice_signature")
    yield Entry(8, "函件", "demand_notice", "sent", f"催字第{traits.serial:04d}号")
    yield Entry(15, "步骤", "prepare_rent_collection_letter")


def _second_fortnight(traits: Traits) -> Iterator[Entry]:
    yield Entry(17, "步骤", "asset_inspection", document_no=f"检字第{traits.serial:04d}号")
    yield Entry(19, "步骤", "asset_inspection_countersignature")
    yield Entry(19, "步骤", "asset_inspection_archive")
    yield Entry(18, "步骤", "capacity_investigation")
    if traits.vendor:
        yield Entry(18, "步骤", "vendor_contact")
    if traits.larger:
        yield Entry(20, "步骤", "financial_reports")
    yield Entry(22, "步骤", "capacity_report", document_no=f"评字第{traits.serial:04d}号")
    yield Entry(24, "步骤", "risk_opinion")
    yield Entry(24, "步骤", "capacity_report_archive")


def _letters(traits: Traits) -> Iterator[Entry]:
    yield Entry(CONSENT_DAY, "步骤", "litigation_letter_consent", "agreed" if traits.consent else "refused")
    kind = "litigation_letter" if traits.consent else "rent_collection_letter"
    if traits.consent:
        yield Entry(CONSENT_DAY, "步骤", "prepare_litigation_letter")
    yield Entry(LETTER_DAY, "步骤", f"{kind}_release")
    yield Entry(LETTER_DAY, "函件", kind, "sent", f"律函字第{traits.serial:04d}号")
    yield Entry(LETTER_DAY, "步骤", "phone_collection")
    if traits.guarantors:
        yield Entry(LETTER_DAY, "函件", "guarantor_notice", "sent", f"担字第{traits.serial:04d}号")


def _preparation(traits: Traits) -> Iterator[Entry]:
    yield Entry(34, "步骤", "litigation_file")
    yield Entry(34, "步骤", "collateral_file_check")
    yield Entry(37, "步骤", "disposal_plan", document_no=f"预案字第{traits.serial:04d}号")
    yield Entry(44, "步骤", "disposal_plan_decision", "accepted")
    yield Entry(CLAIM_DAY, "诉讼", "", document_no=f"(2026)示民初{traits.serial}号")
