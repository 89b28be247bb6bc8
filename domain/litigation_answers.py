"""What a lawsuit tells its case: the steps that wait there for the judgment, for enforcement and for the settlement."""

from __future__ import annotations

from domain.litigation import SuitBody, SuitHandled
from domain.litigation_acts import AWARDED, ApplyEnforcement, RecordJudgment
from domain.step_rule import SuitPart

SETTLED = ("settled", "withdrawn", "performed", "abandoned")


def answer_to_case(body: SuitBody) -> tuple[SuitPart, bool] | None:
    """(which step of the case, whether with its favourable outcome) is answered by an event of the suit."""
    match body:
        case SuitHandled(closed_for=reason) if reason in SETTLED:
            return "settlement", True
        case SuitHandled(act=RecordJudgment(result=result)) if result != "remanded":
            return "judgment", result in AWARDED
        case SuitHandled(act=ApplyEnforcement()):
            return "enforcement", True
        case _:
            return None
