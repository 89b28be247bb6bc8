"""Shows what moving a recorded case to another policy would change."""

from __future__ import annotations

from datetime import datetime

from activities.registry import Policies
from domain.errors import Refused, UnknownPolicy
from domain.ladder import Ladder
from domain.ledger import AccountFacts
from domain.move_preview import MovePreview, preview_move
from store import cases
from store.account_facts import account_facts
from store.calendar import calendar
from store.counts import running_versions
from store.session import Database

NO_ACCOUNT = AccountFacts(account_no="", schedule=())  # of the standing work of a portfolio


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
        ladder = policies.ladder(case.policy, case.settings)
        account = account_facts(session, case.account_no) if case.account_no else NO_ACCOUNT
        return preview_move(ladder, target, case, account, calendar(session, target.policy.calendar), now)


def left_behind(database: Database, policies: Policies) -> tuple[str, ...]:
    """One line per policy version that open cases or the standing work still run under while there is a newer one.

    Nothing moves by itself (S8): a person does it, after looking at what it would change.
    """
    with database.reading() as session:
        running = running_versions(session)
    found: list[str] = []
    for one in (one for one in running if one.policy_id in policies):
        newest = policies.pin(one.policy_id).version
        if one.version < newest:
            what = [f"{one.cases} open cases"] if one.cases else []
            move = f"arrears case move {'portfolio-' + one.policy_id if one.portfolio else 'CASE_NO'} {one.policy_id}"
            what += [f"portfolio-{one.policy_id}"] if one.portfolio else []
            said = f"{one.policy_id}.v{newest} is there; under v{one.version}: {' and '.join(what)}"
            found.append(f"{said}. See `{move} --dry-run`.")
    return tuple(found)


def named(policies: Policies, policy: str, version: int | None) -> Ladder:
    """The ladder of a policy in use, its newest version when none is named. Refused: unknown_policy."""
    try:
        return policies.ladder(policies.pin(policy, version), "")
    except UnknownPolicy as missing:
        raise Refused("unknown_policy", f"{missing}.", f"In use: {', '.join(policies.ids)}.") from missing
