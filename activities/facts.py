"""Reads the facts of an account from the ledger."""

from __future__ import annotations

from temporalio import activity

from activities.messages import FactsRequest
from activities.registry import Policies
from activities.texts import Texts
from domain.facts import Facts
from store.facts import read_facts
from store.session import Database


class FactsReader:
    """What a case may know: a kilobyte, for one day."""

    def __init__(self, database: Database, policies: Policies, texts: Texts) -> None:
        self._database = database
        self._policies = policies
        self._texts = texts

    @activity.defn(no_thread_cancel_exception=True)
    def read_facts(self, request: FactsRequest) -> Facts:
        """The facts of that day under the pinned policy and the settings now in force."""
        ladder = self._policies.ladder(request.policy, self._policies.company_sha)
        letters = {step.rule.send.document for step in ladder.steps if step.rule.send}
        with self._database.reading() as session:
            facts = read_facts(
                session, request.account_no, request.today, ladder.terms, ladder.policy.calendar, request.since
            )
            unpassed = self._texts.unpassed(session, letters)
        return facts.model_copy(update={"settings": self._policies.company_sha, "unpassed": unpassed})
