"""Every case has an owner: by days, amount and risk, least loaded; the queue, handing over, absences, key accounts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from domain import events as e
from store import staff
from store.tables import RiskRatingRow
from tests.api.company import TODAY, Company
from tests.api.world import key

RULES = ("B2.2.1.1a", "B2.2.1.1as", "B2.2.1.1b", "B2.2.1.1c")


@pytest.fixture
def company(tmp_path: Any) -> Company:
    return Company(tmp_path)


def judged(company: Company, risk_class: str, seq: int) -> None:
    """A person confirmed the risk class of the first loan."""
    row = RiskRatingRow(
        account_no="B-1", seq=seq, kind="confirmed", risk_class=risk_class, as_of=TODAY, reason="收入", pack="default",
        assessment="{}", actor_user="u", actor_role="risk_specialist", at=company.clock.now(),
    )  # fmt: skip
    with company.database.session() as session:
        session.add(row)


# ── B2.2.1.1 ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_days_31_to_60_are_a_juniors_and_day_61_gives_the_case_to_a_senior(company: Company) -> None:
    company.person("xu", "junior_specialist")
    company.person("guo", "senior_specialist")
    distributor = company.distributor
    await distributor.follow()
    case_no = await company.loan("B-1", 31)
    assert await distributor.follow() == 1
    assert company.owner(case_no) == "xu"
    company.days_later(29)
    assert (await distributor.follow(), company.owner(case_no)) == (0, "xu")  # day 60
    company.days_later(1)
    assert (await distributor.follow(), company.owner(case_no)) == (1, "guo")  # day 61
    first, second = company.changes(case_no)
    assert first.rules == second.rules == RULES
    assert first.actor == e.Actor(user="distribution", role="system", authority="policy")
    assert isinstance(second.body, e.OwnerChanged) and second.body.reason == "least_loaded: senior_specialist"


async def test_a_confirmed_high_risk_is_given_to_a_senior_before_day_61(company: Company) -> None:  # B2.2.1.1c
    company.person("xu", "junior_specialist")
    company.person("guo", "senior_specialist")
    case_no = await company.loan("B-1", 31)
    await company.distributor.run("bank")
    judged(company, "medium", 1)
    assert (await company.distributor.run("bank"), company.owner(case_no)) == (0, "xu")
    judged(company, "high", 2)
    assert (await company.distributor.run("bank"), company.owner(case_no)) == (1, "guo")


async def test_the_least_loaded_of_the_branch_is_given_it_and_running_again_changes_nothing(company: Company) -> None:
    company.person("a-west", "junior_specialist", branch="west")
    company.person("b-full", "junior_specialist", capacity=0)
    company.person("c-east", "junior_specialist", branch="east")
    company.person("d-any", "junior_specialist")
    numbers = [await company.loan(f"B-{number}", 31) for number in range(1, 5)]
    assert await company.distributor.run("bank") == 4
    assert [company.owner(number) for number in numbers] == ["c-east", "d-any", "c-east", "d-any"]
    assert await company.distributor.run("bank") == await company.distributor.queue() == 0
    assert all(len(company.changes(number)) == 1 for number in numbers)


async def test_who_left_has_no_cases(company: Company) -> None:
    company.person("xu", "junior_specialist")
    case_no = await company.loan("B-1", 31)
    await company.distributor.run("bank")
    with company.database.session() as session:
        left = staff.working(session, "xu")
        staff.change(session, left.model_copy(update={"active": False}))
    await company.distributor.run("bank")
    assert company.owner(case_no) is None
    company.person("guo", "junior_specialist")
    await company.distributor.queue()
    assert company.owner(case_no) == "guo"


async def test_a_case_has_an_owner_before_it_enters_its_first_bucket(company: Company) -> None:
    company.person("xu", "junior_specialist")
    company.later(hours=-4)  # six in the morning: the ladder begins at nine
    case_no = await company.loan("B-1", 1)
    await company.distributor.queue()
    assert company.owner(case_no) == "xu" and company.cases.running[case_no].bucket is None


# ── people: handing over, the queue ─────────────────────────────────────────────────────────────────────────────────


def handed(owner: str | None, reason: str = "语言") -> dict[str, object]:
    return {"do": "change_owner", "owner": owner, "reason": reason}


async def test_what_a_person_hands_over_stays_until_the_next_bucket(company: Company) -> None:
    company.person("xu", "junior_specialist")
    company.person("guo", "senior_specialist")
    distributor = company.distributor
    await distributor.follow()
    case_no = await company.loan("B-1", 31)
    await distributor.follow()
    async with company.client("collection_supervisor") as client:
        for body, status, code in ((handed("guo", ""), 422, "invalid"), (handed("nobody"), 422, "unknown_staff")):
            answer = await client.post(f"/cases/{case_no}/commands", json=body, headers=key(f"h-{status}-{code}"))
            assert (answer.status_code, answer.json()["code"]) == (status, code)
        answer = await client.post(f"/cases/{case_no}/commands", json=handed("guo"), headers=key("h"))
    assert answer.status_code == 200, answer.text
    assert await distributor.run("bank") == 0 and company.owner(case_no) == "guo"
    last = company.changes(case_no)[-1]
    assert (last.body.model_dump(exclude={"kind"}), last.actor and last.actor.role) == (
        {"owner": "guo", "reason": "语言"}, "collection_supervisor",
    )  # fmt: skip


async def test_nobodys_cases_are_listed_with_what_is_missing_and_can_be_taken(company: Company) -> None:
    case_no, other = await company.loan("B-1", 31), await company.loan("B-2", 61)
    company.person("guo", "senior_specialist", capacity=0)
    await company.distributor.run("bank")
    async with company.client("collection_supervisor") as client:
        rows = (await client.get("/queue")).json()["rows"]
    assert [(row["case_no"], row["role"], row["why"]) for row in rows] == [
        (case_no, "junior_specialist", "nobody_in_role"), (other, "senior_specialist", "all_full"),
    ]  # fmt: skip
    company.person("xu", "junior_specialist")
    company.person("ma", "junior_specialist")
    async with company.as_user("guo") as client:
        refused = await client.post(f"/queue/{case_no}/take", headers=key("t0"))
        assert (refused.status_code, refused.json()["code"]) == (403, "not_entitled")
    async with company.as_user("xu") as client:
        assert (await client.post(f"/queue/{case_no}/take", headers=key("t1"))).status_code == 200
        assert (await client.post(f"/queue/{case_no}/take", headers=key("t1"))).json()["state"] == "recorded"
    async with company.as_user("ma") as client:
        late = await client.post(f"/queue/{case_no}/take", headers=key("t2"))
        assert (late.status_code, late.json()["code"]) == (409, "not_in_queue")
    assert company.owner(case_no) == "xu" and len(company.changes(case_no)) == 1


async def test_of_two_who_take_it_at_once_one_is_told(company: Company) -> None:
    company.person("xu", "junior_specialist")
    case_no = await company.loan("B-1", 31)
    await company.distributor.run("bank")
    async with company.client("collection_supervisor") as client:
        body = {**handed(None), "expected": ""}
        answer = await client.post(f"/cases/{case_no}/commands", json=body, headers=key("late"))
        assert (answer.status_code, answer.json()["code"]) == (409, "owner_differs")
        back = await client.post(f"/cases/{case_no}/commands", json=handed(None), headers=key("back"))
        assert back.status_code == 200
    assert company.owner(case_no) is None


# ── absences ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def mine(company: Company, user: str) -> Sequence[str]:
    async with company.as_user(user) as client:
        rows = (await client.get("/tasks", params={"mine": True})).json()["rows"]
    return sorted({row["case_no"] for row in rows})


async def test_a_substitute_does_the_work_while_the_owner_is_away_and_then_it_is_theirs_again(company: Company) -> None:
    company.person("ma", "junior_specialist")
    company.person("xu", "junior_specialist")
    first, second = await company.loan("B-1", 31), await company.loan("B-2", 31)
    await company.distributor.run("bank")
    assert (await mine(company, "ma"), await mine(company, "xu")) == ([first], [second])
    async with company.as_user("xu") as client:  # the whole role sees both
        assert {row["case_no"] for row in (await client.get("/tasks")).json()["rows"]} == {first, second}
    absence = {"first": "2026-03-11", "last": "2026-03-12", "substitute": "xu", "reason": "年假"}
    async with company.as_user("ma") as client:
        assert (await client.post("/staff/ma/absences", json=absence, headers=key("a1"))).status_code == 200
        foreign = await client.post("/staff/xu/absences", json={**absence, "substitute": "ma"}, headers=key("a2"))
        assert (foreign.status_code, foreign.json()["code"]) == (403, "not_entitled")
        alone = await client.post("/staff/ma/absences", json={**absence, "substitute": "ma"}, headers=key("a3"))
        assert alone.json()["code"] == "substitute_unfit"
    company.later(days=1)
    assert (await mine(company, "xu"), company.owner(first)) == ([first, second], "ma")
    third = await company.loan("B-3", 31)  # who is away is given nothing new
    await company.distributor.queue()
    assert company.owner(third) == "xu"
    company.later(days=2)
    assert (await mine(company, "ma"), await mine(company, "xu")) == ([first], [second, third])
    async with company.client("collection_supervisor") as client:
        assert (await client.get("/absences", params={"since": "2026-03-01"})).json()[0]["reason"] == "年假"
        people = {one["user"]: one for one in (await client.get("/staff")).json()}
        assert (people["xu"]["load"], people["ma"]["load"], people["ma"]["away_until"]) == (2, 1, None)


# ── Z3.1 ────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_accounts_with_a_long_history_are_marked(company: Company) -> None:  # Z3.1a
    for account_no, earlier in (("Z-1", 0), ("Z-2", 4), ("Z-3", 3)):
        await company.loan(account_no, 31 + 30 * earlier, "consumer_loan", earlier)
    await company.distributor.run("consumer")
    async with company.client("risk_officer") as client:
        rows = (await client.get("/key-accounts")).json()["rows"]
    assert [(row["account_no"], row["delinquencies"], row["overdue_days"]) for row in rows] == [
        ("Z-2", 5, 151), ("Z-3", 4, 121),
    ]  # fmt: skip


async def test_key_accounts_come_first_in_the_queue_the_tasks_and_when_work_is_handed_out(company: Company) -> None:
    plain, key_case = await company.loan("Z-1", 40, "consumer_loan"), await company.loan("Z-9", 160, "consumer_loan", 4)
    company.person("ma", "risk_officer", capacity=0)
    await company.distributor.run("consumer")
    async with company.as_user("ma") as client:
        assert [row["case_no"] for row in (await client.get("/queue")).json()["rows"]] == [key_case, plain]
        every = (await client.get("/tasks", params={"limit": 200})).json()["rows"]
    first_day = min(row["deadline"][:10] for row in every if row["deadline"])
    that_day = [row["case_no"] for row in every if row["deadline"] and row["deadline"][:10] == first_day]
    assert that_day == sorted(that_day, key=lambda case_no: case_no != key_case) and len(set(that_day)) == 2
    company.person("tang", "risk_officer", capacity=1)  # one free place: the key account has it
    await company.distributor.queue()
    assert (company.owner(key_case), company.owner(plain)) == ("tang", None)
