"""A refusal of the domain as the engine hands it to the caller: its code, its sentence, its remedy."""

from __future__ import annotations

from temporalio.exceptions import ApplicationError

from domain.errors import Refused


def refused(refusal: Refused) -> ApplicationError:
    """The error that ends the update; nothing was changed."""
    return ApplicationError(refusal.message, refusal.remedy, type=refusal.code, non_retryable=True)
