"""Renders, numbers and stores the documents that finished tasks write."""

from __future__ import annotations

from temporalio import activity

from activities.contents import Writer
from activities.messages import PrepareRequest
from domain.events import DocumentRef
from store.session import Database


class Documents:
    """One verb: prepare a document, once per case, step and occurrence."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer

    @activity.defn(no_thread_cancel_exception=True)
    def prepare_document(self, request: PrepareRequest) -> DocumentRef:
        """The stored document; asked again it is the same one, number and bytes."""
        with self._database.session() as session:
            return self._writer.report(session, request)
