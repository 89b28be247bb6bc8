"""Gives a person's command to its case once, waits a moment, and tells what became of it."""

from __future__ import annotations

from typing import Literal

import structlog
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from api.auth import Person, acting_role
from api.before_command import must_be_an_answer, must_fit, openers_of, pass_gate
from api.cases import Done, NotRunning, StillRunning
from api.deps import Deps
from api.doubts import check_contact
from api.permissions import NO_STAFF, Action
from api.placing import placement
from api.problems import EngineUnavailable
from api.result import with_result
from api.schemas import ChangeOwnerBody, MovePolicyBody, PlaceWithAgencyBody, StaffCommand
from api.sharing import share
from api.signing import send_for_signature
from domain.commands import (
    AnswerStep,
    ChangeOwner,
    Command,
    CommandBody,
    MovePolicy,
    OpenStep,
    RecordContact,
    RequestSignature,
    SetRecoveryPlan,
    StartTask,
)
from domain.errors import Refused, Transient, UnknownPolicy
from domain.events import Actor
from store import cases, documents, staff
from store.attempts import Attempt, find_attempt, keep_attempt
from store.views import CaseRecord

log = structlog.get_logger(__name__)
SHARED = ("record_contact", "answer_step", "open_step", "correct_entry")


class CommandState(BaseModel):
    """How far a command has come. first_seq: its first event in the record."""

    id: str = Field(examples=["0b0c7b1e-6a0e-4d7e-9d0f-6f9b6f0d1a11"])
    case_no: str = Field(examples=["L-000123-1"])
    state: Literal["recorded", "running", "refused"] = Field(examples=["recorded"])
    first_seq: int | None = Field(default=None, examples=[12])
    code: str | None = Field(default=None, examples=[None])


class Commanding:
    """One person's commands. Refusals are recorded as attempts; a repeat of a known id gets its first answer."""

    def __init__(self, deps: Deps, person: Person, by_visit: bool = False, by_letter: bool = False) -> None:
        self.deps = deps
        self.person = person
        self.by_letter = by_letter  # the correcting letter is written
        self.by_visit = by_visit  # the answer comes with the report of a planned visit

    async def give(self, case_no: str, body: StaffCommand, command_id: str, role: str | None) -> CommandState:
        """Carry out a command. Raises Refused (recorded as an attempt) or EngineUnavailable."""
        try:
            state = await self._repeat(case_no, command_id) or await self._send(case_no, body, command_id, role)
        except Refused as refusal:
            if refusal.code != "unknown_case":
                await self._attempted(case_no, command_id, body, refusal.code, role)
            raise
        if state.state == "recorded" and isinstance(body, RequestSignature):
            await send_for_signature(self.deps, case_no, command_id)
        if state.state == "recorded" and body.do in SHARED:
            if isinstance(body, RecordContact) and body.contact.outcome.startswith("wrong_"):
                await run_in_threadpool(check_contact, self.deps, case_no, command_id)
            await share(self.deps, case_no, command_id)
        return state

    async def take(self, case_no: str, body: ChangeOwnerBody, command_id: str, role: str) -> CommandState:
        """Take a case from the queue, which needs no right to hand cases over. Raises as `give`."""
        try:
            return await self._repeat(case_no, command_id) or await self._carry_out(
                case_no, body, command_id, self.person.actor(role, "take_case")
            )
        except Refused as refusal:
            await self._attempted(case_no, command_id, body, refusal.code, role)
            raise

    async def _send(self, case_no: str, body: StaffCommand, command_id: str, role: str | None) -> CommandState:
        acting = await self._role(case_no, body, role)
        if getattr(body, "letter", None) is not None and not self.by_letter:
            remedy = "Have it written with POST /documents/{number}/correction."
            raise Refused("not_a_letter", "A letter is corrected by another one.", remedy)
        receipt = getattr(body, "receipt", None)
        await self._evidence_exists(getattr(body, "evidence", None) or getattr(receipt, "evidence", None))
        await run_in_threadpool(must_fit, self.deps, case_no, body)
        if isinstance(body, RequestSignature):
            await self._evidence_exists(body.document)
        if isinstance(body, ChangeOwnerBody) and body.owner is not None:
            await run_in_threadpool(_works_here, self.deps, body.owner)
        if isinstance(body, SetRecoveryPlan):
            await run_in_threadpool(_works_here, self.deps, body.responsible)
        if isinstance(body, StartTask | OpenStep):
            await self._must_be_permitted(case_no, body.step, acting)
        if isinstance(body, AnswerStep):
            await self._is_an_answer(case_no, body)
            body = await self._confirmed(case_no, body)
        return await self._carry_out(case_no, body, command_id, self.person.actor(acting, body.do))

    async def _carry_out(self, case_no: str, body: StaffCommand, command_id: str, actor: Actor) -> CommandState:
        behalf = self.person.stands_for(actor.role)
        if isinstance(body, PlaceWithAgencyBody):
            understood: CommandBody = await run_in_threadpool(placement, self.deps, case_no, body)
        else:
            understood = self._understood(body)
        command = Command(id=command_id, actor=actor, body=understood, on_behalf_of=behalf)
        try:
            done = await self.deps.cases.send(case_no, command, self.deps.limits.command_seconds)
        except StillRunning:
            return CommandState(id=command_id, case_no=case_no, state="running")
        except NotRunning:
            return await self._repeat(case_no, command_id) or await not_running(self.deps, case_no)
        return _state(done)

    def _understood(self, body: StaffCommand) -> CommandBody:
        """The command as the case takes it: a policy by its exact content, with the settings in force."""
        if isinstance(body, PlaceWithAgencyBody):
            raise TypeError("a placement needs the register")
        if isinstance(body, ChangeOwnerBody):
            return ChangeOwner(owner=body.owner, reason=body.reason, expected=body.expected)
        if not isinstance(body, MovePolicyBody):
            return body
        try:
            pin = self.deps.policies.pin(body.policy, body.version)
        except UnknownPolicy as missing:
            known = ", ".join(self.deps.policies.ids)
            raise Refused("unknown_policy", f"{missing}.", f"In use: {known}.") from missing
        return MovePolicy(policy=pin, settings=self.deps.policies.company_sha, reason=body.reason)

    async def _repeat(self, case_no: str, command_id: str) -> CommandState | None:
        """The first answer of a command that is in the record; the case may have closed since."""
        try:
            found = await run_in_threadpool(_recorded, self.deps, command_id)
        except Transient:
            return None  # the case itself knows its recent commands
        if found is None:
            return None
        state, user = found
        if (state.case_no, user) != (case_no, self.person.user):
            raise Refused("command_differs", f"The id {command_id} belongs to another command.", "")
        return state

    async def outcome(self, case_no: str, command_id: str) -> CommandState:
        """What became of a command that is not in the record yet. Refused: unknown_command."""
        try:
            found = await self.deps.cases.outcome(case_no, command_id)
        except NotRunning:
            found = "unknown"
        except Refused as refusal:
            await self._attempted(case_no, command_id, None, refusal.code)
            return CommandState(id=command_id, case_no=case_no, state="refused", code=refusal.code)
        if found == "unknown":
            raise Refused("unknown_command", f"Nothing is known of {command_id}.", "")
        return CommandState(id=command_id, case_no=case_no, state="running") if found == "running" else _state(found)

    async def _role(self, case_no: str, body: StaffCommand, role: str | None) -> str:
        action: Action = body.do
        step = getattr(body, "step", None)
        asked: tuple[str, ...] = ()
        if role is None and step is not None and len(self.person.roles) > 1:
            asked = await run_in_threadpool(self._asked, case_no, step)
        return acting_role(self.person, action, role, asked)

    def _asked(self, case_no: str, step: str) -> tuple[str, ...]:
        try:
            with self.deps.database.reading() as session:
                waiting = cases.asks_of_case(session, case_no, self.deps.today())
                opened_by = openers_of(self.deps, cases.pins_of(session, case_no), step)
        except Transient:
            return ()
        found = tuple(ask.role for ask in waiting if ask.step == step)
        return found or opened_by

    async def _must_be_permitted(self, case_no: str, step: str, role: str) -> None:
        """Nobody sets out to a customer whom the contact gate protects; what happened anyway may be recorded."""
        try:
            await run_in_threadpool(pass_gate, self.deps, case_no, step, role)
        except Transient:
            return  # as with evidence: a command is taken while the database is away

    async def _evidence_exists(self, evidence: str | None) -> None:
        if evidence is None:
            return
        try:
            exists = await run_in_threadpool(_has_attachment, self.deps, evidence)
        except Transient:
            return  # a command is taken while the database is away; the id is checked by whoever reads it
        if not exists:
            raise Refused("unknown_attachment", f"There is no attachment {evidence}.", "")

    async def _is_an_answer(self, case_no: str, body: AnswerStep) -> None:
        try:
            await run_in_threadpool(must_be_an_answer, self.deps, case_no, body, self.by_visit)
        except Transient:
            return

    async def _confirmed(self, case_no: str, body: AnswerStep) -> AnswerStep:
        """Every document of a part is there, and profit and loss carries the figures that it confirms."""
        for one in body.parts_done:
            await self._evidence_exists(one.evidence)
        try:
            return await run_in_threadpool(with_result, self.deps, case_no, body)
        except Transient:
            return body  # the report shows the books then

    async def _attempted(
        self, case_no: str, command_id: str, body: StaffCommand | None, code: str, role: str | None = None
    ) -> None:
        own = self.person.roles
        known = role or (own[0] if len(own) == 1 else None)
        attempt = Attempt(
            id=command_id, case_no=case_no, actor=self.person.user, kind=body.do if body else "unknown", code=code,
            at=self.deps.clock.now(), role=known, step=getattr(body, "step", None),
        )  # fmt: skip
        try:
            await run_in_threadpool(_write_attempt, self.deps, attempt)
        except Transient:
            log.warning("attempt_not_recorded", case_no=case_no, command_id=command_id, code=code)


async def not_running(deps: Deps, case_no: str) -> CommandState:
    """Never answers: says why no workflow runs for this case."""
    found = await run_in_threadpool(_case, deps, case_no)
    if found is None:
        raise Refused("unknown_case", f"There is no case {case_no}.", "")
    if found.line.status == "closed":
        raise Refused("case_closed", "The case is closed.", "Nothing can be decided in it any more.")
    raise EngineUnavailable(f"{case_no} is open and not running")


def found_in_record(deps: Deps, command_id: str) -> CommandState | None:
    """What the record says of a command: recorded or refused; None when it says nothing."""
    recorded = _recorded(deps, command_id)
    if recorded is not None:
        return recorded[0]
    with deps.database.reading() as session:
        attempt = find_attempt(session, command_id)
    if attempt is None:
        return None
    return CommandState(id=command_id, case_no=attempt.case_no, state="refused", code=attempt.code)


def _recorded(deps: Deps, command_id: str) -> tuple[CommandState, str] | None:
    """The state of a recorded command and the staff id of who gave it."""
    with deps.database.reading() as session:
        found = cases.events_of_command(session, command_id)
    for case_no, happened in found.items():
        first = happened[0]
        state = CommandState(id=command_id, case_no=case_no, state="recorded", first_seq=first.seq)
        return state, first.actor.user if first.actor else ""
    return None


def _case(deps: Deps, case_no: str) -> CaseRecord | None:
    with deps.database.reading() as session:
        return cases.get_case(session, case_no, deps.today())


def _has_attachment(deps: Deps, attachment_id: str) -> bool:
    with deps.database.reading() as session:
        return documents.get_attachment(session, attachment_id) is not None


def _works_here(deps: Deps, user: str) -> None:
    with deps.database.reading() as session:
        found = staff.working(session, user)
    if set(found.roles) <= set(NO_STAFF):
        raise Refused("unknown_staff", f"{user} works in no case.", "Name somebody with a role of a policy.")


def _write_attempt(deps: Deps, attempt: Attempt) -> None:
    with deps.database.session() as session:
        keep_attempt(session, attempt)


def _state(done: Done) -> CommandState:
    return CommandState(id=done.command_id, case_no=done.case_no, state="recorded", first_seq=done.first_seq)
