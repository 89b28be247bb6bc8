"""Writes the letter that corrects a wrong one: to the same party, about the same contract, without a claim."""

from __future__ import annotations

from datetime import date
from typing import Final

from pydantic import AwareDatetime
from sqlalchemy.orm import Session

from activities.content.outward import LETTERS
from activities.letter_writer import own_version
from activities.texts import COVER, Texts
from domain.base import Frozen
from domain.case import Case
from domain.errors import Refused
from domain.events import Actor, Event, MessageSent
from letters.content import DocumentContent
from letters.kinds import DocumentKind
from letters.parts import Correction, Signature
from letters.render import Renderer
from store import deliveries, letters
from store.cases import snapshot_of, timeline
from store.correction_drafts import original_of
from store.documents import DocumentLine, NewDocument, claim_number, get_content, get_document, save_document
from store.letters import LetterCorrection

KIND: Final = DocumentKind.correction_letter
STEP: Final = "correction"
TEMPLATE: Final = f"letter.{KIND.value}"
BESIDE: Final = (DocumentKind.guarantor_demand.value, KIND.value)  # sent beside the case: no entry of it says so
SENT: Final = ("sent", "delivered", "failed", "returned")


class WrongLetter(Frozen):
    """What was wrong in which letter, and what is right. id: chosen by the caller; signatures: in Chinese."""

    number: str
    id: str
    wrong: str
    right: str
    reason: str
    actor: Actor
    signatures: tuple[Signature, ...]
    as_of: date
    at: AwareDatetime


class Correctable(Frozen):
    """A letter that went out, with all that its correction needs. sent: the entry of the case that says so."""

    line: DocumentLine
    content: str
    case: Case
    sent: Event | None
    delivery: deliveries.Delivery


def correctable(session: Session, number: str) -> Correctable:
    """Refused: unknown_document, not_a_letter, not_sent."""
    line, text = get_document(session, number), get_content(session, number)
    if line is None or text is None:
        raise Refused("unknown_document", f"There is no document {number}.", "Check its number.")
    if line.kind not in {kind.value for kind in LETTERS}:
        raise Refused("not_a_letter", f"{number} is no letter to anybody.", "A paper is written anew by its task.")
    case = snapshot_of(session, line.case_no)
    # A correcting letter corrects, in the case too, what the first letter said.
    sent = _sending(timeline(session, line.case_no), original_of(session, number))
    delivery = _delivered(session, line.case_no, number)
    if case is None or delivery is None or (sent is None and line.kind not in BESIDE):
        raise Refused("not_sent", f"{number} did not go out by letter or e-mail.", "Nothing needs correcting.")
    return Correctable(line=line, content=text, case=case, sent=sent, delivery=delivery)


def write_correction(session: Session, renderer: Renderer, texts: Texts, wanted: WrongLetter) -> LetterCorrection:
    """The correcting letter, numbered and stored, once per wrong letter; `CorrectingLetters` sends it.

    Refused: unknown_document, not_a_letter, not_sent, already_corrected. Raises TextNotPassed.
    """
    known = letters.correction_of(session, wanted.number)
    if known is not None:
        if known.id == wanted.id:
            return known
        remedy = "Correct the correcting letter, if it is wrong, too."
        raise Refused("already_corrected", f"{wanted.number} was corrected by {known.correction}.", remedy)
    wrong = correctable(session, wanted.number)
    case_no, sent, target = wrong.line.case_no, wrong.sent, wrong.delivery.target
    used = texts.needed(session, (TEMPLATE, COVER))
    texts.keep(session, used.values(), wanted.at)
    said = used[TEMPLATE]
    number = claim_number(session, KIND.value, wanted.as_of.year)
    content = _content(DocumentContent.model_validate_json(wrong.content), number.text, wanted, own_version(said))
    made = renderer.render(content, said.template)
    document = NewDocument(
        number=number, case_no=case_no, step=STEP, occurrence=number.serial, target=wrong.line.target,
        as_of=wanted.as_of, sha256=made.sha256, pdf=made.pdf, content=content.model_dump_json(), created_at=wanted.at,
    )  # fmt: skip
    save_document(session, document)
    who = {"actor_user": wanted.actor.user, "actor_role": wanted.actor.role, "authority": wanted.actor.authority}
    found = LetterCorrection.model_validate({
        "number": wanted.number, "id": wanted.id, "case_no": case_no, "account_no": wrong.case.account_no,
        "seq": sent.seq if sent else 0, "correction": number.text, "target": target, "reason": wanted.reason,
        "key": f"{case_no}/{STEP}/{number.serial}/{target}", "at": wanted.at, **who,
    })  # fmt: skip
    letters.add_correction(session, found)
    return found


def _sending(happened: tuple[Event, ...], number: str) -> Event | None:
    """The entry in which the letter went out."""
    sent = (one for one in happened if isinstance(one.body, MessageSent) and one.body.document.number == number)
    return next(sent, None)


def _delivered(session: Session, case_no: str, number: str) -> deliveries.Delivery | None:
    found = [one for one in deliveries.deliveries_of(session, case_no) if one.number == number]
    by_paper = [one for one in found if one.target.rpartition("/")[2] in ("letter", "email")]
    return next((one for one in by_paper if one.status in SENT), None)


def _content(wrong: DocumentContent, number: str, wanted: WrongLetter, template: str | None) -> DocumentContent:
    """To the same party about the same contract; without a claim of its own."""
    return DocumentContent.model_validate({
        "kind": KIND,
        "number": number,
        "as_of": wanted.as_of,
        "issuer": wrong.issuer,
        "recipient": wrong.recipient,
        "case": wrong.case,
        "correction": Correction(
            number=wrong.number, title=wrong.kind.title, dated=wrong.as_of, wrong=wanted.wrong, right=wanted.right
        ),
        "signatures": wanted.signatures,
        "template": template,
    })  # fmt: skip
