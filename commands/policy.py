"""`arrears policy`: checks a policy with its settings, and shows what it does to an account that never pays."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from commands.files import read_text
from commands.ladders import policy_path, read_ladder
from commands.output import say, table
from commands.simulate import play_scenario, read_scenario
from commands.standing import CompanyFile
from commands.words import Words
from domain.compiled import approval_of, outcomes_of
from domain.ladder import Ladder
from domain.policy import SettingValue
from domain.policy_file import parse_company, read_source
from domain.scenario import Scenario, StaffAnswer
from domain.timeline import timeline as rows_of
from settings import ROOT, Settings, load_settings

SCENARIOS = ROOT / "examples" / "scenarios"

PolicyFile = Annotated[str, typer.Argument(metavar="FILE", help="a policy file, or the name of a policy")]
PolicyName = Annotated[str, typer.Argument(metavar="POLICY", help="the name of a policy, or its file")]
AccountFile = Annotated[Path | None, typer.Option("--account", help="a case file; default: an account that never pays")]


def check(file: PolicyFile, company: CompanyFile = None) -> None:
    """Every fault of a policy and its settings at once; when there is none, every setting and where it comes from."""
    settings = load_settings()
    path = policy_path(file, settings)
    ladder = read_ladder(str(path), company, settings)
    say(f"{path.name}: {ladder.policy.title['zh']}, version {ladder.policy.version}, sha256 {ladder.sha256}")
    say(f"{len(ladder.steps)} steps, {len(ladder.portfolio)} of the portfolio, {_in_force(ladder, company, settings)}")
    table(("setting", "value", "default", "source", "rules", "note"), _settings(ladder, company, settings))


def timeline(policy: PolicyName, account: AccountFile = None, company: CompanyFile = None) -> None:
    """The table a lawyer reads: what happens on which day past due, who does it, with which document, by which rule."""
    settings = load_settings()
    rules = read_ladder(policy, company, settings)
    scenario, ladder = read_scenario(account or _never_pays(rules), rules)
    if account is None:
        scenario = _without_agreement(scenario, ladder)
    words = Words(ladder.policy)
    played = play_scenario(scenario, ladder, settings)
    rows = [words.row(row, scenario.account.time_zone) for row in rows_of(played.events)]
    found = [*words.before_due(ladder), *rows, *words.standing_duties(ladder)]
    table(("date", "DPD", "what", "who", "document", "rules"), found, scenario.title)


def _never_pays(ladder: Ladder) -> Path:
    """The example of an account that never pays: a lease where the policy writes to a lessee, else a loan."""
    leases = any(step.rule.send is not None and step.rule.send.to == "lessee" for step in ladder.steps)
    return SCENARIOS / ("never-pays.yaml" if leases else "never-pays-loan.yaml")


def _without_agreement(scenario: Scenario, ladder: Ladder) -> Scenario:
    """Who never pays signs no agreement either: what would place that hold ends otherwise."""
    refused = [
        StaffAnswer(step=step, outcome=next(o for o in outcomes_of(ladder.by_id[step].rule) if o != outcome))
        for hold in ladder.policy.holds if hold.id == "agreement"
        for step, outcome in hold.placed_by.items()
    ]  # fmt: skip
    return scenario.model_copy(update={"staff_answers": (*refused, *scenario.staff_answers)})


def _in_force(ladder: Ladder, company: Path | None, settings: Settings) -> str:
    approval = approval_of(_values(ladder, company, settings))
    return f"in force since {approval.on}, approved by {approval.by}" if approval else "not in force"


def _settings(ladder: Ladder, company: Path | None, settings: Settings) -> list[tuple[str, ...]]:
    """Each setting: value, default, who settled it, rules, note. The readings of `standing` stand with them."""
    given = _values(ladder, company, settings)
    found: list[tuple[str, ...]] = []
    for name, setting in sorted(ladder.policy.settings.items()):
        source = "company" if name in given else setting.source or "policy"
        default = "must be set" if setting.default is None else _shown(setting.default)
        rules = " ".join(setting.rules)
        found.append((name, _shown(ladder.settings[name]), default, source, rules, setting.note or ""))
    fixed = ladder.policy.standing
    rules = " ".join(fixed.rules)
    for name in ("day_count", "grace_days", "holds", "allocation", "vendor_advance_cures"):
        found.append((f"standing.{name}", _shown(getattr(fixed, name)), "", "policy", rules, ""))
    return found


def _values(ladder: Ladder, company: Path | None, settings: Settings) -> dict[str, SettingValue]:
    path = company or settings.company_path
    return parse_company(read_source(read_text(path), str(path))).policies[ladder.policy.id]


def _shown(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case tuple():
            return ", ".join(str(item) for item in value)
        case Decimal():
            return f"{value:.2f}"
        case _:
            return str(value)
