"""Reports about one case: each kind joins what people wrote with what the ledger and the record know."""

from __future__ import annotations

from typing import Final

from activities.content.checklists import collateral_checklist, litigation_file
from activities.content.disposal import disposal_plan, disposal_record, profit_and_loss, recourse
from activities.content.material import Material, issuer
from activities.content.paper import Build, Paper, contacts_text, ledger_text, letters_text
from activities.content.people import names, parties_to_suit
from activities.content.records import RECORDS
from activities.content.signing import Signer
from activities.content.words import UNREPORTED, line, role
from activities.content.written import Written
from activities.messages import PrepareRequest
from domain.asset import AssetState
from letters.content import DocumentContent
from letters.kinds import DocumentKind
from letters.parts import Suspension
from letters.tables import Finding, FindingTable

CHOICES: Final = {
    "all_rent": "原告依照《中华人民共和国民法典》第七百五十二条，选择请求被告支付全部租金。",
    "termination": "原告依照《中华人民共和国民法典》第七百五十二条，选择解除合同、收回租赁物。",
}
"""What the lessor may claim from a lessee who does not pay; one of the two."""


def paper_content(material: Material, signer: Signer, request: PrepareRequest, number: str) -> DocumentContent:
    """What a finished task's report says; nothing in it is invented: what nobody gave is printed as 未填报."""
    kind = DocumentKind(request.document)
    paper = PAPERS[kind](material, Written(request.sections), request)
    return DocumentContent.model_validate({
        "kind": kind,
        "number": number,
        "as_of": material.as_of,
        "issuer": issuer(material.company, role(material.ladder, request.role)),
        "case": material.reference(),
        "claim": material.claim,
        "sections": paper.sections,
        "table": paper.table,
        "suspension": paper.suspension,
        "signatures": (*signer.of_report(request.step, kind.value, request.role, material.as_of), *paper.signatures),
    })  # fmt: skip


def inspection(material: Material, written: Written, request: PrepareRequest) -> Paper:
    """The asset as it was found (L5.1b)."""
    place = written.take_line("检查地点")
    count = written.take("数量").strip()
    inspectors = [name for name in written.take("检查人员").replace(",", "、").split("、") if name.strip()]
    serial = written.take("序列号")
    leased = [one for one in material.assets if one.kind == "leased_asset"]
    reported = Finding(
        asset=material.reference().asset or UNREPORTED,
        serial_no=line(serial) if serial else None,
        quantity=int(count) if count.isdigit() and int(count) else None,
        place=place,
        condition=written.take_line("租赁物状况"),
        in_use=written.take_yes_no("是否在用"),
    )
    rows = tuple(_found(one, reported, len(leased) == 1) for one in leased) or (reported,)
    found = FindingTable(
        inspected_on=written.take_day("检查日期"),
        place=place,
        inspectors=tuple(map(line, inspectors)) or (UNREPORTED,),
        rows=rows,
    )
    return Paper(sections=written.sections(("检查情况", "结论及建议")), table=found)


def _found(asset: AssetState, reported: Finding, only_one: bool) -> Finding:
    """A recorded asset with what was found; where several are recorded each keeps its own number and place."""
    known = {
        "asset": line(asset.description),
        "remark": f"定位装置：{line(asset.tracker, 60)}" if asset.tracker else None,
    }
    if asset.serial_no and not (only_one and reported.serial_no):
        known["serial_no"] = line(asset.serial_no)
    if asset.place and (not only_one or reported.place == UNREPORTED):
        known["place"] = f"{line(asset.place, 80)}（登记地点）"
    return reported.model_copy(update=known)


def capacity(material: Material, written: Written, request: PrepareRequest) -> Paper:
    """Can the lessee pay? With the analysis of its financial reports when the lease is a larger one (L5.2e)."""
    wanted = {"调查评估情况": material.said("capacity_investigation")}
    if material.vendor:
        wanted["与出卖人沟通情况"] = material.said("vendor_contact")
    if material.account.lease_amount >= material.ladder.money("larger_lease_amount"):
        wanted["月度财务报告分析"] = material.said("financial_reports")
    wanted["租金偿还能力结论"] = ""
    wanted["催收联系情况"] = contacts_text(material)
    wanted["已发函件"] = letters_text(material)
    return Paper(sections=written.sections(tuple(wanted), wanted))


def blacklist(material: Material, written: Written, request: PrepareRequest) -> Paper:
    """Lessee and guarantors (L8.1, L-Q18)."""
    return Paper(sections=written.sections(), table=names(material))


def suspension(material: Material, written: Written, request: PrepareRequest) -> Paper:
    """Until when the disposal shall rest, and the evidence (L7.5a, L-Q14: the end date is mandatory)."""
    end = material.case.step(request.step).end_date
    stated = [line(text) for text in written.take("证明材料").splitlines() if text.strip()]
    evidence = (*stated, *(f"附件：{line(name, 200)}" for name in material.files_of(request.step)))
    sections = written.sections(("申请理由", "恢复还租计划"))
    return Paper(sections=sections, suspension=Suspension(until=end, evidence=evidence or (UNREPORTED,)))


def chosen(material: Material, step: str) -> dict[str, str]:
    """Which claim the lessor took when the suit was filed: all rent, or the contract ended (民法典第752条)."""
    done = material.completion(step)
    said = CHOICES.get(done[1].choice or "") if done else None
    return {"请求权选择": said} if said else {}


def claim_statement(material: Material, written: Written, request: PrepareRequest) -> Paper:
    """Plaintiff, defendants and what is known of facts and evidence; the requests are Legal's own words (L7.1)."""
    reference = material.reference()
    facts = (
        f"原告与被告{reference.lessee}签订编号为{reference.contract_no}的{material.contract_kind}"
        f"{f'，租赁物为{reference.asset}' if reference.asset else ''}。{ledger_text(material)}"
    )
    known = {
        "当事人": parties_to_suit(material),
        **chosen(material, request.step),
        "诉讼请求": "",
        "事实与理由": facts,
        "证据": letters_text(material),
        "受理法院": "",
    }
    return Paper(sections=written.sections(tuple(known), known))


PAPERS: Final[dict[DocumentKind, Build]] = {
    DocumentKind.asset_inspection_report: inspection,
    DocumentKind.capacity_report: capacity,
    DocumentKind.disposal_plan: disposal_plan,
    DocumentKind.litigation_file: lambda m, w, r: Paper(table=litigation_file(m, w), sections=w.sections()),
    DocumentKind.collateral_file_checklist: lambda m, w, r: Paper(
        table=collateral_checklist(m, w), sections=w.sections()
    ),
    DocumentKind.profit_and_loss_report: profit_and_loss,
    DocumentKind.recourse_resolution: recourse,
    DocumentKind.blacklist_names: blacklist,
    DocumentKind.suspension_application: suspension,
    DocumentKind.statement_of_claim: claim_statement,
    DocumentKind.disposal_record: disposal_record,
    **RECORDS,
}
"""Which function writes which report of a case."""
