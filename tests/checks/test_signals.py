"""The page of signals: complete, of today, and its faults are named."""

from __future__ import annotations

from checks.signals import PAGE, faults, markdown, read_table
from checks.tracked import ROOT

TABLE = read_table()


def test_every_signal_has_a_row_whose_steps_and_tests_exist() -> None:
    assert list(faults(TABLE)) == []
    assert len(TABLE.names) == 44


def test_the_page_is_what_the_table_and_the_policies_say() -> None:
    assert (ROOT / PAGE).read_text(encoding="utf-8") == markdown(TABLE)


def test_what_is_lacking_is_named() -> None:
    first, *others = TABLE.signals
    assert list(faults(TABLE.model_copy(update={"signals": tuple(others)}))) == [f"{first.signal}: 0 rows"]
    odd = first.model_copy(
        update={
            "at": {"leasing": ("nothing",)},
            "silence": first.silence.model_copy(update={"step": None, "tests": ("tests/nowhere.py::test_nothing",)}),
        }
    )
    assert list(faults(TABLE.model_copy(update={"signals": (odd, *others)}))) == [
        "payment_recorded: no test tests/nowhere.py::test_nothing",
        "payment_recorded: leasing has no step nothing",
    ]
    wrong = first.model_copy(update={"rules": ("L99.9",), "errands": {"trade": ("nothing",)}})
    assert list(faults(TABLE.model_copy(update={"signals": (wrong, *others)}))) == [
        "payment_recorded: L99.9 is no rule",
        "payment_recorded: trade has no errand nothing",
    ]
    unknown = first.model_copy(update={"signal": "sing", "silence": first.silence.model_copy(update={"step": None})})
    assert list(faults(TABLE.model_copy(update={"signals": (*TABLE.signals, unknown)}))) == [
        "sing: no signal of that name", "sing: nothing proves its silence",
    ]  # fmt: skip
