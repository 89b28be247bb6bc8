"""A case that a test plays by hand: to an instant, a command, a posting, on to the next instant."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from itertools import count
from typing import Literal

from domain import commands as c, events as e
from domain.base import days, zone
from domain.buyback_claim import entered
from domain.calendar import Calendar
from domain.case import Case
from domain.check import check
from domain.concessions import stated
from domain.deadlines import waiting_roles
from domain.decide import decide
from domain.facts import Facts, facts_of
from domain.ladder import Ladder
from domain.ledger import AccountFacts, DoneStep, Posting
from domain.outcome import Decision, Dispatch, Finished, ReadFacts, Record, Wait, record
from domain.run import advance
from domain.scenario import actor, answer_of, as_signed
from domain.simulate import done
from domain.undertaking_check import scripted_terms
from domain.view import View
from tests.builders.calendars import CHINA_2026
from tests.builders.ladders import leasing, pin

SHANGHAI = zone("Asia/Shanghai")
Delivery = Literal["sent", "refused", "unknown"]


def local(text: str) -> datetime:
    """ "2026-03-03 09:00" in Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def _the_day_before(today: date) -> date:
    return today - days(1)


class Desk:
    """One case on a clock that the test turns; without an account it is the portfolio's own case."""

    def __init__(
        self,
        account: AccountFacts | None,
        opened: str,
        ladder: Ladder | None = None,
        calendar: Calendar = CHINA_2026,
        history: tuple[DoneStep, ...] = (),
        posted_through: Callable[[date], date] = _the_day_before,
        delivery: Callable[[str], Delivery] = lambda target: "sent",
        by_hand: e.ByHand | None = None,
    ) -> None:
        self.ladder = ladder or leasing()
        self.account = account
        self.calendar = calendar
        self.posted_through = posted_through
        self.delivery = delivery
        self.unpassed: tuple[str, ...] = ()
        number = account.account_no if account else ""
        policy = pin(self.ladder)
        self.case = Case(case_no=f"{number}-1", account_no=number, policy=policy, imported=history, by_hand=by_hand)
        self.events: list[e.Event] = []
        self.now = local(opened)
        self.wait: Wait | None = None
        self._behind = False
        self._ids = count()
        self._settle()

    def to(self, when: str) -> Desk:
        """On to an instant; what falls due on the way happens at its time."""
        until = local(when)
        while self.wait and self.wait.until and self.wait.until <= until:
            self.now = self.wait.until
            self._settle()
        self.now = until
        self._settle()
        return self

    def work(self, when: str, leave: tuple[str, ...] = ()) -> Desk:
        """On to an instant while everybody answers favourably at once, except the steps left open."""
        self._answer_all(leave)
        until = local(when)
        while self.wait and self.wait.until and self.wait.until <= until:
            self.now = self.wait.until
            self._settle()
            self._answer_all(leave)
        return self.to(when)

    def _answer_all(self, leave: tuple[str, ...]) -> None:
        while asks := [
            (name, state)
            for name, state in self.case.steps.items()
            if state.status == "open" and not state.frozen and name not in leave
        ]:
            name, state = asks[0]
            asked = self.ladder.by_id[name].asked
            if asked and asked.what == "contact":
                self.tell(state.asked[0], c.RecordContact(contact=e.ContactResult()))
            else:
                answered = tuple(answer.role for answer in state.answers)
                self.answer(name, state.outcomes[0], waiting_roles(state.asked, state.mode, answered)[0])

    def tell(
        self, role: str, body: c.CommandBody, user: str | None = None, behalf: str | None = None,
        authority: str = "script",
    ) -> Desk:  # fmt: skip
        """A command now, of the scripted person of that role or of `user`; raises Refused."""
        who = e.Actor(user=user or actor(role).user, role=role, authority=authority)
        command = c.Command(id=f"c{next(self._ids)}", actor=who, body=body, on_behalf_of=behalf)
        self._happen(check(self.ladder, self.case, command, self.now), command)
        self._settle()
        return self

    def move(self, role: str, target: Ladder, reason: str = "sold to another desk") -> Desk:
        """To another policy; raises Refused."""
        pin = e.PolicyPin(id=target.policy.id, version=target.policy.version, sha256=target.sha256)
        body = c.MovePolicy(policy=pin, settings=target.settings_id, reason=reason)
        command = c.Command(id=f"c{next(self._ids)}", actor=actor(role), body=body)
        self._happen(check(self.ladder, self.case, command, self.now, target), command)
        self.ladder = target
        self._settle()
        return self

    def answer(self, step: str, outcome: str, *roles: str) -> Desk:
        """These roles answer a step, or everybody whose answer it needs."""
        state = self.case.step(step)
        for role in roles or (state.asked[:1] if state.mode == "any" else state.asked):
            body = answer_of(self.ladder, step, role, outcome)
            figures = stated(self.ladder, self.ladder.by_id[step], outcome, View(self.ladder, self.case, self.now))
            body = body.model_copy(update={"figures": figures}) if figures else body
            terms = scripted_terms(self.ladder.by_id[step], outcome, View(self.ladder, self.case, self.now))
            self.tell(role, as_signed(body, terms) if terms else body)
        return self

    def post(self, *postings: Posting) -> Desk:
        """The ledger learns of these now."""
        if self.account is None:
            raise ValueError("a portfolio has no ledger of its own")
        self.account = self.account.model_copy(update={"postings": self.account.postings + postings})
        self._behind = True
        self._settle()
        return self

    def legal(self, *unpassed: str) -> Desk:
        """From now on these letters, and no others, wait for Legal."""
        self.unpassed = unpassed
        self._behind = True
        self._settle()
        return self

    def of(self, kind: str, step: str | None = None) -> list[e.Event]:
        """The events of a kind so far, of one step if named."""
        found = [event for event in self.events if event.body.kind == kind]
        return [event for event in found if step is None or getattr(event.body, "step", None) == step]

    def status(self, step: str) -> str:
        """open, completed, blocked …, and of what is held: frozen."""
        state = self.case.step(step)
        return "frozen" if state.frozen else state.status

    def deadline(self, step: str) -> str:
        """The deadline of an open step in local time."""
        at = self.case.step(step).deadline
        return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") if at else "-"

    def _settle(self) -> None:
        while not isinstance(decision := decide(self.ladder, self.case, self.now, self._behind), Wait | Finished):
            self._carry_out(decision)
        self.wait = decision if isinstance(decision, Wait) else None

    def _carry_out(self, decision: Decision) -> None:
        if isinstance(decision, ReadFacts):
            self._behind = False
            self._happen(record(e.FactsUpdated(facts=self._facts(decision.today)), self.now, (), "read"))
        elif isinstance(decision, Record):
            self._happen(decision)
        elif isinstance(decision, Dispatch) and (status := self.delivery(decision.target)) != "sent":
            body = e.DeliveryFailed(step=decision.step, target=decision.target, status=status, day=decision.day)
            self._happen(record(body, decision.due_at, (), status))
        elif not isinstance(decision, Wait | Finished):
            self._happen(done(decision, self.now))

    def _facts(self, today: date) -> Facts:
        through = self.posted_through(today)
        if self.account is None:
            return Facts(
                as_of=today, ledger_version=0, posted_through=through, oldest_due=None, cured=False,
                calendar=self.calendar,
            )  # fmt: skip
        known, since = self.account.known_at(self.now), self.case.undertakings.watched_since
        facts = facts_of(known, today, self.ladder.terms, self.calendar, through, since)
        return facts.model_copy(update={"unpassed": self.unpassed})

    def _happen(self, what: Record, command: c.Command | None = None) -> None:
        who, name = (command.actor, command.id) if command else (None, None)
        self.case, happened = advance(self.ladder, self.case, what, self.now, who, name)
        self.events += happened
        for event in happened:
            if self.account and (account := entered(self.account, self.case, event)) is not self.account:
                self.account, self._behind = account, True
