"""Asks the contact gate before people are sent to the customer: a call task and a visit open only when it lets them."""

from __future__ import annotations

import structlog
from temporalio import activity

from activities.contact_gate import ContactGate, Wanted
from activities.messages import ApproachRequest, ApproachResult
from domain.conduct import Never, Postponed
from store.facts import ledger_version
from store.session import Database

log = structlog.get_logger()


class Approaches:
    """Nothing is entered here: a task that opens is no contact yet, the call or the visit is."""

    def __init__(self, database: Database, gate: ContactGate) -> None:
        self._database = database
        self._gate = gate

    @activity.defn(no_thread_cancel_exception=True)
    def permit_contact(self, request: ApproachRequest) -> ApproachResult:
        """Whether the customer may be contacted now; stale when the ledger moved since the decision."""
        who, _, way = request.target.partition("/")
        wanted = Wanted.model_validate(
            {"account_no": request.account_no, "who": who, "channel": way, "purpose": "collection"}
        )
        with self._database.reading() as session:
            if ledger_version(session, request.account_no) != request.ledger_version:
                return ApproachResult(status="stale")
            answer = self._gate.ask(session, wanted, request.at)
        match answer:
            case Postponed():
                log.info("contact_refused", case_no=request.case_no, step=request.step, reason=answer.reason)
                return ApproachResult(status="postponed", reason=answer.reason, not_before=answer.not_before)
            case Never():
                log.info("contact_refused", case_no=request.case_no, step=request.step, reason=answer.reason)
                return ApproachResult(status="postponed", reason=answer.reason)
            case _:
                return ApproachResult(status="allowed")
