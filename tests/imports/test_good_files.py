"""A good portfolio reads the same from every kind of file, and says what it means."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from domain.facts import recipients_of
from domain.ledger import DoneStep, HoldFact, PartyRole, PostingKind
from imports.control import Totals
from imports.source import SourceFile
from tests.imports.files import TODAY, Sheets, csv_files, good, put, read, set_control, xlsx, zipped


def test_a_good_workbook_is_offered_whole() -> None:
    found = read(xlsx(good()))
    assert found.faults == ()
    assert [account.account_no for account in found.accounts] == ["A1", "A2"]
    assert found.totals == Totals(accounts=2, lease_amount=Decimal("50000.50"), postings=Decimal("16800.50"))
    assert found.control.posted_through == date(2026, 3, 17)


def test_what_a_row_means() -> None:
    lease = read(xlsx(good())).accounts[0]
    facts = lease.facts
    assert lease.contract_no == "HT-2025-001"
    assert [i.rent for i in facts.schedule] == [Decimal("11000.00")] * 3
    assert [(p.role, p.buyback_guarantee) for p in facts.parties] == [
        (PartyRole.LESSEE, False),
        (PartyRole.GUARANTOR, False),
        (PartyRole.VENDOR, True),
    ]
    assert facts.parties[0].channels == ("letter", "email")
    assert facts.history == (
        DoneStep(step="first_week_phone_collection", outcome="contacted", on=date(2026, 2, 16)),
        DoneStep(step="demand_notice", outcome="sent", on=date(2026, 2, 24), document_no="催-2026-0012"),
    )
    reversal = facts.postings[-1]
    assert (reversal.kind, reversal.reverses, reversal.amount) == (PostingKind.REVERSAL, "R2", Decimal("5000.00"))


@pytest.mark.parametrize("role", ["borrower", "借款人"])
def test_a_loan_has_a_borrower(role: str) -> None:
    sheets = good()
    put(sheets, "parties", 2, "role", role)
    put(sheets, "parties", 2, "phone", "13800000000")
    facts = read(xlsx(sheets)).accounts[0].facts
    assert [party.role for party in facts.parties] == [PartyRole.BORROWER, PartyRole.GUARANTOR, PartyRole.VENDOR]
    assert recipients_of(facts)[:3] == ("borrower/letter", "borrower/email", "borrower/sms")


@pytest.mark.parametrize("column", ["social", "社交账号", "微信号"])
def test_a_party_may_have_a_social_account(column: str) -> None:
    sheets = good()
    added = [column, "wx_100", "", "", ""]
    sheets["parties"] = [[*row, value] for row, value in zip(sheets["parties"], added, strict=True)]
    party = read(xlsx(sheets)).accounts[0].parties[0]
    assert (party.social, party.fact.channels) == ("wx_100", ("letter", "email", "social"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_files_in_each_encoding_read_like_the_workbook(encoding: str) -> None:
    assert read(*csv_files(good(), encoding)).accounts == read(xlsx(good())).accounts


def test_a_zip_of_csv_files_reads_like_the_workbook() -> None:
    assert read(zipped(csv_files(good(), "gb18030"))).accounts == read(xlsx(good())).accounts


def test_a_workbook_of_the_1904_system_reads_like_the_other() -> None:
    assert read(xlsx(good(), date_1904=True)).accounts == read(xlsx(good())).accounts


def test_semicolons_and_tabs_separate_too() -> None:
    files = csv_files(good())
    changed = [SourceFile(f.name, f.content.replace(b",", b";")) for f in files]
    assert read(*changed).accounts == read(xlsx(good())).accounts


def in_chinese(sheets: Sheets) -> Sheets:
    """The same portfolio with Chinese names for sheets, columns and words."""
    names = {
        "accounts": "账户", "schedule": "租金计划", "parties": "相关方", "postings": "入账", "history": "催收历史",
        "control": "控制", "account_no": "账户编号", "contract_no": "合同编号", "lease_amount": "租赁本金",
        "rent_total": "租金总额", "penalty_rate_per_day": "日罚息率", "asset_description": "租赁物",
        "instalment_no": "期次", "due_date": "应付日", "principal": "本金", "interest": "利息",
        "party_no": "客户编号", "role": "角色", "name": "名称", "address": "地址", "email": "电子邮箱",
        "phone": "电话", "buyback_guarantee": "回购担保", "receipt_no": "流水号", "kind": "类型",
        "value_date": "入账日", "amount": "金额", "reverses": "冲销流水号", "lessee": "承租人",
        "guarantor": "担保人", "vendor": "出卖人", "yes": "是", "payment": "还款", "reversal": "冲销",
        "vendor_advance": "垫付", "entry": "事项类型", "outcome": "结果", "date": "日期", "end_date": "结束日",
        "document_no": "文号", "step": "步骤", "letter": "函件",
        "first_week_phone_collection": "电话催收(逾期一周内)", "demand_notice": "发送租金催收通知书",
    }  # fmt: skip
    return {
        names[sheet]: [[names.get(cell, cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
        for sheet, rows in sheets.items()
    }


def test_chinese_names_mean_the_same() -> None:
    sheets = in_chinese(good())
    sheets["催收历史"][0][2] = "事项"
    control = {"accounts": "账户数", "lease_amount": "租赁本金合计", "postings": "入账金额合计"}
    control |= {"租赁本金": "租赁本金合计", "入账": "入账金额合计", "账户": "账户数", "posted_through": "入账截止日"}
    sheets["控制"] = [[control.get(str(row[0]), row[0]), *row[1:]] for row in sheets["控制"]]
    found = read(xlsx(sheets))
    assert found.faults == ()
    assert found.accounts == read(xlsx(good())).accounts


@pytest.mark.parametrize("written", ["2026-01-15", "2026/1/15", "20260115", "2026年1月15日", "2026.01.15", 20260115])
def test_dates_may_be_written_as_text(written: str | int) -> None:
    sheets = put(good(), "schedule", 2, "due_date", written)
    assert read(xlsx(sheets)).accounts == read(xlsx(good())).accounts


@pytest.mark.parametrize("written", ["10,000.00", "10000", 10000, 10000.0])
def test_amounts_may_be_numbers_or_text(written: str | float) -> None:
    sheets = put(good(), "schedule", 2, "principal", written)
    assert read(xlsx(sheets)).accounts == read(xlsx(good())).accounts


def test_a_rate_may_be_a_percentage() -> None:
    sheets = put(good(), "accounts", 2, "penalty_rate_per_day", "0.05%")
    assert read(xlsx(sheets)).accounts[0].facts.penalty_rate_per_day == Decimal("0.0005")


def test_relative_dates_count_from_the_day_of_loading() -> None:
    sheets = set_control(put(good(), "schedule", 4, "due_date", "D-3"), "relative_dates", "yes")
    sheets = set_control(sheets, "posted_through", "D-1")
    found = read(xlsx(sheets))
    assert found.accounts == read(xlsx(good())).accounts
    assert found.control.relative_to == TODAY


def test_columns_that_begin_with_a_hash_and_notes_are_ignored() -> None:
    sheets = good()
    for header, *rows in (sheets["accounts"],):
        header += ["#internal", "备注"]
        rows[0] += ["x", "y"]
    assert read(xlsx(sheets)).accounts == read(xlsx(good())).accounts


def test_a_running_hold_counts_as_placed_and_an_ended_one_does_not() -> None:
    sheets = good()
    sheets["history"] += [
        ["A1", "hold", "vendor_objection", "", date(2026, 3, 1), "", ""],
        ["A2", "hold", "vendor_objection", "", date(2026, 3, 1), date(2026, 3, 9), ""],
    ]
    running, ended = (account.facts for account in read(xlsx(sheets)).accounts)
    assert running.history[-1] == DoneStep(step="vendor_objection", outcome="confirmed", on=date(2026, 3, 1))
    assert ended.history == ()
    assert ended.holds == (HoldFact(start=date(2026, 3, 1), end=date(2026, 3, 10)),)


def test_a_suit_counts_as_filed_with_its_case_number() -> None:
    sheets = good()
    sheets["history"].append(["A1", "suit", "", "", date(2026, 3, 2), "", "(2026)沪0115民初1号"])
    done = read(xlsx(sheets)).accounts[0].facts.history[-1]
    assert (done.step, done.outcome, done.document_no) == ("lawsuit", "filed", "(2026)沪0115民初1号")
