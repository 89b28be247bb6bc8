"""Random sequences of commands, legal and illegal, by random people at random times, while money comes and goes.

A sequence is drawn while it is played: what is legal depends on what came before. What was played is a scenario, which
plays the same way again, in the simulator and on the real workflow. Nothing here meets a timer: see `scenarios`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import get_args

from domain import commands as c, events as e
from domain.agency import PlaceWithAgency, RecallFromAgency
from domain.base import days
from domain.case import Case
from domain.errors import Refused
from domain.ladder import Ladder
from domain.ledger import Instalment, PartyFact, PartyRole, Posting, PostingKind
from domain.money import rounded
from domain.part_commands import FinishPart, StartPart
from domain.scenario import GivenCommand, Planned, Scenario, ScenarioAccount, ScenarioPosting, ScriptedStaff
from domain.simulate import Simulator, new_case
from domain.standing import standing
from tests.builders import fair, fair_later, foul
from tests.builders.calendars import CHINA_2026
from tests.builders.ladders import pin
from tests.builders.moment import Drawn, Moment
from tests.builders.staff import Staff

KINDS: tuple[type[c.CommandBody], ...] = get_args(get_args(c.CommandBody)[0])
FAIR: dict[type, fair.Fair] = {
    c.StartTask: fair.start_task, c.AnswerStep: fair.answer_step, c.OpenStep: fair.open_step,
    c.RecordContact: fair.record_contact, c.EndHold: fair.end_hold, c.ChangeOwner: fair.change_owner,
    c.AddNote: fair.add_note, c.CorrectEntry: fair_later.correct_entry, c.OverridePostings: fair.override_postings,
    c.ReportReceipt: fair_later.report_receipt, c.MovePolicy: fair.move_policy, c.ShareContact: fair.share_contact,
    c.CastVote: fair.cast_vote, c.WithdrawAnswer: fair.withdraw_answer, c.ConfirmCondition: fair.confirm_condition,
    PlaceWithAgency: fair_later.place_with_agency, RecallFromAgency: fair_later.recall_from_agency,
    c.SetRecoveryPlan: fair.set_recovery_plan, StartPart: fair_later.start_part, FinishPart: fair_later.finish_part,
    c.RequestSignature: fair.request_signature,
}  # fmt: skip
RAREST = (PlaceWithAgency, RecallFromAgency, StartPart, FinishPart)
RARE = (*RAREST, c.CastVote, c.WithdrawAnswer, c.ConfirmCondition, c.RequestSignature, c.EndHold)
ALWAYS = (c.AddNote, c.OverridePostings, c.ReportReceipt)  # refused when the case is closed, and hardly ever else
RENT = Decimal("10500.00")
START = datetime.combine(date(2026, 3, 2), time(9))  # local, like all times of a scenario
AFTER_THE_END = 4  # commands that are still given to a closed case


@dataclass(frozen=True)
class Given:
    """One command with what it met. refusal: None when it was accepted; then `made` is what it brought about."""

    before: Case
    command: c.Command
    now: datetime
    refusal: Refused | None
    made: tuple[e.Event, ...]
    after: Case
    ladder: Ladder


@dataclass
class Sequenced:
    """A sequence that is being played. targets: policies to which the case may be moved; unknown: or to others."""

    ladder: Ladder
    seed: int
    targets: Sequence[Ladder] = ()
    unknown: bool = True
    given: list[GivenCommand] = field(default_factory=list[GivenCommand])
    posted: list[Posting] = field(default_factory=list[Posting])
    taken: list[c.Command] = field(default_factory=list[c.Command])

    def __post_init__(self) -> None:
        self.rng = Random(self.seed)
        self.staff = Staff(self.ladder, self.rng)
        of_portfolio = bool(self.ladder.portfolio) and self.rng.random() < 0.1
        self.account = _portfolio(self.rng) if of_portfolio else _account(self.ladder, self.rng)
        self.zeal = self.rng.choice((0.3, 0.6, 0.9))
        self.smooth = self.rng.choice((0, 0, 0, 20, 50))  # so many commands get the case on, before others come
        self.length = self.smooth + self.rng.choice((15, 40, 80))
        self.simulator = Simulator(
            self.ladder, self.scenario().ledger(), CHINA_2026, ScriptedStaff(self.ladder, ()), ladders=self.targets
        )
        self.first = new_case(self.scenario(), pin(self.ladder))
        self.now = self.scenario().starts(self.ladder)

    @property
    def case(self) -> Case:
        return self.simulator.case

    @property
    def events(self) -> list[e.Event]:
        return self.simulator.played.events

    def scenario(self) -> Scenario:
        """What was played so far, to be played again."""
        until = self.given[-1].at if self.given else START
        postings = tuple(
            ScenarioPosting(
                id=p.id, at=p.at, value_date=p.value_date, kind=p.kind, amount=p.amount, reverses=p.reverses
            )
            for p in self.posted
        )
        return Scenario(
            title=f"sequence {self.seed}", until=until, account=self.account, postings=postings, given=tuple(self.given)
        )

    def play(self) -> Iterator[Given]:
        """Command after command; money comes and goes between them."""
        self.simulator.begin(self.first, self.now)
        left = AFTER_THE_END
        for _ in range(self.length):
            self._on(self._later())
            if self.account.schedule and self.rng.random() < 0.08:
                self._post(self._posting())
                self._on(self._at(self.now + timedelta(minutes=5)))
            yield self._give(self._draw())
            left -= self.case.status == "closed"
            if left <= 0:
                return

    def wake(self) -> None:
        """A moment later the case looks at its account, and does what is due."""
        self._on(self._at(self.now + timedelta(minutes=5)))
        self.simulator.plan(self.now, None)
        self.simulator.turn(self.now)

    def _later(self) -> datetime:
        """Minutes, hours, days, weeks; or just after the case does something by itself."""
        chance, coming = self.rng.random(), self.simulator.next_at()
        if chance < 0.4 and coming is not None and coming < self.now + days(40):
            return self._at(max(self.now, coming) + timedelta(minutes=self.rng.randint(1, 200)))
        for share, longest in ((0.65, 50), (0.88, 60 * 30), (0.98, 60 * 24 * 5), (1.0, 60 * 24 * 21)):
            if chance < share:
                return self._at(self.now + timedelta(minutes=self.rng.randint(1, longest)))
        raise AssertionError("one of them fits")

    def _at(self, instant: datetime) -> datetime:
        """That minute or a later one in which no timer goes off."""
        whole = instant.replace(second=0, microsecond=0)
        found = whole - timedelta(minutes=whole.minute % 5) + timedelta(minutes=self.rng.randint(1, 4))
        return found if found > self.now else found + timedelta(minutes=5)

    def _on(self, instant: datetime) -> None:
        while (coming := self.simulator.next_at()) is not None and coming < instant:
            self.simulator.turn(coming)
        self.now = instant

    def _draw(self) -> Drawn:
        at = Moment(
            self.rng, self.staff, self.simulator.ladder, self.case, self.now, self.events, self.taken, self.targets
        )
        if len(self.given) < self.smooth and (drawn := fair_later.onward(at)):
            return drawn
        if at.chance(self.zeal * 0.7):
            kind = at.one((c.AnswerStep, c.AnswerStep, c.AnswerStep, c.RecordContact, c.CastVote, c.StartTask))
            return FAIR[kind](at) or FAIR[c.OpenStep](at) or foul.wild(at, kind)
        rare = ALWAYS if self.case.status == "closed" else [kind for kind in RARE if FAIR[kind](at) is not None]
        rarest = [kind for kind in rare if kind in RAREST]
        kind = at.one((rarest if at.chance(0.5) else rare) or rare or KINDS) if at.chance(0.4) else at.one(KINDS)
        drawn, chance = FAIR[kind](at), at.rng.random()
        if kind is c.MovePolicy and not self.unknown:
            return drawn or foul.wild(at, c.AddNote)
        if chance < 0.5:
            return drawn or foul.wild(at, kind)
        if chance < 0.75 and drawn is not None:
            return foul.spoiled(at, drawn)
        if chance < 0.82:
            return foul.again(at) or foul.wild(at, kind)
        return foul.wild(at, kind)

    def _give(self, drawn: Drawn) -> Given:
        command = c.Command(id=f"c{len(self.given)}", actor=drawn.actor, body=drawn.body, on_behalf_of=drawn.behalf)
        before, ladder, seen, now = self.case, self.simulator.ladder, len(self.events), self.now
        refused = len(self.simulator.played.refused)
        self.given.append(GivenCommand(at=now, command=command))
        self.simulator.plan(now, Planned(now, command))
        self._on(now + timedelta(seconds=1))
        self.now = now
        said = self.simulator.played.refused[refused:]
        made = tuple(self.events[seen:])
        if not said:
            self.taken.append(command)
            self._waive(made)
        return Given(before, command, now, said[0][1] if said else None, made, self.case, ladder)

    def _post(self, posting: Posting) -> None:
        self.posted.append(posting)
        account = self.simulator.account
        self.simulator.account = account.model_copy(update={"postings": (*account.postings, posting)})
        self.simulator.plan(posting.at, None)

    def _waive(self, made: Sequence[e.Event]) -> None:
        """A waiver is entered in the ledger, as the record does it."""
        for event in made:
            if isinstance(event.body, e.StepCompleted) and event.body.waived is not None:
                self._on(self._at(self.now + timedelta(minutes=5)))
                amount, number = event.body.waived.amount, f"waiver/{self.case.case_no}/{event.seq}"
                day = self.case.today(event.at)
                self._post(Posting(id=number, kind=PostingKind.WAIVER, value_date=day, at=self.now, amount=amount))
                self.wake()

    def _posting(self) -> Posting:
        rng, today, number = self.rng, self.case.today(self.now), f"M{len(self.posted)}"
        back = {one.reverses for one in self.posted}
        open_still = [p for p in self.posted if p.kind is not PostingKind.REVERSAL and p.id not in back]
        if open_still and rng.random() < 0.3:
            one = rng.choice(open_still)
            return Posting(id=number, kind=PostingKind.REVERSAL, value_date=today, at=self.now, amount=one.amount,
                           reverses=one.id)  # fmt: skip
        value_date = today - days(rng.choice((0, 0, 0, 1, 3, 12)))
        kind = rng.choice((*[PostingKind.PAYMENT] * 7, PostingKind.VENDOR_ADVANCE, PostingKind.COST))
        if self.case.facts is not None and self.case.facts.buyback_claimed and rng.random() < 0.5:
            kind = PostingKind.BUYBACK_PRICE
        return Posting(id=number, kind=kind, value_date=value_date, at=self.now, amount=self._amount(kind))

    def _amount(self, kind: PostingKind) -> Decimal:
        facts, rng = self.case.facts, self.rng
        promised = [one.amount for one in self.case.undertakings.promises]
        agreement = self.case.undertakings.agreement
        agreed = [one.amount for one in agreement.instalments] if agreement else []
        known = self.simulator.account.known_at(self.now)
        overdue = standing(known, self.case.today(self.now), self.ladder.terms).total_overdue
        if kind is PostingKind.COST:
            return Decimal("300.00")
        if kind is PostingKind.BUYBACK_PRICE and facts is not None:
            return rng.choice((facts.buyback_claimed, rounded(facts.buyback_claimed / 3)))
        likely = [
            RENT,
            RENT / 2,
            RENT / 3,
            Decimal("123.45"),
            *promised[-1:],
            *agreed[:1],
            *([overdue] if overdue else []),
        ]
        return max(Decimal("0.01"), rounded(rng.choice(likely)))


def variants(ladder: Ladder) -> tuple[Ladder, ...]:
    """The same policy in its next version."""
    policy = ladder.policy.model_copy(update={"version": ladder.policy.version + 1})
    return (replace(ladder, policy=policy, sha256="2" * 64),)


def means(ladder: Ladder, kind: type[c.CommandBody]) -> bool:
    """Whether a policy has what a command of that kind is about."""
    asks = [step for step in (*ladder.steps, *ladder.portfolio) if step.asked]
    if kind in (PlaceWithAgency, RecallFromAgency):
        return any(step.rule.agency == "place" for step in asks)
    if kind in (StartPart, FinishPart):
        return any(step.rule.parts for step in asks)
    if kind is c.RequestSignature:
        return any(step.rule.ask and step.rule.ask.concludes for step in asks)
    if kind is c.CastVote:
        return any(ladder.policy.roles[role].committee for step in asks if step.asked for role in step.asked.roles)
    if kind is c.WithdrawAnswer:
        return any(step.asked and step.asked.mode != "any" and len(step.asked.roles) > 1 for step in asks)
    if kind is c.ConfirmCondition:
        return any(fair.conditional(step) for step in asks)
    if kind is c.EndHold:
        return any(hold.ended_by for hold in ladder.holds.values())
    return True


def _account(ladder: Ladder, rng: Random) -> ScenarioAccount:
    due = date(2026, 2, 10) + days(rng.randint(0, 120))
    gap, count = rng.choice((15, 30, 31)), rng.randint(1, 6)
    lease = ladder.policy.id == "leasing"
    debtor = PartyFact(id="P1", role=PartyRole.LESSEE if lease else PartyRole.BORROWER,
                       channels=rng.choice((("sms", "letter", "email"), ("letter",), ("sms",), ())))  # fmt: skip
    guarantor = (PartyFact(id="P2", role=PartyRole.GUARANTOR),) if rng.random() < 0.5 else ()
    vendor = (PartyFact(id="P3", role=PartyRole.VENDOR, buyback_guarantee=rng.random() < 0.7),) if lease else ()
    found = due + days(rng.choice((1, 1, 1, 1, 20, 40, 50, 95, 100)))
    return ScenarioAccount(
        account_no="X-000700",
        lease_amount=Decimal(rng.choice(("30000.00", "500000.00", "4000000.00"))),
        penalty_rate_per_day=rng.choice((Decimal("0.0005"), Decimal("0.0005"), Decimal("0.01"), Decimal(0))),
        schedule=tuple(
            Instalment(no=no + 1, due=due + days(gap * no), principal=RENT - 500, interest=Decimal("500.00"))
            for no in range(count)
        ),
        parties=(debtor, *guarantor, *vendor),
        first_seen=datetime.combine(found, time(9 if found == due + days(1) else rng.randint(9, 20), 2)),
    )


def _portfolio(rng: Random) -> ScenarioAccount:
    """The standing work of a portfolio belongs to no account."""
    return ScenarioAccount(account_no="", schedule=(), first_seen=START + days(rng.randint(0, 90)))


def told(played: Sequenced) -> str:
    """The sequence as JSON, to play it again."""
    return played.scenario().model_dump_json()
