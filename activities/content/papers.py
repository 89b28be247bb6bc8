"""Reports about one case: each kind joins what people wrote with what the ledger and the record know."""

from __future__ import annotations

from typing import Final

from activities.content.amounts import amount_of
from activities.content.checklists import collateral_checklist, litigation_file
from activities.content.material import Material, issuer
from activities.content.paper import Build, Paper, contacts_text, ledger_text, letters_text
from activities.content.people import names, parties_to_suit
from activities.content.records import RECORDS
from activities.content.signing import Signer
from activities.content.words import OUTCOMES, UNREPORTED, day, line, role
from activities.content.written import Written, as_day
from activities.messages import PrepareRequest
from domain.evidence import Figure
from domain.money import ZERO
from letters.content import DocumentContent
from letters.kinds import DocumentKind
from letters.parts import Suspension
from letters.tables import DisposalStep, DisposalTable, Finding, FindingTable, ResultLine, ResultTable


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
    row = Finding(
        asset=material.reference().asset or UNREPORTED,
        serial_no=line(serial) if serial else None,
        quantity=int(count) if count.isdigit() and int(count) else None,
        place=place,
        condition=written.take_line("租赁物状况"),
        in_use=written.take_yes_no("是否在用"),
    )
    found = FindingTable(
        inspected_on=written.take_day("检查日期"),
        place=place,
        inspectors=tuple(map(line, inspectors)) or (UNREPORTED,),
        rows=(row,),
    )
    return Paper(sections=written.sections(("检查情况", "结论及建议")), table=found)


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


def disposal_plan(material: Material, written: Written, request: PrepareRequest) -> Paper:
    """The plan with its steps, one line each: step | who | until when | expected amount (L6.2a)."""
    steps = tuple(_disposal_step(cells) for cells in written.take_rows("处置步骤"))
    rows = steps or (DisposalStep(step=UNREPORTED, responsible=UNREPORTED),)
    number = material.number_of(DocumentKind.asset_inspection_report)
    known = {"租赁物现状": f"见资产检查报告（编号：{number}）。" if number else ""}
    sections = written.sections(("租赁物现状", "处置方式", "风险及应对措施"), known)
    return Paper(
        sections=sections, table=DisposalTable.model_validate({"currency": material.account.currency, "rows": rows})
    )


def profit_and_loss(material: Material, written: Written, request: PrepareRequest) -> Paper:
    """Income and expense as Finance states them (L7.3a), with what the ledger still shows as unpaid."""
    sections = written.sections(("账面未收款项",), {"账面未收款项": ledger_text(material)})
    return Paper(sections=sections, table=result_table(request.figures, material.account.currency))


def recourse(material: Material, written: Written, request: PrepareRequest) -> Paper:
    """What committee and general manager resolved, in view of the profit or loss (L7.3b)."""
    done = material.completion(request.step)
    decided = OUTCOMES.get(done[1].outcome, done[1].outcome) if done else ""
    known = {"决议事项": "是否对承租人及担保人进一步追索。", "决议结果": f"经审议，决定{decided}。" if decided else ""}
    vote = done[1] if done and done[1].present else None
    if vote:
        known["表决情况"] = f"出席评审委员 {vote.present} 人，同意 {vote.in_favour or 0} 人。"
    stated = material.completion("profit_and_loss")
    figures = stated[1].figures if stated else ()
    table = result_table(figures, material.account.currency) if figures else None
    return Paper(sections=written.sections(tuple(known), known), table=table)


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


def claim_statement(material: Material, written: Written, request: PrepareRequest) -> Paper:
    """Plaintiff, defendants and what is known of facts and evidence; the requests are Legal's own words (L7.1)."""
    reference = material.reference()
    facts = (
        f"原告与被告{reference.lessee}签订编号为{reference.contract_no}的{material.contract_kind}"
        f"{f'，租赁物为{reference.asset}' if reference.asset else ''}。{ledger_text(material)}"
    )
    known = {
        "当事人": parties_to_suit(material),
        "诉讼请求": "",
        "事实与理由": facts,
        "证据": letters_text(material),
        "受理法院": "",
    }
    return Paper(sections=written.sections(tuple(known), known))


def disposal_record(material: Material, written: Written, request: PrepareRequest) -> Paper:
    """How the disposal went (L7.2)."""
    plan = material.number_of(DocumentKind.disposal_plan)
    decided = material.completion("disposal_plan_decision") or material.completion("fast_track")
    basis = f"资产处置方案编号：{plan or UNREPORTED}。"
    if decided:
        word = OUTCOMES.get(decided[1].outcome, decided[1].outcome)
        basis += f"评审委员会审议结果：{word}（{day(material.local(decided[0]))}）。"
    wanted = ("处置依据", "处置经过", "处置结果", "处置价款及费用")
    return Paper(sections=written.sections(wanted, {"处置依据": basis}))


def result_table(figures: tuple[Figure, ...], currency: str) -> ResultTable:
    """Income, expense and their difference; a side nobody stated is a line 未填报 of zero."""
    sides = {
        side: tuple(ResultLine(item=line(f.item), amount=f.amount) for f in figures if f.side == side)
        or (ResultLine(item=UNREPORTED, amount=ZERO),)
        for side in ("income", "expense")
    }
    net = sum((r.amount for r in sides["income"]), ZERO) - sum((r.amount for r in sides["expense"]), ZERO)
    return ResultTable.model_validate({"currency": currency, **sides, "net": net})


def _disposal_step(cells: list[str]) -> DisposalStep:
    step, responsible, due, expected = (*cells, "", "", "")[:4]
    return DisposalStep(step=line(step), responsible=line(responsible), due=as_day(due), expected=amount_of(expected))


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
