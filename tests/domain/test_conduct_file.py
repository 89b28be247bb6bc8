"""A conduct pack that makes no sense is refused: file and line of every fault, all at once."""

from __future__ import annotations

import pytest

from domain.conduct_file import load_packs
from domain.errors import Invalid
from tests.builders.conduct import FOLDER, shipped

TEXT = (FOLDER / "default.2026.yaml").read_text(encoding="utf-8")


def faults(wanted: tuple[str, ...] = ("default",), **texts: str) -> list[str]:
    """The problems of these files, each as "place: message"."""
    with pytest.raises(Invalid) as invalid:
        load_packs({f"{name}.yaml": text for name, text in texts.items()}, wanted)
    assert all(problem.remedy for problem in invalid.value.problems)
    return [f"{problem.place}: {problem.message}" for problem in invalid.value.problems]


def changed(*changes: tuple[str, str]) -> str:
    text = TEXT
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def line_of(piece: str) -> int:
    return TEXT[: TEXT.index(piece)].count("\n") + 1


def test_the_shipped_packs_say_what_they_are_known_for() -> None:
    default, us = shipped("default", "us")
    assert (default.caps.connected_per_day, default.caps.unanswered_per_day) == (3, 6)
    assert (us.caps.calls_in_seven_days, us.caps.days_after_connected_call, us.applies_to) == (7, 7, ("individual",))
    assert [pack.id for pack in shipped("default")] == ["default"]


BROKEN = [
    ('{from: "08:00", to: "21:00"}', '{from: "02:00", to: "21:00"}', "hours / from: Value error, name 00:00 or"),
    ('{from: "08:00", to: "21:00"}', '{from: "08:00", to: "23:30"}', "hours / to: Value error, name 00:00 or"),
    ('{from: "08:00", to: "21:00"}', '{from: "08:00+08:00", to: "21:00"}', "hours / from: Value error, name 00:00 or"),
    ('{from: "22:00", to: "08:00"}', '{from: "22:00"}', "night / to: Field required"),
    ("connected_per_day: 3", "connected_per_day: 0", "caps / connected_per_day: Input should be greater"),
    ("connected_per_day: 3", "calls_per_moon: 3", "caps / calls_per_moon: Extra inputs"),
    ("effective: 2026-01-01", "effective: 2026-02-30", "effective: Input should be a valid date"),
    ("sole_trader, guarantor, company]", "everybody]", "applies_to / 1: Input should be 'individual'"),
    ("[individual, sole_trader, guarantor, company]", "[]", "applies_to: Tuple should have at least 1 item"),
    ("id: default", "id: Default!", "id: String should match"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), BROKEN)
def test_each_fault_has_its_line(old: str, new: str, message: str) -> None:
    (fault,) = faults(a=changed((old, new)))
    assert fault.startswith(f"a.yaml:{line_of(old)}: {message}")


def test_all_faults_of_all_files_come_at_once() -> None:
    bad = changed(("connected_per_day: 3", "connected_per_day: x"), ("effective: 2026-01-01", "effective: soon"))
    found = faults(a=bad, b="- 1", c="id: [", d=TEXT, e=TEXT)
    assert [fault.split(":")[0] for fault in found] == ["a.yaml", "a.yaml", "b.yaml", "c.yaml", "e.yaml"]
    assert f"e.yaml:{line_of('effective:')}: default of 2026-01-01 is already in d.yaml" in found


def test_a_pack_that_nobody_wrote_is_named() -> None:
    assert faults(("default", "mars"), a=TEXT) == ["ARREARS_CONDUCT: there is no pack mars"]


def test_packs_that_leave_no_hour_are_refused_together() -> None:
    early = changed(("id: default", "id: early"), ('{from: "08:00", to: "21:00"}', '{from: "04:00", to: "08:00"}'))
    (*found,) = faults(("default", "early"), a=TEXT, b=early)
    assert len(found) == 3  # for each kind
    assert all("no hour is left" in fault for fault in found)
    assert load_packs({"a.yaml": TEXT, "b.yaml": early}, ["default"])  # alone it is not in force


def test_a_night_that_covers_the_hours_is_refused() -> None:
    silent = changed(('{from: "22:00", to: "08:00"}', '{from: "21:00", to: "21:00"}'))
    assert all("with its own night" in fault for fault in faults(a=silent))
