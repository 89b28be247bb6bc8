"""Alerts to staff by chat or mail; never for debtors, since nothing proves their delivery."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from enum import StrEnum

import apprise
import structlog
from pydantic import SecretStr

from domain.errors import Invalid, Problem

log = structlog.get_logger(__name__)


class AlertOutcome(StrEnum):
    """What became of an alert."""

    told = "told"
    failed = "failed"
    nobody_configured = "nobody_configured"


class StaffAlerts:
    """Sends short texts to the places named by the settings. Nothing it does ever raises into a case."""

    def __init__(self, urls: Sequence[SecretStr], timeout: float = 20.0) -> None:
        """Raise `Invalid` naming every address that cannot be used, by position: addresses hold secrets."""
        self._timeout = timeout
        self._places = apprise.Apprise()
        refused = [number for number, url in enumerate(urls) if not self._places.add(url.get_secret_value())]
        if refused:
            raise Invalid([_unusable(number) for number in refused])

    async def tell(self, title: str, body: str) -> AlertOutcome:
        """Send to all places. `body` must hold no personal data beyond what the channel may see."""
        if not len(self._places):
            return AlertOutcome.nobody_configured
        try:
            told = await asyncio.wait_for(asyncio.to_thread(self._places.notify, title=title, body=body), self._timeout)
        except Exception as error:
            # Whatever a chat service does must not stop a case: it is logged and reported to the caller.
            log.error("staff_alert_failed", reason=type(error).__name__)
            return AlertOutcome.failed
        if not told:
            log.error("staff_alert_failed", reason="refused")
            return AlertOutcome.failed
        return AlertOutcome.told


def _unusable(number: int) -> Problem:
    return Problem(f"alert_urls[{number}]", "not an alert address", "see docs/gateways.md")
