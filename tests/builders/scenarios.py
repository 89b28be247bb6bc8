"""Random cases: schedules, payments and their reversals, people who answer, object, suspend, correct, or stay silent.

Minutes are chosen so that no input ever meets a timer of the policy (09:00, 18:00, 08:00, 21:00): every latency is 13
minutes past whole hours, postings become known at :05 or :35, commands are given at :17. What happens first when a
person and a deadline meet in one instant is nobody's rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal

from hypothesis import strategies as st

from domain.base import days
from domain.ledger import DoneStep, Instalment, PartyFact, PartyRole, PostingKind
from domain.scenario import PlannedCommand, Scenario, ScenarioAccount, ScenarioPosting, StaffAnswer
from tests.builders.ladders import leasing

RENT = Decimal("10500.00")
SOON, LATER, NEXT_DAYS, WEEKS = (13, 73, 373), (1453, 2893), (4333, 5773), (10093, 20173)
SLOW = ("disposal_plan_decision", "demand_notice_signature")  # answers that may start a round anew
ODD = (
    "litigation_letter_consent", "disposal_plan_decision", "disposal", "recourse_resolution", "suspension_approval",
    "vendor_objection", "asset_inspection", "risk_opinion", "rent_collection_letter_release", "lawsuit", "recourse",
    "blacklist_confirmation", "prepare_litigation_letter", "demand_notice_signature", "phone_collection",
)  # fmt: skip
PARTIES = (
    PartyFact(id="P1", role=PartyRole.LESSEE),
    PartyFact(id="P2", role=PartyRole.GUARANTOR),
    PartyFact(id="P3", role=PartyRole.VENDOR),
    PartyFact(id="P3", role=PartyRole.VENDOR, buyback_guarantee=True),
)
HISTORY = (
    ("demand_notice", "sent"), ("asset_inspection", "inspected"), ("capacity_report", "issued"),
    ("litigation_letter", "sent"), ("rent_collection_letter", "sent"),
)  # fmt: skip


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """One lease with everything that may happen to it in 40 to 110 days after its first due date."""
    due = draw(st.dates(date(2026, 2, 10), date(2026, 7, 20)))
    account = draw(_accounts(due))
    seen = account.first_seen.date() if account.first_seen else due
    until = max(due + days(draw(st.integers(40, 110))), seen + days(5))
    return Scenario(
        title="drawn at random",
        until=datetime.combine(until, time(18, 30)),
        account=account,
        postings=draw(postings(due, account)),
        staff_answers=draw(_staff()),
        commands=draw(_commands(due, until)),
    )


@st.composite
def _accounts(draw: st.DrawFn, due: date) -> ScenarioAccount:
    gap = draw(st.sampled_from((15, 30, 31)))
    count = draw(st.integers(1, 4))
    schedule = tuple(
        Instalment(no=no, due=due + days(gap * (no - 1)), principal=Decimal("10000.00"), interest=Decimal("500.00"))
        for no in range(1, count + 1)
    )
    found = draw(st.sampled_from((None, None, 20, 35, 50))) and draw(st.integers(2, 60))
    history = draw(st.lists(st.sampled_from(HISTORY), unique=True, max_size=3)) if found else []
    guarantor = draw(st.sampled_from(((), PARTIES[1:2])))
    vendor = draw(st.sampled_from((PARTIES[3:], (), PARTIES[2:3], PARTIES[3:])))
    return ScenarioAccount(
        account_no="L-000900",
        lease_amount=Decimal(draw(st.sampled_from(("500000.00", "4000000.00")))),
        penalty_rate_per_day=Decimal("0.0005"),
        schedule=schedule,
        parties=(PARTIES[0], *guarantor, *vendor),
        history=tuple(DoneStep(step=step, outcome=outcome, on=due + days(1)) for step, outcome in history),
        first_seen=datetime.combine(due + days(found), time(9)) if found else None,
    )


@st.composite
def postings(draw: st.DrawFn, due: date, account: ScenarioAccount) -> tuple[ScenarioPosting, ...]:
    """Payments of a part, of one rent or of many; some are taken back, a vendor may advance or buy back."""
    kinds = [PostingKind.PAYMENT] * 6 + [PostingKind.VENDOR_ADVANCE, PostingKind.COST, PostingKind.BUYBACK_PRICE]
    found: list[ScenarioPosting] = []
    for offset in sorted(draw(st.lists(st.integers(-3, 80), unique=True, max_size=3))):
        at = datetime.combine(due + days(offset), time(draw(st.integers(8, 20)), 5))
        kind = draw(st.sampled_from(kinds))
        amount = RENT * draw(st.sampled_from((1, 1, 2, 3))) / draw(st.sampled_from((1, 1, 1, 2)))
        posting = ScenarioPosting(id=f"R{offset}", at=at, value_date=at.date(), kind=kind, amount=amount)
        found.append(posting)
        back = draw(st.none() | st.none() | st.integers(1, 12))
        if back is not None and kind is not PostingKind.BUYBACK_PRICE:
            found.append(_taken_back(posting, at.date() + days(back)))
    return tuple(sorted(found, key=lambda posting: posting.at))


def _taken_back(posting: ScenarioPosting, on: date) -> ScenarioPosting:
    at = datetime.combine(on, time(10, 35))
    return ScenarioPosting(
        id=f"{posting.id}-back", at=at, value_date=on, kind=PostingKind.REVERSAL, amount=posting.amount,
        reverses=posting.id,
    )  # fmt: skip


@st.composite
def _staff(draw: st.DrawFn) -> tuple[StaffAnswer, ...]:
    """A few steps are answered oddly or by nobody, the others favourably, sooner or later."""
    ladder = leasing()
    found: list[StaffAnswer] = []
    for step in draw(st.lists(st.sampled_from(ODD), unique=True, max_size=4)):
        asked = ladder.by_id[step].asked
        outcomes: Sequence[str | None] = (None, *(asked.outcomes if asked else ()))
        latency = draw(st.sampled_from(LATER + NEXT_DAYS if step in SLOW else SOON + LATER + WEEKS))
        found.append(StaffAnswer(step=step, outcome=draw(st.sampled_from(outcomes)), after_minutes=latency))
    rest = draw(st.sampled_from((*SOON, *SOON, *LATER, *NEXT_DAYS)))
    silent = draw(st.integers(0, 9)) == 0
    return (*found, StaffAnswer(step="*", outcome=None if silent else "first", after_minutes=rest))


@st.composite
def _commands(draw: st.DrawFn, due: date, until: date) -> tuple[PlannedCommand, ...]:
    found: list[PlannedCommand] = []
    for offset in draw(st.lists(st.integers(1, (until - due).days), unique=True, max_size=4)):
        at = datetime.combine(due + days(offset), time(draw(st.integers(7, 22)), 17))
        found.append(draw(_command(at)))
    found += _story(
        draw(st.sampled_from(("objection", "suspension", "fast_track", "early_demand", "objection", ""))), due, draw
    )
    return tuple(sorted(found, key=lambda command: command.at))


def _story(kind: str, due: date, draw: st.DrawFn) -> list[PlannedCommand]:
    """Commands that belong together on days on which they can be allowed."""
    first = {"objection": (20, 60), "suspension": (46, 70), "fast_track": (18, 40), "early_demand": (2, 29)}
    if kind not in first:
        return []
    at = datetime.combine(due + days(draw(st.integers(*first[kind]))), time(draw(st.integers(8, 17)), 17))
    paper = {"role": "asset_manager", "document": "vendor_written_notice"}
    match kind:
        case "objection":
            end = at + days(draw(st.integers(1, 30)))
            given = [{"at": at, "do": "open_step", "step": "vendor_objection", **paper}]
            given += [{"at": end, "do": "end_hold", "hold": "vendor_objection", **paper}]
        case "suspension":
            end = at.date() + days(draw(st.integers(0, 25)))
            given = [{"at": at, "do": "open_step", "step": "suspension_application", "role": "business",
                      "document": "suspension_application", "end_date": end}]  # fmt: skip
        case "fast_track":
            given = [{"at": at, "do": "open_step", "step": kind, "role": "review_committee", "present": 5,
                      "in_favour": 4, "document": "minutes"}]  # fmt: skip
        case _:
            given = [{"at": at, "do": "open_step", "step": kind, "role": "head_of_risk_management"}]
    return [PlannedCommand.model_validate(command) for command in given]


def _command(at: datetime) -> st.SearchStrategy[PlannedCommand]:
    """What people do on their own, allowed or not: a refusal must be the same everywhere too."""
    end_date = at.date() + days(9)
    paper = "vendor_written_notice"
    fixed = (
        {"do": "open_step", "step": "vendor_objection", "role": "asset_manager", "document": paper},
        {"do": "open_step", "step": "vendor_objection", "role": "head_of_asset_management", "document": paper},
        {"do": "end_hold", "hold": "vendor_objection", "role": "asset_manager", "document": paper},
        {"do": "open_step", "step": "suspension_application", "role": "business", "end_date": end_date,
         "document": "suspension_application"},
        {"do": "open_step", "step": "fast_track", "role": "review_committee", "present": 4, "in_favour": 3,
         "document": "minutes"},
        {"do": "open_step", "step": "early_demand", "role": "head_of_business"},
        {"do": "record_contact", "role": "collector"},
        {"do": "start_task", "step": "asset_inspection", "role": "asset_manager"},
        {"do": "start_task", "step": "disposal", "role": "asset_manager"},
        {"do": "answer", "step": "lawsuit", "role": "legal_compliance", "outcome": "filed"},
        {"do": "answer", "step": "risk_opinion", "role": "finance", "outcome": "given"},
    )  # fmt: skip
    plain = st.sampled_from(fixed).map(lambda given: PlannedCommand.model_validate({"at": at, **given}))
    corrections = st.integers(2, 40).map(
        lambda seq: PlannedCommand(at=at, do="correct_entry", role="head_of_asset_management", seq=seq, reason="wrong")
    )
    return st.one_of(plain, plain, corrections)
