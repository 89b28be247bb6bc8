"""Shows what moving a recorded case to another policy would change."""

from __future__ import annotations

from datetime import datetime

from activities.registry import Policies
from domain.errors import Refused, UnknownPolicy
from domain.ladder import Ladder
from domain.move_preview import MovePreview, preview_move
from store import cases
from store.account_facts import account_facts
from store.calendar import calendar
from store.session import Database


def preview_of(
    database: Database, policies: Policies, case_no: str, policy: str, version: int | None, now: datetime
) -> MovePreview:
    """Now, later and never again of a case under another policy, with the settings in force; nothing is changed.

    Refused: unknown_case, unknown_policy, not_movable, already_there.
    """
    target = named(policies, policy, version)
    with database.reading() as session:
        case = cases.snapshot_of(session, case_no)
        if case is None or case.policy is None:
            raise Refused("unknown_case", f"There is no case {case_no}.", "`arrears cases` lists them.")
        if not case.account_no:
            raise Refused("not_movable", "The standing work of a portfolio is not moved.", "Name a case.")
        ladder = policies.ladder(case.policy, case.settings)
        account = account_facts(session, case.account_no)
        return preview_move(ladder, target, case, account, calendar(session, target.policy.calendar), now)


def named(policies: Policies, policy: str, version: int | None) -> Ladder:
    """The ladder of a policy in use, its newest version when none is named. Refused: unknown_policy."""
    try:
        return policies.ladder(policies.pin(policy, version), "")
    except UnknownPolicy as missing:
        raise Refused("unknown_policy", f"{missing}.", f"In use: {', '.join(policies.ids)}.") from missing
