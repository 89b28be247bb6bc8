"""Letters to lessee or borrower, guarantors and vendor: addressee, claim, demand, announced steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from pydantic import ValidationError

from activities.content.borrower import BORROWER_LETTERS, borrower_parts
from activities.content.material import Material, issuer
from activities.content.signing import Signer
from activities.content.vendor_claims import special_parts
from activities.content.words import line, role
from domain.errors import Permanent
from domain.ladder import Ladder, Step
from domain.step_rule import Scope
from gateways.contract import EmailRecipient, LetterRecipient, SmsRecipient, SocialRecipient
from letters.content import DocumentContent
from letters.kinds import DocumentKind
from letters.parts import BankAccount, Demand, Recipient, VendorRights
from store.views import Party

Address = LetterRecipient | EmailRecipient | SmsRecipient | SocialRecipient

PAYMENT_DAYS: Final = 5  # calendar days to pay or reply; the regulation names none, a policy may set `payment_days`
DRAFT: Final = "草稿"
OBJECTION: Final = "vendor_written_notice"
PLANNED: Final[Mapping[str, str]] = {
    "lawyers_letter": "向承租人发送律师函",
    "guarantor_notice": "书面通知第三方担保人",
    "litigation_preparation": "准备诉讼材料，核查抵押、担保资料",
    "litigation": "向人民法院提起诉讼",
    "disposal_planning": "制定资产处置预案，提请评审委员会审议",
    "disposal": "执行资产处置方案",
}
"""What a vendor is told of each scope."""
DEPARTMENTS: Final[dict[DocumentKind, str]] = {
    DocumentKind.rent_demand_notice: "asset_manager",
    DocumentKind.vendor_notice: "asset_manager",
    DocumentKind.buyback_claim: "asset_manager",
    DocumentKind.rent_collection_letter: "legal_compliance",
    DocumentKind.litigation_letter: "legal_compliance",
    DocumentKind.guarantor_notice: "legal_compliance",
}
"""The letters of a lease, and the department that writes each."""
LETTERS: Final = frozenset({
    *DEPARTMENTS, *BORROWER_LETTERS, DocumentKind.correction_letter, DocumentKind.dispute_acknowledgement,
    DocumentKind.dispute_answer, DocumentKind.guarantor_demand,
})  # fmt: skip
"""Everything that is sent."""


class NoLetter(Permanent):
    """There is nobody to write to, nothing to claim, or no such letter; `code` says which. Nothing personal in it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def letter_content(
    material: Material, signer: Signer, step: Step, who: str, number: str, signed_by: str | None, unsigned: bool = False
) -> DocumentContent:
    """What the letter of a sending step says to `who` ("lessee", "borrower", "guarantor-2"). Raises NoLetter."""
    kind = letter_kind(step)
    if any(trigger.agreement for trigger in step.rule.when):
        material = replace(material, of_agreement=True)
    party = party_of(material, who)
    claim = material.claim
    if claim is None and (kind is not DocumentKind.reminder or material.upcoming is None):
        raise NoLetter("nothing_overdue", f"account {material.account.account_no} owes nothing on {material.as_of}")
    department = department_of(material.ladder, step, kind)
    signatures = signer.of_letter(step, signed_by, department, material.as_of)
    if unsigned:
        signatures = tuple(s.model_copy(update={"name": None, "signed_on": None}) for s in signatures)
    to_vendor = kind is DocumentKind.vendor_notice
    return DocumentContent.model_validate({
        "kind": kind,
        "number": number,
        "as_of": material.as_of,
        "issuer": issuer(material.company, role(material.ladder, department)),
        "recipient": Recipient(name=line(party.name), address=line(party.address or "")),
        "case": material.reference(),
        "claim": claim,
        "demand": None if to_vendor else demand(material),
        "vendor_rights": vendor_rights(material) if to_vendor else None,
        "signatures": signatures,
        **borrower_parts(material, kind),
        **special_parts(material, kind),
    })  # fmt: skip


def department_of(ladder: Ladder, step: Step, kind: DocumentKind) -> str:
    """The role that answers for a letter: as prescribed, else who prepared or released it, else the policy's owner."""
    if kind in DEPARTMENTS and DEPARTMENTS[kind] in ladder.policy.roles:
        return DEPARTMENTS[kind]
    before = [ladder.by_id[name].asked for trigger in step.when for name in trigger.after if name in ladder.by_id]
    return next((asked.roles[0] for asked in before if asked), ladder.policy.owner)


def letter_kind(step: Step) -> DocumentKind:
    """The kind of letter a sending step sends. Raises NoLetter."""
    send = step.rule.send
    if send is None or send.document not in LETTERS:
        raise NoLetter("no_letter", f"step {step.id} sends no letter")
    return DocumentKind(send.document)


def party_of(material: Material, who: str) -> Party:
    """The party a target names. Raises NoLetter."""
    kind, _, number = who.partition("-")
    found: Party | None = None
    match kind:
        case "lessee" | "borrower":
            found = material.debtor if material.debtor and material.debtor.role.value == kind else None
        case "vendor":
            found = material.vendor
        case "guarantor" if number.isdigit() and 0 < int(number) <= len(material.guarantors):
            found = material.guarantors[int(number) - 1]
        case _:
            pass
    if found is None:
        raise NoLetter("no_party", f"account {material.account.account_no} has no {who}")
    return found


def address_of(party: Party, channel: str) -> Address:
    """Where a gateway has to deliver to. Raises NoLetter when the party has no such address or one nobody can use."""
    try:
        found = _address_of(party, channel)
    except ValidationError:  # its text would quote the address
        raise NoLetter("bad_address", f"party {party.id} has an unusable address for {channel}") from None
    if found is None:
        raise NoLetter("no_address", f"party {party.id} has no address for {channel}")
    return found


def _address_of(party: Party, channel: str) -> Address | None:
    match channel:
        case "letter" if party.address:
            return LetterRecipient(name=line(party.name), address=line(party.address))
        case "email" if party.email:
            return EmailRecipient(name=line(party.name), email=party.email)
        case "sms" if party.phone:
            return SmsRecipient(phone="".join(c for c in party.phone if c.isdigit() or c == "+"))
        case "social" if party.social:
            return SocialRecipient(account=party.social)
        case _:
            return None


def demand(material: Material) -> Demand:
    """Pay within some calendar days into the company's account; before the due date: on that day."""
    account, upcoming = material.company.bank_account, material.upcoming
    before = material.claim is None and upcoming is not None
    return Demand(
        deadline=upcoming.due if before and upcoming else material.as_of + timedelta(days_to_answer(material.ladder)),
        account=BankAccount(holder=line(account.name), bank=line(account.bank), number=line(account.number)),
    )


def vendor_rights(material: Material) -> VendorRights:
    """The steps of the present class that a written objection stops (L6.3, L7.4), and until when it may be raised."""
    ladder, dpd = material.ladder, material.now.dpd
    bucket = ladder.bucket(dpd)
    first, last = (bucket.from_, bucket.to or dpd) if bucket else (dpd, dpd)
    steps = [s for s in ladder.steps if any(first <= day <= last for day in s.dpds)]
    if not material.guarantors:
        steps = [s for s in steps if "guarantor" not in s.rule.if_]
    stopped = _stopped_by_objection(ladder, dpd)
    scopes = list(dict.fromkeys(s.rule.scope for s in steps if s.rule.scope and s.rule.scope in stopped))
    planned = tuple(PLANNED[scope] for scope in scopes) or ("按照公司制度采取催收及资产处置措施",)
    return VendorRights(planned=planned, reply_by=material.as_of + timedelta(days=days_to_answer(ladder)))


def _stopped_by_objection(ladder: Ladder, dpd: int) -> set[Scope]:
    holds = [h for h in ladder.policy.holds if h.ended_by and h.ended_by.document == OBJECTION]
    stops = [stop for hold in holds for stop in hold.stops if dpd in stop.dpd and dpd in stop.placed]
    return {scope for stop in stops for scope in stop.scopes}


def days_to_answer(ladder: Ladder) -> int:
    """Calendar days between the date of a letter and its deadline."""
    value = ladder.settings.get("payment_days", PAYMENT_DAYS)
    return value if isinstance(value, int) else PAYMENT_DAYS


def sending_step(ladder: Ladder, step: str) -> Step:
    """The step that sends what `step` prepares, signs or releases; a sending step itself. Raises NoLetter."""
    found = ladder.by_id.get(step)
    kind = found and (found.rule.send.document if found.rule.send else found.rule.document)
    for candidate in (found, *ladder.steps):
        if candidate and candidate.rule.send and candidate.rule.send.document == kind and kind in LETTERS:
            return candidate
    raise NoLetter("no_letter", f"step {step} leads to no letter")
