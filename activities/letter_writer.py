"""Writes what is sent: the letter with its number and PDF, stored once, and the message that carries it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from activities.content.borrower import BORROWER_LETTERS
from activities.content.brief import cover_values, short_values
from activities.content.material import Material, read_material
from activities.content.outward import Address, address_of, letter_content, letter_kind, party_of
from activities.content.several import Other, other_contracts, owed_of
from activities.content.signing import Signer
from activities.messages import DispatchRequest, PrepareRequest
from activities.registry import Policies
from activities.texts import COVER, SHORT, Text, Texts, texts_of
from domain.conduct import is_combined
from domain.errors import Permanent
from domain.events import DocumentRef
from domain.ladder import Step
from letters.content import DocumentContent
from letters.kinds import DocumentKind
from letters.render import RenderedDocument, Renderer
from store.documents import (
    DocumentLine,
    NewDocument,
    Number,
    claim_number,
    find_document,
    get_content,
    get_document,
    get_pdf,
    save_document,
)
from store.dossier import sent_number
from store.named import Named

BRIEF = ("sms", "social")  # channels by which a letter to a borrower is a short text, without attachment

ALL_OF_THEM = "several.typ"  # what a template imports that can speak of several contracts


class UnknownDocument(Permanent):
    """A policy names a document that this product cannot write."""


@dataclass(frozen=True)
class Occurrence:
    """Which run of which step a document belongs to."""

    case_no: str
    step: str
    occurrence: int


@dataclass(frozen=True)
class StoredDocument:
    """A letter ready to be handed to a gateway; `subject` and `text` are for channels that show text.

    texts: the versions it is written from, as "id@version". attached: whether the PDF goes out with it. named: the
    person's other accounts it speaks of, with the figures of now.
    """

    ref: DocumentRef
    pdf: bytes
    recipient: Address
    subject: str
    text: str
    texts: tuple[str, ...] = ()
    attached: bool = True
    named: tuple[Named, ...] = ()


class LetterWriter:
    """Writes letters in the session it is given; the caller commits."""

    def __init__(self, renderer: Renderer, policies: Policies, texts: Texts) -> None:
        self._renderer = renderer
        self._policies = policies
        self._texts = texts

    def letter(self, session: Session, request: DispatchRequest, claimed: str | None = None) -> StoredDocument:
        """The letter of a sending step to one target, with the figures of `as_of` as the ledger knows them now.

        One number per case, step, occurrence and party, whatever the channel. It is written anew, with a number of its
        own, only if day, ledger version or the other contracts it speaks of changed before anything went out. claimed:
        the number of what somebody may have sent already: that one as it is. Raises NoLetter, MissingGlyphs, and
        TextNotPassed while Legal has not passed a text it needs.
        """
        ladder = self._policies.ladder(request.policy, request.settings)
        company = self._policies.company
        material = read_material(session, ladder, company, request.case_no, request.account_no, request.as_of)
        who, _, channel = request.target.partition("/")
        recipient = address_of(party_of(material, who), channel)
        step = ladder.by_id[request.step]
        kind = letter_kind(step)
        used = self._texts.needed(session, texts_of(kind.value))
        others = () if claimed else self._others(session, request, material, used)
        number = claimed or self._number(session, request, material, step, others, used[f"letter.{kind.value}"])
        line, content = stored_letter(session, number)
        pdf = get_pdf(session, number)
        if line is None or content is None or pdf is None:
            raise UnknownDocument(f"document {number} has no bytes")
        self._texts.keep(session, used.values(), request.at)
        brief = kind is DocumentKind.reminder or (channel in BRIEF and kind in BORROWER_LETTERS)
        values = short_values(content) if brief else cover_values(kind, number, material, content.contracts)
        said = used[SHORT if brief else COVER]
        return StoredDocument(
            ref=line.ref,
            pdf=pdf,
            recipient=recipient,
            subject=f"{kind.title}（编号：{number}）",
            text=self._texts.message(said).written(values, kind.value),
            texts=tuple(one.label for one in (used[f"letter.{kind.value}"], said)),
            attached=channel != "sms" and not (brief and channel in BRIEF),
            named=tuple(other.named for other in others if other.owed in content.contracts),
        )

    def _others(
        self, session: Session, request: DispatchRequest, material: Material, used: dict[str, Text]
    ) -> tuple[Other, ...]:
        """The person's other contracts of which the letter speaks, where its text can speak of several."""
        short, letter = used.get(SHORT), used.get(f"letter.{request.document}")
        if short is None or letter is None or not is_combined(request.document):
            return ()
        own = letter.template
        if not self._texts.message(short).names("contract_nos") or (own is not None and ALL_OF_THEM not in own):
            return ()
        return other_contracts(session, self._policies, request, material)

    def _number(
        self, session: Session, request: DispatchRequest, material: Material, step: Step, others: tuple[Other, ...],
        said: Text,
    ) -> str:  # fmt: skip
        """The number of the letter, which is written and stored if it is not there with these figures."""
        kind, who = letter_kind(step), request.target.partition("/")[0]
        contracts = (owed_of(material), *(other.owed for other in others)) if others else ()
        gone = sent_number(session, request.case_no, request.step, request.occurrence, who)
        if gone is not None:  # what has gone out by another channel goes out again unchanged
            return gone
        stored = find_document(
            session, kind.value, request.case_no, request.step, request.occurrence, who,
            request.as_of, request.ledger_version,
        )  # fmt: skip
        if stored is not None:
            known = stored_letter(session, stored.number)[1]
            if known is not None and (known.contracts, known.template) == (contracts, own_version(said)):
                return stored.number
        number = claim_number(session, kind.value, request.as_of.year)
        content = letter_content(material, signer_of(material), step, who, number.text, request.signed_by)
        content = DocumentContent.model_validate(
            {**dict(content), "contracts": contracts, "template": own_version(said)}
        )
        document = new_document(number, content, self._renderer.render(content, said.template), request, request.at)
        document = document.model_copy(update={"target": who, "ledger_version": request.ledger_version})
        return save_document(session, document).number


def own_version(said: Text) -> str | None:
    """Which version of the company's own a letter is written from."""
    return None if said.shipped else said.sha256


def stored_letter(session: Session, number: str) -> tuple[DocumentLine | None, DocumentContent | None]:
    """A letter by its number, with what it says."""
    text = get_content(session, number)
    return get_document(session, number), DocumentContent.model_validate_json(text) if text else None


def signer_of(material: Material) -> Signer:
    """Signatures of the case the material is about."""
    return Signer(material.ladder, material.events, material.staff, material.account.time_zone)


def new_document(
    number: Number,
    content: DocumentContent,
    made: RenderedDocument,
    of: Occurrence | PrepareRequest | DispatchRequest,
    at: datetime,
) -> NewDocument:
    """A rendered document as it is stored."""
    return NewDocument(
        number=number,
        case_no=of.case_no,
        step=of.step,
        occurrence=of.occurrence,
        as_of=content.as_of,
        sha256=made.sha256,
        pdf=made.pdf,
        content=content.model_dump_json(),
        created_at=at,
    )
