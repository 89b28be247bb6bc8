"""What letters to a borrower say beyond the claim: penalty interest, appointment, proposal."""

from __future__ import annotations

from datetime import date
from typing import Final

from activities.content.material import Material
from activities.content.records import plan_table
from activities.content.written import Written
from domain.base import days
from domain.penalty import penalty_lines
from letters.kinds import DocumentKind
from letters.parts import Appointment, PenaltyRow

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
