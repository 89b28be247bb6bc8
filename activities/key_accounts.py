"""Marks the accounts that come first in the work, by the whole life of each (Z3.1)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from sqlalchemy.orm import Session

from activities.alive import alive
from activities.registry import Policies
from domain.base import local_date
from domain.clock import Clock
from domain.counters import counters
from domain.key_account import is_key_account, rank_of
from store import owners
from store.account_facts import account_facts_many
from store.layers import covered
from store.owners import KeyAccount
from store.session import Database

PAGE = 500


class KeyAccounts:
    """Safe to repeat: an account keeps its mark as long as its history is above the thresholds."""

    def __init__(self, database: Database, policies: Policies, clock: Clock) -> None:
        self._database = database
        self._policies = policies
        self._clock = clock

    async def mark_all(self, policy_id: str) -> None:
        """Look at every running account of a policy, also those without a case."""
        after: str | None = "" if self._has_rule(policy_id) else None
        while after is not None:
            after = await asyncio.to_thread(self._page, policy_id, after)
            alive(0)

    def mark(self, session: Session, policy_id: str, names: Sequence[str]) -> None:
        """Mark these accounts of a policy, or take their marks away; nothing where it has no key accounts."""
        if not self._has_rule(policy_id):
            return
        ladder = self._policies.current(policy_id)
        rule = ladder.policy.distribution.key_accounts if ladder.policy.distribution else None
        found: dict[str, KeyAccount | None] = {}
        for name, account in account_facts_many(session, names).items():
            today = local_date(self._clock.now(), account.time_zone)
            counted = counters(account, today, ladder.terms)
            found[name] = None
            if rule is not None and is_key_account(rule, ladder.settings, counted):
                found[name] = KeyAccount(
                    account_no=name, policy_id=policy_id, delinquencies=counted.missed,
                    overdue_days=counted.overdue_days, rank=rank_of(counted), since=today,
                )  # fmt: skip
        owners.mark(session, policy_id, found)

    def _page(self, policy_id: str, after: str) -> str | None:
        with self._database.session() as session:
            page = covered(session, self._policies, policy_id, after, PAGE)
            self.mark(session, policy_id, [row.account_no for row in page.rows])
        return page.next

    def _has_rule(self, policy_id: str) -> bool:
        if policy_id not in self._policies:
            return False
        rule = self._policies.current(policy_id).policy.distribution
        return rule is not None and rule.key_accounts is not None
