"""After a case: surveys once each, answers by link or staff (U4.2b); waivers kept or taken back (B2.2.2.2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import insert

from activities.aftercare import Aftercare, SurveyLinks, case_of_token, survey_token
from activities.contact_gate import ContactGate, read_packs
from activities.messages import RunRequest
from activities.outbox import Outbox
from activities.registry import Policies
from domain.case import Case
from domain.errors import Refused
from domain.events import Actor, Event, StepCompleted, StepReopened
from domain.ledger import Instalment, PartyRole, Posting, PostingKind
from domain.preferences import Preferences
from domain.standing import standing
from domain.step_events import Waived
from gateways.contract import Accepted, AskResult, GatewayUnavailable, NotKnown, OutboundMessage, SendResult
from store import accounts, ledger, surveys, waivers
from store.account_facts import account_facts
from store.contacts import NewContact, contacts_of, enter_contact
from store.preferences import change_preferences
from store.session import Database
from store.surveys import Opinion
from store.tables import CaseRow
from store.views import NewAccount, Party
from tests.builders.ladders import ROOT

NOW = datetime(2026, 4, 20, 2, tzinfo=UTC)
STAFF = Actor(user="u-9", role="collector", authority="permission:change_preferences")
LINKS = SurveyLinks("https://example.com", b"key")


@dataclass
class At:
    """A clock that is set by hand."""

    at: datetime

    def now(self) -> datetime:
        return self.at


@dataclass
class Sms:
    """Takes messages, unless it is away."""

    away: bool = False
    sent: list[OutboundMessage] = field(default_factory=list[OutboundMessage])

    async def send(self, message: OutboundMessage) -> SendResult:
        if self.away:
            raise GatewayUnavailable("away")
        self.sent.append(message)
        return Accepted(provider_ref="r", at=NOW)

    async def ask(self, key: str) -> AskResult:
        return NotKnown()


class Office:
    """A loan of two instalments of 10,500, its case, and the daily run."""

    def __init__(self, folder: Path) -> None:
        self.database = Database(f"sqlite:///{folder / 'a.db'}")
        self.database.migrate()
        self.policies = Policies.from_files(ROOT / "policies", ROOT / "company" / "demo.yaml")
        self.clock, self.sms = At(NOW), Sms()
        outbox = Outbox(self.database, {"sms": self.sms})
        gate = ContactGate(read_packs(ROOT / "policies" / "conduct", ["default"]), self.clock)
        self.aftercare = Aftercare(self.database, self.policies, outbox, gate, self.clock, LINKS)
        amounts = {"principal": Decimal("10000.00"), "interest": Decimal("500.00")}
        account = NewAccount(
            account_no="X-1", contract_no="C-1", lease_amount=Decimal("100000.00"), created_at=NOW,
            penalty_rate_per_day=Decimal("0.0005"),
            schedule=tuple(Instalment(no=m // 2 - 1, due=date(2026, m, 10), **amounts) for m in (4, 6)),
            parties=(Party(id="P-1", role=PartyRole.BORROWER, name="借款人", phone="13800000001"),),
        )  # fmt: skip
        with self.database.session() as session:
            accounts.add_account(session, account)

    def case(self, policy: str, closed_at: datetime | None = None) -> Case:
        """The row of a case of that policy."""
        values = {
            "case_no": "X-1-1", "account_no": "X-1", "ordinal": 1, "status": "closed" if closed_at else "open",
            "policy_id": policy, "policy_version": 1, "policy_sha256": "", "settings": "", "held": False,
            "next_why": "", "seq": 0, "ledger_version": 0, "snapshot": "", "writer": "", "closed_at": closed_at,
            "owner": "u-7", "rank": 0,
        }  # fmt: skip
        with self.database.session() as session:
            session.execute(insert(CaseRow).values(**values))
        return Case(case_no="X-1-1", account_no="X-1", policy=self.policies.pin(policy))

    def contacts(self, day: date, count: int) -> None:
        """So many calls of that day that nobody answered."""
        with self.database.session() as session:
            for number in range(count):
                enter_contact(
                    session,
                    NewContact(
                        id=f"other/{number}", party_id="P-1", case_no="", account_no="X-9", channel="call",
                        purpose="collection", at=datetime(day.year, day.month, day.day, 1, tzinfo=UTC),
                    ),
                )  # fmt: skip

    async def day(self, policy: str, day: date) -> None:
        """The daily run of a policy."""
        self.clock.at = datetime(day.year, day.month, day.day, 2, tzinfo=UTC)
        pin = self.policies.pin(policy)
        await self.aftercare.run(RunRequest(work="open_cases", period=day, policy=pin, settings=""))


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


async def test_u4_2b_three_days_after_closing_the_customer_is_asked_once(office: Office) -> None:
    office.case("union", closed_at=NOW)
    await office.day("union", date(2026, 4, 22))
    assert office.sms.sent == []
    for _ in range(2):
        await office.day("union", date(2026, 4, 23))
    (message,) = office.sms.sent
    assert f"https://example.com/surveys/{survey_token(b'key', 'X-1-1')}" in message.text
    assert "借款人" not in message.text
    with office.database.reading() as session:
        (known,) = surveys.list_surveys(session).rows
    assert (known.status, known.specialist) == ("sent", "u-7")


async def test_u4_2b_a_gateway_that_is_away_is_tried_again(office: Office) -> None:
    office.case("union", closed_at=NOW)
    office.sms.away = True
    await office.day("union", date(2026, 4, 23))
    office.sms.away = False
    await office.day("union", date(2026, 4, 24))
    await office.day("union", date(2026, 4, 25))
    assert len(office.sms.sent) == 1


async def test_the_opinion_is_asked_for_within_the_limits_of_every_contact(office: Office) -> None:
    """Six attempts on the day: the survey waits for the next one; who is not to be contacted is never asked."""
    office.case("union", closed_at=NOW)
    office.contacts(date(2026, 4, 23), 6)
    await office.day("union", date(2026, 4, 23))
    assert office.sms.sent == []
    await office.day("union", date(2026, 4, 24))
    assert len(office.sms.sent) == 1
    with office.database.reading() as session:
        (past,) = contacts_of(session, "P-1", office.clock.now(), but=None)[-1:]
    assert (past.channel, past.purpose) == ("sms", "reminder")


async def test_who_is_not_to_be_contacted_is_not_asked_either(office: Office) -> None:
    office.case("union", closed_at=NOW)
    with office.database.session() as session:
        change_preferences(session, "P-1", Preferences(do_not_contact=True), "letter", None, STAFF, NOW)
    for day in (23, 24):
        await office.day("union", date(2026, 4, day))
    with office.database.reading() as session:
        (known,) = surveys.list_surveys(session).rows
    assert (office.sms.sent, known.status) == ([], "refused")


async def test_u4_2b_other_policies_ask_nobody(office: Office) -> None:
    office.case("bank", closed_at=NOW)
    await office.day("bank", date(2026, 4, 25))
    assert office.sms.sent == []


async def test_b3_2_2a_an_answer_counts_once_for_the_specialist(office: Office) -> None:
    office.case("union", closed_at=NOW)
    await office.day("union", date(2026, 4, 23))
    with office.database.session() as session:
        for _ in range(2):
            surveys.answer_survey(session, "X-1-1", Opinion(score=4), "customer", office.clock.now())
        with pytest.raises(Refused, match="answered"):
            surveys.answer_survey(session, "X-1-1", Opinion(score=1), "customer", office.clock.now())
        whole, own = surveys.contentment(session, date(2026, 4, 1), date(2026, 4, 30), "Asia/Shanghai")
        (none,) = surveys.contentment(session, date(2026, 5, 1), date(2026, 5, 31), "Asia/Shanghai")
    assert (whole.specialist, whole.asked, whole.answered, whole.score) == ("", 1, 1, Decimal("4.0"))
    assert (own.specialist, own.score) == ("u-7", Decimal("4.0"))
    assert (none.answered, none.score) == (0, None)


def test_a_link_is_good_for_its_own_case_only() -> None:
    token = survey_token(b"key", "X-1-1")
    assert case_of_token(b"key", token) == "X-1-1"
    assert case_of_token(b"other", token) is None
    assert case_of_token(b"key", token.replace("X-1-1", "X-1-2")) is None


def granted(seq: int = 5) -> Event:
    waived = Waived(amount=Decimal("1.05"), paid_by=date(2026, 4, 30))
    body = StepCompleted(step="penalty_waiver", outcome="granted", waived=waived)
    actor = Actor(user="u-1", role="collection_supervisor", authority="")
    return Event(seq=seq, due_at=NOW, at=NOW, dpd=10, rules=(), why="", actor=actor, body=body)


def penalty(office: Office) -> Decimal:
    """On 20 April: 10,500 at 0.05 per cent for ten days is 52.50."""
    with office.database.reading() as session:
        return standing(account_facts(session, "X-1"), date(2026, 4, 20), office.policies.terms("bank")).current_penalty


async def test_b2_2_2_2s_a_granted_waiver_lowers_the_penalty_once_and_stays_when_paid_in_time(office: Office) -> None:
    case = office.case("bank")
    assert penalty(office) == Decimal("52.50")
    with office.database.session() as session:
        waivers.enter_waivers(session, case, [granted()])
    assert penalty(office) == Decimal("51.45")
    paid = Posting(id="R1", kind=PostingKind.PAYMENT, value_date=date(2026, 4, 30), at=NOW, amount=Decimal("10500.00"))
    with office.database.session() as session:
        ledger.post(session, paid, "X-1")
        ledger.set_posted_through(session, date(2026, 4, 30))
    await office.day("bank", date(2026, 5, 1))
    with office.database.reading() as session:
        assert [one.status for one in waivers.waivers_of(session, "X-1-1")] == ["kept"]


@pytest.mark.parametrize("policy", ["bank", "credit", "lender"])
async def test_b2_2_2_2s_it_is_taken_back_once_when_its_condition_fails(office: Office, policy: str) -> None:
    """Settled: elsewhere by authority, booked and taken back in the same way."""
    case = office.case(policy)
    with office.database.session() as session:
        waivers.enter_waivers(session, case, [granted()])
    await office.day(policy, date(2026, 5, 1))  # the postings of the last day are not complete yet: nothing is judged
    with office.database.session() as session:
        assert [one.status for one in waivers.waivers_of(session, "X-1-1")] == ["granted"]
        ledger.set_posted_through(session, date(2026, 4, 30))
    for day in (date(2026, 5, 2), date(2026, 5, 3)):
        await office.day(policy, day)
    with office.database.reading() as session:
        assert [one.status for one in waivers.waivers_of(session, "X-1-1")] == ["failed"]
        facts = account_facts(session, "X-1")
    assert [one.kind for one in facts.postings] == [PostingKind.WAIVER, PostingKind.REVERSAL]
    terms = office.policies.terms(policy)
    bare = facts.model_copy(update={"postings": ()})
    with_both, without = (standing(one, date(2026, 5, 3), terms) for one in (facts, bare))
    assert with_both.current_penalty == without.current_penalty


def test_a_corrected_grant_is_taken_back(office: Office) -> None:
    case = office.case("bank")
    back = StepReopened(step="penalty_waiver", corrects=5, reason="wrong customer", deadline=NOW)
    with office.database.session() as session:
        waivers.enter_waivers(session, case, [granted()])
        later = NOW + timedelta(minutes=5)
        corrected = Event(seq=6, due_at=later, at=later, dpd=10, rules=(), why="", body=back)
        waivers.enter_waivers(session, case, [corrected])
        assert [one.status for one in waivers.waivers_of(session, "X-1-1")] == ["corrected"]
    assert penalty(office) == Decimal("52.50")
