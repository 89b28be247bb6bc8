"""What the policy of a case and the contact gate say before a command is sent to it."""

from __future__ import annotations

from activities.contact_gate import Wanted
from api.deps import Deps
from api.ladders import ladder_of_pin
from domain.approach import way_of
from domain.conduct import Never, Postponed
from domain.errors import Refused
from domain.evidence import PolicyPin
from domain.ladder import Step
from store import cases


def pass_gate(deps: Deps, case_no: str, name: str, role: str) -> None:
    """Nobody is sent to a customer whom the gate protects. Refused: contact_postponed, contact_barred."""
    step = step_of(deps, case_no, name)
    way = way_of(step) if step else None
    with deps.database.reading() as session:
        case = cases.snapshot_of(session, case_no)
        if step is None or step.asked is None or way is None or case is None:
            return
        if role in step.asked.roles and not case.step(name).is_open:
            return  # who opens what they are asked themselves reports what has happened
        wanted = Wanted(account_no=case.account_no, who="customer", channel=way, purpose="collection")
        match deps.gate.ask(session, wanted):
            case Postponed(reason=reason, not_before=not_before):
                raise Refused("contact_postponed", f"{reason}.", f"Not before {not_before.isoformat()}.")
            case Never(reason=reason):
                raise Refused("contact_barred", f"{reason}.", "This person is not contacted.")
            case _:
                return


def openers_of(deps: Deps, pins: tuple[PolicyPin, ...], step: str) -> tuple[str, ...]:
    """Who may open that step of the policy under which the case runs."""
    ladder = ladder_of_pin(deps.policies, pins[-1]) if pins else None
    known = ladder.by_id.get(step) if ladder else None
    return known.opened_by if known else ()


def step_of(deps: Deps, case_no: str, step: str) -> Step | None:
    """That step of the policy under which the case runs; None when it has none."""
    with deps.database.reading() as session:
        pins = cases.pins_of(session, case_no)
    ladder = ladder_of_pin(deps.policies, pins[-1]) if pins else None
    return ladder.by_id.get(step) if ladder else None
