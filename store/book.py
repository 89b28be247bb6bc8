"""What the store asks about the policies of a company: which one an account belongs to, how it reads a ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from domain.assignment import AssignmentSubject
from domain.terms import Terms


class Book(Protocol):
    """The policies of a company: which one an account belongs to, and how each reads a ledger."""

    def policy_of(self, account: AssignmentSubject) -> str:
        """The policy that a new case of the account runs under."""
        ...

    def terms(self, policy_id: str) -> Terms:
        """How a policy reads a ledger."""
        ...

    def __contains__(self, policy_id: object) -> bool:
        """Whether the policy is in use."""
        ...


@dataclass(frozen=True)
class OnePolicy:
    """The book of a company with a single policy."""

    policy_id: str
    of: Terms

    def policy_of(self, account: AssignmentSubject) -> str:
        return self.policy_id

    def terms(self, policy_id: str) -> Terms:
        return self.of

    def __contains__(self, policy_id: object) -> bool:
        return policy_id == self.policy_id


def terms_in(book: Book, policy_id: str) -> Terms:
    """The terms of the policy of a case; of one that is no longer in use, those of the company's default."""
    return book.terms(policy_id if policy_id in book else book.policy_of(AssignmentSubject()))
