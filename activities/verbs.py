"""What a workflow may ask the world to do: the names and types of all activities, without how they are done.

Workflows know only this file, so that neither a database nor a typesetter is loaded where cases are replayed.
The classes beside it do the work; a wiring test compares names and types.
"""

from __future__ import annotations

from typing import Protocol

from temporalio import activity

from activities.messages import (
    ApproachRequest,
    ApproachResult,
    DispatchRequest,
    DispatchResult,
    FactsRequest,
    IssueRequest,
    PrepareRequest,
    Recorded,
    Recording,
    RunRequest,
    RunResult,
)
from domain.events import DocumentRef
from domain.facts import Facts

DIVERGED = "Diverged"  # error type of a recording that differs from what is recorded; final


class Verbs(Protocol):
    """The activities of a case."""

    @activity.defn
    def read_facts(self, request: FactsRequest) -> Facts:
        """The facts of an account for a day."""
        ...

    @activity.defn
    def record_events(self, recording: Recording) -> Recorded:
        """Events and snapshot into the permanent record, once."""
        ...

    @activity.defn
    def prepare_document(self, request: PrepareRequest) -> DocumentRef:
        """The document that a finished task writes, rendered, numbered, stored."""
        ...

    @activity.defn
    async def dispatch_document(self, request: DispatchRequest) -> DispatchResult:
        """One document to one target, once."""
        ...

    @activity.defn
    def permit_contact(self, request: ApproachRequest) -> ApproachResult:
        """Whether people may come before the customer now."""
        ...

    @activity.defn
    def issue_report(self, request: IssueRequest) -> DocumentRef:
        """A report of the portfolio to its receivers, once per period."""
        ...

    @activity.defn
    async def run_work(self, request: RunRequest) -> RunResult:
        """The portfolio's work of one day."""
        ...
