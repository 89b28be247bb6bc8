"""Commands that should be refused, or are allowed by luck: spoiled, repeated, and such as nobody would give."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from pydantic import ValidationError

from domain import commands as c
from domain.agency import AgencyFile, Mandate, PlaceWithAgency, RecallFromAgency
from domain.agreement_events import RecoveryStage
from domain.agreement_terms import AgreementTerms
from domain.base import days
from domain.case import StepState
from domain.concessions import WAIVER
from domain.evidence import ApprovalCondition, ContactResult, Figure, PolicyPin
from domain.money import ZERO
from domain.part_commands import FinishPart, PartReport, StartPart
from tests.builders.moment import Drawn, Moment
from tests.builders.staff import of

PARTS = ("repossession", "appraisal", "publicity", "auction", "sale", "claim_transfer", "restructuring")
AMOUNTS = (ZERO, Decimal("0.001"), Decimal("100.00"), Decimal("99999999.00"))


def again(at: Moment) -> Drawn | None:
    """What was accepted before, once more."""
    if not at.taken:
        return None
    before = at.one(at.taken)
    return Drawn(before.body, before.actor, before.on_behalf_of)


def spoiled(at: Moment, fair: Drawn) -> Drawn:
    """Somebody else gives it, or something in it is wrong."""
    fields = [name for name in type(fair.body).model_fields if name in WRONG]
    if not fields or at.chance(0.45):
        return _of_another(at, fair)
    name = at.one(fields)
    wrong = fair.body.model_copy(update={name: WRONG[name](at)})
    try:
        return Drawn(type(fair.body).model_validate(wrong.model_dump(warnings=False)), fair.actor, fair.behalf)
    except ValidationError:  # nobody can even say this
        return _of_another(at, fair)


def _of_another(at: Moment, fair: Drawn) -> Drawn:
    """Another role; the same person under a role that is asked; or as the deputy of who proposed it."""
    lately = [one.actor.user for one in at.taken[-3:]]
    known = [user for user in (_proposer(at, fair), *lately) if user]
    if known and at.chance(0.4):
        return Drawn(fair.body, of(at.one(known), fair.actor.role))
    if known and at.chance(0.2):
        return Drawn(fair.body, fair.actor, at.one(known))
    return Drawn(fair.body, at.staff.anybody(at.ladder))


def _proposer(at: Moment, fair: Drawn) -> str | None:
    state: StepState = at.case.step(getattr(fair.body, "step", ""))
    return state.opener.user if state.opener else None


def _terms(at: Moment) -> AgreementTerms:
    amounts = at.one(((), (Decimal("10.00"),), (Decimal("0.01"), Decimal("-5.00"))))
    return AgreementTerms(
        first_due=at.day(-20, 2000), frequency=at.one(("once", "monthly", 7)), count=at.one((1, 3, 12)),
        amounts=amounts, owed=at.one((None, Decimal("1.00"))), down_payment=at.one((ZERO, Decimal("5.00"))),
    )  # fmt: skip


def _conditions(at: Moment) -> tuple[ApprovalCondition, ...]:
    return (ApprovalCondition(text="x", by=at.day(-9, 9), role=at.one(("nobody", at.ladder.policy.owner))),)


def _agency(at: Moment) -> AgencyFile:
    mandate = at.one(
        (Mandate(), Mandate(policies=("elsewhere",)), Mandate(amount_to=Decimal(1)), Mandate(regions=("N",)))
    )
    return AgencyFile(
        id="A-9", licence_until=at.day(-30, 30), nda_until=at.one((None, at.day(-30, 30))), qualified=at.chance(0.6),
        mandate=mandate,
    )  # fmt: skip


def _stages(at: Moment) -> tuple[RecoveryStage, ...]:
    day = at.day(-5, 5)
    return tuple(RecoveryStage(day=day - days(no), target=at.one(AMOUNTS)) for no in range(at.one((1, 2))))


def _contact(at: Moment) -> ContactResult:
    return ContactResult(promise_amount=at.one(AMOUNTS), promise_date=at.day(-5, 5))


def _receipt(at: Moment) -> c.ReceiptCorrection | None:
    return at.one((None, c.ReceiptCorrection(key="elsewhere/x/1/y", status="failed")))


def _policy(at: Moment) -> PolicyPin:
    return PolicyPin(id="elsewhere", version=9, sha256="0" * 64)


WRONG: dict[str, Callable[[Moment], object]] = {
    "step": lambda at: at.any_step(),
    "outcome": lambda at: at.any_outcome(at.any_step()),
    "evidence": lambda at: at.one((None, "")),
    "note": lambda at: "",
    "end_date": lambda at: at.one((None, at.day(-9, -1), at.day(400, 4000))),
    "since": lambda at: at.one((None, at.day(-400, -20), at.day(1, 9))),
    "present": lambda at: at.one((None, 0, 1, 99)),
    "in_favour": lambda at: at.one((None, 0, 99)),
    "participants": lambda at: (),
    "sections": lambda at: (),
    "figures": lambda at: (
        Figure(item=at.one((WAIVER, "buyback_price", "x")), side="expense", amount=at.one(AMOUNTS)),
    ),
    "choice": lambda at: at.one((None, "neither")),
    "agreement": _terms,
    "conditions": _conditions,
    "parts": lambda at: (at.one(PARTS),),
    "parts_done": lambda at: (PartReport(part=at.one(PARTS), day=at.day(-2, 2)),),
    "part": lambda at: at.one(PARTS),
    "day": lambda at: at.day(-90, 9),
    "no": lambda at: at.rng.randint(1, 4),
    "hold": lambda at: at.one(("no_such_hold", *sorted(at.ladder.holds))),
    "expected": lambda at: "somebody-else",
    "seq": lambda at: at.rng.randint(1, at.case.seq + 5),
    "receipt": _receipt,
    "contact": _contact,
    "agency": _agency,
    "stages": _stages,
    "policy": _policy,
    "way": lambda at: "other",
}


def wild(at: Moment, kind: type[c.CommandBody]) -> Drawn:
    """A well-formed command of that kind about anything, by anybody."""
    step = at.any_step()
    bodies: dict[type, Callable[[], c.CommandBody]] = {
        c.StartTask: lambda: c.StartTask(step=step),
        c.AnswerStep: lambda: c.AnswerStep(step=step, outcome=at.any_outcome(step)),
        c.OpenStep: lambda: c.OpenStep(
            step=step, evidence=at.one((None, "D-7")), end_date=at.one((None, at.day(-9, 99)))
        ),
        c.RecordContact: lambda: c.RecordContact(contact=_contact(at)),
        c.EndHold: lambda: c.EndHold(
            hold=at.one(("no_such_hold", *sorted(at.ladder.holds))), evidence=at.one(("", "D-8"))
        ),
        c.ChangeOwner: lambda: c.ChangeOwner(owner="x", expected="somebody-else"),
        c.AddNote: lambda: c.AddNote(text="anything"),
        c.CorrectEntry: lambda: c.CorrectEntry(
            seq=at.rng.randint(1, at.case.seq + 5), reason="wrong", receipt=_receipt(at)
        ),
        c.OverridePostings: lambda: c.OverridePostings(),
        c.ReportReceipt: lambda: c.ReportReceipt(key="elsewhere/x/1/y", status="failed"),
        c.MovePolicy: lambda: c.MovePolicy(policy=_policy(at), settings="", reason="sold"),
        c.ShareContact: lambda: c.ShareContact(of="other-1/2", way="other", outcome=at.any_outcome(step)),
        c.CastVote: lambda: c.CastVote(step=step, outcome=at.any_outcome(step), reason="no reason"),
        c.WithdrawAnswer: lambda: c.WithdrawAnswer(step=step, reason="no reason"),
        c.ConfirmCondition: lambda: c.ConfirmCondition(step=step, no=at.rng.randint(1, 3)),
        PlaceWithAgency: lambda: PlaceWithAgency(step=step, agency=_agency(at)),
        RecallFromAgency: lambda: RecallFromAgency(note="no reason"),
        c.SetRecoveryPlan: lambda: c.SetRecoveryPlan(responsible="x", stages=_stages(at)),
        StartPart: lambda: StartPart(step=step, part=at.one(PARTS)),
        FinishPart: lambda: FinishPart(step=step, part=at.one(PARTS), outcome=at.one(("finished", "aborted"))),
        c.RequestSignature: lambda: c.RequestSignature(step=step, document="D-9", agreement=_terms(at)),
    }
    return Drawn(bodies[kind](), at.staff.anybody(at.ladder))
