"""A refusal of the domain as the engine hands it to the caller: its code, its sentence, its remedy."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Protocol

from temporalio import workflow
from temporalio.exceptions import ApplicationError, TemporalError

with workflow.unsafe.imports_passed_through():
    from domain.errors import Refused, UnknownPolicy
    from domain.run import impossible


class Named(Protocol):
    """A command of any kind: its id says nothing about anybody."""

    @property
    def id(self) -> str: ...


def refused(refusal: Refused) -> ApplicationError:
    """The error that ends the update; nothing was changed."""
    return ApplicationError(refusal.message, refusal.remedy, type=refusal.code, non_retryable=True)


@contextmanager
def judging(command: Named) -> Generator[None]:
    """Whatever goes wrong while one command is judged or carried out refuses that command, and nothing else.

    A fault that is left to the engine stops the whole turn, and with it everybody who waits for the workflow. What the
    command did not cause passes: a policy that this worker does not know yet, and the errors of the engine itself.
    What a fault says is told to nobody and not logged, since it may quote what was typed in.
    """
    try:
        yield
    except Refused as refusal:
        raise refused(refusal) from None
    except (UnknownPolicy, TemporalError):
        raise
    except Exception as fault:
        workflow.logger.error("command %s cannot be judged: %s at %s", command.id, type(fault).__name__, _place(fault))
        raise refused(impossible(fault)) from None


def _place(fault: Exception) -> str:
    """File and line of the fault."""
    frame = fault.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    return f"{frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}" if frame else "?"
