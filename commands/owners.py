"""`arrears queue` and `arrears key-accounts`: what nobody owns and why, and which accounts come first."""

from __future__ import annotations

from typing import Annotated

import typer

from activities.distribution import judged
from commands.output import complain, table
from commands.system import clock_of, opened, running_settings
from store import owners
from worker import known_policies

HEADINGS = ("case", "policy", "bucket", "branch", "key account", "wanted", "why nobody owns it")
KEY_HEADINGS = ("account", "policy", "delinquencies", "overdue days", "since")
WHY = {
    "no_holder": "the policy names nobody for it",
    "nobody_in_role": "nobody has the role",
    "nobody_with_skill": "nobody in the role has the skill",
    "nobody_there": "nobody in the role works for its branch or region",
    "all_away": "all who may hold it are away",
    "all_full": "all who may hold it have as many cases as they can",
    "least_loaded": "it is about to be given out",
}
LimitOption = Annotated[int, typer.Option(min=1, max=1000, help="most rows")]


def queue(limit: LimitOption = 200) -> None:
    """Open cases that nobody owns, key accounts first, with the role that is to hold each and what is missing."""
    settings = running_settings()
    with opened(settings) as database:
        policies = known_policies(settings, database)
        with database.reading() as session:
            page, now = owners.open_cases(session, owned=False, limit=limit), clock_of(settings).now()
            said = {one.case.case_no: one.given for one in judged(session, policies, now, page.rows)}
    table(HEADINGS, [
        (case.case_no, case.policy.id, case.bucket or "-", case.branch or "-", "yes" if case.rank else "",
         (given.role or "-") if (given := said.get(case.case_no)) else "-",
         WHY.get(given.why, given.why) if given else "its policy distributes nothing")
        for case in page.rows
    ])  # fmt: skip
    if page.next:
        complain(f"the first {limit}; more with --limit")


def key_accounts(limit: LimitOption = 200) -> None:
    """Accounts with a long history of delinquencies and overdue days: they come first in the work."""
    with opened(running_settings()) as database, database.reading() as session:
        page = owners.key_accounts(session, limit=limit)
    table(KEY_HEADINGS, [
        (one.account_no, one.policy_id, str(one.delinquencies), str(one.overdue_days), str(one.since))
        for one in page.rows
    ])  # fmt: skip
    if page.next:
        complain(f"the first {limit}; more with --limit")
