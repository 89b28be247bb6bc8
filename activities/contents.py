"""Writes the letters and reports: content, number, PDF, stored once in the session that is given."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy.orm import Session

from activities.content.actions import check_sections, master_table, span
from activities.content.key_figures import kpi_table
from activities.content.lists import committee_seats, committee_table, weekly_table
from activities.content.material import Material, issuer, read_material
from activities.content.outward import (
    DRAFT,
    LETTERS,
    letter_content,
    sending_step,
)
from activities.content.papers import PAPERS, paper_content
from activities.content.readable import readable
from activities.content.records import HEADINGS
from activities.content.signing import Signer
from activities.content.words import role
from activities.content.written import Written
from activities.correction import WrongLetter, write_correction
from activities.letter_writer import (
    LetterWriter,
    Occurrence,
    StoredDocument,
    UnknownDocument,
    new_document,
    signer_of,
)
from activities.messages import DispatchRequest, IssueRequest, PrepareRequest
from activities.registry import Policies
from activities.texts import Texts
from domain.case import Case
from domain.classification import ClassificationPack
from domain.events import DocumentRef
from domain.ladder import Ladder
from letters.content import DocumentContent
from letters.glyphs import MissingGlyphs
from letters.kinds import WRITTEN_FORMS, DocumentKind
from letters.parts import Signature
from letters.render import Renderer
from store.cases import snapshot_of, timeline
from store.documents import (
    Number,
    claim_number,
    find_document,
    save_document,
)
from store.dossier import staff_names
from store.letters import LetterCorrection

ISSUER_ROLE = "asset_manager"  # Asset Management issues the reports of the portfolio (L4.4a)

Classified = Callable[[date], ClassificationPack | None]
"""The regulation on asset classification that is in force on a day, for reports that show the NPL ratio."""


class Writer:
    """Writes documents. Every method works in the session it is given; the caller commits."""

    def __init__(
        self, renderer: Renderer, policies: Policies, texts: Texts, classified: Classified | None = None
    ) -> None:
        self._renderer = renderer
        self._policies = policies
        self._texts = texts
        self._letters = LetterWriter(renderer, policies, texts)
        self._classified = classified

    def letter(self, session: Session, request: DispatchRequest, claimed: str | None = None) -> StoredDocument:
        """The letter of a sending step to one target; see LetterWriter."""
        return self._letters.letter(session, request, claimed)

    @property
    def renderer(self) -> Renderer:
        """What typesets; tries a template that somebody proposes."""
        return self._renderer

    def correction(self, session: Session, wanted: WrongLetter) -> LetterCorrection:
        """The letter that corrects a wrong one; see `write_correction`."""
        return write_correction(session, self._renderer, self._texts, wanted)

    def report(self, session: Session, request: PrepareRequest) -> DocumentRef:
        """The document a finished task writes, once per occurrence of the step. Raises UnknownDocument."""
        kind = _known_kind(request.document)
        stored = find_document(session, kind.value, request.case_no, request.step, request.occurrence)
        if stored is not None:
            return stored.ref
        ladder = self._policies.ladder(request.policy, request.settings)
        number = claim_number(session, kind.value, request.as_of.year)
        if kind in PAPERS and (request.account_no or kind not in WRITTEN_FORMS):
            material = self._material(session, ladder, request.case_no, request.account_no, request.as_of)
            content = paper_content(material, signer_of(material), request, number.text)
        else:
            content = self._periodical(session, ladder, request, kind, number.text)
        return self._store(session, number, content, request, request.at)

    def issue(self, session: Session, request: IssueRequest) -> DocumentRef:
        """A report of the portfolio for a period, once per step and period. Raises UnknownDocument."""
        kind = _known_kind(request.document)
        occurrence = request.period.toordinal()
        stored = find_document(session, kind.value, request.case_no, request.step, occurrence)
        if stored is not None:
            return stored.ref
        ladder = self._policies.ladder(request.policy, request.settings)
        number = claim_number(session, kind.value, request.period.year)
        content = self._issued(session, ladder, request, kind, number.text)
        found = Occurrence(case_no=request.case_no, step=request.step, occurrence=occurrence)
        return self._store(session, number, content, found, request.at)

    def draft(self, session: Session, case_no: str, account_no: str, step: str, ladder: Ladder, as_of: date) -> bytes:
        """The letter that `step` prepares, signs, releases or sends, unsigned and without a number.

        In the words that it will be sent with; of letters to several parties the one to the first. Raises NoLetter,
        TextNotPassed.
        """
        material = self._material(session, ladder, case_no, account_no, as_of)
        sending = sending_step(ladder, step)
        send = sending.rule.send
        who = "guarantor-1" if send and send.to == "guarantors" else send.to if send else "lessee"
        signed_by = None
        if send and send.signed_in and (asked := ladder.by_id[send.signed_in].asked):
            signed_by = asked.roles[0]
        content = letter_content(material, signer_of(material), sending, who, DRAFT, signed_by, unsigned=True)
        name = f"letter.{content.kind.value}"
        return self._renderer.render(content, self._texts.needed(session, (name,))[name].template).pdf

    def _material(self, session: Session, ladder: Ladder, case_no: str, account_no: str, as_of: date) -> Material:
        return read_material(session, ladder, self._policies.company, case_no, account_no, as_of)

    def _periodical(
        self, session: Session, ladder: Ladder, request: PrepareRequest, kind: DocumentKind, number: str
    ) -> DocumentContent:
        """Master table or check record: what happened in all cases since the one before; or what people wrote."""
        case = snapshot_of(session, request.case_no) or Case(case_no=request.case_no, account_no="")
        zone = case.time_zone
        covered = span(session, request.case_no, kind, request.at, request.as_of, zone)
        events = timeline(session, request.case_no)
        staff = staff_names(session, (event.actor.user for event in events if event.actor))
        signer = Signer(ladder, events, staff, zone)
        parts: dict[str, object] = {
            "signatures": signer.of_report(request.step, kind.value, request.role, request.as_of)
        }
        if kind is DocumentKind.master_table:
            parts |= {
                "table": master_table(session, ladder, covered, zone),
                "sections": Written(request.sections).sections(),
            }
        elif kind is DocumentKind.check_record:
            parts["sections"] = check_sections(session, ladder, covered, Written(request.sections))
        elif kind in WRITTEN_FORMS:
            parts["sections"] = Written(request.sections).sections(HEADINGS[kind])
        else:
            raise UnknownDocument(f"step {request.step} cannot write a {kind.value}")
        return self._portfolio_content(ladder, kind, number, request.as_of, request.role, parts)

    def _issued(
        self, session: Session, ladder: Ladder, request: IssueRequest, kind: DocumentKind, number: str
    ) -> DocumentContent:
        parts: dict[str, object] = {}
        author = ISSUER_ROLE
        if kind is DocumentKind.weekly_report:
            table, sections = weekly_table(
                session, ladder, self._policies, request.case_no, request.period, request.at, request.copy_to
            )
            parts = {"table": table, "sections": sections, "signatures": (Signature(role=role(ladder, ISSUER_ROLE)),)}
        elif kind is DocumentKind.committee_list:
            table = committee_table(session, ladder, self._policies, request.case_no, request.period)
            parts = {"table": table, "signatures": committee_seats(ladder)}
        elif kind is DocumentKind.kpi_report:
            pack = self._classified(request.period) if self._classified else None
            table, sections = kpi_table(
                session, self._policies, ladder, request.case_no, request.step, request.period, pack
            )
            author = ladder.policy.owner
            parts = {"table": table, "sections": sections, "signatures": (Signature(role=role(ladder, author)),)}
        else:
            raise UnknownDocument(f"step {request.step} cannot issue a {kind.value}")
        return self._portfolio_content(ladder, kind, number, request.period, author, parts)

    def _portfolio_content(
        self, ladder: Ladder, kind: DocumentKind, number: str, as_of: date, author: str, parts: dict[str, object]
    ) -> DocumentContent:
        written_by = issuer(self._policies.company, role(ladder, author))
        return DocumentContent.model_validate(
            {"kind": kind, "number": number, "as_of": as_of, "issuer": written_by, **parts}
        )

    def _store(
        self, session: Session, number: Number, content: DocumentContent, of: Occurrence | PrepareRequest, at: datetime
    ) -> DocumentRef:
        """Render and save an inward paper; characters no font has are named by code point instead of stopping it."""
        try:
            made = self._renderer.render(content)
        except MissingGlyphs as fault:
            content = readable(content, fault.characters)
            made = self._renderer.render(content)
        return save_document(session, new_document(number, content, made, of, at)).ref


def _known_kind(document: str) -> DocumentKind:
    if document not in {kind.value for kind in DocumentKind} or document in LETTERS:
        raise UnknownDocument(f"no report of the kind {document} can be written")
    return DocumentKind(document)
