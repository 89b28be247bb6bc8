"""What a demand on a guarantor says: whom, about which contract, how much to the day, within which period (MB4.2b)."""

from __future__ import annotations

from typing import Final

from activities.content.material import Material, issuer
from activities.content.outward import NoLetter, demand
from activities.content.words import line
from domain.limitation import GuaranteePeriod
from letters.content import DocumentContent
from letters.kinds import DocumentKind
from letters.parts import GuaranteeTerms, Recipient, Signature
from store.views import Party

KIND: Final = DocumentKind.guarantor_demand


def guarantor_demand(
    material: Material, party: Party, period: GuaranteePeriod, number: str, signature: Signature
) -> DocumentContent:
    """The letter to one guarantor with the figures of `material.as_of`. Raises NoLetter.

    signature: of whoever released it, with the title of the department that asks.
    """
    if material.claim is None:
        raise NoLetter("nothing_overdue", f"account {material.account.account_no} owes nothing on {material.as_of}")
    if period.until is None or period.lapsed:
        raise NoLetter("guarantee_over", f"the period of {party.id} is over on {material.as_of}")
    return DocumentContent(
        kind=KIND,
        number=number,
        as_of=material.as_of,
        issuer=issuer(material.company, signature.role),
        recipient=Recipient(name=line(party.name), address=line(party.address or "")),
        case=material.reference(),
        claim=material.claim,
        demand=demand(material),
        guarantee=GuaranteeTerms(joint=period.joint, until=period.until, agreed=period.agreed),
        signatures=(signature,),
    )
