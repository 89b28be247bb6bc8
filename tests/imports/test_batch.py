"""A portfolio is held until a person releases it; the same file twice changes nothing."""

from __future__ import annotations

from datetime import date

import pytest

from domain.errors import Invalid, Refused
from imports.batch import CheckedBatch, Staged, check_files, discard, release, stage
from imports.preview import preview_batch
from imports.source import SourceFile
from store.accounts import get_account, list_accounts, parties
from store.batches import get_batch, list_batches, problems_of
from store.book import OnePolicy
from store.calendar import fill
from store.intake import open_cases_due
from store.ledger import account_facts, pending_notices, posted_through
from store.session import Database
from tests.imports.files import NOW, TODAY, good, ladder, loading, put, set_control, xlsx

STAFF = "u-7"


def checked(*files: SourceFile) -> CheckedBatch:
    return check_files(files, loading())


def staged(database: Database, *files: SourceFile, hold: bool = True) -> Staged:
    with database.session() as session:
        return stage(session, checked(*files), STAFF, NOW, hold)


def due(database: Database) -> list[str]:
    with database.reading() as session:
        return [found.account_no for found in open_cases_due(session, TODAY, OnePolicy("leasing", ladder().terms)).rows]


def test_what_is_stored_is_what_the_file_says(database: Database) -> None:
    file = xlsx(good())
    staged(database, file, hold=False)
    with database.reading() as session:
        for account in checked(file).accounts:
            stored = account_facts(session, account.account_no)
            assert stored == account.facts.model_copy(update={"holds": ()})
            assert get_account(session, account.account_no).ledger_version == len(account.facts.postings)
        lessee = parties(session, "A1")[0]
        assert (lessee.name, lessee.email, lessee.phone) == ("示范机械有限公司", "c1@example.com", None)


def test_a_held_batch_opens_no_case_until_it_is_released(database: Database) -> None:
    batch = staged(database, xlsx(good())).batch
    assert batch.state == "held"
    assert due(database) == []
    with database.reading() as session:
        assert list_accounts(session).rows == ()
    with database.session() as session:
        release(session, batch.id, STAFF, NOW)
    assert due(database) == ["A1", "A2"]
    with database.reading() as session:
        assert posted_through(session) == date(2026, 3, 17)


def test_release_twice_is_release_once(database: Database) -> None:
    batch = staged(database, xlsx(good())).batch
    with database.session() as session:
        first = release(session, batch.id, STAFF, NOW)
    with database.session() as session:
        assert release(session, batch.id, "u-8", NOW) == first


def test_without_holding_the_accounts_take_part_at_once(database: Database) -> None:
    staged(database, xlsx(good()), hold=False)
    assert due(database) == ["A1", "A2"]


def test_the_same_file_twice_changes_nothing(database: Database) -> None:
    first = staged(database, xlsx(good()), hold=False)
    again = staged(database, xlsx(good()))
    assert again.repeated
    assert again.batch == first.batch
    with database.reading() as session:
        assert len(list_batches(session)) == 1
        assert len(list_accounts(session).rows) == 2


def test_only_good_accounts_are_stored_and_the_problems_are_kept(database: Database) -> None:
    result = staged(database, xlsx(put(good(), "schedule", 2, "principal", -1)), hold=False)
    with database.reading() as session:
        assert [account.account_no for account in list_accounts(session).rows] == ["A2"]
        kept = problems_of(session, result.batch.id)
        assert [problem.place for problem in kept] == ["schedule, row 2, column principal (本金)"]
        assert account_facts(session, "A2").postings[0].id == "R4"


def test_a_bad_file_stores_nothing_and_says_everything(database: Database) -> None:
    sheets = put(set_control(good(), "accounts", 3), "schedule", 2, "principal", -1)
    with pytest.raises(Invalid) as refused:
        staged(database, xlsx(sheets))
    assert len(refused.value.problems) == 2
    with database.reading() as session:
        assert list_batches(session) == ()


def test_accounts_that_are_here_already_are_left_out(database: Database) -> None:
    staged(database, xlsx(good()), hold=False)
    with pytest.raises(Refused) as refused:
        staged(database, xlsx(put(good(), "accounts", 2, "asset_description", "另一台")))
    assert refused.value.code == "nothing_to_import"


def test_a_receipt_number_of_another_account_leaves_the_account_out(database: Database) -> None:
    staged(database, xlsx(good()), hold=False)
    sheets = good()
    for name in ("accounts", "schedule", "parties", "postings", "history"):
        for row in sheets[name][1:]:
            row[0] = f"B{str(row[0])[1:]}"
    result = staged(
        database, xlsx(put(put(sheets, "postings", 2, "receipt_no", "R9"), "postings", 5, "receipt_no", "N1"))
    )
    assert [(p.place, p.message) for p in result.problems] == [
        ("accounts, account B1", "receipt R2 is posted for account A1")
    ]
    assert result.accounts == 1


def test_a_discarded_batch_leaves_nothing_and_may_come_again(database: Database) -> None:
    batch = staged(database, xlsx(good())).batch
    with database.session() as session:
        discard(session, batch.id, STAFF, NOW)
    with database.reading() as session:
        assert list_accounts(session).rows == ()
        assert pending_notices(session) == []
    again = staged(database, xlsx(good()))
    assert not again.repeated
    with database.reading() as session:
        stored = get_batch(session, batch.id)
        assert stored is not None
        assert stored.state == "discarded"


def test_two_held_batches_with_the_same_accounts_are_not_both_released(database: Database) -> None:
    first = staged(database, xlsx(good())).batch
    second = staged(database, xlsx(put(good(), "accounts", 2, "asset_description", "另一台"))).batch
    with database.session() as session:
        release(session, first.id, STAFF, NOW)
    with pytest.raises(Refused) as refused, database.session() as session:
        release(session, second.id, STAFF, NOW)
    assert refused.value.code == "account_exists"
    with database.reading() as session:
        found = get_batch(session, second.id)
        assert found is not None
        assert found.state == "held"
        assert get_account(session, "A1").asset_description == "数控机床一台"


def test_a_released_batch_cannot_be_discarded(database: Database) -> None:
    batch = staged(database, xlsx(good()), hold=False).batch
    with pytest.raises(Refused) as refused, database.session() as session:
        discard(session, batch.id, STAFF, NOW)
    assert refused.value.code == "batch_decided"
    assert due(database) == ["A1", "A2"]


def test_the_preview_shows_the_first_day_and_changes_nothing(database: Database) -> None:
    batch = staged(database, xlsx(good())).batch
    with database.session() as session:
        calendar = fill(session, [2025, 2026], NOW)
    with database.reading() as session:
        lines = preview_batch(session, batch.id, lambda _: ladder(), lambda _: calendar, NOW)
    # A1: the instalment of 15 February is open again after the reversal; A2: the one of 10 February never was paid
    assert [(line.account_no, line.dpd, line.bucket) for line in lines] == [("A1", 31, "III"), ("A2", 36, "III")]
    first = {(act.kind, act.step) for act in lines[0].acts}
    assert ("opened", "prepare_rent_collection_letter") in first
    assert ("sent", "guarantor_notice") in first
    assert ("not_done", "demand_notice") not in first  # the imported history counts as done
    assert ("sent", "guarantor_notice") not in {(act.kind, act.step) for act in lines[1].acts}
    assert due(database) == []
