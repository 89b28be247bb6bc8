"""`arrears policy`: checks a policy with its settings, and shows what it does to an account that never pays."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from commands.files import read_text
from commands.ladders import layer_path, layers_beside, policy_path, read_ladder, read_layer
from commands.output import say, table
from commands.simulate import play_scenario, read_scenario
from commands.standing import CompanyFile
from commands.words import Words
from domain.compiled import approval_of, outcomes_of
from domain.ladder import Ladder
from domain.layer import LayerInForce
from domain.policy import SettingValue
from domain.policy_file import parse_company, read_source
from domain.scenario import Scenario, StaffAnswer
from domain.timeline import timeline as rows_of
from settings import ROOT, Settings, load_settings

SCENARIOS = ROOT / "examples" / "scenarios"

HEADINGS = ("setting", "value", "default", "source", "rules", "note")
PolicyFile = Annotated[str, typer.Argument(metavar="FILE", help="a file or the name of a policy or a layer")]
PolicyName = Annotated[str, typer.Argument(metavar="POLICY", help="the name of a policy, or its file")]
AccountFile = Annotated[Path | None, typer.Option("--account", help="a case file; default: an account that never pays")]


def check(file: PolicyFile, company: CompanyFile = None) -> None:
    """Every fault of a policy and its settings at once; when there is none, every setting and where it comes from.

    The settings of the layers beside it follow; a layer can also be checked by itself.
    """
    settings = load_settings()
    layer_file = layer_path(file, settings)
    if layer_file is not None:
        _show_layer(read_layer(layer_file, company, settings), layer_file.name)
        return
    path = policy_path(file, settings)
    ladder = read_ladder(str(path), company, settings)
    layers = layers_beside(ladder.policy.id, company, settings)
    say(f"{path.name}: {ladder.policy.title['zh']}, version {ladder.policy.version}, sha256 {ladder.sha256}")
    say(f"{len(ladder.steps)} steps, {len(ladder.portfolio)} of the portfolio, {_in_force(ladder, company, settings)}")
    table(HEADINGS, _settings(ladder, company, settings))
    for layer in layers:
        _show_layer(layer, layer.id)


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


def _show_layer(layer: LayerInForce, name: str) -> None:
    text = layer.layer
    say(f"{name}: {text.title['zh']}, version {text.version}, {len(text.duties)} duties, since {layer.since}")
    say(f"beside {', '.join(layer.beside)}")
    table(HEADINGS, [_layer_setting(layer, setting) for setting in sorted(text.settings)])


def _layer_setting(layer: LayerInForce, name: str) -> tuple[str, ...]:
    """As for a policy; a value that the company gives is its own even where it repeats the default."""
    setting = layer.layer.settings[name]
    default = "must be set" if setting.default is None else _shown(setting.default)
    source = "company" if name in layer.given else setting.source or "layer"
    value = _shown(layer.settings[name])
    return (f"{layer.id}.{name}", value, default, source, " ".join(setting.rules), setting.note or "")


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
