"""The order of rows means nothing: a shuffled file gives the same accounts and the same complaints."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings, strategies as st

from tests.imports.files import Sheets, good, put, read, xlsx


def shuffled(sheets: Sheets, random: Random) -> Sheets:
    mixed: Sheets = {}
    for name, (header, *rows) in sheets.items():
        random.shuffle(rows)
        mixed[name] = [header, *rows]
    return mixed


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False))
def test_shuffled_rows_give_the_same_accounts(random: Random) -> None:
    found = read(xlsx(shuffled(good(), random)))
    assert found.faults == ()
    assert found.accounts == read(xlsx(good())).accounts


@settings(max_examples=20, deadline=None)
@given(st.randoms(use_true_random=False))
def test_shuffled_rows_leave_the_same_accounts_out(random: Random) -> None:
    sheets = put(put(good(), "schedule", 2, "principal", -1), "parties", 5, "role", "friend")
    found, straight = read(xlsx(shuffled(sheets, random))), read(xlsx(sheets))
    assert found.left_out == straight.left_out
    assert sorted(str(f.value) for f in found.faults) == sorted(str(f.value) for f in straight.faults)
