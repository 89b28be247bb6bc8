"""What each dispatch and contact of a day cost, booked every morning at the tariff of the company."""

from __future__ import annotations

import asyncio

from activities.messages import RunRequest
from activities.registry import Policies
from domain.clock import Clock
from store.costs import book_costs
from store.session import Database


class CostBooking:
    """Books every action that has no cost yet (C6.1.3, U3.3a); whatever policy the run is of."""

    def __init__(self, database: Database, policies: Policies, clock: Clock) -> None:
        self._database = database
        self._policies = policies
        self._clock = clock

    async def run(self, request: RunRequest) -> int:
        """How many actions were booked; each once, however often this is repeated."""
        return await asyncio.to_thread(self.book)

    def book(self) -> int:
        """The same without waiting for the morning."""
        company = self._policies.company
        tariff = {str(channel): amount for channel, amount in company.costs.items()}
        with self._database.session() as session:
            return book_costs(session, tariff, company.costs_currency, self._clock.now())
