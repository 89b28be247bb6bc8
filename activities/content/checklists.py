"""The papers of the litigation and the collateral file: what belongs there, what the system has, what people found."""

from __future__ import annotations

from activities.content.collateral import known_papers
from activities.content.material import Material
from activities.content.words import UNREPORTED, line
from activities.content.written import Written
from letters.kinds import DocumentKind
from letters.tables import PaperRow, PaperTable

HEADING = "材料清单"
OWN_REPORTS = (
    DocumentKind.asset_inspection_report,
    DocumentKind.capacity_report,
    DocumentKind.disposal_plan,
    DocumentKind.collateral_file_checklist,
)


def litigation_file(material: Material, written: Written) -> PaperTable:
    """Papers of the lease as people reported them, then what the system itself holds (L6.1b)."""
    reference = material.reference()
    wanted = [f"{material.contract_kind}（{reference.contract_no}）"]
    of_lease = ["租赁物购买合同、发票及付款凭证", "租赁物交付验收凭证"]
    wanted += ["起诉状", "放款凭证", "逾期证明", "催收记录"] if material.is_loan else of_lease
    wanted += [
        f"{reference.debtor}主体资格材料",
        *(f"担保文件及担保人主体资格材料（{p.name}）" for p in material.guarantors),
    ]
    wanted += _buyback(material)
    return _table(wanted, written, _held(material))


def collateral_checklist(material: Material, written: Written) -> PaperTable:
    """Mortgage and guarantee papers, complete or not (L6.1d)."""
    if material.assets or material.papers:
        return _recorded(material, written)
    own = ["抵（质）押物权属凭证", "抵（质）押合同及登记证明", "抵（质）押物保险单"]
    leased = ["租赁物权属凭证及登记证明", "抵押合同及抵押登记证明", "租赁物保险单"]
    wanted = own if material.is_loan else leased
    for party in material.guarantors:
        wanted += [f"保证合同（{party.name}）", f"担保人主体资格及决议文件（{party.name}）"]
    return _table(wanted + _buyback(material), written, [])


def _recorded(material: Material, written: Written) -> PaperTable:
    """The papers as the facts have them; what people found goes before what is recorded."""
    known = known_papers(material.assets, material.people, material.papers, material.as_of)
    reported = {row.name: row for row in map(_row, written.take_rows(HEADING))}
    rows = [
        reported.pop(line(one.name), None)
        or PaperRow(name=line(one.name), present=one.there, remark=line(one.why) if one.why else None)
        for one in known
    ]
    return PaperTable(rows=(*rows, *reported.values()))


def _buyback(material: Material) -> list[str]:
    vendor = material.vendor
    return [f"回购担保协议（{vendor.name}）"] if vendor and vendor.buyback_guarantee else []


def _held(material: Material) -> list[PaperRow]:
    letters = [PaperRow(name="已发函件", copies=1, present=True, remark=line(text)) for text in material.letters_sent()]
    numbers = [(kind.title, material.number_of(kind)) for kind in OWN_REPORTS]
    reports = [PaperRow(name=name, copies=1, present=True, remark=f"编号：{no}") for name, no in numbers if no]
    count = len(material.contacts())
    contacts = [PaperRow(name="催收联系记录", present=True, remark=f"系统记录 {count} 条")] if count else []
    return letters + reports + contacts


def _table(wanted: list[str], written: Written, held: list[PaperRow]) -> PaperTable:
    reported = {row.name: row for row in map(_row, written.take_rows(HEADING))}
    rows = [reported.pop(line(name), None) or PaperRow(name=line(name)) for name in wanted]
    return PaperTable(rows=(*rows, *reported.values(), *held))


def _row(cells: list[str]) -> PaperRow:
    """A row as people write it: name | copies | 原件 or 复印件 | 齐备 or 缺失 | remark; the rest is unknown."""
    name, copies, original, present, remark = (*cells, "", "", "", "", "")[:5]
    return PaperRow(
        name=line(name) if name else UNREPORTED,
        copies=int(copies) if copies.isdigit() else None,
        original={"原件": True, "复印件": False}.get(original),
        present={"齐备": True, "缺失": False}.get(present),
        remark=line(remark) if remark else None,
    )
