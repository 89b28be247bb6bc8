"""Profit and loss as Finance answers it: the recorded figures confirmed, or amended with a note (L7.3a)."""

from __future__ import annotations

from api.before_command import step_of
from api.deps import Deps
from api.ladders import ladder_of_pin
from domain.commands import AnswerStep
from domain.errors import Refused
from store import cases
from store.project_result import project_result

REPORT = "profit_and_loss_report"


def with_result(deps: Deps, case_no: str, body: AnswerStep) -> AnswerStep:
    """The answer with the figures it confirms; any other answer as it is. Refused: figures_differ."""
    step = step_of(deps, case_no, body.step)
    if step is None or step.rule.writes != REPORT or step.asked is None or body.outcome != step.asked.outcomes[0]:
        return body
    with deps.database.reading() as session:
        case, pins = cases.snapshot_of(session, case_no), cases.pins_of(session, case_no)
        ladder = ladder_of_pin(deps.policies, pins[-1]) if pins else None
        if case is None or ladder is None:
            return body
        recorded = project_result(session, case.account_no, deps.today(), ladder.terms).figures
    if not body.figures:
        return body.model_copy(update={"figures": recorded})
    if sorted(map(str, body.figures)) != sorted(map(str, recorded)) and not body.note.strip():
        said = ", ".join(f"{one.item} {one.amount}" for one in recorded)
        raise Refused("figures_differ", f"The books have: {said}.", "Leave the figures out, or say why in note.")
    return body
