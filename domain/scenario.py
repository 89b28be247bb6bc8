"""A case written down to be played: the account, what is paid, what people do and how fast they answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Final, Literal

from pydantic import Field, TypeAdapter

from domain import commands as c, events as e
from domain.agreement_terms import AgreementTerms
from domain.base import Frozen, at_local, days, zone
from domain.case import Case
from domain.concessions import stated
from domain.deadlines import waiting_roles
from domain.evidence import Section
from domain.filing import first_choice
from domain.ladder import Ladder
from domain.ledger import AccountFacts, DoneStep, HoldFact, Instalment, PartyFact, Posting, PostingKind
from domain.money import ZERO
from domain.part_rule import Part
from domain.parts import SCRIPTED, scripted
from domain.undertaking_check import scripted_terms
from domain.view import View

MINUTES: Final = "minutes"  # of the session in which a scripted committee decides


class ScenarioAccount(Frozen):
    """The lease; first_seen: local time at which the case is opened, by default 09:00 on DPD 1."""

    account_no: str
    currency: str = "CNY"
    time_zone: str = "Asia/Shanghai"
    lease_amount: Decimal = ZERO
    penalty_rate_per_day: Decimal = Decimal(0)
    schedule: tuple[Instalment, ...]
    parties: tuple[PartyFact, ...] = ()
    history: tuple[DoneStep, ...] = ()
    holds: tuple[HoldFact, ...] = ()
    first_seen: datetime | None = None


class ScenarioPosting(Frozen):
    """A money movement; `at` is the local time at which it becomes known."""

    id: str
    at: datetime
    value_date: date
    kind: PostingKind = PostingKind.PAYMENT
    amount: Decimal = ZERO
    reverses: str | None = None


class StaffAnswer(Frozen):
    """How an ask is answered, this many minutes after it is put; `first` is the favourable outcome."""

    step: str
    outcome: str | None = None
    answers: dict[str, str] = Field(default_factory=dict[str, str])
    after_minutes: int = 60
    contact: e.ContactResult = e.ContactResult()
    agreement: AgreementTerms | None = None  # what is signed, instead of the usual terms


class PlannedCommand(Frozen):
    """Something a person does on their own at a local time."""

    at: datetime
    do: Literal["open_step", "end_hold", "start_task", "answer", "record_contact", "correct_entry"]
    role: str
    step: str | None = None
    hold: str | None = None
    outcome: str | None = None
    document: str | None = None
    end_date: date | None = None
    since: date | None = None
    present: int | None = None
    in_favour: int | None = None
    seq: int | None = None
    reason: str | None = None
    parts: tuple[Part, ...] = ()  # of a task, reported as done with its answer
    contact: e.ContactResult = e.ContactResult()


class GivenCommand(Frozen):
    """Any command, of anybody, at a local time."""

    at: datetime
    command: c.Command


class Report(Frozen):
    """A breach that a person reports; it opens the case (M2.1)."""

    step: str
    since: date
    reason: str
    role: str
    document: str | None = None


class Scenario(Frozen):
    """One account with its script; times without zone are local to the account.

    opened_by_hand: what is reported at `first_seen`, when no intake opens the case. given: commands word for word.
    """

    title: str = ""
    until: datetime
    account: ScenarioAccount
    opened_by_hand: Report | None = None
    postings: tuple[ScenarioPosting, ...] = ()
    staff_answers: tuple[StaffAnswer, ...] = ()
    commands: tuple[PlannedCommand, ...] = ()
    given: tuple[GivenCommand, ...] = ()

    def local(self, instant: datetime) -> datetime:
        """A written time as an aware instant."""
        return instant if instant.tzinfo else instant.replace(tzinfo=zone(self.account.time_zone))

    def ledger(self) -> AccountFacts:
        """The account with all its postings, known or still to come."""
        postings = tuple(
            Posting(
                id=p.id,
                kind=p.kind,
                value_date=p.value_date,
                at=self.local(p.at),
                amount=p.amount,
                reverses=p.reverses,
            )
            for p in sorted(self.postings, key=lambda p: self.local(p.at))
        )
        given = self.account
        return AccountFacts(
            account_no=given.account_no,
            currency=given.currency,
            time_zone=given.time_zone,
            lease_amount=given.lease_amount,
            penalty_rate_per_day=given.penalty_rate_per_day,
            schedule=given.schedule,
            postings=postings,
            parties=given.parties,
            holds=given.holds,
            history=given.history,
        )

    def starts(self, ladder: Ladder) -> datetime:
        """When intake opens the case."""
        if self.account.first_seen is not None:
            return self.local(self.account.first_seen)
        first = min(instalment.due for instalment in self.account.schedule)
        return at_local(first + days(1), ladder.evaluate_at, self.account.time_zone)


@dataclass(frozen=True)
class Planned:
    """A command that will be given at an instant; `token` is outdated when its ask was frozen or put anew."""

    at: datetime
    command: c.Command
    token: tuple[str, int] | None = None


class ScriptedStaff:
    """People who answer as written: reacts to events with commands of the near future."""

    def __init__(self, ladder: Ladder, answers: tuple[StaffAnswer, ...]) -> None:
        self.ladder = ladder
        self.answers = answers
        self.tokens: dict[str, int] = {}

    def react(self, case: Case, event: e.Event) -> list[Planned]:
        """What the staff will do about this event."""
        match event.body:
            case e.StepOpened() | e.StepResumed():
                return self._answers(case, event, event.body.step)
            case e.StepAnswered() if case.step(event.body.step).mode == "sequence":
                return self._answers(case, event, event.body.step)
            case e.StepFrozen() | e.StepLapsed():
                self.tokens[event.body.step] = event.seq
                return []
            case _:
                return []

    def current(self, planned: Planned) -> bool:
        """Whether the ask is still the one that the answer was planned for."""
        return planned.token is None or self.tokens.get(planned.token[0]) == planned.token[1]

    def _answers(self, case: Case, event: e.Event, name: str) -> list[Planned]:
        self.tokens[name] = event.seq
        state = case.step(name)
        script = next((a for a in self.answers if a.step in (name, "*")), None)
        if script is None:
            return []
        waiting = waiting_roles(state.asked, state.mode, tuple(answer.role for answer in state.answers))
        at = event.at + timedelta(minutes=script.after_minutes)
        found: list[Planned] = []
        for role in waiting:
            outcome = script.answers.get(role, script.outcome)
            if outcome is not None:
                chosen = state.outcomes[0] if outcome == "first" else outcome
                figures = stated(self.ladder, self.ladder.by_id[name], chosen, View(self.ladder, case, at))
                terms = scripted_terms(self.ladder.by_id[name], chosen, View(self.ladder, case, at))
                command = self._command(script, name, role, chosen, event.seq, figures)
                if terms is not None and isinstance(command.body, c.AnswerStep):
                    signed = script.agreement or terms
                    command = command.model_copy(update={"body": as_signed(command.body, signed)})
                found.append(Planned(at, command, (name, event.seq)))
        return found[:1] if state.mode == "any" else found  # where one answers for all, one does

    def _command(
        self, script: StaffAnswer, name: str, role: str, outcome: str, seq: int, figures: tuple[e.Figure, ...]
    ) -> c.Command:
        asked = self.ladder.by_id[name].asked
        body: c.CommandBody = answer_of(self.ladder, name, role, outcome).model_copy(update={"figures": figures})
        if asked and asked.what == "contact":
            body = c.RecordContact(contact=script.contact)
        return c.Command(id=f"{name}/{role}/{seq}", actor=actor(role), body=body)


def answer_of(ladder: Ladder, step: str, role: str, outcome: str) -> c.AnswerStep:
    """An answer as it is given; a committee is complete and of one mind, a team is complete."""
    asked, done = ladder.by_id[step].asked, scripted(ladder, step, outcome)
    if asked and (asked.people or asked.report):
        present = tuple(f"script-{number}" for number in range(1, (asked.people or 0) + 1))
        written = tuple(Section(heading=heading, text="as found") for heading in asked.report)
        return c.AnswerStep(step=step, outcome=outcome, participants=present, sections=written, parts_done=done)
    if not ladder.policy.roles[role].committee or asked is None:
        return c.AnswerStep(step=step, outcome=outcome, choice=first_choice(asked, outcome), parts_done=done)
    members = ladder.integer("committee_members")
    in_favour = members if outcome == asked.outcomes[0] else 0
    return c.AnswerStep(step=step, outcome=outcome, present=members, in_favour=in_favour, evidence=MINUTES)


def as_signed(body: c.AnswerStep, terms: AgreementTerms) -> c.AnswerStep:
    """The answer with what the customer signed, and the copy that proves it."""
    return body.model_copy(update={"agreement": terms, "evidence": body.evidence or "signed-copy"})


def actor(role: str) -> e.Actor:
    """A scripted person of that role."""
    return e.Actor(user=f"script-{role}", role=role, authority="script")


def reported(scenario: Scenario) -> e.ByHand | None:
    """The report that opens the case, as a scripted person makes it."""
    told = scenario.opened_by_hand
    if told is None:
        return None
    return e.ByHand(
        step=told.step, since=told.since, reason=told.reason, evidence=told.document, actor=actor(told.role),
        command_id="reported",
    )  # fmt: skip


def planned_commands(scenario: Scenario) -> Iterator[Planned]:
    """What the scenario lets people do on their own."""
    for number, plan in enumerate(scenario.commands):
        body = _body(plan)
        command = c.Command(id=f"planned/{number}", actor=actor(plan.role), body=body)
        yield Planned(scenario.local(plan.at), command)
    yield from (Planned(scenario.local(one.at), one.command) for one in scenario.given)


_BODY: TypeAdapter[c.CommandBody] = TypeAdapter(Annotated[c.CommandBody, Field()])


def _body(plan: PlannedCommand) -> c.CommandBody:
    given: dict[str, object] = {"do": "answer_step" if plan.do == "answer" else plan.do}
    wanted = {
        "open_step": ("step", "outcome", "end_date", "since", "present", "in_favour"),
        "answer": ("step", "outcome", "present", "in_favour"),
        "start_task": ("step",),
        "end_hold": ("hold",),
        "correct_entry": ("seq", "reason"),
        "record_contact": (),
    }[plan.do]
    given |= {name: getattr(plan, name) for name in wanted}
    if plan.do in ("open_step", "answer", "end_hold") and plan.document:
        given["evidence"] = plan.document
    if plan.parts:
        given["parts_done"] = [{"part": part, "note": SCRIPTED} for part in plan.parts]
    if plan.do == "record_contact":
        given["contact"] = plan.contact
    return _BODY.validate_python({name: value for name, value in given.items() if value is not None})
