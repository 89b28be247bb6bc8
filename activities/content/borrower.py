"""What letters to a borrower say beyond the claim: penalty interest, appointment, proposal; and all in short."""

from __future__ import annotations

from datetime import date
from typing import Final

from activities.content.material import Material
from activities.content.records import plan_table
from activities.content.words import day, money
from activities.content.written import Written
from domain.base import days
from domain.money import rounded
from domain.penalty import penalty_lines
from letters.content import DocumentContent
from letters.kinds import DocumentKind
from letters.parts import Appointment, PenaltyRow, Upcoming

K = DocumentKind
BORROWER_LETTERS: Final = frozenset({
    K.reminder, K.overdue_notice, K.dunning_letter, K.legal_notice, K.summons, K.lawyers_letter, K.repayment_proposal,
})  # fmt: skip
SUMMONS_DAYS: Final = 7  # calendar days until the appointment, unless the policy sets `summons_days` (H2.2.2b)
OFFER: Final = "一次性付清确有困难的，可向我司申请分期偿还；期数和每期金额由双方协商，以签订的还款协议为准。"
BRING: Final = ("有效身份证件或营业执照", "合同原件", "收入或经营情况证明")


def borrower_parts(material: Material, kind: DocumentKind) -> dict[str, object]:
    """The parts only these kinds have."""
    match kind:
        case K.reminder:
            return {"upcoming": None if material.claim else material.upcoming, "penalty": penalty_rows(material)}
        case K.overdue_notice:
            return {"penalty": penalty_rows(material)}
        case K.summons:
            return {"appointment": appointment(material)}
        case K.repayment_proposal:
            written = proposed(material)
            return {
                "table": plan_table(written, material.account.currency),
                "sections": written.sections(("方案说明",), {"方案说明": OFFER}),
            }
        case _:
            return {}


def penalty_rows(material: Material) -> tuple[PenaltyRow, ...]:
    """How the penalty interest of this delinquency comes about (B2.1.2.2a, H2.1.1b)."""
    if material.claim is None:
        return ()
    return tuple(
        PenaltyRow(
            start=found.since + days(1) if found.days else found.since,
            end=found.until,
            days=found.days,
            owed=found.owed,
            rate=found.rate,
            amount=found.amount,
        )
        for found in penalty_lines(material.facts, material.as_of, material.ladder.terms)
    )


def appointment(material: Material) -> Appointment:
    """The first business day after the time to wait, at the company, while it is open (H2.2.2a)."""
    policy = material.ladder.policy
    value = material.ladder.settings.get("summons_days", SUMMONS_DAYS)
    wait = value if isinstance(value, int) else SUMMONS_DAYS
    return Appointment(
        on=_business_day(material, material.as_of + days(wait)),
        hours=f"{policy.evaluate_at:%H:%M}至{policy.close_of_business:%H:%M}",
        place=material.company.address,
        bring=BRING,
    )


def _business_day(material: Material, wanted: date) -> date:
    calendar = material.case.facts.calendar if material.case.facts else None
    return calendar.business_day(wanted, 0) if calendar else wanted


def proposed(material: Material) -> Written:
    """What was written in the last step that drew up a plan or proposal."""
    wanted = {K.repayment_proposal.value, K.repayment_plan.value}
    steps = [s.id for s in material.ladder.steps if {s.rule.document, s.rule.writes} & wanted and not s.rule.send]
    found = [done for done in map(material.completion, steps) if done]
    latest = max(found, key=lambda done: done[0].seq, default=None)
    return Written(latest[1].sections if latest else ())


def short_text(content: DocumentContent) -> str:
    """The letter as a text message: amount, days or due date, effects, whom to ask; no name (C4.1.2, B2.1.1.1c)."""
    contract = content.case.contract_no if content.case else ""
    said = _upcoming(content.upcoming) if content.upcoming else _overdue(content)
    return (
        f"【{content.issuer.company}】尊敬的客户：您合同编号{contract}项下{said}"
        f"逾期将计收罚息，并可能影响您的信用记录。咨询电话：{content.issuer.phone}。如已还款请忽略。"
    )


def _upcoming(upcoming: Upcoming) -> str:
    return f"本期应还{money(upcoming.amount)}元（{upcoming.currency}），还款日为{day(upcoming.due)}，请提前备足款项。"


def _overdue(content: DocumentContent) -> str:
    """What is owed with its penalty interest and costs, until when, and how it grows (H2.1.1b)."""
    claim, demand = content.claim, content.demand
    if claim is None or demand is None:
        raise ValueError(f"a {content.kind.value} without a claim has no text")
    amounts = claim.amounts
    rate = content.penalty[-1].rate if content.penalty else None
    daily = rounded(amounts.overdue_rent * rate) if rate else None
    grows = f"此后每日约新增罚息{money(daily)}元，" if daily else ""
    where = ""
    if content.appointment:
        where = f"请于{day(content.appointment.on)}{content.appointment.hours}到{content.appointment.place}办理还款。"
    if content.kind is K.repayment_proposal:
        where = OFFER
    return (
        f"的款项已逾期{claim.dpd}天，截至{day(content.as_of)}应还{money(amounts.total)}元（{amounts.currency}），"
        f"其中罚息{money(amounts.earlier_penalty + amounts.current_penalty)}元、费用{money(amounts.costs)}元；"
        f"{grows}请于{day(demand.deadline)}前还清。{where}"
    )
