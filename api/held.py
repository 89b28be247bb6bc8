"""Whether a hold of the case itself stops what somebody is about to do; those of other accounts the gate knows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy.orm import Session

from api.deps import Deps
from domain.conduct import EXEMPT, Channel, Purpose
from domain.stops import held
from domain.view import View
from store import cases

OF_AGENCY: Final = ("contact", "agency")
OF_CHANNEL: Final[dict[Channel, str]] = {"visit": "visit", "letter": "letter", "sms": "letter", "email": "letter"}


def held_here(deps: Deps, session: Session, case_no: str, scopes: Iterable[str]) -> str | None:
    """The hold of that case which stops one of these kinds of action now."""
    case = cases.snapshot_of(session, case_no)
    if case is None or case.policy is None or not case.holds:
        return None
    return held(View(deps.policies.ladder(case.policy, case.settings), case, deps.clock.now()), scopes)


def dunning_held(deps: Deps, session: Session, case_no: str, who: str, channel: Channel, purpose: Purpose) -> bool:
    """Whether a hold of the case stops that the debtor is contacted this way; notices have kinds of their own."""
    if purpose in EXEMPT or who not in ("customer", "lessee", "borrower"):
        return False
    return held_here(deps, session, case_no, (OF_CHANNEL.get(channel, "contact"),)) is not None
