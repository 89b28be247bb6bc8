"""A case gets another owner, or waits in the queue: given by rule, or handed over by a person with a reason."""

from __future__ import annotations

from domain.case import Case
from domain.commands import ChangeOwner
from domain.errors import Refused
from domain.events import OwnerChanged
from domain.policy import Policy


def change_owner(case: Case, body: ChangeOwner) -> OwnerChanged:
    """The event of a change of owner. Refused "owner_differs" when somebody else took the case meanwhile."""
    if body.expected is not None and body.expected != (case.owner or ""):
        raise Refused("owner_differs", "The case is somebody else's meanwhile.", "Look at the case again.")
    return OwnerChanged(owner=body.owner, reason=body.reason)


def rules_of_ownership(policy: Policy) -> tuple[str, ...]:
    """The rules under which a case has an owner."""
    return policy.distribution.rules if policy.distribution else ()
