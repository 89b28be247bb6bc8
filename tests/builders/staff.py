"""The people of a random company: some per role, two who have two roles, an agency's man, and people from elsewhere."""

from __future__ import annotations

from random import Random

from domain.agency import AGENCY, AGENCY_WATCH
from domain.commands import DISTRIBUTION
from domain.evidence import Actor
from domain.ladder import Ladder

AGENCIES = ("A-1", "A-2")
STRANGERS = ("auditor", "administrator", "third_party", "system", "nobody")
RULES = (DISTRIBUTION, AGENCY_WATCH)


class Staff:
    """Who may give commands. A committee has more users than members; user ids say what somebody is."""

    def __init__(self, ladder: Ladder, rng: Random) -> None:
        self._rng = rng
        roles = sorted(ladder.policy.roles)
        self._both: dict[str, list[str]] = {}
        for number in (1, 2):
            for role in rng.sample(roles, 2):
                self._both.setdefault(role, []).append(f"two-roles-{number}")

    def users(self, ladder: Ladder, role: str) -> list[str]:
        """Everybody with that role."""
        known = ladder.policy.roles.get(role)
        count = 8 if known and known.committee else 3
        return [f"{role}-{number}" for number in range(1, count + 1)] + self._both.get(role, [])

    def somebody(self, ladder: Ladder, role: str, but: frozenset[str] = frozenset()) -> Actor:
        """One of those with that role, if possible none of `but`."""
        users = self.users(ladder, role)
        return of(self._rng.choice([user for user in users if user not in but] or users), role)

    def anybody(self, ladder: Ladder) -> Actor:
        """Of any role of the policy, now and then of none."""
        chance = self._rng.random()
        if chance < 0.1:
            return of("stranger", self._rng.choice(STRANGERS))
        if chance < 0.15:
            return agent(self._rng.choice(AGENCIES))
        return self.somebody(ladder, self._rng.choice(sorted(ladder.policy.roles)))


def of(user: str, role: str) -> Actor:
    return Actor(user=user, role=role, authority="staff")


def agent(number: str) -> Actor:
    """Somebody who works for that agency."""
    return Actor(user=f"agent-of-{number}", role=AGENCY, authority=f"{AGENCY}:{number}")
