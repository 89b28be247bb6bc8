"""A policy or company file that does not make sense is refused: file and line of every fault, all at once."""

from __future__ import annotations

import pytest

from domain.errors import Invalid, Problem
from domain.policy_check import load_ladder
from domain.policy_file import digest
from tests.builders.ladders import company_text, ladder, leasing, policy_text


def faults(*changes: tuple[str, str], company: tuple[tuple[str, str], ...] = ()) -> list[Problem]:
    """The problems of the leasing policy after these replacements."""
    policy, settings = policy_text(), company_text()
    for old, new in changes:
        assert old in policy, old
        policy = policy.replace(old, new, 1)
    for old, new in company:
        assert old in settings, old
        settings = settings.replace(old, new, 1)
    with pytest.raises(Invalid) as invalid:
        load_ladder(policy, "p.yaml", settings, "c.yaml")
    return list(invalid.value.problems)


def line_of(text: str, piece: str) -> int:
    """The line on which a piece of text begins."""
    return text[: text.index(piece)].count("\n") + 1


BROKEN = [
    # (what stands there, what stands there instead, a word of the message)
    ("{id: II, from: 16, to: 30}", "{id: II, from: 15, to: 30}", "overlap"),  # V040: ranges share a day
    ("{id: II, from: 16, to: 30}", "{id: II, from: 18, to: 30}", "gap"),
    ("{id: I, from: 1, to: 15}", "{id: I, from: 2, to: 15}", "does not begin at 1"),
    ("{id: IV, from: 46}", "{id: IV, from: 46, to: 90}", "the last bucket ends"),
    ("when: [{dpd: 15}]", "when: [{dpd: 0}]", "no bucket holds day 0"),
    ("when: [{dpd: [8, 16, 31, 46]}]", "when: [{dpd: [8, 31, 16, 46]}]", "do not ascend"),
    ("ask: {what: contact, of: collector}", "ask: {what: contact, of: postman}", "unknown role postman"),
    ("document: collection_record", "document: love_letter", "unknown document love_letter"),
    ("{after: {demand_notice: figures_moved}}", "{after: {demand_notice: eaten}}", "never ends with eaten"),
    ("when: [{after: {asset_inspection: inspected}}]", "when: [{after: {inspection: inspected}}]", "unknown step"),
    ("litigation_letter_consent: agreed}\n", "litigation_letter_consent: maybe}\n", "never ends with maybe"),
    ("needs: [{financial_reports: analysed}]", "needs: [{financial_report: analysed}]", "unknown step"),
    ("of: {all: countersigners}", "of: {all: cosigners}", "unknown setting cosigners"),
    ("rules: [L5.2d]", "rules: [Z5.2d]", "Z5.2d is no rule of L"),  # of a setting
    ("rules: [L5.2b]", "rules: [L5.2B]", "L5.2B is no rule of L"),  # of a step
    ("rules: [L6.3, L7.4]\n    placed_by", "rules: [L6.3, X7.4]\n    placed_by", "X7.4 is no rule of L"),  # of a hold
    ("of: risk_management, outcomes: [listed]", "of: risk_management, outcome: [listed]", "Extra inputs"),
    ("placed_by: {suspension_approval: approved}", "placed_by: {suspension_approval: yes}", "never ends with yes"),
    ("    end_date_from: suspension_application", "    #", "can never end"),
    ("    when: [{dpd: 15}]\n", "", "can never happen"),
    ("outcomes: [direct_disposal]}", "outcomes: []}", "allows no outcome"),
    ("  - id: vendor_contact", "  - id: asset_inspection", "stands twice"),
    ("owner: risk_management", "owner: the_cat", "unknown role the_cat"),
    ("business: {zh: 业务部门, head: head_of_business}", "business: {zh: 业务部门, head: chief}", "unknown role chief"),
    ("recourse_waived: {rules: [L7.3b], after: {recourse_resolution: waive}}",
     "recourse_waived: {rules: [L7.3b], after: {recourse_resolution: forget}}", "never ends with forget"),
    ("evaluate_at: \"09:00\"", "evaluate_at: \"25:00\"", "hour must be in"),
    ("version: 1\n", "version: 1\nversion: 2\n", "stands twice"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), BROKEN, ids=[row[2].replace(" ", "-") for row in BROKEN])
def test_a_broken_policy_is_refused_at_its_line(old: str, new: str, message: str) -> None:
    found = [problem for problem in faults((old, new)) if message in problem.message]
    assert len(found) == 1
    assert found[0].remedy
    file, _, line = found[0].place.rpartition(":")
    assert file == "p.yaml"
    first = line_of(policy_text(), old)
    # a fault of a step as a whole is told at its id, a few lines above the piece
    assert first - 6 <= int(line) <= first + old.count("\n") + 3


def test_all_faults_of_both_files_are_told_at_once() -> None:
    problems = faults(
        ("{id: II, from: 16, to: 30}", "{id: II, from: 15, to: 30}"),
        ("document: collection_record", "document: love_letter"),
        company=(("committee_members: 5", "committee_members: none"), ("[head_of_business, ", "[the_cat, ")),
    )
    assert {problem.place.split(":")[0] for problem in problems} == {"p.yaml", "c.yaml"}
    assert len(problems) == 4


COMPANY_FAULTS = [
    ('larger_lease_amount: "3000000.00"', "", "setting larger_lease_amount (money) is missing; needed by L5.2d"),
    ('larger_lease_amount: "3000000.00"', "larger_lease_amount: 3000000.5", "does not fit"),
    ('larger_lease_amount: "3000000.00"', 'larger_lease_amount: "much"', "does not fit"),
    ("consent_group: [head_of_business, head_of_risk_management]", "consent_group: []", "is missing; needed by L5.5a"),
    ("committee_members: 5", "committee_members: 0", "does not fit"),
    ("committee_members: 5", "committee_members: true", "does not fit"),
    ("committee_members: 5", "committee_members: 5\n    tolerence: \"1.00\"", "unknown setting tolerence"),
    ("committee_members: 5", "committee_members: 5\n    weekly_report_weekday: fryday", "does not fit"),
    ("committee_members: 5", "committee_members: 5\n    postings_alert_at: noon", "does not fit"),
    ("committee_members: 5", "committee_members: 5\n    risk_check_every: year", "does not fit"),
    ("committee_members: 5", "committee_members: 5\n    vendor_notice: 1", "does not fit"),
    ("by: general_manager, on: 2026-01-05", "by: finance, on: 2026-01-05", "not in force"),  # L10.1
    ("  leasing:", "  lending:", "no settings for leasing"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), COMPANY_FAULTS)
def test_unfit_company_settings_are_refused(old: str, new: str, message: str) -> None:
    found = faults(company=((old, new),))
    assert [problem for problem in found if message in problem.message and problem.place.startswith("c.yaml:")]
    assert len(found) == 1


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "id: [unclosed\n", "\t- tab"])
def test_a_file_that_is_no_policy_says_where(text: str) -> None:
    with pytest.raises(Invalid) as invalid:
        load_ladder(text, "p.yaml", company_text(), "c.yaml")
    assert invalid.value.problems[0].place.startswith("p.yaml:")


def test_on_and_no_are_words_not_booleans() -> None:
    assert leasing().policy.settings["vendor_notice"].default is False
    assert leasing().policy.roles["finance"].head == "head_of_finance"


def test_the_content_address_does_not_depend_on_line_ends() -> None:
    assert digest("a\r\nb\r\n") == digest("a\nb\n") != digest("a\nb")


def test_settings_are_filled_in_with_their_defaults() -> None:
    settings = leasing().settings
    assert (settings["committee_members"], settings["task_days"], settings["tolerance"]) == (5, 3, "0.00")
    assert "approved" not in settings


def test_a_step_that_waits_for_a_delivery_where_nothing_is_sent_is_refused() -> None:
    first = "steps:\n"
    idle = "  - id: idle\n    title: {zh: 核实, en: Check}\n    rules: [Z2.1a]\n    when: [{delivery: [refused]}]\n"
    idle += "    ask: {what: task, of: risk_officer, outcomes: [settled]}\n"
    who = "reporters: [risk_officer, business_manager], head: head_of_risk_control, legal: risk_officer"
    who += ", debtor: borrower"
    no_more = (f"{{file: standard.v1, {who}}}", "null")
    with pytest.raises(Invalid, match="no step sends anything"):
        ladder("consumer", no_more, (first, f"{first}{idle}"))
