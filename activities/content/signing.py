"""Who signed and who still has to: signatures from the record, empty places for those who come after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from activities.content.words import OUTCOMES, line, role
from domain import events as e
from domain.base import local_date
from domain.ladder import Ladder, Step
from letters.parts import Signature

WITH_OPINION = ("decision", "approval", "opinion", "consent", "confirmation")


class Signer:
    """Reads signatures of one case from its events; `staff`: names by id, `time_zone`: where a day is a day."""

    def __init__(self, ladder: Ladder, events: Sequence[e.Event], staff: Mapping[str, str], time_zone: str) -> None:
        self._ladder = ladder
        self._events = events
        self._staff = staff
        self._zone = time_zone

    def of_report(self, step: str, kind: str, author: str, as_of: date) -> tuple[Signature, ...]:
        """Those who were asked for the report, then empty places for whoever has to deal with it later."""
        signed = self.answers(step)
        asked = self._asked(step)
        if not signed:
            signed = {author: Signature(role=role(self._ladder, author), signed_on=as_of)}
            asked = (author, *(name for name in asked if name != author))
        own = [signed.get(name) or Signature(role=role(self._ladder, name)) for name in asked or tuple(signed)]
        return (*own, *(Signature(role=role(self._ladder, name)) for name in self._later(step, kind)))

    def answers(self, step: str) -> dict[str, Signature]:
        """By role, what was answered since the step was opened last."""
        found: dict[str, Signature] = {}
        asked = self._ladder.by_id[step].asked if step in self._ladder.by_id else None
        for event in self._events:
            body = event.body
            if isinstance(body, e.StepOpened) and body.step == step:
                found = {}
            elif isinstance(body, e.StepAnswered | e.StepCompleted) and body.step == step and body.role:
                opinion = OUTCOMES.get(body.outcome) if asked and asked.what in WITH_OPINION else None
                found[body.role] = self._signature(event, body.role, opinion)
        return found

    def of_letter(self, step: Step, signed_by: str | None, department: str, as_of: date) -> tuple[Signature, ...]:
        """The personal signature where one is prescribed (L4.2c), else who released the letter, else the department."""
        send = step.rule.send
        if signed_by and send and send.signed_in:
            signed = self.answers(send.signed_in).get(signed_by)
            return (signed or Signature(role=role(self._ladder, signed_by), signed_on=as_of),)
        released = [self.answers(name) for trigger in step.when for name in trigger.after]
        people = [signature for answers in released for signature in answers.values() if signature.name]
        if people:
            # A released letter carries the figures and the date of the day it goes out.
            return (people[-1].model_copy(update={"signed_on": None}),)
        return (Signature(role="经办部门", name=role(self._ladder, signed_by or department)),)

    def who(self, event: e.Event) -> str:
        """The person of an event as a list names them: role and name, or the system."""
        if event.actor is None:
            return "系统"
        return line(f"{role(self._ladder, event.actor.role)} {self._staff.get(event.actor.user, '')}")

    def _signature(self, event: e.Event, name: str, opinion: str | None) -> Signature:
        person = self._staff.get(event.actor.user) if event.actor else None
        day = local_date(event.at, self._zone)
        return Signature(role=role(self._ladder, name), name=person, signed_on=day, opinion=opinion)

    def _asked(self, step: str) -> tuple[str, ...]:
        found = self._ladder.by_id.get(step)
        return found.asked.roles if found and found.asked else ()

    def _later(self, step: str, kind: str) -> list[str]:
        after = [s for s in (*self._ladder.steps, *self._ladder.portfolio) if s.rule.document == kind and s.id != step]
        return list(dict.fromkeys(name for found in after if found.asked for name in found.asked.roles))
