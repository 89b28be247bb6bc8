"""Named changes of code that break the rules of registers, meetings, archive and audit log, for `make rules-mutate`."""

from __future__ import annotations

from typing import Final

from sqlalchemy import false

from tests.rules.replaced import Change, answers, put


def marks_are_forgotten() -> None:
    """Whoever is listed, or taken off a list, stays where they were."""
    put("store.blacklist:add_mark", lambda session, mark: mark)


def kept_for_no_time() -> None:
    """Documents might be destroyed when their case is closed."""
    put("domain.retention:RetentionPack.kept_until", lambda self, kind, closed_on: closed_on)


def legal_holds_nothing() -> None:
    """A legal hold would keep nothing from destruction."""
    put("store.retention:_held", false)


def decided_and_forgotten() -> None:
    """What a meeting decides would be nobody's to do."""
    put("api.routers.meetings:carry_out", lambda session, policies, meeting, entered: entered)


FORGOTTEN: Final = {"marks_are_forgotten": marks_are_forgotten}
NO_TASK: Final = {"decided_and_forgotten": decided_and_forgotten}

KEPT: dict[str, dict[str, Change]] = {
    "L8.2": FORGOTTEN,
    "M8.2a": FORGOTTEN,
    "MA5.3a": FORGOTTEN,
    "Z3.3a": {"nobody_is_entered": answers(None, "store.record:_enter_key_customers")},
    "F3.5.1": {"money_is_made": answers((), "store.suspense:faults_of")},
    "D7.3": {
        "written_off_by_who_proposed": answers(None, "store.write_offs:_must_be_entitled"),
        "more_than_is_in_the_book": answers([], "store.write_offs:_faults"),
    },
    "B3.2.1s": NO_TASK,
    "U4.2a": NO_TASK,
    "F5.3.2": NO_TASK,
    "MB1.1b": NO_TASK,
    "MB4.1a": NO_TASK,
    "C5.1": {"kept_for_no_time": kept_for_no_time, "legal_holds_nothing": legal_holds_nothing},
    "B4.2.1d": {
        "no_log": answers(None, "store.session:enter"),
        "changed_unseen": answers((), "domain.audit:check_entry"),
        "removed_unseen": answers((), "domain.audit:_misplaced"),
    },
}
