"""The example portfolio is what its generator makes, loads without a fault and shows every stage."""

from __future__ import annotations

from collections import Counter
from functools import cache

from python_calamine import CalamineWorkbook

from activities.registry import Policies
from domain.ledger import PartyRole, PostingKind
from domain.standing import standing
from examples import make_loans
from examples.make_portfolio import LARGER, TARGET, make_leases, sheets
from imports.portfolio import Loading, Portfolio, read_portfolio
from imports.source import SourceFile
from imports.vocabulary import Vocabularies
from tests.builders.ladders import ROOT
from tests.imports.files import NOW, TODAY, ladder, read


@cache
def example() -> Portfolio:
    return read(SourceFile(TARGET.name, TARGET.read_bytes()))


def test_the_committed_workbook_is_what_the_generator_makes() -> None:
    book = CalamineWorkbook.from_path(str(TARGET))
    for name, rows in sheets(make_leases()).items():
        read_back = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        assert [[_plain(cell) for cell in row if cell != ""] for row in read_back] == [
            [_plain(cell) for cell in row if cell != ""] for row in rows
        ]


def _plain(cell: object) -> object:
    return cell if isinstance(cell, str) else float(str(cell))


def test_it_loads_without_a_fault() -> None:
    found = example()
    assert [str(fault.as_problem()) for fault in found.faults] == []
    assert len(found.accounts) == 200


def test_every_lease_stands_where_the_generator_put_it() -> None:
    terms = ladder().terms
    meant = {lease.no: max(0, lease.dpd) for lease in make_leases()}
    stands = {account.account_no: standing(account.facts, TODAY, terms).dpd for account in example().accounts}
    assert stands == meant
    assert sum(dpd > 0 for dpd in meant.values()) >= 130
    assert set(range(61)) == set(meant.values())


def test_it_has_something_of_everything() -> None:
    accounts = [account.facts for account in example().accounts]
    parties = [party for account in accounts for party in account.parties]
    kinds = Counter(posting.kind for account in accounts for posting in account.postings)
    lessees = Counter(party.id for party in parties if party.role is PartyRole.LESSEE)
    done = {step.step for account in accounts for step in account.history}
    decided = (  # by people, in a running case
        PostingKind.BUYBACK_PRICE, PostingKind.BUYBACK_CLAIM, PostingKind.WAIVER, PostingKind.WRITE_OFF,
        PostingKind.DISPOSAL_PROCEEDS,
    )  # fmt: skip
    assert min(kinds[kind] for kind in PostingKind if kind not in decided) >= 5
    assert max(lessees.values()) >= 2
    assert {party.buyback_guarantee for party in parties if party.role is PartyRole.VENDOR} == {True, False}
    assert {sum(p.role is PartyRole.GUARANTOR for p in account.parties) for account in accounts} == {0, 1, 2}
    assert {"lawsuit", "vendor_objection", "litigation_letter", "rent_collection_letter", "guarantor_notice"} <= done
    assert sum(account.lease_amount >= LARGER for account in accounts) >= 20


def test_every_character_can_be_printed_in_a_letter() -> None:
    for rows in sheets(make_leases()).values():
        "".join(cell for row in rows for cell in row if isinstance(cell, str)).encode("gb2312")


def test_no_address_or_number_can_reach_anybody() -> None:
    for account in example().accounts:
        for party in account.parties:
            assert party.email.endswith(("@example.com", "@example.cn"))
            assert party.phone.startswith("021-0")


def test_the_loans_are_what_their_generator_makes_and_stand_in_every_bucket_of_six_regulations() -> None:
    book = CalamineWorkbook.from_path(str(make_loans.TARGET))
    for name, rows in make_loans.sheets(make_loans.make_loans()).items():
        read_back = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        assert [[_plain(cell) for cell in row if cell != ""] for row in read_back] == [
            [_plain(cell) for cell in row if cell != ""] for row in rows
        ]
    policies = Policies.from_files(ROOT / "policies", ROOT / "company" / "demo.yaml")
    source = SourceFile(make_loans.TARGET.name, make_loans.TARGET.read_bytes())
    found = read_portfolio([source], Loading(now=NOW, vocabulary=Vocabularies(policies.ladder_of)))
    assert [str(fault.as_problem()) for fault in found.faults] == []
    meant = {loan.no: max(0, loan.dpd) for loan in make_loans.make_loans()}
    terms = ladder().terms
    assert {one.account_no: standing(one.facts, TODAY, terms).dpd for one in found.accounts} == meant
