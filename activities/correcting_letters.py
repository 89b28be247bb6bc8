"""Sends the letters that correct wrong ones: each once, to the same target, when the contact gate lets it."""

from __future__ import annotations

import asyncio
from functools import partial

import structlog
from sqlalchemy.orm import Session

from activities.contact_gate import ContactGate, Wanted
from activities.content.outward import NoLetter, address_of
from activities.correction import KIND, STEP, TEMPLATE
from activities.correction_signing import remind_signers
from activities.delivery import HeldBack
from activities.outbox import Outbox
from activities.texts import COVER, TextNotPassed, Texts
from domain.clock import Clock
from domain.conduct import Never, Postponed, purpose_of
from domain.errors import Permanent, Transient
from gateways.contract import Attachment, OutboundMessage
from letters.content import DocumentContent
from letters.kinds import TITLES
from store import deliveries, layers, letters
from store.accounts import parties
from store.contacts import party_of_target
from store.correction_drafts import SIGNING
from store.documents import get_content, get_document, get_pdf
from store.letters import LetterCorrection
from store.session import Database
from store.views import Party

log = structlog.get_logger()


class CorrectingLetters:
    """Sends correcting letters that were written; each once, within the hours of every letter."""

    def __init__(
        self, database: Database, outbox: Outbox, gate: ContactGate, texts: Texts, clock: Clock
    ) -> None:  # fmt: skip
        self._database = database
        self._clock = clock
        self._outbox = outbox
        self._gate = gate
        self._texts = texts

    async def send(self) -> int:
        """How many went out now; what has to wait is tried again. Who has not signed theirs in time is reminded."""
        await asyncio.to_thread(self._remind)
        waiting = await asyncio.to_thread(self._waiting)
        return sum([await self._one(correction) for correction in waiting])

    def _remind(self) -> None:
        now = self._clock.now()
        with self._database.reading() as session:
            late = layers.late_duties(session, SIGNING, now, limit=1)
        if late:
            with self._database.session() as session:
                remind_signers(session, now)

    def _waiting(self) -> tuple[LetterCorrection, ...]:
        with self._database.reading() as session:
            return letters.unsent_corrections(session)

    async def _one(self, correction: LetterCorrection) -> bool:
        try:
            claim, message = await asyncio.to_thread(self._prepared, correction)
            await self._outbox.send(claim, message, partial(self._permit, correction))
        except (TextNotPassed, Transient, Permanent) as fault:
            log.info("correcting_letter_waits", number=correction.correction, reason=type(fault).__name__)
            return False
        except HeldBack:
            return False
        return True

    def _prepared(self, correction: LetterCorrection) -> tuple[deliveries.Claim, OutboundMessage]:
        with self._database.reading() as session:
            line, pdf = get_document(session, correction.correction), get_pdf(session, correction.correction)
            text = get_content(session, correction.correction)
            used = self._texts.needed(session, (TEMPLATE, COVER))
            who, _, channel = correction.target.partition("/")
            recipient = address_of(_party(session, correction.account_no, who), channel)
        if line is None or pdf is None or text is None:
            raise Permanent(f"document {correction.correction} has no bytes")
        said = self._texts.message(used[COVER]).written(_cover(DocumentContent.model_validate_json(text)), KIND.value)
        claim = deliveries.Claim(
            key=correction.key, case_no=correction.case_no, account_no=correction.account_no, step=STEP,
            target=correction.target, document=line.ref, at=self._clock.now(), wording=said,
            texts=tuple(used[name].label for name in (TEMPLATE, COVER)),
        )  # fmt: skip
        attached = Attachment(name=f"{line.number}.pdf", media_type="application/pdf", content=pdf)
        subject = f"{TITLES[KIND]}（编号：{line.number}）"
        return claim, OutboundMessage(
            key=correction.key, recipient=recipient, subject=subject, text=said, attachments=(attached,)
        )

    def _permit(self, correction: LetterCorrection, session: Session) -> None:
        """It is let through as the letter that it corrects was. Raises HeldBack."""
        wrong = get_document(session, correction.number)
        who, _, channel = correction.target.partition("/")
        wanted = Wanted.model_validate({
            "id": correction.key, "case_no": correction.case_no, "account_no": correction.account_no, "who": who,
            "channel": channel, "purpose": purpose_of(wrong.kind if wrong else KIND.value),
        })  # fmt: skip
        now = self._clock.now()
        answer = self._gate.claim(session, wanted, now)
        if isinstance(answer, Postponed | Never):
            raise HeldBack(answer)
        self._gate.enter(session, wanted, now)


def _party(session: Session, account_no: str, who: str) -> Party:
    party_id = party_of_target(session, account_no, who)
    found = next((party for party in parties(session, account_no) if party.id == party_id), None)
    if found is None:
        raise NoLetter("no_party", f"account {account_no} has no {who}")
    return found


def _cover(content: DocumentContent) -> dict[str, str]:
    case = content.case
    return {
        "title": content.kind.title,
        "number": content.number,
        "contract": "借款合同" if case and case.debtor == "借款人" else "租赁合同",
        "contract_no": case.contract_no if case else "",
        "phone": content.issuer.phone,
        "company": content.issuer.company,
    }
