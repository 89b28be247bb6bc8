"""An errand of the supervision desk: asked of the first of a chain, escalated to the others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Final

from domain.base import at_local, local_date
from domain.money import ZERO
from domain.policy import Role
from store.contact_data import SUPERVISION
from store.errands import Errand

CLOSE: Final = time(18)
HOME: Final = "Asia/Shanghai"
COUNTRY: Final = "CN"
WITHIN: Final = 3  # business days, where nobody says another day: the default for tasks (settled)
LAST: Final = "general_manager"  # the end of every chain of escalation


def heads_of(roles: Mapping[str, Role], role: str) -> tuple[str, ...]:
    """The head of a role, the head's head and so on, the general manager at last."""
    seen = [role]
    while (known := roles.get(seen[-1])) and known.head and known.head not in seen:
        seen.append(known.head)
    return tuple(dict.fromkeys([*seen[1:], LAST]))


def supervised(subject: str, rule: str, chain: tuple[str, ...], by: date, now: datetime) -> Errand:
    """One errand per rule and subject, due at the close of a day."""
    deadline = at_local(by, CLOSE, HOME)
    return Errand(
        id=f"{SUPERVISION}.{rule}.{subject}",
        policy_id=SUPERVISION,
        rule=rule,
        rules=(),
        account_no="",
        due=by,
        occurrence=local_date(now, HOME),
        kind=rule,
        title="",
        roles=chain[:1],
        outcomes=(),
        amount=ZERO,
        opened_at=now,
        deadline=deadline if deadline > now else now,
        answer_by=deadline,
        chain=chain[1:],
    )
