"""`arrears standing`: worked examples of aging, holds, returned payments and buckets, from a file, without a server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import EXAMPLES, Arrears, written

FOUR = [
    {"due": "2023-10-01", "amount": 250},
    {"due": "2023-10-16", "amount": 250},
    {"due": "2023-10-31", "amount": 250},
    {"due": "2023-11-15", "amount": 250},
]
RANGES = [
    {"id": "RANGE_1", "from": 1, "to": 3},
    {"id": "RANGE_3", "from": 4, "to": 30},
    {"id": "RANGE_30", "from": 31, "to": 60},
    {"id": "RANGE_60", "from": 61},
]


def four(*holds: tuple[str, str], grace: int = 3, postings: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return {
        "account": {"schedule": FOUR, "holds": [{"start": start, "end": end} for start, end in holds]},
        "postings": postings or [],
        "settings": {"grace_days": grace, "holds": "stop_clock", "buckets": RANGES},
    }


@pytest.mark.parametrize(
    ("data", "as_of", "past_due", "dpd", "since", "amount", "bucket"),
    [
        pytest.param(four(), "2023-10-01", 0, 0, None, "0.00", None, id="on-the-due-date"),
        pytest.param(four(), "2023-10-02", 1, 0, "2023-10-04", "250.00", None, id="first-day-under-grace"),
        pytest.param(four(("2023-10-06", "2023-10-30")), "2023-10-30", 29, 2, "2023-10-04", "500.00", "RANGE_1",
                     id="last-day-of-a-hold"),
        pytest.param(four(("2023-10-25", "2023-11-15")), "2023-10-27", 26, 21, "2023-10-04", "500.00", "RANGE_3",
                     id="hold-entered-late"),
        pytest.param(
            four(("2023-10-06", "2023-10-25"), postings=[{"value_date": "2023-10-16", "amount": 250}]),
            "2023-11-15", 30, 18, "2023-10-19", "500.00", "RANGE_3", id="only-the-overlap-with-the-oldest-counts",
        ),
    ],
)  # fmt: skip
def test_days_amount_and_bucket(
    arrears: Arrears, tmp_path: Path, data: dict[str, Any], as_of: str, past_due: int, dpd: int, since: str | None,
    amount: str, bucket: str | None,
) -> None:  # fmt: skip
    ran = arrears("standing", written(tmp_path, data), "--as-of", as_of, "--json")
    assert (ran.code, ran.err) == (0, "")
    found = ran.objects()[0]
    assert (found["past_due_days"], found["dpd"], found["delinquent_date"]) == (past_due, dpd, since)
    assert (found["overdue_amount"], found["bucket"]) == (amount, bucket)


def test_overdue_amount_is_split_by_the_age_of_each_instalment(arrears: Arrears, tmp_path: Path) -> None:
    file = written(tmp_path, four(grace=0))
    found = arrears("standing", file, "--as-of", "2023-11-16", "--json").objects()[0]
    assert found["amount_by_bucket"] == {"RANGE_1": "250.00", "RANGE_3": "250.00", "RANGE_30": "500.00"}


def returned(reading: str) -> dict[str, Any]:
    dues = ("2022-02-01", "2022-03-01", "2022-04-01")
    return {
        "account": {"schedule": [{"due": due, "amount": 1000} for due in dues]},
        "postings": [
            {"id": "A", "value_date": "2022-02-01", "amount": 1000},
            {"id": "B", "value_date": "2022-03-01", "amount": 1000},
            {"id": "C", "value_date": "2022-03-15", "kind": "reversal", "reverses": "B"},
        ],
        "settings": {"grace_days": 3, "returned_payment": reading, "buckets": RANGES},
    }


@pytest.mark.parametrize(
    ("reading", "dpd", "since", "bucket"),
    [("return_date", 20, "2022-03-18", "RANGE_3"), ("original_due", 34, "2022-03-04", "RANGE_30")],
)
def test_a_returned_payment_counts_from_the_day_settled(
    arrears: Arrears, tmp_path: Path, reading: str, dpd: int, since: str, bucket: str
) -> None:
    file = written(tmp_path, returned(reading))
    found = arrears("standing", file, "--as-of", "2022-04-07", "--json").objects()[0]
    assert (found["dpd"], found["delinquent_date"], found["bucket"]) == (dpd, since, bucket)


@pytest.mark.parametrize(("mode", "due"), [("upcoming", "2023-10-31"), ("earliest_unpaid", "2023-10-01")])
def test_next_due(arrears: Arrears, tmp_path: Path, mode: str, due: str) -> None:
    file = written(tmp_path, four() | {"settings": {"next_due": mode}})
    assert arrears("standing", file, "--as-of", "2023-10-21", "--json").objects()[0]["next_due"] == due


def test_a_ladder_of_levels_is_read_off_the_buckets(arrears: Arrears, tmp_path: Path) -> None:
    levels = [{"id": "OD1", "from": 30, "to": 39}, {"id": "OD2", "from": 40, "to": 49}, {"id": "OD3", "from": 50}]
    data: dict[str, Any] = {
        "account": {"schedule": [{"due": "2012-05-31", "amount": 100}]},
        "settings": {"buckets": levels},
    }
    days = ("2012-06-24", "2012-06-30", "2012-07-08", "2012-07-10", "2012-07-18", "2012-07-20")
    asked = [word for day in days for word in ("--as-of", day)]
    found = arrears("standing", written(tmp_path, data), *asked, "--json").objects()
    assert [line["bucket"] for line in found] == [None, "OD1", "OD1", "OD2", "OD2", "OD3"]
    data["postings"] = [{"value_date": "2012-07-19", "amount": 100}]
    paid = arrears("standing", written(tmp_path, data), "--as-of", "2012-07-20", "--json").objects()[0]
    assert (paid["bucket"], paid["cured"]) == (None, True)


def test_paying_the_oldest_counts_anew_from_the_next_one(arrears: Arrears, tmp_path: Path) -> None:
    data = {
        "account": {"schedule": [
            {"due": "2012-05-31", "amount": 10}, {"due": "2012-05-31", "amount": 10},
            {"due": "2012-06-02", "amount": 10}, {"due": "2012-06-03", "amount": 10},
        ]},
        "postings": [{"at": "2012-06-02T10:00", "amount": 20}],
        "settings": {"buckets": [
            {"id": "WARNING", "from": 5, "to": 6}, {"id": "BLOCKED", "from": 7, "to": 10},
            {"id": "CANCELLATION", "from": 11},
        ]},
    }  # fmt: skip
    days = ("2012-06-02", "2012-06-05", "2012-06-07", "2012-06-09", "2012-06-13")
    asked = [word for day in days for word in ("--as-of", day)]
    found = arrears("standing", written(tmp_path, data), *asked, "--json").objects()
    assert [line["bucket"] for line in found] == [None, None, "WARNING", "BLOCKED", "CANCELLATION"]


def test_json_is_as_good_as_yaml(arrears: Arrears, tmp_path: Path) -> None:
    text = '{"account": {"schedule": [{"due": "2026-03-02", "principal": "90.10", "interest": "9.90"}]}}'
    found = arrears("standing", written(tmp_path, text, "case.json"), "--as-of", "2026-03-17", "--json").objects()[0]
    assert (found["dpd"], found["bucket"], found["overdue_amount"]) == (15, "I", "100.00")


def test_the_value_date_of_a_time_with_offset_is_local(arrears: Arrears, tmp_path: Path) -> None:
    data = {
        "account": {"schedule": [{"due": "2026-03-02", "amount": 100}]},
        "postings": [{"at": "2026-03-02T17:30:00+00:00", "amount": 100}],  # 3 March in Shanghai
    }
    asked = ("--as-of", "2026-03-02", "--as-of", "2026-03-03", "--json")
    found = arrears("standing", written(tmp_path, data), *asked).objects()
    assert [line["cured"] for line in found] == [False, True]


def test_the_example_and_the_plain_table(arrears: Arrears) -> None:
    ran = arrears("standing", EXAMPLES / "grace-and-holds.yaml", "--as-of", "2026-04-10")
    assert ran.code == 0
    rows = dict(line.split(" | ") for line in ran.out.splitlines())
    # due 10 March, 31 days ago; less 3 days of grace and 10 held days
    assert (rows["past_due_days"], rows["dpd"], rows["bucket"]) == ("31", "18", "MIDDLE")
    assert rows["overdue_amount"] == "600.00"
