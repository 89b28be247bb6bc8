"""The evidence file of a case: what belongs there, what is missing by name, and one PDF of what there is (L6.1b)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Final

from sqlalchemy.orm import Session

from activities.content.borrower import penalty_rows
from activities.content.material import Material, issuer, read_material
from activities.content.words import CHANNELS, CONTACTS, UNREPORTED, line, receiver
from activities.registry import Policies
from domain.base import at_local, days, zone
from domain.errors import Refused
from domain.ledger import PostingKind
from domain.limitation import Ground, Interruption
from domain.standing import standing
from domain.write_off import of_the_customer
from letters.bundle import (
    ClockRow,
    ContactRow,
    EvidenceContent,
    Exhibit,
    LetterRow,
    MoneyRow,
    ScheduleRow,
    bind,
)
from letters.kinds import DocumentKind
from letters.render import RenderedDocument, Renderer
from store import evidence, limitation
from store.cases import snapshot_of
from store.deliveries import Delivery, deliveries_of
from store.demands import arrived_on
from store.documents import DocumentLine, get_attachment, get_pdf
from store.evidence import EvidencePaper, PaperKind
from store.letters import Proof, proofs_of

SHOWN: Final = 16  # characters of the id of an upload in the index: enough to find it
OUT: Final = ("sent", "delivered", "failed", "returned", "unknown")
KINDS: Final[dict[PostingKind, str]] = {
    PostingKind.PAYMENT: "付款", PostingKind.VENDOR_ADVANCE: "出卖人垫付", PostingKind.BUYBACK_PRICE: "回购款",
    PostingKind.DISPOSAL_PROCEEDS: "处置价款", PostingKind.COST: "费用", PostingKind.WAIVER: "罚息减免",
    PostingKind.REVERSAL: "冲销",
}  # fmt: skip
GROUNDS: Final[dict[Ground, str]] = {
    "demand": "催告送达", "acknowledged": "债务人同意履行", "payment": "付款", "suit": "起诉",
}  # fmt: skip
PAPERS: Final[dict[PaperKind, tuple[str, str]]] = {
    "contract": ("合同", "双方的合同关系及约定"), "purchase": ("租赁物购买合同及付款凭证", "出租人已支付购买价款"),
    "acceptance": ("租赁物交付验收凭证", "租赁物已交付"), "disbursement": ("放款凭证", "贷款已发放"),
    "identity": ("主体资格材料", "被告的主体资格"), "guarantee": ("保证合同", "保证人的担保责任"),
    "mortgage": ("抵押合同及登记证明", "抵押权"), "delivery_proof": ("送达凭证", "函件已送达"),
    "other": ("其他材料", "其他事实"),
}  # fmt: skip
OF_LEASE: Final[tuple[PaperKind, ...]] = ("contract", "purchase", "acceptance", "identity")
OF_LOAN: Final[tuple[PaperKind, ...]] = ("contract", "disbursement", "identity")


@dataclass(frozen=True)
class Gathered:
    """What the record holds for the file on a day."""

    material: Material
    papers: tuple[EvidencePaper, ...]
    letters: tuple[tuple[DocumentLine, Delivery], ...]
    proofs: dict[str, Proof]
    clocks: limitation.Clocks


class EvidenceDesk:
    """Works in the session that is given; the same case and day give the same bytes until more is known of that day."""

    def __init__(self, renderer: Renderer, policies: Policies) -> None:
        self._renderer = renderer
        self._policies = policies

    def gaps(self, session: Session, case_no: str, as_of: date, now: datetime) -> tuple[str, ...]:
        """What is missing, by name. Refused "unknown_case"."""
        return gaps_of(self._gathered(session, case_no, as_of, now))

    def file(self, session: Session, case_no: str, as_of: date, now: datetime) -> RenderedDocument:
        """The file as one PDF. Refused "unknown_case"; raises MissingGlyphs."""
        found = self._gathered(session, case_no, as_of, now)
        return bind(self._renderer, _content(found), _exhibits(session, found))

    def _gathered(self, session: Session, case_no: str, as_of: date, now: datetime) -> Gathered:
        """Everything that was known by the end of the day, or by now when the day is not over."""
        case = snapshot_of(session, case_no)
        if case is None or case.policy is None or not case.account_no:
            raise Refused("unknown_case", f"There is no case {case_no}.", "Check the case number.")
        ladder = self._policies.ladder(case.policy, case.settings)
        read = read_material(session, ladder, self._policies.company, case_no, case.account_no, as_of)
        before = min(now, at_local(as_of + days(1), time(0), case.time_zone))
        facts = read.facts.known_at(before)
        material = replace(
            read, facts=facts, now=standing(facts, as_of, ladder.terms),
            events=tuple(event for event in read.events if event.at < before),
            documents=tuple(one for one in read.documents if one.created_at < before),
        )  # fmt: skip
        letters = {one.number: one for one in material.documents}
        out = [d for d in deliveries_of(session, case_no) if d.sent_at is not None and d.sent_at < before]
        sent = tuple((letters[d.number], _as_of(d, before)) for d in out if d.number in letters and d.status in OUT)
        clocks = limitation.clocks_of(session, case.account_no, self._policies.clocks, as_of)
        proofs = {key: one for key, one in proofs_of(session, case_no).items() if one.at < before}
        return Gathered(material, evidence.papers_of(session, case_no, before), sent, proofs, clocks)


def gaps_of(found: Gathered) -> tuple[str, ...]:
    """What a court would ask for and the record does not hold."""
    material, kinds = found.material, {paper.kind for paper in found.papers}
    wanted = OF_LOAN if material.is_loan else OF_LEASE
    missing = [_paper_name(material, kind) for kind in wanted if kind not in kinds]
    guaranteed = {paper.reference for paper in found.papers if paper.kind == "guarantee"}
    missing += [f"保证合同（{line(party.name)}）" for party in material.guarantors if party.id not in guaranteed]
    if not material.contacts():
        missing.append("催收联系记录")
    if not found.letters:
        missing.append("催收函件")
    missing += [
        f"送达凭证：{DocumentKind(one.kind).title}（{one.number}）"
        for one in dict.fromkeys(letter for letter, _ in found.letters)
        if not any(_proof(found, letter, delivery) for letter, delivery in found.letters if letter.number == one.number)
    ]
    if material.number_of(DocumentKind.statement_of_claim) is None:
        missing.append(DocumentKind.statement_of_claim.title)
    return tuple(missing)


def _content(found: Gathered) -> EvidenceContent:
    material = found.material
    return EvidenceContent(
        case=material.reference(),
        issuer=issuer(material.company, "法律合规部"),
        number=f"{material.case_no}/{material.as_of:%Y%m%d}",
        as_of=material.as_of,
        claim=material.claim,
        penalty=penalty_rows(material),
        schedule=_schedule(material),
        postings=tuple(
            MoneyRow(on=p.value_date, kind=KINDS.get(p.kind, p.kind), amount=p.amount, reference=line(p.id))
            for p in of_the_customer(material.facts)
            if p.value_date <= material.as_of
        ),
        contacts=_contacts(material),
        letters=tuple(_letter(found, letter, delivery) for letter, delivery in found.letters),
        clocks=_clocks(found),
        gaps=gaps_of(found),
    )


def _schedule(material: Material) -> tuple[ScheduleRow, ...]:
    unpaid = {row.no: row.unpaid for row in material.now.open_instalments}
    return tuple(
        ScheduleRow(
            number=i.no, due=i.due, principal=i.principal, interest=i.interest,
            unpaid=unpaid.get(i.no, i.rent - i.rent) if i.due < material.as_of else i.rent,
        )
        for i in material.facts.schedule
    )  # fmt: skip


def _contacts(material: Material) -> tuple[ContactRow, ...]:
    local = zone(material.account.time_zone)
    return tuple(
        ContactRow(
            at=event.at.astimezone(local).strftime("%Y-%m-%d %H:%M"),
            channel=CHANNELS.get(contact.channel, contact.channel),
            result=CONTACTS.get(contact.outcome, contact.outcome),
            by=line(material.staff.get(event.actor.user, "") if event.actor else "") or UNREPORTED,
            note=contact.note.strip() or None,
        )
        for event, contact in material.contacts()
    )


def _letter(found: Gathered, letter: DocumentLine, delivery: Delivery) -> LetterRow:
    local = zone(found.material.account.time_zone)
    return LetterRow(
        sent_on=(delivery.sent_at or delivery.claimed_at).astimezone(local).date(),
        title=DocumentKind(letter.kind).title,
        number=letter.number,
        to=line(receiver(delivery.target)),
        channel=CHANNELS.get(delivery.target.rpartition("/")[2], delivery.target.rpartition("/")[2]),
        proof=_proof(found, letter, delivery) or "尚缺送达凭证",
    )


def _proof(found: Gathered, letter: DocumentLine, delivery: Delivery) -> str:
    """What proves that a letter arrived, and when: its signed receipt, the carrier, or a paper; "" for nothing."""
    proof = found.proofs.get(delivery.key)
    day = arrived_on(delivery, proof, found.material.account.time_zone)
    held = [p for p in found.papers if p.kind == "delivery_proof" and p.reference == letter.number]
    if day is not None:
        mail = proof.registered_no if proof else delivery.provider_ref
        paper = f"，见附件 {proof.evidence[:SHOWN]}" if proof else ""
        return line(f"{day:%Y-%m-%d} 送达{f'，单号 {mail}' if mail else ''}{paper}")
    if held:
        on = f"{held[-1].received_on:%Y-%m-%d} 送达，" if held[-1].received_on else ""
        return line(f"{on}见附件 {held[-1].attachment_id[:SHOWN]}")
    return ""


def _clocks(found: Gathered) -> tuple[ClockRow, ...]:
    running = found.clocks.limitation
    grounds = "；".join(f"{one.on} {GROUNDS[one.ground]}" for one in running.counted)
    ends = "诉讼中，不计算" if running.ends is None else f"{running.ends}{'（已届满）' if running.lapsed else ''}"
    grounds = "；".join(filter(None, (grounds, _to_prove(running.to_prove))))
    rows = [ClockRow(name="诉讼时效", ends=ends, grounds=line(grounds) if grounds else "自最后一期届满之日起算")]
    names = {party.id: party.name for party in found.material.guarantors}
    for one in found.clocks.guarantors:
        how = f"已于 {one.claimed} 主张" if one.claimed else "连带责任保证" if one.joint else "一般保证"
        how = "；".join(filter(None, (how, _to_prove(one.to_prove))))
        name = line(f"保证期间（{names.get(one.party, one.party)}）")
        rows.append(ClockRow(name=name, ends=str(one.ends) if one.ends else "已主张", grounds=line(how)))
    return tuple(rows)


def _to_prove(letters: tuple[Interruption, ...]) -> str:
    return f"须补送达证明：{'、'.join(one.of for one in letters)}" if letters else ""


def _exhibits(session: Session, found: Gathered) -> list[Exhibit]:
    """The papers people entered, then what the system wrote and sent, each once, in the order they came about."""
    exhibits: list[Exhibit] = []
    for paper in found.papers:
        held = get_attachment(session, paper.attachment_id)
        if held is not None:
            name, proves = _paper_name(found.material, paper.kind), PAPERS[paper.kind][1]
            of = f"（{paper.reference}）" if paper.reference else ""
            exhibits.append(Exhibit(f"{name}{of}", proves, held.id[:SHOWN], held.content, held.media_type, held.sha256))
    for letter in found.material.documents:
        pdf = get_pdf(session, letter.number)
        if pdf is not None:
            title = DocumentKind(letter.kind).title
            exhibits.append(Exhibit(title, "催收及内部处理经过", letter.number, pdf, "application/pdf", letter.sha256))
    return [*exhibits, *_receipts(session, found)]


def _receipts(session: Session, found: Gathered) -> Iterator[Exhibit]:
    """The receipts of registered mail in the order of the letters, each once and none that is among the papers."""
    there = {paper.attachment_id for paper in found.papers}
    for letter, delivery in found.letters:
        proof = found.proofs.get(delivery.key)
        held = get_attachment(session, proof.evidence) if proof else None
        if proof and held and held.id not in there:
            there.add(held.id)
            name = f"送达回执（{letter.number}，单号 {proof.registered_no}）"
            day = arrived_on(delivery, proof, found.material.account.time_zone)
            proves = f"{DocumentKind(letter.kind).title}{f'于 {day} 送达' if day else '已寄出，送达日期待证'}"
            yield Exhibit(name, proves, held.id[:SHOWN], held.content, held.media_type, held.sha256)


def _paper_name(material: Material, kind: PaperKind) -> str:
    return material.contract_kind if kind == "contract" else PAPERS[kind][0]


def _as_of(delivery: Delivery, before: datetime) -> Delivery:
    """A receipt that came later is not known yet."""
    return delivery if delivery.changed_at < before else delivery.model_copy(update={"status": "sent"})
