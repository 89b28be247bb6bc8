"""The parties of a lease as lists and court papers name them."""

from __future__ import annotations

import re
from typing import Final, Literal

from activities.content.material import Material
from activities.content.words import UNREPORTED, line
from domain.ledger import PartyRole
from letters.tables import NameRow, NameTable
from store.views import Party

PERSON_ID: Final = re.compile(r"\d{17}[\dXx]")
COMPANY_ID: Final = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")
COMPANY_WORDS: Final = r"公司|集团|企业|厂|合作社|中心|医院|学校|事务所|合伙|Ltd\.?|Limited|Inc\.?|Co\."
COMPANY_NAME: Final = re.compile(rf"({COMPANY_WORDS})\s*(（.*）|\(.*\))?$")
ROLES: Final = {
    PartyRole.LESSEE: "承租人", PartyRole.BORROWER: "借款人", PartyRole.GUARANTOR: "担保人", PartyRole.VENDOR: "出卖人",
}  # fmt: skip
REASONS: Final = {
    PartyRole.LESSEE: "租金逾期，租赁资产已处置",
    PartyRole.BORROWER: "借款逾期未还",
    PartyRole.GUARANTOR: "为租金逾期且资产已处置的承租人提供担保",
}

FOR_BORROWER: Final = "为借款逾期未还的借款人提供担保"


def nature(party: Party) -> Literal["company", "individual", "unknown"]:
    """Company or individual, by the form of the identity number, else by the name; else unknown."""
    number = (party.id_number or "").strip()
    if PERSON_ID.fullmatch(number):
        return "individual"
    if COMPANY_ID.fullmatch(number) or COMPANY_NAME.search(party.name.strip()):
        return "company"
    return "unknown"


def names(material: Material) -> NameTable:
    """Lessee or borrower, and guarantors; a vendor is not one of them (L-Q18)."""
    rows = tuple(
        NameRow(
            name=line(party.name),
            nature=nature(party),
            role=ROLES[party.role],
            identity_no=line(party.id_number) if party.id_number else None,
            reason=FOR_BORROWER if material.is_loan and party.role is PartyRole.GUARANTOR else REASONS[party.role],
        )
        for party in material.people
        if party.role in REASONS
    )
    missing = NameRow(name=UNREPORTED, nature="unknown", role=UNREPORTED, reason=UNREPORTED)
    return NameTable(rows=rows or (missing,))


def parties_to_suit(material: Material) -> str:
    """The company as plaintiff, lessee or borrower and guarantors as defendants."""
    company = material.company
    plaintiff = f"原告：{company.name['zh']}，住所地：{company.address}，电话：{company.phone}"
    sued = [party for party in material.people if party.role in REASONS]
    return "\n".join([plaintiff, *(_defendant(index, party) for index, party in enumerate(sued, start=1))])


def _defendant(index: int, party: Party) -> str:
    facts = (
        f"住所地：{party.address or UNREPORTED}",
        f"证件号码：{party.id_number or UNREPORTED}",
        f"电话：{party.phone or UNREPORTED}",
    )
    return f"被告{index}（{ROLES[party.role]}）：{line(party.name)}，" + "，".join(facts)
