"""Several cases of one person, played at once before one contact gate and one log of contacts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from domain import commands as c, events as e
from domain.approach import WAYS
from domain.conduct import Allowed, Contact, Never, Pack, PastContact, Person, Postponed, Verdict, gate, purpose_of
from domain.facts import Facts
from domain.ladder import Ladder
from domain.outcome import Act, Approach, Dispatch, Record, record
from domain.scenario import Planned, Scenario, ScriptedStaff, planned_commands
from domain.simulate import Simulator, done, new_case
from tests.builders.calendars import CHINA_2026
from tests.builders.conduct import violations
from tests.builders.ladders import pin

Resident = tuple[datetime, Person]


class Neighbour(Simulator):
    """One case; what leaves it, and what its staff do, passes the gate of the town."""

    def __init__(self, town: Town, ladder: Ladder, scenario: Scenario, number: int) -> None:
        staff = ScriptedStaff(ladder, scenario.staff_answers)
        super().__init__(ladder, scenario.ledger(), CHINA_2026, staff, self.outside)
        self.town = town
        self.opens = new_case(scenario, pin(ladder)).model_copy(update={"case_no": f"X-{number}-1"})
        self.case = self.opens
        for planned in planned_commands(scenario):
            self.plan(planned.at, planned)

    def outside(self, act: Act, now: datetime) -> Record:
        """Like the activities: a task opens, and a message goes out, only when the gate lets it."""
        if isinstance(act, Approach):
            answer = self.town.ask(Contact.model_validate({"channel": act.target.partition("/")[2]}), now)
            self.town.check(Contact.model_validate({"channel": act.target.partition("/")[2]}), answer, now)
            return self._held(act, answer, act.opening.due_at) or done(act, now)
        if isinstance(act, Dispatch) and act.target.partition("/")[0] in ("borrower", "lessee"):
            channel = act.target.partition("/")[2]
            contact = Contact.model_validate({"channel": channel, "purpose": purpose_of(act.document)})
            answer = self.town.make(contact, now)
            return self._held(act, answer, act.due_at) or done(act, now)
        return done(act, now)

    def _held(self, act: Approach | Dispatch, answer: Verdict, due: datetime) -> Record | None:
        said = {"step": act.step, "target": act.target}
        match answer:
            case Allowed():
                return None
            case Never(reason=reason) if isinstance(act, Dispatch):
                body = e.DeliveryFailed(step=act.step, target=act.target, status="refused", day=act.day)
                return record(body, due, (), reason)
            case Never(reason=reason):
                body = e.StepPostponed.model_validate({**said, "reason": reason, "not_before": None})
                return record(body, due, (), reason)
            case Postponed(reason=reason, not_before=later):
                body = e.StepPostponed.model_validate({**said, "reason": reason, "not_before": later})
                return record(body, due, (), reason)

    def _facts(self, now: datetime) -> Facts:
        facts = super()._facts(now)
        return facts.model_copy(update={"ledger_version": facts.ledger_version + self.town.changes})

    def _take(self, planned: Planned | None, now: datetime) -> bool:
        """Who answers a task that brings them to the customer first sets out, when they may; others only tell."""
        way = self._way(planned)
        if planned is None or way is None or not self.staff.current(planned):
            return super()._take(planned, now)
        if planned.token and not self.case.step(planned.token[0]).is_open:
            return False  # done meanwhile, by who called about another case
        contact = Contact.model_validate({"channel": way})
        match self.town.ask(contact, now) if planned.token else Allowed():
            case Postponed(not_before=later):
                self.plan(later, planned)
                return False
            case Never():
                self.town.never += 1
                return False
            case _:
                return self._made(contact, planned, now)

    def _made(self, contact: Contact, planned: Planned, now: datetime) -> bool:
        """The contact takes place; what was recorded is passed on to the other cases that ask for it."""
        before = len(self.played.events)
        taken = super()._take(planned, now)
        happened = self.played.events[before:]
        if taken and happened:
            told = next((event.body for event in happened if isinstance(event.body, e.ContactRecorded)), None)
            connected = told.contact.outcome == "contacted" if told else True
            self.town.enter(contact, connected, now, by_rule=planned.token is not None)
            self.town.share(self, contact, told, happened, now)
        return taken

    def _way(self, planned: Planned | None) -> str | None:
        match planned.command.body if planned else None:
            case c.RecordContact():
                return "call"
            case c.AnswerStep(step=step):
                asked = self.ladder.by_id[step].asked
                return WAYS.get(asked.what) if asked else None
            case _:
                return None


@dataclass
class Town:
    """One person. opened: how often the gate was asked about a task and let it open. broken: rules that were broken.

    gated: False takes the gate away, to see that the town notices.
    """

    packs: tuple[Pack, ...]
    person: Person
    gated: bool = True
    changes: int = 0
    never: int = 0
    opened: int = 0
    log: list[PastContact] = field(default_factory=list[PastContact])
    broken: list[str] = field(default_factory=list[str])
    cases: list[Neighbour] = field(default_factory=list[Neighbour])

    def ask(self, contact: Contact, now: datetime) -> Verdict:
        """The answer of the gate."""
        return gate(self.packs, self.person, contact, self.log, now) if self.gated else Allowed()

    def check(self, contact: Contact, answer: Verdict, now: datetime) -> None:
        """A task that opens asks people to make the contact now: whatever comes of it must keep the rules."""
        if not isinstance(answer, Allowed):
            return
        self.opened += 1
        for connected in (True, False):
            made = PastContact(at=now, channel=contact.channel, connected=connected)
            self.broken += violations(self.packs, self.person, contact, self.log, made)

    def make(self, contact: Contact, now: datetime) -> Verdict:
        """A message goes out if the gate lets it."""
        answer = self.ask(contact, now)
        if isinstance(answer, Allowed):
            self.enter(contact, False, now, by_rule=True)
        return answer

    def enter(self, contact: Contact, connected: bool, now: datetime, by_rule: bool) -> None:
        """A contact took place. by_rule: the product let it; else somebody did it by themselves and only told."""
        made = PastContact(at=now, channel=contact.channel, connected=connected, purpose=contact.purpose)
        if by_rule:
            self.broken += violations(self.packs, self.person, contact, self.log, made)
        self.log.append(made)

    def share(
        self, own: Neighbour, contact: Contact, told: e.ContactRecorded | None, happened: Sequence[e.Event],
        now: datetime,
    ) -> None:  # fmt: skip
        """What the API passes on."""
        first = happened[0]
        of = f"{own.case.case_no}/{first.seq}"
        outcome = next((event.body.outcome for event in happened if isinstance(event.body, e.StepCompleted)), "")
        for other in self.cases:
            if other is not own and any(s.is_open and s.way == contact.channel for s in other.case.steps.values()):
                values = {"of": of, "way": contact.channel, "contact": told.contact if told else None}
                body = c.ShareContact.model_validate({**values, "outcome": outcome})
                command = c.Command(id=f"shared/{of}/{other.case.case_no}", actor=first.actor or SYSTEM, body=body)
                other.plan(now, Planned(now, command))

    def live(self, scenarios: Sequence[Scenario], ladder: Ladder, changes: Sequence[Resident], until: datetime) -> None:
        """Play all cases to an instant; at each of the changes the person is somebody else and the cases are told."""
        self.cases = [Neighbour(self, ladder, one, number) for number, one in enumerate(scenarios, start=1)]
        starts = {id(one): scenario.starts(ladder) for one, scenario in zip(self.cases, scenarios, strict=True)}
        waiting, coming = list(self.cases), sorted(changes, key=lambda change: change[0])
        running: list[Neighbour] = []
        while True:
            instants = [(starts[id(one)], one) for one in waiting]
            instants += [(at, one) for one in running if (at := one.next_at()) is not None]
            at, one = min(instants, key=lambda found: found[0], default=(until, None))
            if coming and coming[0][0] <= at:
                at, self.person = coming.pop(0)
                self.changes += 1
                for known in running:
                    known.plan(at, None)
            elif one is None or at > until:
                return
            elif one in waiting:
                waiting.remove(one)
                running.append(one)
                one.begin(one.opens, at)
            else:
                one.turn(at)


SYSTEM = e.Actor(user="script", role="system", authority="script")
