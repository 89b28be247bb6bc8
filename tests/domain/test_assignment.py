"""Which policy an account belongs to, and every fault of an assignment at once."""

from __future__ import annotations

from decimal import Decimal

import pytest

from domain.assignment import AssignmentSubject, policy_for
from domain.assignment_check import check_assignment
from domain.errors import Invalid
from domain.policy_file import parse_company, read_source

HEAD = """
id: c
version: 1
name: {zh: 公司}
address: a
phone: p
bank_account: {name: n, bank: b, number: "1"}
policies: {leasing: {}, consumer: {}, bank: {}}
"""
LOANS = (
    HEAD
    + """assignment:
  - {policy: consumer, if: {product: [consumer_loan], customer_kind: [individual], amount_below: "500000.00"}}
  - {policy: bank, if: {product: [consumer_loan, bank_loan], vendor: false}}
  - {policy: bank, if: {customer_kind: [sole_trader], amount_from: "1000.00", amount_below: "2000.00"}}
  - {policy: leasing}
"""
)


def policy_of(**account: object) -> str:
    company = parse_company(read_source(LOANS, "company.yaml"))
    return policy_for(company.assignment, company.policies, AssignmentSubject.model_validate(account))


@pytest.mark.parametrize(
    ("account", "policy"),
    [
        ({}, "leasing"),
        ({"product": "consumer_loan", "customer_kind": "individual", "amount": "499999.99"}, "consumer"),
        ({"product": "consumer_loan", "customer_kind": "individual", "amount": "500000.00"}, "bank"),  # below is strict
        ({"product": "consumer_loan", "customer_kind": "company"}, "bank"),
        ({"product": "bank_loan", "vendor": True}, "leasing"),
        ({"customer_kind": "sole_trader", "amount": "1000.00"}, "bank"),  # from is included
        ({"customer_kind": "sole_trader", "amount": "999.99"}, "leasing"),
        ({"customer_kind": "sole_trader", "amount": "2000.00"}, "leasing"),
        ({"chosen": "bank"}, "bank"),  # a person goes before every entry
        ({"chosen": "factoring"}, "leasing"),  # a policy that is no longer used is no choice
    ],
)
def test_the_first_entry_that_fits_decides(account: dict[str, object], policy: str) -> None:
    assert policy_of(**account) == policy


def test_a_company_with_one_policy_needs_no_assignment() -> None:
    assert policy_for((), ("leasing",), AssignmentSubject(amount=Decimal("1.00"))) == "leasing"


def faults(assignment: str, head: str = HEAD) -> list[str]:
    source = read_source(head + assignment, "company.yaml")
    found = check_assignment(parse_company(source), source)
    assert all(problem.remedy for problem in found)
    return [f"{problem.place}: {problem.message}" for problem in found]


def test_a_good_assignment_has_no_fault() -> None:
    assert faults(LOANS.removeprefix(HEAD)) == []
    assert faults("", HEAD.replace(", consumer: {}, bank: {}", "")) == []


def test_several_policies_without_assignment_are_refused() -> None:
    assert faults("") == ["company.yaml:8: 3 policies and no assignment: leasing, consumer, bank"]


def test_every_fault_is_told_at_once_with_its_line() -> None:
    found = faults("""assignment:
  - {policy: factoring, if: {product: [invoice]}}
  - {policy: bank, if: {}}
  - {policy: bank, if: {amount_from: "5.00", amount_below: "5.00"}}
  - {policy: bank, if: {product: []}}
  - {policy: consumer, if: {product: [car, house], amount_below: "9.00"}}
  - {policy: bank, if: {product: [car], amount_from: "2.00", amount_below: "8.00", vendor: true}}
  - {policy: leasing}
  - {policy: bank, if: {product: [boat]}}
""")
    assert found == [
        "company.yaml:10: unknown policy factoring",
        "company.yaml:11: empty conditions",
        "company.yaml:12: no amount is from 5.00 on and below 5.00",
        "company.yaml:13: no product fits an empty list",
        "company.yaml:15: entry 5 takes every account that fits here: this one is never reached",
        "company.yaml:17: entry 7 takes every account: this one is never reached",
    ]


@pytest.mark.parametrize("nothing", ["if: {}", "if: ~", "if: null"])
def test_conditions_that_say_nothing_are_no_default(nothing: str) -> None:
    found = faults(f"assignment:\n  - {{policy: bank, {nothing}}}\n")
    assert "company.yaml:10: empty conditions" in found
    assert "company.yaml:10: accounts that fit no entry would have no policy" in found


def test_without_a_default_some_accounts_would_have_no_policy() -> None:
    found = faults("assignment:\n  - {policy: bank, if: {product: [car]}}\n")
    assert found == ["company.yaml:10: accounts that fit no entry would have no policy"]


def test_an_entry_that_overlaps_only_in_part_is_no_fault() -> None:
    assert (
        faults("""assignment:
  - {policy: consumer, if: {product: [car], amount_below: "9.00"}}
  - {policy: bank, if: {product: [car]}}
  - {policy: bank, if: {customer_kind: [individual], amount_below: "9.00"}}
  - {policy: leasing}
""")
        == []
    )


@pytest.mark.parametrize("amount", ["500000.00", '"-1"', '"NaN"', '"a lot"'])
def test_amounts_are_in_quotes_and_not_below_zero(amount: str) -> None:
    with pytest.raises(Invalid, match=r"company\.yaml:10.*an amount in quotes"):
        faults(f"assignment:\n  - {{policy: bank, if: {{amount_from: {amount}}}}}\n  - {{policy: leasing}}\n")
