"""What is done after the fact, day by day: waivers are judged by their condition, customers asked for their opinion."""

from __future__ import annotations

import asyncio
import hmac
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Final

import structlog
from pydantic import ValidationError
from sqlalchemy.orm import Session

from activities.contact_gate import ContactGate, Wanted
from activities.delivery import HeldBack
from activities.messages import RunRequest
from activities.outbox import Outbox
from activities.registry import Policies
from domain.base import days
from domain.clock import Clock
from domain.conduct import Never, Postponed
from domain.errors import Transient
from domain.events import DocumentRef
from domain.ladder import Ladder
from domain.policy import Company
from gateways.contract import EmailRecipient, OutboundMessage, SmsRecipient
from store import surveys
from store.deliveries import Claim
from store.session import Database
from store.surveys import ClosedCase, Survey
from store.waivers import judge_waivers

log = structlog.get_logger()
DAYS_AFTER: Final = "survey_days_after_closing"
LATEST: Final = days(30)  # a case that was closed longer ago is not asked about any more
SUBJECT: Final = "客户满意度调查"


@dataclass(frozen=True)
class SurveyLinks:
    """Where the links to the surveys begin, and the key that seals them."""

    address: str
    key: bytes


def survey_token(key: bytes, case_no: str) -> str:
    """The end of the link to the survey of a case: nobody can make one without the key."""
    seal = hmac.new(key, f"survey {case_no}".encode(), sha256).hexdigest()[:32]
    return f"{case_no}.{seal}"


def case_of_token(key: bytes, token: str) -> str | None:
    """The case a link is about; None when the link is not one of ours."""
    case_no = token.rpartition(".")[0]
    return case_no if hmac.compare_digest(survey_token(key, case_no).encode(), token.encode()) else None


def survey_text(company: Company, link: str) -> str:
    """What the customer is sent; no name and no debt in it."""
    return (
        f"【{company.name['zh']}】感谢您的配合。请您为我们的服务打分（1至5分，5分最满意）：{link} "
        f"联系电话：{company.phone}。"
    )


class Aftercare:
    """Runs with the daily intake of each policy."""

    def __init__(
        self, database: Database, policies: Policies, outbox: Outbox, gate: ContactGate, clock: Clock,
        links: SurveyLinks | None,
    ) -> None:  # fmt: skip
        self._database = database
        self._policies = policies
        self._outbox = outbox
        self._gate = gate
        self._clock = clock
        self._links = links

    async def run(self, request: RunRequest) -> None:
        """Judge and ask; asked again on the same day it finds its own traces."""
        ladder = self._policies.ladder(request.policy, request.settings)
        for message in await asyncio.to_thread(self._prepare, request, ladder):
            await self._ask(*message)

    def _prepare(self, request: RunRequest, ladder: Ladder) -> list[tuple[Survey, OutboundMessage]]:
        now = self._clock.now()
        with self._database.session() as session:
            judge_waivers(session, ladder.policy.id, request.period, now, ladder.terms)
            if DAYS_AFTER not in ladder.settings or self._links is None:
                return []
            links = self._links
            until = now - days(ladder.integer(DAYS_AFTER))
            found = surveys.closed_unasked(session, ladder.policy.id, until - LATEST, until)
            return [one for case in found if (one := self._claimed(session, case, ladder.policy.id, now, links))]

    def _claimed(
        self, session: Session, case: ClosedCase, policy_id: str, now: datetime, links: SurveyLinks
    ) -> tuple[Survey, OutboundMessage] | None:
        recipient = _recipient(case)
        survey = Survey(
            case_no=case.case_no, account_no=case.account_no, policy_id=policy_id, specialist=case.specialist,
            channel=recipient.channel if recipient else "", status="claimed" if recipient else "unreachable",
            asked_at=now,
        )  # fmt: skip
        surveys.claim_survey(session, survey)  # one that is on its way keeps its row, and the outbox its key
        if recipient is None:
            return None
        link = f"{links.address}/surveys/{survey_token(links.key, case.case_no)}"
        text = survey_text(self._policies.company, link)
        key = f"{case.case_no}/survey"
        return survey, OutboundMessage(key=key, recipient=recipient, subject=SUBJECT, text=text)

    async def _ask(self, survey: Survey, message: OutboundMessage) -> None:
        document = DocumentRef(
            kind="survey", number=message.key, sha256=sha256(message.text.encode()).hexdigest(),
            as_of=survey.asked_at.date(),
        )  # fmt: skip
        claim = Claim(
            key=message.key, case_no="", account_no=survey.account_no, step="survey", document=document,
            target=f"customer/{survey.channel}", at=survey.asked_at,
        )  # fmt: skip
        try:
            status = await self._outbox.send(claim, message, partial(self._permit, survey))
        except HeldBack as held:
            log.info("contact_refused", key=message.key, reason=held.answer.reason)
            if isinstance(held.answer, Postponed):  # asked again with the next daily run
                return
            status = "refused"
        except Transient as fault:
            log.warning("survey_waits", case_no=survey.case_no, reason=type(fault).__name__)
            return
        await asyncio.to_thread(self._reached, survey.case_no, status)

    def _permit(self, survey: Survey, session: Session) -> None:
        """The opinion of a customer is asked for within the limits of every contact. Raises HeldBack."""
        wanted = Wanted.model_validate(
            {
                "id": f"{survey.case_no}/survey", "case_no": survey.case_no, "account_no": survey.account_no,
                "who": "customer", "channel": survey.channel, "purpose": "reminder",
            }
        )  # fmt: skip
        now = self._clock.now()
        answer = self._gate.claim(session, wanted, now)
        if isinstance(answer, Postponed | Never):
            raise HeldBack(answer)
        self._gate.enter(session, wanted, now)

    def _reached(self, case_no: str, status: surveys.Reached) -> None:
        with self._database.session() as session:
            surveys.set_reached(session, case_no, status)


def _recipient(case: ClosedCase) -> EmailRecipient | SmsRecipient | None:
    """How the customer is asked; None when no address can be used (its fault would quote it)."""
    try:
        if case.phone:
            return SmsRecipient(phone="".join(c for c in case.phone if c.isdigit() or c == "+"))
        return EmailRecipient(email=case.email) if case.email else None
    except ValidationError:
        return None
