"""Papers of a disposal: its plan, how it went part by part, what it brought, what is still owed (L6.2, L7.2, L7.3)."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from activities.content.amounts import amount_of
from activities.content.material import Material
from activities.content.paper import Paper, ledger_text
from activities.content.words import OUTCOMES, UNREPORTED, day, line, money
from activities.content.written import Written, as_day
from activities.messages import PrepareRequest
from domain import events as e
from domain.evidence import Figure
from domain.money import ZERO
from domain.part_rule import Part
from domain.parts import planned
from domain.project_result import recorded_figures, remaining
from letters.kinds import DocumentKind
from letters.tables import DisposalStep, DisposalTable, ResultLine, ResultTable

PARTS: Final[dict[Part, str]] = {
    "repossession": "取回租赁物", "appraisal": "评估", "publicity": "公告", "auction": "拍卖", "sale": "变卖",
    "claim_transfer": "债权转让", "restructuring": "债务重组",
}  # fmt: skip
ENDED: Final = {"finished": "完成", "aborted": "中止"}


def disposal_plan(material: Material, written: Written, request: PrepareRequest) -> Paper:
    """The plan with its steps, one line each: step | who | until when | expected amount (L6.2a)."""
    steps = tuple(_disposal_step(cells) for cells in written.take_rows("处置步骤"))
    done = material.completion(request.step)
    parts = tuple(DisposalStep(step=PARTS[part], responsible=UNREPORTED) for part in (done[1].parts if done else ()))
    rows = steps or parts or (DisposalStep(step=UNREPORTED, responsible=UNREPORTED),)
    number = material.number_of(DocumentKind.asset_inspection_report)
    known = {"租赁物现状": f"见资产检查报告（编号：{number}）。" if number else ""}
    if done and done[1].parts:
        known["处置方式"] = "、".join(PARTS[part] for part in done[1].parts) + "。"
    sections = written.sections(("租赁物现状", "处置方式", "风险及应对措施"), known)
    table = DisposalTable.model_validate({"currency": material.account.currency, "rows": rows})
    return Paper(sections=sections, table=table)


def disposal_record(material: Material, written: Written, request: PrepareRequest) -> Paper:
    """How the disposal went, part by part (L7.2)."""
    plan = material.number_of(DocumentKind.disposal_plan)
    decided = material.completion("disposal_plan_decision") or material.completion("fast_track")
    basis = f"资产处置方案编号：{plan or UNREPORTED}。"
    if decided:
        word = OUTCOMES.get(decided[1].outcome, decided[1].outcome)
        basis += f"评审委员会审议结果：{word}（{day(material.local(decided[0]))}）。"
    wanted = ("处置依据", "处置经过", "处置结果", "处置价款及费用")
    known = {
        "处置依据": basis,
        "处置经过": parts_text(material, request.step),
        "处置价款及费用": _money_of_parts(material),
    }
    return Paper(sections=written.sections(wanted, known))


def parts_text(material: Material, step: str) -> str:
    """What became of each part, one line each; then those of the plan that were not done."""
    rule = material.ladder.by_id[step].rule.parts if step in material.ladder.by_id else None
    if rule is None:
        return ""
    ended = [body for body in _ended(material) if body.step == step]
    lines = [f"{PARTS[one.part]}：{day(one.day)}{ENDED[one.outcome]}。{one.note}" for one in ended]
    done = {one.part for one in ended if one.outcome == "finished"}
    left = [PARTS[part] for part in planned(material.case, rule) if part not in done]
    return "\n".join([*lines, *([f"未完成：{'、'.join(left)}。"] if left else [])]) if ended else ""


def _ended(material: Material) -> list[e.PartFinished]:
    """What was said of parts and not taken back."""
    gone = {one.body.corrects for one in material.events if isinstance(one.body, e.PartTakenBack)}
    return [one.body for one in material.events if isinstance(one.body, e.PartFinished) and one.seq not in gone]


def _money_of_parts(material: Material) -> str:
    ended = _ended(material)
    words = {"income": "收入", "expense": "支出"}
    return "\n".join(
        f"{PARTS[one.part]}：{figure.item}（{words[figure.side]}）{money(figure.amount)}元"
        for one in ended
        for figure in one.figures
    )


def profit_and_loss(material: Material, written: Written, request: PrepareRequest) -> Paper:
    """Income and expense as Finance confirmed or amended them (L7.3a), what is unpaid, and the deficiency."""
    recorded = _recorded(material)
    known = {"账面未收款项": ledger_text(material), "差额债权": remaining_text(material)}
    done = material.completion(request.step)
    known["核算说明"] = done[1].note if done else ""
    changed = _amended(request.figures, recorded) if request.figures else ""
    if changed:
        known["与账面的差异"] = changed
    sections = written.sections(tuple(known), known)
    return Paper(sections=sections, table=result_table(request.figures or recorded, material.account.currency))


def recourse(material: Material, written: Written, request: PrepareRequest) -> Paper:
    """What committee and general manager resolved, in view of the profit or loss and what is still owed (L7.3b)."""
    done = material.completion(request.step)
    decided = OUTCOMES.get(done[1].outcome, done[1].outcome) if done else ""
    known = {
        "决议事项": "是否对承租人及担保人进一步追索。",
        "差额债权": remaining_text(material),
        "决议结果": f"经审议，决定{decided}。" if decided else "",
    }
    vote = _vote(material, request.step)
    if vote:
        known["表决情况"] = f"出席评审委员 {vote.present} 人，同意 {vote.in_favour or 0} 人。"
    stated = material.completion("profit_and_loss")
    figures = stated[1].figures if stated else ()
    table = result_table(figures or _recorded(material), material.account.currency)
    return Paper(sections=written.sections(tuple(known), known), table=table)


def _vote(material: Material, step: str) -> e.StepAnswered | e.StepCompleted | None:
    """The last vote of the committee on a step, also when somebody else answered after it."""
    said = (event.body for event in reversed(material.events))
    answers = (body for body in said if isinstance(body, e.StepAnswered | e.StepCompleted) and body.step == step)
    return next((body for body in answers if body.present), None)


def remaining_text(material: Material) -> str:
    """What recourse would pursue, or what has to be paid back, with its computation."""
    left = remaining(material.facts, material.as_of, material.ladder.terms)
    parts = (
        f"已到期未付{material.rent_word}{money(left.rents_due)}元，未到期{material.rent_word}{money(left.rents_to_come)}元，"
        f"罚息{money(left.penalty)}元，费用{money(left.costs)}元，未分配款项{money(left.unallocated)}元"
    )
    currency = material.account.currency
    if left.surplus:
        return f"截至{day(left.as_of)}，{parts}；款项多于全部债权，应返还客户{money(left.surplus)}元（{currency}）。"
    return f"截至{day(left.as_of)}，{parts}；可追索的差额债权为{money(left.deficiency)}元（{currency}）。"


def result_table(figures: tuple[Figure, ...], currency: str) -> ResultTable:
    """Income, expense and their difference; a side nobody stated is a line 未填报 of zero."""
    sides = {
        side: tuple(ResultLine(item=line(f.item), amount=f.amount) for f in figures if f.side == side)
        or (ResultLine(item=UNREPORTED, amount=ZERO),)
        for side in ("income", "expense")
    }
    net = sum((r.amount for r in sides["income"]), ZERO) - sum((r.amount for r in sides["expense"]), ZERO)
    return ResultTable.model_validate({"currency": currency, **sides, "net": net})


def _recorded(material: Material) -> tuple[Figure, ...]:
    return recorded_figures(material.facts, material.as_of, material.ladder.terms, material.spent, material.suit_costs)


def _amended(figures: tuple[Figure, ...], recorded: tuple[Figure, ...]) -> str:
    """The lines that differ from the books, each with both amounts."""
    books, stated = _amounts(recorded), _amounts(figures)
    names = [name for name in {**books, **stated} if books.get(name) != stated.get(name)]
    return "\n".join(f"{line(name)}：账面{_amount(books.get(name))}，核定{_amount(stated.get(name))}" for name in names)


def _amounts(figures: tuple[Figure, ...]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for one in figures:
        found[one.item] = found.get(one.item, ZERO) + one.amount
    return found


def _amount(amount: Decimal | None) -> str:
    return "无" if amount is None else f"{money(amount)}元"


def _disposal_step(cells: list[str]) -> DisposalStep:
    step, responsible, due, expected = (*cells, "", "", "")[:4]
    return DisposalStep(step=line(step), responsible=line(responsible), due=as_day(due), expected=amount_of(expected))
