"""The command `arrears`: what it can do, and what its exit code says."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import cast

import typer

from commands.output import BAD_INPUT, complain, faults
from domain.errors import Invalid, Refused, Transient
from settings import SettingsError

HELP = "Durable case management for overdue loans and leases. Exit codes: 0 done, 1 not done, 2 bad input."

# Where each command is, `module.function` in commands/: a command line loads only its own.
GROUPS = {
    "policy": (
        "Read a policy: is it whole, and what would it do.",
        {"check": "policy.check", "timeline": "policy.timeline", "diff": "policy_diff.diff"},
    ),
    "staff": (
        "Who works here, where, and who is away.",
        {"add": "staff.add", "load": "staff.load", "list": "staff.list_all", "away": "staff.away"},
    ),
    "case": (
        "One case: `arrears case NO` shows it, `move` gives it another policy, `open` reports a breach.",
        {"show": "cases.case", "move": "moving.move", "open": "by_hand.open_case", "export": "audit.export_case"},
    ),
    "complaint": (
        "Complaints about collection (投诉).",
        {"enter": "complaints.enter", "mail": "complaints.mail", "list": "complaints.listed"},
    ),
    "suit": (
        "Lawsuits (诉讼): what is due, what happened, their periods.",
        {"list": "suits.listed", "show": "suits.show", "terms": "suits.terms"},
    ),
    "delegation": (
        "Who acts for whom under which role (授权), and until when.",
        {"give": "delegations.give", "revoke": "delegations.revoke", "list": "delegations.list_all"},
    ),
    "audit": (
        "The audit log (审计日志): check it, say where it stands, write it out.",
        {"verify": "audit.verify", "head": "audit.head", "export": "audit.export"},
    ),
    "agency": (
        "Collection agencies (委外机构) and their people.",
        {"list": "agencies.listed", "person": "agencies.person"},
    ),
    "register": (
        "Registers (登记簿): blacklist, key customers, suspense, write-offs, what of the archive may be destroyed.",
        {
            "blacklist": "registers.listed",
            "key-customers": "registers.key_customers",
            "suspense": "registers.suspense",
            "write-offs": "registers.written_off",
            "destroyable": "registers.destroyable",
        },
    ),
    "meeting": (
        "Meetings, reviews, audits and trainings (会议与检查).",
        {"list": "meetings.listed", "agenda": "meetings.agenda"},
    ),
}
SINGLE = {
    "up": "stack.up", "demo": "stack.demo", "worker": "serving.worker", "api": "serving.api",
    "standins": "serving.standins", "import": "intake.import_file", "intake": "intake.intake", "cases": "cases.cases",
    "assign": "moving.assign", "reconsider": "intake.reconsider", "standing": "standing.standing",
    "simulate": "simulate.simulate", "rules": "rules.rules", "classify": "classify.classify", "costs": "costs.costs",
    "kpi": "kpi.kpi", "queue": "owners.queue", "duty": "by_hand.duty", "vendor": "vendors.vendor",
    "evidence": "suits.evidence", "complaints": "complaints.listed", "key-accounts": "owners.key_accounts",
}  # fmt: skip


def application(word: str = "") -> typer.Typer:
    """The sub-commands that a command line with this first word needs: its own, or all when it names none."""
    app = typer.Typer(
        name="arrears", help=HELP, no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False
    )
    alone = word in GROUPS or word in SINGLE
    for name, (about, commands) in GROUPS.items():
        group = typer.Typer(help=about, no_args_is_help=True)
        for verb, place in commands.items():
            if name == word or not alone:
                group.command(verb)(_loaded(place))
        app.add_typer(group, name=name)
    for name, place in SINGLE.items():
        if name == word or not alone:
            app.command(name)(_loaded(place))
    return app


def _loaded(place: str) -> Callable[..., None]:
    module, _, function = place.partition(".")
    return cast("Callable[..., None]", getattr(import_module(f"commands.{module}"), function))


def run(words: Sequence[str]) -> int:
    """Carry out one command line; returns the exit code. What a person can mend is said in a line, not a traceback."""
    try:
        application(*words[:1])(args=_in_full(words), prog_name="arrears")
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
    shortened = (
        words[:1] == ["case"] and len(words) > 1 and words[1] not in ("show", "move", "open", "export", "--help")
    )
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
