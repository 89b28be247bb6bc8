"""Who owns a case: the bank's table by days, amount and risk; the least loaded; the queue with its reason."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings, strategies as st

from domain.counters import Counters
from domain.distribution import Candidate, Given, Work, choose, hand_out, holder_of, may_hold, stand_ins
from domain.distribution_rule import Distribution, Holder
from domain.errors import Invalid
from domain.key_account import is_key_account, rank_of
from domain.ladder import Ladder
from tests.builders.effort import examples
from tests.builders.ladders import ladder

JUNIOR, SENIOR = Holder(role="junior_specialist"), Holder(role="senior_specialist")
ROLES, SKILLS, BRANCHES, REGIONS = ("junior", "senior"), ("plans", "dialect"), ("", "east", "west"), ("", "coast")


def rule_of(policy: Ladder) -> Distribution:
    """The distribution of a policy; one without it says nothing of owners."""
    found = policy.policy.distribution
    assert found is not None, f"{policy.policy.id} says nothing of owners"
    return found


def held_by(policy: str, **known: object) -> str | None:
    """The role that holds a case."""
    found = ladder(policy)
    rule = rule_of(found)
    amounts = {one.overdue_from: found.money(one.overdue_from) for one in rule.holders if one.overdue_from}
    holder = holder_of(rule, Work.model_validate({"case_no": "B-1", **known}), amounts)
    return holder.role if holder else None


def bucket(policy: str, dpd: int) -> str:
    """The bucket of a day."""
    return next(b.id for b in ladder(policy).policy.buckets.list if b.from_ <= dpd and (b.to is None or dpd <= b.to))


# ── B2.2.1.1 ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("dpd", "role"), [
    (1, "junior_specialist"), (30, "junior_specialist"),                               # B-Q8
    (31, "junior_specialist"), (60, "junior_specialist"),                              # B2.2.1.1a, as
    (61, "senior_specialist"), (90, "senior_specialist"), (91, "senior_specialist"),   # B2.2.1.1b, B-Q8
])  # fmt: skip
def test_the_bank_gives_a_case_to_the_specialist_of_its_days(dpd: int, role: str) -> None:
    assert held_by("bank", bucket=bucket("bank", dpd)) == role


def test_a_high_risk_goes_to_the_senior_whatever_the_days() -> None:  # B2.2.1.1c
    for dpd in (1, 31, 60, 61):
        assert held_by("bank", bucket=bucket("bank", dpd), risk="high") == "senior_specialist"
    assert held_by("bank", bucket=bucket("bank", 31), risk="medium") == "junior_specialist"


def test_a_large_amount_goes_to_the_senior() -> None:  # B2.2.1.1c: the amount is a criterion, its height a setting
    known = {"bucket": bucket("bank", 31)}
    assert held_by("bank", **known, overdue=Decimal("499999.99")) == "junior_specialist"
    assert held_by("bank", **known, overdue=Decimal("500000.00")) == "senior_specialist"


def test_credit_names_a_dedicated_person_from_day_31() -> None:  # C2.2.1b, C4.2.1
    assert [held_by("credit", bucket=bucket("credit", dpd)) for dpd in (1, 30, 31, 91)] == [
        "credit_department", "credit_department", "dedicated_person", "dedicated_person",
    ]  # fmt: skip


@pytest.mark.parametrize("policy", ["leasing", "consumer", "union", "lender", "treatment", "bank", "credit"])
def test_every_bucket_of_every_policy_has_a_holder_whose_role_is_its_own(policy: str) -> None:
    found = ladder(policy).policy
    for one in found.buckets.list:
        assert held_by(policy, bucket=one.id) in found.roles


# ── the choice ──────────────────────────────────────────────────────────────────────────────────────────────────────


def person(user: str, role: str = "senior_specialist", **more: object) -> Candidate:
    return Candidate.model_validate({"user": user, "roles": (role,), **more})


def chosen(staff: list[Candidate], **work: object) -> tuple[str | None, str]:
    given = choose(Work.model_validate({"case_no": "B-1", "branch": "east", "region": "coast", **work}), SENIOR, staff)
    return given.owner, given.why


def test_the_least_loaded_gets_it_and_ties_go_by_name() -> None:
    assert chosen([person("b", load=2), person("c", load=1), person("a", load=2)])[0] == "c"
    assert chosen([person("b"), person("a")])[0] == "a"


def test_who_may_still_hold_it_keeps_it_however_much_they_have() -> None:
    staff = [person("a", load=9, away=True, capacity=3), person("b")]
    assert chosen(staff, owner="a") == ("a", "stays")
    assert chosen([person("a", role="junior_specialist"), person("b")], owner="a") == ("b", "least_loaded")
    assert chosen([person("b")], owner="gone") == ("b", "least_loaded")


@pytest.mark.parametrize(("staff", "why"), [
    ([person("a", role="junior_specialist")], "nobody_in_role"),
    ([person("a", branch="west")], "nobody_there"),
    ([person("a", region="inland")], "nobody_there"),
    ([person("a", away=True)], "all_away"),
    ([person("a", load=3, capacity=3), person("b", away=True)], "all_full"),
])  # fmt: skip
def test_what_nobody_can_take_waits_with_the_reason(staff: list[Candidate], why: str) -> None:
    assert chosen(staff) == (None, why)


def test_a_skill_that_is_wanted_is_had() -> None:
    work, wanted = Work(case_no="B-1"), Holder(role="senior_specialist", skill="plans")
    assert choose(work, wanted, [person("a"), person("b", load=5, skills=("plans",))]).owner == "b"
    assert choose(work, wanted, [person("a")]).why == "nobody_with_skill"
    assert choose(work, None, [person("a")]).why == "no_holder"


def test_key_accounts_are_handed_out_first() -> None:  # Z3.1b: the last free place is for the key account
    work = [(Work(case_no=f"B-{number}", rank=rank), SENIOR) for number, rank in ((1, 0), (2, -400_011), (3, -500_000))]
    found = hand_out(work, [person("a", capacity=2)])
    assert [(one.work.case_no, one.owner) for one in found] == [("B-3", "a"), ("B-2", "a"), ("B-1", None)]


# ── properties ──────────────────────────────────────────────────────────────────────────────────────────────────────

some = st.sampled_from
people = st.lists(
    st.builds(
        Candidate, user=some("abcdef"), roles=some([(role,) for role in ROLES] + [ROLES]),
        skills=some([(), ("plans",), SKILLS]), branch=some(BRANCHES), region=some(REGIONS),
        capacity=st.none() | st.integers(0, 3), load=st.integers(0, 3), away=st.booleans(),
    ),
    max_size=6, unique_by=lambda one: one.user,
)  # fmt: skip
holders = st.builds(Holder, role=some(ROLES), skill=st.none() | some(SKILLS))
works = st.lists(
    st.tuples(
        st.builds(
            Work, case_no=some([f"B-{number}" for number in range(12)]), owner=st.none() | some("abcdefgh"),
            branch=some(BRANCHES[1:]), region=some(REGIONS), rank=st.integers(-3, 0),
        ),
        st.none() | holders,
    ),
    max_size=8, unique_by=lambda pair: pair[0].case_no,
)  # fmt: skip


@settings(max_examples=examples(200), deadline=None)
@given(works, people)
def test_whatever_the_staff_and_the_cases(work: list[tuple[Work, Holder | None]], staff: list[Candidate]) -> None:
    found = hand_out(work, staff)
    by_user, holder = {one.user: one for one in staff}, {one.case_no: holder for one, holder in work}
    assert sorted(one.work.case_no for one in found) == sorted(one.case_no for one, _ in work)  # none is lost
    assert [one.work.rank for one in found] == sorted(one.work.rank for one in found)
    fresh = Counter(one.owner for one in found if one.why == "least_loaded")
    for one in found:
        wanted = holder[one.work.case_no]
        assert (one.owner is None) == (one.why not in ("stays", "least_loaded"))
        if one.owner is not None and wanted is not None:
            assert may_hold(by_user[one.owner], one.work, wanted)
        if one.why == "least_loaded":
            assert one.changes and not by_user[str(one.owner)].away
    for user, given_ in fresh.items():
        free, freed = by_user[str(user)], sum(one.work.owner == user and one.changes for one in found)
        assert free.capacity is None or given_ <= max(0, free.capacity - free.load + freed)
    assert hand_out(list(reversed(work)), list(reversed(staff))) == found  # the order of the input decides nothing


@settings(max_examples=examples(100), deadline=None)
@given(works, people)
def test_handing_out_again_changes_nothing(work: list[tuple[Work, Holder | None]], staff: list[Candidate]) -> None:
    first = hand_out(work, staff)
    again = hand_out(_owned(work, first), _loaded(staff, first))
    owner = {one.work.case_no: one.owner for one in again}
    assert all(owner[one.work.case_no] == one.owner for one in first if one.owner is not None)


def _owned(work: list[tuple[Work, Holder | None]], found: list[Given]) -> list[tuple[Work, Holder | None]]:
    owner = {one.work.case_no: one.owner for one in found}
    return [(one.model_copy(update={"owner": owner[one.case_no]}), holder) for one, holder in work]


def _loaded(staff: list[Candidate], found: list[Given]) -> list[Candidate]:
    more = Counter(one.owner for one in found if one.changes)
    more.subtract(one.work.owner for one in found if one.changes)
    return [one.model_copy(update={"load": max(0, one.load + more[one.user])}) for one in staff]


@given(st.dictionaries(some("abcde"), some("abcdef"), max_size=5))
def test_nobody_who_is_away_stands_in_for_anybody(away: dict[str, str]) -> None:
    found = stand_ins(away)
    assert not set(found.values()) & set(away)
    assert set(found) <= set(away)


def test_a_substitute_who_is_away_hands_it_on_and_a_circle_stands_in_for_nobody() -> None:
    assert stand_ins({"a": "b", "b": "c"}) == {"a": "c", "b": "c"}
    assert stand_ins({"a": "b", "b": "a", "d": "a"}) == {}


# ── key accounts ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("missed", "days", "marked"), [(4, 11, True), (3, 11, False), (4, 10, False), (9, 99, True)])
def test_many_delinquencies_and_many_days_make_a_key_account(missed: int, days: int, marked: bool) -> None:  # Z3.1a
    consumer = ladder("consumer")
    rule = rule_of(consumer).key_accounts
    assert rule is not None, "the policy knows no key accounts"
    counted = Counters(missed=missed, overdue_days=days, missed_months=(date(2026, 1, 1),))
    assert is_key_account(rule, consumer.settings, counted) is marked
    either = ladder("consumer", ("    visit_lead_days: 0", "    visit_lead_days: 0\n    key_account_combine: any"))
    assert is_key_account(rule, either.settings, counted) is (missed > 3 or days > 10)


def test_key_accounts_stand_in_order_of_number_then_days() -> None:  # Z-Q3
    counted = [Counters(missed=missed, overdue_days=days) for missed, days in ((4, 500), (5, 11), (5, 12), (4, 11))]
    assert [(one.missed, one.overdue_days) for one in sorted(counted, key=rank_of)] == [
        (5, 12), (5, 11), (4, 500), (4, 11),
    ]  # fmt: skip


# ── what is refused ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("policy", "old", "new", "said"), [
    ("bank", "{role: junior_specialist, bucket", "{role: nobody, bucket", "unknown role nobody"),
    ("bank", "bucket: [mild, moderate_1]", "bucket: [mild, moderat]", "unknown bucket moderat"),
    ("bank", "overdue_from: senior_amount", "overdue_from: stages", "unknown setting stages"),
    ("bank", "- {role: senior_specialist}  ", "- {role: senior_specialist, bucket: [severe]}  ", "bucket moderate_2"),
    ("bank", "- {role: senior_specialist, risk: [high]}", "- {role: senior_specialist}", "never reached"),
    ("bank", "risk: [high]", "risk: [huge]", "risk"),
    ("bank", "rules: [B2.2.1.1a, B2.2.1.1as", "rules: [L2.2, B2.2.1.1as", "is no rule of B"),
    ("consumer", "{overdue_days_above: key_account_days_above}", "{overdue_days_above: no_such}", "no_such"),
    ("consumer", "    combine: key_account_combine", "    combine: list_days", "offers other choices"),
    ("consumer", "if: [{delinquencies_above: key_account_times_above}, ", "if: [{}, ", "counts one thing"),
])  # fmt: skip
def test_a_faulty_distribution_is_refused_with_its_line(policy: str, old: str, new: str, said: str) -> None:
    with pytest.raises(Invalid) as fault:
        ladder(policy, (old, new))
    assert any(said in problem.message for problem in fault.value.problems)
    assert all(problem.place.startswith(f"{policy}.yaml:") and problem.remedy for problem in fault.value.problems)


def test_all_faults_come_at_once() -> None:
    with pytest.raises(Invalid) as fault:
        ladder(
            "bank",
            ("{role: junior_specialist, bucket: [mild", "{role: nobody, bucket: [mid"),
            ("overdue_from: senior_amount", "overdue_from: stages"),
        )
    assert len(fault.value.problems) == 3  # the role, the bucket, the setting
