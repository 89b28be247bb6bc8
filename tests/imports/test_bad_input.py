"""Each kind of bad input: where it stands, what is expected; accounts without a fault are still offered."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date

import pytest

from imports.portfolio import Portfolio
from imports.source import SourceFile
from tests.imports.files import Sheets, Value, csv_files, good, put, read, set_control, xlsx


def offered(found: Portfolio) -> list[str]:
    return [account.account_no for account in found.accounts]


def only_fault(found: Portfolio) -> str:
    assert len(found.faults) == 1, [str(fault.as_problem()) for fault in found.faults]
    return str(found.faults[0].as_problem())


@pytest.mark.parametrize(
    ("sheet", "row", "column", "value", "expected"),
    [
        ("schedule", 2, "due_date", 46037, "2026-01-15 in the 1900 system, 2030-01-16 in the 1904"),
        ("schedule", 2, "due_date", "46037", "looks like a serial number"),
        ("schedule", 2, "due_date", date(1900, 2, 1), "a date between 1990 and 2099"),
        ("schedule", 2, "due_date", "15/01/2026", "year-month-day"),
        ("schedule", 2, "due_date", "2026-02-30", "a day that exists"),
        ("schedule", 2, "due_date", "D-3", "relative_dates: yes"),
        ("schedule", 2, "due_date", "", "an empty cell found"),
        ("schedule", 2, "principal", -10000, "at least 0.00"),
        ("schedule", 2, "principal", 10000.3400000001, "write 10000.34"),
        ("schedule", 2, "principal", "0.30000000000000004", "at most two decimals"),
        ("schedule", 2, "principal", "¥10,000", "no currency sign"),
        ("schedule", 2, "principal", "1,00", "an amount such as"),
        ("schedule", 2, "instalment_no", 1.5, "a whole number"),
        ("schedule", 2, "account_no", "A9", "an account of the sheet"),
        ("accounts", 2, "rent_total", 33000.01, "33000.00 (it differs by 0.01)"),
        ("accounts", 2, "penalty_rate_per_day", 5, "per day, not per year"),
        ("accounts", 2, "account_no", 12345678901234567890, "lost digits"),
        ("parties", 3, "role", "friend", "one of"),
        ("parties", 3, "role", "lessee", "one lessee per account (first in row 2)"),
        ("parties", 3, "role", "borrower", "one lessee per account (first in row 2)"),
        ("parties", 2, "address", "", "an empty cell found"),
        ("parties", 3, "buyback_guarantee", "yes", "no for a guarantor"),
        ("parties", 4, "buyback_guarantee", "maybe", "yes (是) or no (否)"),
        ("postings", 3, "value_date", date(2026, 3, 19), "a day up to 2026-03-18"),
        ("postings", 4, "reverses", "R9", "a posting of the same account"),
        ("postings", 4, "value_date", date(2026, 2, 1), "a day from 2026-02-16 on"),
        ("history", 2, "name", "shouting", "a step of the policy"),
        ("history", 3, "name", "phone_collection", "a letter of the policy"),
        ("history", 2, "outcome", "delighted", "one of contacted"),
        ("history", 3, "document_no", "", "the number of the letter"),
        ("history", 2, "date", date(2026, 3, 20), "a day up to 2026-03-18"),
    ],
)  # fmt: skip
def test_a_bad_cell_is_named_with_place_and_remedy(
    sheet: str, row: int, column: str, value: Value, expected: str
) -> None:
    found = read(xlsx(put(good(), sheet, row, column, value)))
    said = [str(fault.as_problem()) for fault in found.faults]
    assert any(text.startswith(f"{sheet}, row {row}, column {column} (") and expected in text for text in said), said
    assert "A1" not in offered(found)


def test_the_other_accounts_are_offered() -> None:
    found = read(xlsx(put(good(), "schedule", 2, "principal", -1)))
    assert offered(found) == ["A2"]
    assert found.left_out == ("A1",)
    assert "row 2" in only_fault(found)


def test_all_faults_come_at_once() -> None:
    sheets = put(good(), "schedule", 2, "due_date", "soon")
    put(sheets, "schedule", 2, "principal", -1)
    put(sheets, "parties", 3, "role", "friend")
    put(sheets, "accounts", 3, "penalty_rate_per_day", "much")
    found = read(xlsx(sheets))
    assert [fault.place for fault in found.faults] == [
        "accounts, row 3, column penalty_rate_per_day (日罚息率)",
        "schedule, row 2, column due_date (应付日)",
        "schedule, row 2, column principal (本金)",
        "parties, row 3, column role (角色)",
    ]


def test_a_schedule_that_does_not_add_up_to_the_lease_amount() -> None:
    sheets = set_control(put(good(), "accounts", 2, "lease_amount", 31000), "lease_amount", 51000.5)
    found = read(xlsx(sheets))
    assert only_fault(found).startswith(
        "accounts, row 2, column lease_amount (租赁本金): "
        "31000.00 found, the sum of the schedule, 30000.00 (it differs by 1000.00) expected"
    )
    assert offered(found) == ["A2"]


def test_a_rent_that_is_not_principal_and_interest() -> None:
    sheets = good()
    sheets["schedule"][0].append("rent")
    sheets["schedule"][1].append(11000.01)
    assert "principal + interest = 11000.00" in only_fault(read(xlsx(sheets)))


def test_a_doubled_account_leaves_both_out() -> None:
    sheets = good()
    sheets["accounts"].append(sheets["accounts"][1])
    sheets = set_control(set_control(sheets, "accounts", 3), "lease_amount", 80000.5)
    found = read(xlsx(sheets))
    assert "each account once (first in row 2)" in only_fault(found)
    assert offered(found) == ["A2"]


def test_a_doubled_instalment() -> None:
    sheets = good()
    sheets["schedule"].append(sheets["schedule"][1])
    said = [str(fault.as_problem()) for fault in read(xlsx(sheets)).faults]
    assert any("schedule, row 7" in text and "each number once (first in row 2)" in text for text in said)


def test_due_dates_must_rise_with_the_number() -> None:
    found = read(xlsx(put(good(), "schedule", 3, "due_date", date(2026, 1, 1))))
    assert "a date after 2026-01-15, the date of instalment 1" in only_fault(found)


def test_a_payment_for_an_unknown_account() -> None:
    sheets = put(good(), "postings", 5, "account_no", "A7")
    found = read(xlsx(sheets))
    assert only_fault(found).startswith("postings, row 5, column account_no (账户编号): 'A7' found")
    assert offered(found) == ["A1", "A2"]


def test_a_receipt_number_used_twice_leaves_both_accounts_out() -> None:
    found = read(xlsx(put(good(), "postings", 5, "receipt_no", "R1")))
    assert "each receipt number once (first in row 2)" in str(found.faults[0].as_problem())
    assert offered(found) == []


def test_a_posting_reversed_twice() -> None:
    sheets = good()
    sheets["postings"].append(["A1", "R5", "reversal", date(2026, 2, 21), "", "R2"])
    assert "each posting reversed once (first in row 4)" in only_fault(read(xlsx(sheets)))


def test_a_missing_lessee() -> None:
    sheets = good()
    del sheets["parties"][4]
    found = read(xlsx(sheets))
    expected = "one lessee (承租人) or borrower (借款人) expected"
    assert only_fault(found).startswith(f"accounts, row 3: no lessee found, {expected}")
    assert offered(found) == ["A1"]


def test_an_account_without_schedule() -> None:
    sheets = good()
    sheets["schedule"] = sheets["schedule"][:4]
    assert "an account without schedule" in only_fault(read(xlsx(sheets)))


def test_another_currency() -> None:
    sheets = good()
    for row, value in zip(sheets["accounts"], ("currency", "CNY", "USD"), strict=True):
        row.append(value)
    found = read(xlsx(sheets))
    assert only_fault(found).startswith("accounts, row 3, column currency (币种): 'USD' found, CNY expected")


def test_names_are_never_repeated_in_a_message() -> None:
    sheets = put(good(), "parties", 2, "name", "示范\ufffd有限公司")
    said = only_fault(read(*csv_files(sheets)))
    assert "示范" not in said
    assert "the value found, readable text expected" in said


# ── The file as a whole ──────────────────────────────────────────────────────────────────────────────────────────────


def drop_column(sheets: Sheets) -> Sheets:
    sheets["schedule"] = [row[:2] + row[3:] for row in sheets["schedule"]]
    return sheets


def rename_column(sheets: Sheets) -> Sheets:
    sheets["parties"][0][-1] = "buyback"
    return sheets


def double_column(sheets: Sheets) -> Sheets:
    sheets["accounts"][0][5] = "合同编号"
    return sheets


def drop_sheet(sheets: Sheets) -> Sheets:
    del sheets["parties"]
    return sheets


def add_sheet(sheets: Sheets) -> Sheets:
    sheets["Sheet7"] = [["x"]]
    return sheets


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (drop_column, "schedule, row 1, column due_date (应付日): no such column found, this column expected"),
        (rename_column, "parties, row 1, column 'buyback': an unknown column found, one of account_no (账户编号), "),
        (double_column, "accounts, row 1, column 合同编号: the same column twice found"),
        (drop_sheet, "parties: nothing found, a sheet parties (相关方) expected"),
        (add_sheet, "Sheet7: an unknown sheet found"),
    ],
)
def test_a_file_of_the_wrong_form_is_not_taken_at_all(spoil: Callable[[Sheets], Sheets], said: str) -> None:
    found = read(xlsx(spoil(good())))
    assert any(str(fault.as_problem()).startswith(said) for fault in found.faults), found.faults
    assert found.blocked
    assert offered(found) == []


@pytest.mark.parametrize(
    ("item", "value", "said"),
    [
        ("accounts", 3, "control, column accounts (账户数): 3 here, 2 in the rows found, the same total expected"),
        ("lease_amount", 50000, "50000.00 here, 50000.50 in the rows"),
        ("postings", 1, "1.00 here, 16800.50 in the rows"),
        ("posted_through", date(2026, 3, 19), "a day up to 2026-03-18"),
        ("posted_through", "", "nothing found, this row expected"),
        ("rows", 5, "an unknown item"),
    ],
)
def test_a_control_total_that_differs_stops_the_file(item: str, value: Value, said: str) -> None:
    found = read(xlsx(set_control(good(), item, value)))
    assert said in only_fault(found)
    assert offered(found) == []


def test_an_unreadable_amount_is_not_reported_again_as_a_wrong_total() -> None:
    found = read(xlsx(put(good(), "postings", 2, "amount", "plenty")))
    assert "plenty" in only_fault(found)
    assert offered(found) == ["A2"]


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_another_encoding_is_named_not_guessed(encoding: str) -> None:
    content = "account_no,contract_no,名称".encode("utf-16") if encoding == "utf-16" else b"account_no,nam\xe9\n"
    files = [SourceFile("accounts.csv", content), *csv_files(good())[1:]]
    assert only_fault(read(*files)).startswith(
        "accounts.csv: text in an unknown encoding found, UTF-8 or GB18030 expected"
    )


def test_big5_is_not_taken_for_gb18030() -> None:
    files = csv_files(good())
    files[0] = SourceFile("accounts.csv", "帳戶編號,合同編號\nA1,1\n".encode("big5"))
    assert only_fault(read(*files)).startswith("accounts.csv: text in an unknown encoding found")


def test_a_header_in_the_wrong_language_tells_how_the_file_was_read() -> None:
    files = csv_files(good())
    files[0] = SourceFile("accounts.csv", "Konto,合同编号\nA1,1\n".encode("gb18030"))
    said = [str(fault.as_problem()) for fault in read(*files).faults]
    assert any("no such column (the file was read as gb18030) found" in text for text in said)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("accounts.csv", b"", "an empty file"),
        ("accounts.zip", b"PK\x03\x04 broken", "a damaged file"),
        ("accounts.xls", b"\xd0\xcf\x11\xe0 broken", "a damaged or protected workbook"),
        ("accounts.csv", b'account_no,"name', "an open or misplaced quotation mark"),
        ("accounts.csv", b"PK\x03\x04 broken", "a file named .csv that is none"),
        ("accounts.xlsx", b"account_no,name", "a file named .xlsx that is none"),
        ("accounts.XLS", b"%PDF-1.7", "a file named .xls that is none"),
    ],
)
def test_a_file_that_cannot_be_opened(name: str, content: bytes, said: str) -> None:
    assert said in only_fault(read(SourceFile(name, content)))


def test_a_zip_that_unpacks_to_more_than_it_says_is_damaged() -> None:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("accounts.csv", b"a" * 1_000_000)
    honest = kept.getvalue()
    said, less = (1_000_000).to_bytes(4, "little"), (100).to_bytes(4, "little")
    assert honest.count(said) == 2  # beside the file and in the directory
    assert "a damaged file" in only_fault(read(SourceFile("accounts.zip", honest.replace(said, less))))
