"""Watches over agencies day by day: recalls what may not stay with them, warns, asks for reports, books commissions."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Final

import structlog
from sqlalchemy.orm import Session

from activities.asking import Wanted, ask
from activities.distribution import Commander
from activities.messages import RunRequest
from activities.registry import Policies
from activities.supervision import COUNTRY, HOME, LAST
from domain.agency import AGENCY_WATCH, RecallFromAgency, expired
from domain.base import days, local_date
from domain.clock import Clock
from domain.commands import Command
from store import agencies, calendar
from store.agencies import Agency, Every, PlacedCase
from store.commissions import book_commissions
from store.session import Database

log = structlog.get_logger()
WARN_DAYS: Final = 30  # before a licence or a confidentiality agreement runs out
REPORT_WITHIN: Final = 5  # business days after the end of a period
SEEN_WITHIN: Final = 1  # business days to look at a contact that the gate had not let pass
RULES: Final = ("B2.3.2.1a", "B2.3.2.1b")
PAPERS: Final = {"licence": "催收机构许可证即将到期", "confidentiality": "催收机构保密协议即将到期"}


class AgencyWork:
    """Runs with the daily work of each policy; all of it may be done again at any time."""

    def __init__(self, database: Database, policies: Policies, clock: Clock, commander: Commander | None) -> None:
        self._database = database
        self._policies = policies
        self._clock = clock
        self._commander = commander

    async def run(self, request: RunRequest) -> int:
        """How many cases were recalled."""
        return await self.watch()

    async def watch(self) -> int:
        """Warn, ask for missing reports, book commissions, and recall from whom no case may stay with."""
        await asyncio.to_thread(self._look)
        if self._commander is None:
            return 0
        recalled = 0
        for placed, body in await asyncio.to_thread(self._to_recall):
            today = local_date(self._clock.now(), HOME)
            command = Command(id=f"agency-recall:{placed.id}:{today}", actor=AGENCY_WATCH, body=body)
            recalled += await self._commander.command(placed.case_no, command)
        if recalled:
            log.info("cases_recalled", count=recalled)
        return recalled

    def _look(self) -> None:
        now = self._clock.now()
        with self._database.session() as session:
            book_commissions(session, now)
            for agency in agencies.list_agencies(session):
                role = keeper(self._policies, agency)
                for wanted in (*_expiring(agency, role, now), *_unreported(session, agency, role, now)):
                    ask(session, self._policies, wanted, now)

    def _to_recall(self) -> list[tuple[PlacedCase, RecallFromAgency]]:
        today = local_date(self._clock.now(), HOME)
        with self._database.reading() as session:
            return [
                (placed, RecallFromAgency(reason=reason, note=f"{placed.agency}: {reason}"))
                for placed in agencies.placements(session)
                if (reason := expired(agencies.file_of(session, placed.agency), today)) is not None
            ]


def keeper(policies: Policies, agency: Agency) -> str:
    """Who sees to an agency: the role that places cases under the first policy of its mandate."""
    for policy_id in (*agency.mandate.policies, *policies.ids):
        if policy_id in policies.ids:
            for step in policies.current(policy_id).steps:
                if step.rule.agency == "place" and step.asked:
                    return step.asked.roles[0]
    return LAST


def improper_contact(
    session: Session, policies: Policies, agency: Agency, entry: str, reason: str, now: datetime
) -> None:
    """A contact was made although the gate did not let it pass: somebody looks at it. entry: its case and seq."""
    by = calendar.calendar(session, COUNTRY).business_day(local_date(now, HOME), SEEN_WITHIN)
    wanted = Wanted(
        rule="agency_contact", subject=entry.replace("/", "."), rules=("B2.3.2.1c",), title="催收机构联系不合规",
        say=f"{agency.id}: {reason}", role=keeper(policies, agency), outcomes=("violation", "no_violation"),
        items={"measure": "核实情况及处理"}, by=by,
    )  # fmt: skip
    ask(session, policies, wanted, now)


def _expiring(agency: Agency, role: str, now: datetime) -> Iterator[Wanted]:
    today = local_date(now, HOME)
    for paper, until in (("licence", agency.licence_until), ("confidentiality", agency.nda_until)):
        if until is not None and today <= until <= today + days(WARN_DAYS):
            yield Wanted(
                rule="agency_expiry", subject=f"{agency.id}.{paper}.{until}", rules=RULES, title=PAPERS[paper],
                say=f"{agency.id}: {until}", role=role, outcomes=("renewed", "not_renewed"), by=until,
            )  # fmt: skip


def _unreported(session: Session, agency: Agency, role: str, now: datetime) -> Iterator[Wanted]:
    """The last whole period, if the agency had a case in it and its report did not come in time (B2.3.2.1d)."""
    today = local_date(now, HOME)
    first, last = period_before(agency.report_every, today)
    due = calendar.calendar(session, COUNTRY).business_day(last, REPORT_WITHIN)
    if today <= due or not _had_cases(agencies.placements(session, agency.id, now=False), first, last):
        return
    if all(report.period != first for report in agencies.reports_of(session, agency.id)):
        yield Wanted(
            rule="agency_report", subject=f"{agency.id}.{first}", rules=("B2.3.2.1d",), title="催收机构未按期提交报告",
            say=f"{agency.id}: {first} – {last}", role=role, outcomes=("received", "audited", "recalled"),
            items={"measure": "催报或处理情况"}, by=calendar.calendar(session, COUNTRY).business_day(today, 1),
        )  # fmt: skip


def period_before(every: Every, today: date) -> tuple[date, date]:
    """The first and last day of the whole week or month before that of `today`."""
    last = today.replace(day=1) - days(1) if every == "month" else today - days(today.isoweekday())
    return (last.replace(day=1) if every == "month" else last - days(6)), last


def _had_cases(placed: Sequence[PlacedCase], first: date, last: date) -> bool:
    return any(
        local_date(one.since, HOME) <= last and (one.until is None or local_date(one.until, HOME) >= first)
        for one in placed
    )
