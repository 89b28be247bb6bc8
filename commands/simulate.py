"""`arrears simulate`: plays a case written in a file and prints what happens, without a server."""

from __future__ import annotations

import json
from pathlib import Path

from commands.calendars import business_calendar
from commands.case_check import check_account, check_script, refuse
from commands.case_file import parse_case_file
from commands.company_values import check_values, with_values
from commands.files import read_file
from commands.ladders import pin_of, read_ladder
from commands.output import complain, say, table
from commands.standing import AsJson, CompanyFile, File, PolicyName
from domain.base import zone
from domain.ladder import Ladder
from domain.scenario import Scenario
from domain.simulate import Played, simulate as play
from domain.timeline import BOOKKEEPING, timeline
from settings import Settings, load_settings

HEADINGS = ("due", "dpd", "event", "step", "who", "document", "rules")


def simulate(
    file: File,
    as_json: AsJson = False,
    policy: PolicyName = "leasing",
    company: CompanyFile = None,
) -> None:
    """What would happen to the account of a file, with the answers written in it. No server needed."""
    settings = load_settings()
    scenario, ladder = read_scenario(file, read_ladder(policy, company, settings))
    played = play_scenario(scenario, ladder, settings)
    if as_json:
        for line in lines(played, ladder, scenario.account.time_zone):
            say(line)
    else:
        rows = (row.columns(scenario.account.time_zone) for row in timeline(played.events))
        table(HEADINGS, rows, scenario.title)
    for command, refusal in played.refused:
        complain(f"refused: {command.body.do} by {command.actor.role}: {refusal.code}: {refusal}")


def read_scenario(file: Path, ladder: Ladder) -> tuple[Scenario, Ladder]:
    """A case file as a scenario, and the ladder with the settings of the file. Raises Invalid with all faults."""
    source = read_file(file)
    case = parse_case_file(source)
    refuse([*check_account(case, source), *check_values(case, ladder, source), *check_script(case, ladder, source)])
    return case.scenario(), with_values(case, ladder)


def play_scenario(scenario: Scenario, ladder: Ladder, settings: Settings) -> Played:
    """Play it on the business days of the policy's calendar."""
    years = range(scenario.account.schedule[0].due.year - 1, scenario.until.year + 3)
    calendar = business_calendar(ladder.policy.calendar, years, settings)
    return play(ladder, scenario, calendar, pin_of(ladder))


def lines(played: Played, ladder: Ladder, tz: str) -> list[str]:
    """One JSON object per event of the timeline; times with the zone of the account."""
    happened = [event for event in played.events if not isinstance(event.body, BOOKKEEPING)]
    found: list[str] = []
    for event, row in zip(happened, timeline(played.events), strict=True):
        bucket = ladder.bucket(event.dpd) if event.dpd else None
        line = {
            "at": event.at.astimezone(zone(tz)).isoformat(),
            "due_at": event.due_at.astimezone(zone(tz)).isoformat(),
            "dpd": event.dpd,
            "bucket": bucket.id if bucket else None,
            "event": row.event,
            "step": row.step,
            "who": row.who,
            "document": row.document,
            "rules": row.rules,
            "why": event.why,
        }
        found.append(json.dumps(line, ensure_ascii=False))
    return found
