"""Click to dial: the contact gate is asked and the call claimed before the dialler gets it; then its events arrive."""

from __future__ import annotations

import asyncio
from datetime import datetime
from hashlib import sha256

from pydantic import ValidationError
from sqlalchemy.orm import Session

from activities.contact_data import ContactData, Doubt
from activities.contact_gate import ContactGate, Wanted
from activities.registry import Policies
from domain.base import Frozen
from domain.calls import CallFacts, after
from domain.case import Case
from domain.conduct import Allowed, Never, Postponed
from domain.deadlines import waiting_roles
from domain.errors import Refused
from gateways.contract import Accepted, Gateway, GatewayUnavailable, NotKnown, OutboundMessage, Rejected, Unknown
from gateways.voice import CallEvent, order
from store import calls
from store.accounts import parties
from store.calls import Call, NewCall
from store.cases import snapshot_of
from store.contacts import party_of_target
from store.session import Database


class Dial(Frozen):
    """Who wants to call whom for which open task. agent: the extension of the caller. key: chosen by the caller."""

    key: str
    case_no: str
    step: str
    who: str = "lessee"
    agent: str
    user: str
    role: str

    @property
    def id(self) -> str:
        """The id of the call: the same wish again is the same call."""
        parts = "\n".join((self.user, self.case_no, self.step, self.key))
        return f"call-{sha256(parts.encode()).hexdigest()[:24]}"


class Dialler:
    """Orders calls and keeps what happens in them."""

    def __init__(
        self, database: Database, policies: Policies, gate: ContactGate, gateway: Gateway, contact_data: ContactData
    ) -> None:
        self._database = database
        self._policies = policies
        self._gate = gate
        self._gateway = gateway
        self._contact_data = contact_data

    async def dial(self, wanted: Dial, at: datetime) -> Call:
        """Connect the caller with the person, once per key.

        Refused: unknown_case, unknown_step, not_a_call, not_open, held, not_entitled, unknown_party, no_phone,
        contact_postponed, contact_barred, number_refused. Raises GatewayUnavailable when the call was not made.
        """
        call, message, new = await asyncio.to_thread(self._claim, wanted, at)
        if call.status != "claimed":
            return call
        found = None if new else await self._gateway.ask(call.id)
        outcome = found if isinstance(found, Accepted | Rejected) else await self._order(message, found)
        return await asyncio.to_thread(self._ordered, call, outcome)

    def take(self, event: CallEvent) -> Call:
        """Keep what happened in a call; what is repeated or late changes nothing. Refused "unknown_call"."""
        with self._database.session() as session:
            call = calls.find_call(session, event.key, lock=True)
            if call is None:
                raise Refused("unknown_call", f"There is no call {event.key}.", "")
            facts = CallFacts.model_validate(call.model_dump(include=set(CallFacts.model_fields)))
            moved = after(facts, event.event, event.at, event.duration)
            calls.move_call(session, call.id, moved, event.provider_ref)
            if moved.status == "dead_number" and facts.status != "dead_number":
                self._contact_data.found(
                    session,
                    Doubt(
                        finding="dead_number", source=call.id, account_no=call.account_no, policy_id=call.policy_id,
                        who=call.who, role=call.role,
                    ),
                )  # fmt: skip
            return call.model_copy(update=moved.model_dump())

    def _claim(self, wanted: Dial, at: datetime) -> tuple[Call, OutboundMessage, bool]:
        """One transaction: the task must be open, the gate must let the call pass, then it counts as a contact."""
        with self._database.session() as session:
            case = snapshot_of(session, wanted.case_no)
            if case is None or case.policy is None:
                raise Refused("unknown_case", f"There is no case {wanted.case_no}.", "Check the case number.")
            known = calls.find_call(session, wanted.id)
            party_id, message = _to(session, case, wanted)
            if known is not None:
                return known, message, False
            self._must_be_asked(case, wanted)
            contact = Wanted(
                id=wanted.id, case_no=case.case_no, account_no=case.account_no, who=wanted.who, channel="call",
                purpose="collection",
            )  # fmt: skip
            self._pass_gate(session, contact, at)
            call = NewCall(
                id=wanted.id, case_no=case.case_no, account_no=case.account_no, policy_id=case.policy.id,
                step=wanted.step, who=wanted.who, party_id=party_id, collector=wanted.user, role=wanted.role,
                claimed_at=at,
            )  # fmt: skip
            new = calls.claim_call(session, call)
            if new:
                self._gate.enter(session, contact, at)
            return Call.model_validate(call.model_dump()), message, new

    def _must_be_asked(self, case: Case, wanted: Dial) -> None:
        ladder = self._policies.ladder(case.policy, case.settings) if case.policy else None
        step = ladder.by_id.get(wanted.step) if ladder else None
        if step is None:
            raise Refused("unknown_step", f"The policy has no step {wanted.step}.", "Use a step of the case's policy.")
        if step.asked is None or (step.asked.what != "contact" and step.rule.scope != "contact"):
            raise Refused("not_a_call", f"{wanted.step} asks for no call.", "Name a task that asks for a contact.")
        state = case.step(wanted.step)
        if not state.is_open:
            raise Refused("not_open", f"{wanted.step} is not open.", "Look at the open tasks of the case.")
        if state.frozen:
            raise Refused("held", f"{wanted.step} is stopped by {state.frozen}.", "Wait until the hold ends.")
        waiting = waiting_roles(state.asked, state.mode, tuple(answer.role for answer in state.answers))
        if wanted.role not in waiting:
            raise Refused("not_entitled", f"{wanted.role} is not asked here.", f"It waits for: {', '.join(waiting)}.")

    def _pass_gate(self, session: Session, contact: Wanted, at: datetime) -> None:
        match self._gate.claim(session, contact, at):
            case Postponed(reason=reason, not_before=not_before):
                raise Refused("contact_postponed", f"{reason}.", f"Not before {not_before.isoformat()}.")
            case Never(reason=reason):
                raise Refused("contact_barred", f"{reason}.", "This person is not called.")
            case Allowed() | None:
                return

    async def _order(self, message: OutboundMessage, found: NotKnown | Unknown | None) -> Accepted | Rejected:
        """Order the call. An order of which nobody can tell is not repeated: the phone might ring twice."""
        if isinstance(found, Unknown):
            raise GatewayUnavailable("the fate of the call is not known yet")
        try:
            outcome = await self._gateway.send(message)
        except GatewayUnavailable:
            await asyncio.to_thread(self._forget, message.key)
            raise
        if isinstance(outcome, Unknown):
            raise GatewayUnavailable("the fate of the call is not known yet")
        return outcome

    def _ordered(self, call: Call, outcome: Accepted | Rejected) -> Call:
        with self._database.session() as session:
            if isinstance(outcome, Accepted):
                now = calls.find_call(session, call.id, lock=True) or call
                if now.status == "claimed":  # else the first event was faster
                    calls.move_call(session, call.id, CallFacts(status="dialling"), outcome.provider_ref)
            else:
                calls.forget_call(session, call.id)
            found = calls.find_call(session, call.id)
        if isinstance(outcome, Rejected) or found is None:
            code = outcome.code if isinstance(outcome, Rejected) else "forgotten"
            raise Refused("number_refused", f"The dialler refused it: {code}.", "Check the number of the party.")
        return found

    def _forget(self, call_id: str) -> None:
        with self._database.session() as session:
            calls.forget_call(session, call_id)


def _to(session: Session, case: Case, wanted: Dial) -> tuple[str, OutboundMessage]:
    """(party, order) of a call. Refused: unknown_party, no_phone."""
    party_id = party_of_target(session, case.account_no, wanted.who)
    party = next((one for one in parties(session, case.account_no) if one.id == party_id), None)
    if party is None:
        raise Refused("unknown_party", f"The account has no {wanted.who}.", "See the parties of the account.")
    try:
        return party.id, order(wanted.id, party.phone or "", wanted.agent)
    except ValidationError:  # its text would quote the number
        raise Refused("no_phone", f"No number of {party.id} can be dialled.", "Find out their number.") from None
