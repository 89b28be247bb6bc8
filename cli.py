"""The command `arrears`: what it can do, and what its exit code says."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence

import typer

from commands import staff
from commands.by_hand import duty, open_case
from commands.cases import case, cases
from commands.classify import classify
from commands.complaints import enter as enter_complaint, listed as list_complaints, mail as mail_complaint
from commands.costs import costs
from commands.intake import import_file, intake, reconsider
from commands.kpi import kpi
from commands.moving import assign, move
from commands.output import BAD_INPUT, complain, faults
from commands.owners import key_accounts, queue
from commands.policy import check as policy_check, timeline as policy_timeline
from commands.policy_diff import diff as policy_diff
from commands.rules import rules
from commands.serving import api, standins, worker
from commands.simulate import simulate
from commands.stack import demo, up
from commands.standing import standing
from domain.errors import Invalid, Refused, Transient
from settings import SettingsError

HELP = "Durable case management for overdue loans and leases. Exit codes: 0 done, 1 not done, 2 bad input."


def application() -> typer.Typer:
    """All sub-commands."""
    app = typer.Typer(
        name="arrears", help=HELP, no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False
    )
    policy = typer.Typer(help="Read a policy: is it whole, and what would it do.", no_args_is_help=True)
    policy.command("check")(policy_check)
    policy.command("timeline")(policy_timeline)
    policy.command("diff")(policy_diff)
    app.add_typer(policy, name="policy")
    people = typer.Typer(help="Who works here, where, and who is away.", no_args_is_help=True)
    for name, command in (("add", staff.add), ("load", staff.load), ("list", staff.list_all), ("away", staff.away)):
        people.command(name)(command)
    app.add_typer(people, name="staff")
    of_case = typer.Typer(
        help="One case: `arrears case NO` shows it, `move` gives it another policy, `open` reports a breach.",
        no_args_is_help=True,
    )
    of_case.command("show")(case)
    of_case.command("move")(move)
    of_case.command("open")(open_case)
    app.add_typer(of_case, name="case")
    of_complaints = typer.Typer(help="Complaints about collection (投诉).", no_args_is_help=True)
    of_complaints.command("enter")(enter_complaint)
    of_complaints.command("mail")(mail_complaint)
    of_complaints.command("list")(list_complaints)
    app.add_typer(of_complaints, name="complaint")
    app.command("import")(import_file)
    for command in (
        up, demo, worker, api, standins, intake, cases, assign, reconsider, standing, simulate, rules, classify, costs,
        kpi, queue, duty,
    ):  # fmt: skip
        app.command()(command)
    app.command("key-accounts")(key_accounts)
    return app


def run(words: Sequence[str]) -> int:
    """Carry out one command line; returns the exit code. What a person can mend is said in a line, not a traceback."""
    try:
        application()(args=_in_full(words), prog_name="arrears")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0 if ended.code is None else 1
    except Invalid as invalid:
        return faults(invalid)
    except SettingsError as error:
        complain(str(error))
        return BAD_INPUT
    except Refused as refusal:
        complain(f"{refusal.code}: {refusal}")
        return 1
    except Transient as missing:
        complain(str(missing))
        return 1
    return 0


def _in_full(words: Sequence[str]) -> list[str]:
    """`arrears case NO` is short for `arrears case show NO`."""
    shortened = words[:1] == ["case"] and len(words) > 1 and words[1] not in ("show", "move", "open", "--help")
    return ["case", "show", *words[1:]] if shortened else [*words]


def main() -> None:
    """The entry point. Leaves without the interpreter's shutdown, in which the engine's SDK may crash."""
    try:
        code = run(sys.argv[1:])
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:  # the reader of a pipe has seen enough
        code = 0
    except BaseException:  # an error of ours: its traceback is for whoever mends it
        traceback.print_exc()
        sys.stderr.flush()
        code = 1
    os._exit(code)


if __name__ == "__main__":
    main()
