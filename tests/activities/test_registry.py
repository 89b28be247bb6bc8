"""Policies by content: the pinned text, whatever the files say now, and every fault of a broken file at once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from activities.registry import Policies, UnknownPolicy
from domain.errors import Invalid
from domain.policy_file import digest
from tests.activities.world import ROOT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Policies and a company file of one's own."""
    shutil.copytree(ROOT / "policies", tmp_path / "policies")
    shutil.copy(ROOT / "company" / "demo.yaml", tmp_path / "company.yaml")
    return tmp_path


def read(folder: Path, earlier: dict[str, str] | None = None) -> Policies:
    return Policies.from_files(folder / "policies", folder / "company.yaml", earlier)


def change(file: Path, old: str, new: str) -> str:
    """Replace one place of a file; its text before."""
    before = file.read_text(encoding="utf-8")
    assert before.count(old) == 1
    file.write_text(before.replace(old, new), encoding="utf-8")
    return before


def test_a_case_gets_the_newest_version_and_the_settings_in_force(folder: Path) -> None:
    policies = read(folder)
    pin = policies.pin("leasing")
    assert (pin.id, pin.version) == ("leasing", 1)
    assert policies.ladder(pin, policies.company_sha) is policies.ladder(pin, "") is policies.current("leasing")


def test_a_new_version_leaves_the_old_one_to_its_cases(folder: Path) -> None:
    old = read(folder).pin("leasing")
    text = (folder / "policies" / "leasing.v1.yaml").read_text(encoding="utf-8")
    newer = text.replace("\nversion: 1\n", "\nversion: 2\n")
    (folder / "policies" / "leasing.v2.yaml").write_text(newer, encoding="utf-8")
    policies = read(folder)
    assert policies.pin("leasing").version == 2
    assert policies.ladder(old, "").policy.version == 1


def test_an_unknown_hash_is_named_and_nothing_else_is_used_instead(folder: Path) -> None:
    policies = read(folder)
    pin = policies.pin("leasing")
    with pytest.raises(UnknownPolicy, match="0" * 12):
        policies.ladder(pin.model_copy(update={"sha256": "0" * 64}), "")
    with pytest.raises(UnknownPolicy, match="f" * 12):
        policies.ladder(pin, "f" * 64)
    with pytest.raises(UnknownPolicy, match="factoring"):
        policies.current("factoring")


def test_a_case_keeps_the_settings_it_was_decided_under(folder: Path) -> None:
    company = folder / "company.yaml"
    before = change(company, 'larger_lease_amount: "3000000.00"', 'larger_lease_amount: "9000000.00"')
    policies = read(folder, {digest(before): before})
    pin = policies.pin("leasing")
    assert str(policies.current("leasing").settings["larger_lease_amount"]) == "9000000.00"
    assert str(policies.ladder(pin, digest(before)).settings["larger_lease_amount"]) == "3000000.00"
    with pytest.raises(UnknownPolicy):
        read(folder).ladder(pin, digest(before))


def test_line_ends_are_not_content(folder: Path) -> None:
    pin, company = read(folder).pin("leasing"), folder / "company.yaml"
    for file in (company, folder / "policies" / "leasing.v1.yaml"):
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    again = read(folder)
    assert again.pin("leasing") == pin
    assert again.ladder(pin, "") is again.current("leasing")


def test_every_fault_of_a_broken_company_file_is_told_with_its_line(folder: Path) -> None:
    company = folder / "company.yaml"
    change(company, 'larger_lease_amount: "3000000.00"', "larger_lease_amount: a lot")
    change(company, "committee_members: 5", "comittee_members: 5")
    with pytest.raises(Invalid) as caught:
        read(folder)
    told = [str(problem) for problem in caught.value.problems]
    assert len(told) >= 3, told
    assert all("company.yaml:" in line or "leasing.v1.yaml:" in line for line in told)
    assert any("larger_lease_amount" in line for line in told)
    assert any("comittee_members" in line for line in told)
    assert all(problem.remedy for problem in caught.value.problems)


def test_a_file_that_is_no_yaml_is_refused(folder: Path) -> None:
    (folder / "company.yaml").write_text("id: [demo\n", encoding="utf-8")
    with pytest.raises(Invalid, match=r"company\.yaml:"):
        read(folder)


def test_a_policy_without_settings_of_the_company_is_not_in_use(folder: Path) -> None:
    text = (folder / "policies" / "leasing.v1.yaml").read_text(encoding="utf-8")
    other = text.replace("\nid: leasing\n", "\nid: factoring\n")
    (folder / "policies" / "factoring.v1.yaml").write_text(other, encoding="utf-8")
    found = read(folder)
    assert "leasing" in found.ids and "factoring" not in found.ids


def test_a_rehearsal_knows_no_contact_hours(folder: Path) -> None:
    policies = Policies.from_files(folder / "policies", folder / "company.yaml", always_open=True)
    hours = policies.current("leasing").policy.contact_hours
    assert hours.from_ == hours.to
    assert policies.pin("leasing") == read(folder).pin("leasing")


def test_a_case_keeps_its_policy_when_the_file_is_edited_in_place(folder: Path) -> None:
    """S8: the text that a case began with is kept; new cases take what stands in the folder."""
    pin = read(folder).pin("leasing")
    before = change(folder / "policies" / "leasing.v1.yaml", 'evaluate_at: "09:00"', 'evaluate_at: "10:00"')
    edited = Policies.from_files(
        folder / "policies", folder / "company.yaml", earlier_policies={digest(before): before}
    )
    assert edited.ladder(pin, "").evaluate_at.hour == 9
    assert edited.current("leasing").evaluate_at.hour == 10
    with pytest.raises(UnknownPolicy):
        read(folder).ladder(pin, "")
