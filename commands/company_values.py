"""Settings of a policy that a case file fills in its own way, checked as those of a company are."""

from __future__ import annotations

from commands.case_file import CaseFile
from domain.company_check import check_company, effective
from domain.compiled import compile_ladder
from domain.errors import Problem
from domain.ladder import Ladder
from domain.policy import BankAccount, Company, SettingValue
from domain.policy_file import Source


def check_values(file: CaseFile, ladder: Ladder, source: Source) -> list[Problem]:
    """Unknown and unfit values under settings / policy."""
    found = check_company(ladder.policy, _company(ladder, file.settings.policy), _moved(source, ladder.policy.id))
    given = set(file.settings.policy)
    return [problem for problem in found if any(f"setting {name}" in problem.message for name in given)]


def with_values(file: CaseFile, ladder: Ladder) -> Ladder:
    """The ladder with the settings of the file."""
    settings = file.settings
    values: dict[str, SettingValue] = {**ladder.settings, **settings.policy}
    policy = ladder.policy
    for name in ("cure_includes_current_penalty", "tolerance", "returned_payment"):
        given = getattr(settings, name)
        if given is not None:
            values[name] = str(given) if name == "tolerance" else given
    standing = policy.standing.model_copy(
        update=settings.model_dump(include={"allocation", "vendor_advance_cures"}, exclude_none=True)
    )
    policy = policy.model_copy(update={"standing": standing})
    return compile_ladder(policy, ladder.sha256, ladder.settings_id, effective(policy, values))


def _company(ladder: Ladder, given: dict[str, SettingValue]) -> Company:
    """A company that settles exactly what the ladder runs with, and what the file says."""
    return Company(
        id="file",
        version=1,
        name={"zh": "", "en": ""},
        address="",
        phone="",
        bank_account=BankAccount(name="", bank="", number=""),
        policies={ladder.policy.id: {**ladder.settings, **given}},
    )


def _moved(source: Source, policy: str) -> Source:
    """The lines of settings / policy under the paths where the check of company files looks for them."""
    base = ("settings", "policy")
    lines = {("policies", policy, *path[2:]): line for path, line in source.lines.items() if path[:2] == base}
    return Source(source.name, source.data, lines)
