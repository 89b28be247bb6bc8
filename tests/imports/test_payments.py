"""A file of payments and reversals: each receipt counts once, each row has a result."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from domain.errors import Invalid
from imports.batch import check_files, stage
from imports.payments import PaymentsFile, RowResult, post_payments, read_payments
from imports.source import SourceFile
from store.ledger import account_facts, posted_through
from store.session import Database
from store.suspense_read import open_suspense
from tests.imports.files import NOW, TODAY, Sheets, good, loading, xlsx

HEADER = "receipt_no,account_no,contract_no,kind,value_date,amount,reverses,reference\n"


@pytest.fixture
def loaded(database: Database) -> Database:
    with database.session() as session:
        stage(session, check_files([xlsx(good())], loading()), "u-7", NOW, hold=False)
    return database


def payments(*rows: str) -> PaymentsFile:
    return read_payments([SourceFile("bank-0318.csv", (HEADER + "\n".join(rows)).encode())], TODAY)


def booked(database: Database, file: PaymentsFile) -> list[RowResult]:
    with database.session() as session:
        return post_payments(session, file, NOW)


def outcomes(results: list[RowResult]) -> list[tuple[int, str, str | None]]:
    return [(result.row, result.outcome, result.account_no) for result in results]


def ids(database: Database, account_no: str) -> list[str]:
    with database.reading() as session:
        return [posting.id for posting in account_facts(session, account_no).postings]


def test_payments_find_their_account_by_number_or_contract(loaded: Database) -> None:
    file = payments("P1,A2,,payment,2026-03-17,100.00,,", "P2,,HT-2025-001,,2026/3/17,200.5,,")
    assert outcomes(booked(loaded, file)) == [(2, "posted", "A2"), (3, "posted", "A1")]
    assert ids(loaded, "A2") == ["R4", "P1"]
    assert ids(loaded, "A1")[-1] == "P2"


def test_the_same_file_again_changes_nothing(loaded: Database) -> None:
    file = payments("P1,A2,,payment,2026-03-17,100.00,,", "P2,A9,,payment,2026-03-17,7.00,,")
    booked(loaded, file)
    assert [outcome for _, outcome, _ in outcomes(booked(loaded, file))] == ["repeated", "suspense"]
    assert ids(loaded, "A2") == ["R4", "P1"]
    with loaded.reading() as session:
        assert len(open_suspense(session)) == 1


def test_a_reversal_goes_where_the_payment_went(loaded: Database) -> None:
    file = payments("P2,,,reversal,2026-03-18,,P1,", "P1,A2,,payment,2026-03-17,100.00,,")
    assert outcomes(booked(loaded, file)) == [(2, "posted", "A2"), (3, "posted", "A2")]
    with loaded.reading() as session:
        reversal = account_facts(session, "A2").postings[-1]
        assert (reversal.reverses, reversal.amount) == ("P1", Decimal("100.00"))


def test_what_fits_no_account_waits_on_the_suspense_list(loaded: Database) -> None:
    file = payments(
        "P1,A9,,payment,2026-03-17,1.00,,some reference",
        "P2,,HT-0,,2026-03-17,2.00,,",
        "P3,,,,2026-03-17,3.00,,",
        "P4,,,reversal,2026-03-17,,R99,",
    )
    assert {outcome for _, outcome, _ in outcomes(booked(loaded, file))} == {"suspense"}
    with loaded.reading() as session:
        waiting = [entry.item for entry in open_suspense(session)]
    assert {(item.id, item.reason) for item in waiting} == {
        ("P1", "unknown account A9"),
        ("P2", "contract HT-0 has 0 accounts"),
        ("P3", "neither account nor contract given"),
        ("P4", "reversal of R99, which is not posted"),
    }
    assert next(item.reference for item in waiting if item.id == "P1") == "some reference"


def test_a_receipt_that_waited_is_booked_when_it_comes_with_its_account(loaded: Database) -> None:
    booked(loaded, payments("P1,A9,,payment,2026-03-17,1.00,,"))
    assert outcomes(booked(loaded, payments("P1,A1,,payment,2026-03-17,1.00,,"))) == [(2, "posted", "A1")]
    with loaded.reading() as session:
        assert open_suspense(session) == ()
    # the first file comes once more: it is known where the money went
    assert outcomes(booked(loaded, payments("P1,A9,,payment,2026-03-17,1.00,,"))) == [(2, "repeated", "A1")]


def test_one_receipt_number_with_two_contents_is_refused(loaded: Database) -> None:
    booked(loaded, payments("P1,A2,,payment,2026-03-17,100.00,,"))
    (result,) = booked(loaded, payments("P1,A2,,payment,2026-03-17,101.00,,"))
    assert result.outcome == "refused"
    assert result.problem is not None
    assert result.problem.place == "payments, row 2"


def test_a_bad_row_is_refused_and_the_others_are_posted(loaded: Database) -> None:
    file = payments(
        "P1,A2,,payment,2026-03-17,12.3400000001,,",
        "P2,A2,,payment,2026-03-17,-5,,",
        "P3,A2,,payment,2026-03-19,5,,",
        "P4,A2,,payment,2026-03-17,,,",
        "P5,A2,,reversal,2026-03-17,,,",
        "P6,A2,,payment,2026-03-17,6.00,,",
        "P7,A2,,reversal,2026-03-17,,R4,",
        "P8,A2,,reversal,2026-03-17,,R4,",
    )
    results = booked(loaded, file)
    assert [result.outcome for result in results] == [*["refused"] * 5, "posted", "posted", "refused"]
    assert [str(result.problem).split(" found")[0] for result in results[:5]] == [
        "payments, row 2, column amount (金额): '12.3400000001'",
        "payments, row 3, column amount (金额): '-5'",
        "payments, row 4, column value_date (入账日): 2026-03-19",
        "payments, row 5, column amount (金额): an empty cell",
        "payments, row 6, column reverses (冲销流水号): an empty cell",
    ]
    assert ids(loaded, "A2") == ["R4", "P6", "P7"]


def test_a_receipt_twice_in_one_file_is_refused_the_second_time(loaded: Database) -> None:
    file = payments("P1,A2,,payment,2026-03-17,5.00,,", "P1,A2,,payment,2026-03-17,5.00,,")
    assert [outcome for _, outcome, _ in outcomes(booked(loaded, file))] == ["posted", "refused"]


def test_a_file_without_a_needed_column_is_not_posted(loaded: Database) -> None:
    file = read_payments([SourceFile("bank.csv", b"receipt_no,amount\nP1,5.00\n")], TODAY)
    with pytest.raises(Invalid) as refused:
        booked(loaded, file)
    assert "value_date" in str(refused.value)


def workbook(total: float) -> Sheets:
    return {
        "收款": [["流水号", "账户编号", "类型", "入账日", "金额"], ["P1", "A2", "还款", date(2026, 3, 18), 100.5]],
        "控制": [["入账金额合计", total], ["入账截止日", date(2026, 3, 18)]],
    }


def test_a_workbook_may_carry_totals_and_the_day_it_is_complete_through(loaded: Database) -> None:
    assert outcomes(booked(loaded, read_payments([xlsx(workbook(100.5))], TODAY))) == [(2, "posted", "A2")]
    with loaded.reading() as session:
        assert posted_through(session) == date(2026, 3, 18)


def test_a_total_that_differs_stops_the_file(loaded: Database) -> None:
    with pytest.raises(Invalid):
        booked(loaded, read_payments([xlsx(workbook(99))], TODAY))
    assert ids(loaded, "A2") == ["R4"]
