"""Numbers without gaps, documents stored once, files that people uploaded."""

from __future__ import annotations

from datetime import date
from hashlib import sha256

import pytest

from domain.errors import Refused
from store.documents import (
    Attachment,
    DocumentLine,
    NewDocument,
    Number,
    add_attachment,
    claim_number,
    documents_of,
    find_document,
    get_attachment,
    get_content,
    get_document,
    get_pdf,
    save_document,
)
from store.session import Database
from tests.store.samples import NOON, at, at_once

KIND = "rent_demand_notice"


def document(number: Number, pdf: bytes = b"%PDF-1", **more: object) -> NewDocument:
    values: dict[str, object] = {
        "number": number, "case_no": "L-1-1", "step": "demand_notice", "occurrence": 1, "as_of": date(2026, 3, 10),
        "ledger_version": 4, "sha256": sha256(pdf).hexdigest(), "pdf": pdf, "content": "{}", "created_at": NOON,
    }  # fmt: skip
    return NewDocument.model_validate({**values, **more})


def store(database: Database, pdf: bytes, **more: object) -> DocumentLine:
    with database.session() as session:
        return save_document(session, document(claim_number(session, KIND, 2026), pdf, **more))


def test_numbers_count_by_kind_and_year(database: Database) -> None:
    with database.session() as session:
        texts = [claim_number(session, kind, year).text for kind, year in
                 ((KIND, 2026), (KIND, 2026), (KIND, 2027), ("capacity_report", 2026))]  # fmt: skip
    assert texts == [
        "rent-demand-notice-2026-00001",
        "rent-demand-notice-2026-00002",
        "rent-demand-notice-2027-00001",
        "capacity-report-2026-00001",
    ]


def test_numbers_have_no_gap_when_rivals_give_up(database: Database) -> None:
    def make(worker: int) -> None:
        for turn in range(6):
            pdf = f"{worker}/{turn}".encode()
            try:
                with database.session() as session:
                    save_document(session, document(claim_number(session, KIND, 2026), pdf, target=pdf.decode()))
                    if turn % 3 == worker:
                        raise ZeroDivisionError  # the letter could not be finished
            except ZeroDivisionError:
                continue

    at_once(make)
    with database.reading() as session:
        numbers = sorted(line.number for line in documents_of(session, "L-1-1"))
    assert numbers == [f"rent-demand-notice-2026-{serial:05}" for serial in range(1, 9)]


def test_a_document_comes_back_by_its_number(database: Database) -> None:
    line = store(database, b"%PDF-\x00\xff")
    with database.reading() as session:
        assert get_document(session, line.number) == line
        assert get_pdf(session, line.number) == b"%PDF-\x00\xff"
        assert get_content(session, line.number) == "{}"
        assert get_document(session, "x") is get_pdf(session, "x") is get_content(session, "x") is None
    assert (line.ref.kind, line.ref.number, line.ref.as_of) == (KIND, line.number, date(2026, 3, 10))


def test_the_same_content_again_is_the_same_document(database: Database) -> None:
    first = store(database, b"one")
    assert store(database, b"one").number == first.number
    second = store(database, b"two")
    assert second.number != first.number
    with database.reading() as session:
        assert [line.number for line in documents_of(session, "L-1-1")] == [first.number, second.number]


def test_a_number_belongs_to_one_document(database: Database) -> None:
    store(database, b"one")
    with database.session() as session, pytest.raises(Refused) as caught:
        save_document(session, document(Number(kind=KIND, year=2026, serial=1), b"two"))
    assert caught.value.code == "document_differs"


def test_a_retry_finds_the_document_of_the_same_figures(database: Database) -> None:
    old = store(database, b"one")
    new = store(database, b"two", as_of=date(2026, 3, 11), ledger_version=5)
    guarantor = store(database, b"three", target="guarantor-1/letter")
    with database.reading() as session:
        same = (KIND, "L-1-1", "demand_notice", 1)
        assert find_document(session, *same) == new
        assert find_document(session, *same, as_of=date(2026, 3, 10), ledger_version=4) == old
        assert find_document(session, *same, target="guarantor-1/letter") == guarantor
        assert find_document(session, *same, ledger_version=6) is None
        assert find_document(session, KIND, "L-1-1", "demand_notice", 2) is None


def test_uploads_are_kept_once(database: Database) -> None:
    file = Attachment(
        id="F1", sha256="1", media_type="image/png", name="a.png", content=b"\x00", uploaded_by="u1", at=at(3, 3)
    )
    with database.session() as session:
        add_attachment(session, file)
        add_attachment(session, file)
        assert get_attachment(session, "F1") == file
        assert get_attachment(session, "F2") is None
        with pytest.raises(Refused) as caught:
            add_attachment(session, file.model_copy(update={"sha256": "2"}))
    assert caught.value.code == "attachment_differs"
