"""A person with five loans gets one message that speaks of all five; formal notices go out for each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select

from activities.messages import DispatchResult
from activities.registry import Policies
from domain.errors import Transient
from letters.render import Renderer
from store import deliveries, named
from store.costs import book_costs
from store.documents import documents_of, get_pdf
from store.session import Database
from store.tables import ContactRow, CostRow
from tests.activities.five_loans import BORROWER, FIVE, FiveLoans
from tests.activities.outside import Outside, outside
from tests.activities.world import DAY, at, read


@pytest.fixture
async def out(tmp_path: Path) -> AsyncIterator[Outside]:
    async with outside(tmp_path / "sent") as found:
        yield found


@pytest.fixture
def book(tmp_path: Path, renderer: Renderer, policies: Policies) -> Iterator[FiveLoans]:
    database = Database(f"sqlite:///{tmp_path / 'five.db'}")
    database.migrate()
    yield FiveLoans(database, renderer, policies)
    database.close()


async def all_of(
    book: FiveLoans, out: Outside, *more: str, by: str = "sms", step: str = "first_reminder"
) -> list[DispatchResult]:
    """What each case gets, one after the other."""
    worker = book.delivery(out)
    return [await worker.dispatch_document(book.dispatch(name, step, by)) for name in FIVE]


def numbers(results: list[DispatchResult]) -> set[str]:
    """The numbers of the documents that the cases were told of."""
    return {result.document.number for result in results if result.document}


def texts(out: Outside) -> list[str]:
    """What was taken, in order."""
    return [taken.text for taken in reversed(out.store.newest(20))]


def count(book: FiveLoans, table: type[ContactRow] | type[CostRow]) -> int:
    with book.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


# ── one for all ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_five_overdue_loans_are_one_sms_with_the_total_and_all_numbers(book: FiveLoans, out: Outside) -> None:
    book.loans(FIVE)
    results = await all_of(book, out)
    assert {result.status for result in results} == {"sent"}
    assert len(numbers(results)) == 1
    [text] = texts(out)
    assert "5份合同（编号：C-U-1、C-U-2、C-U-3、C-U-4、C-U-5）" in text
    assert "合计211,500.00元（CNY）" in text and "最长9天" in text
    assert BORROWER.name not in text
    assert (count(book, ContactRow), len(out.store.counts())) == (1, 1)
    with book.database.session() as session:
        assert book_costs(session, {"sms": Decimal("0.05")}, "CNY", at(DAY)) == 1
        assert [len(documents_of(session, f"{name}-1")) for name in FIVE] == [1, 0, 0, 0, 0]
        assert [one.case_no for one in named.shared(session, "U-1-1/first_reminder/1/borrower/sms")] == [
            f"{name}-1" for name in FIVE[1:]
        ]
        assert [found.case_no for found in named.shared_with(session, "U-3-1")] == ["U-1-1"]


async def test_each_case_that_asks_again_gets_the_same_answer(book: FiveLoans, out: Outside) -> None:
    book.loans(FIVE)
    first = await all_of(book, out)
    book.pay("U-3", "1.00")
    assert await all_of(book, out) == first
    assert len(texts(out)) == 1


async def test_one_letter_names_all_contracts_with_amounts_and_total(book: FiveLoans, out: Outside) -> None:
    book.loans(FIVE)
    book.pay("U-2", "300.00")
    results = await all_of(book, out, by="letter")
    assert results[0].document is not None
    with book.database.reading() as session:
        said = read(get_pdf(session, results[0].document.number) or b"")
    for part in (
        "下列5份合同",
        "C-U-1",
        "C-U-5",
        "42,000.00",
        "人民币合计（5份合同）211,200.00",
        "贰拾壹万壹仟贰佰元整",
    ):
        assert part in said, part
    assert numbers(results) == {results[0].document.number}
    assert len(out.store.counts()) == 1


async def test_currencies_are_never_added_up(book: FiveLoans, out: Outside) -> None:
    book.loans(FIVE[:3])
    book.loans(("U-8", "U-9"), currency="USD")
    worker = book.delivery(out)
    results = [await worker.dispatch_document(book.dispatch(name)) for name in (*FIVE[:3], "U-8", "U-9")]
    assert len(numbers(results)) == 1
    [text] = texts(out)
    assert "合计126,900.00元（CNY）和84,600.00元（USD）" in text


async def test_an_account_that_owes_nothing_and_another_person_are_not_named(book: FiveLoans, out: Outside) -> None:
    book.loans(FIVE[:3])
    book.pay("U-2", "42300.00")
    other = BORROWER.model_copy(update={"id": "P-2"})
    book.loans(("U-7",), parties=(other,))
    await book.delivery(out).dispatch_document(book.dispatch("U-1"))
    await book.delivery(out).dispatch_document(book.dispatch("U-7"))
    first, second = texts(out)
    assert "2份合同（编号：C-U-1、C-U-3）" in first
    assert "合同编号C-U-7项下" in second


# ── each by itself ──────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_formal_notice_goes_out_for_each_contract(book: FiveLoans, out: Outside) -> None:
    book.loans(FIVE)
    results = await all_of(book, out, by="letter", step="legal_notice")
    assert len(numbers(results)) == 5
    assert out.deliveries() == {f"{name}-1/legal_notice/1/borrower/letter": 1 for name in FIVE}


async def test_one_whose_figures_moved_since_goes_by_itself(book: FiveLoans, out: Outside) -> None:
    book.loans(FIVE)
    worker = book.delivery(out)
    await worker.dispatch_document(book.dispatch("U-1"))
    book.pay("U-3", "300.00")
    results = {name: await worker.dispatch_document(book.dispatch(name)) for name in FIVE[1:]}
    first, second = texts(out)
    assert "211,500.00元" in first and "211,200.00元" in second
    assert results["U-3"].document != results["U-2"].document == results["U-5"].document


async def test_one_that_was_not_named_goes_by_itself(book: FiveLoans, out: Outside) -> None:
    book.loans(FIVE[:2])
    worker = book.delivery(out)
    await worker.dispatch_document(book.dispatch("U-1"))
    book.loans(("U-6",))
    assert (await worker.dispatch_document(book.dispatch("U-6"))).status == "sent"
    assert len(texts(out)) == 2


async def test_another_day_is_another_message(book: FiveLoans, out: Outside) -> None:
    book.loans(FIVE[:2])
    worker = book.delivery(out)
    await worker.dispatch_document(book.dispatch("U-1", as_of=DAY.replace(day=DAY.day - 1)))
    await worker.dispatch_document(book.dispatch("U-2"))
    assert len(texts(out)) == 2


async def test_a_message_stands_once_for_a_case(book: FiveLoans, out: Outside) -> None:
    """What the case sends by a second step of the same day is a message of its own."""
    book.loans(FIVE[:2])
    worker = book.delivery(out)
    for key in ("U-1", "U-2"):
        await worker.dispatch_document(book.dispatch(key))
    await worker.dispatch_document(book.dispatch("U-2", key="U-2-1/first_reminder/2/borrower/sms", occurrence=2))
    assert len(texts(out)) == 2


async def test_a_company_text_that_cannot_speak_of_several_goes_out_for_each(book: FiveLoans, out: Outside) -> None:
    book.loans(FIVE[:2])
    body = "id: borrower_short\ntitle: {zh: 短信, en: SMS}\nparts:\n  - text: '合同{contract_no}应还{total}元。'\n"
    book.use_short_text(body)
    worker = book.delivery(out)
    for name in FIVE[:2]:
        await worker.dispatch_document(book.dispatch(name))
    assert texts(out) == ["合同C-U-1应还42,300.00元。", "合同C-U-2应还42,300.00元。"]


async def test_a_company_letter_that_cannot_speak_of_several_goes_out_for_each(book: FiveLoans, out: Outside) -> None:
    book.loans(FIVE[:2])
    book.use_letter('#import "layout.typ": *\n#show: letter\n#facts()\n#seal[特此提醒。]\n')
    worker = book.delivery(out)
    results = [await worker.dispatch_document(book.dispatch(name, by="letter")) for name in FIVE[:2]]
    assert len(numbers(results)) == 2 and len(texts(out)) == 2


# ── the gateway fails ─────────────────────────────────────────────────────────────────────────────────


async def test_the_second_goes_when_the_first_was_refused(book: FiveLoans, out: Outside) -> None:
    book.loans(FIVE[:2])
    out.fail(refuse="no_such_number")
    first = await book.delivery(out).dispatch_document(book.dispatch("U-1"))
    out.fail()
    second = await book.delivery(out).dispatch_document(book.dispatch("U-2"))
    assert (first.status, second.status) == ("refused", "sent")
    assert first.document != second.document
    assert [count for count in out.deliveries().values() if count] == [1]


async def test_while_nobody_knows_of_the_first_the_second_waits_and_nothing_goes_twice(
    book: FiveLoans, out: Outside
) -> None:
    """The sender died after the gateway took it: asked, it knows; the other case then has it too."""
    book.loans(FIVE[:2])
    out.fail(drop_answers=1)
    worker = book.delivery(out)
    for name in FIVE[:2]:
        with pytest.raises(Transient):
            await worker.dispatch_document(book.dispatch(name))
    results = [await worker.dispatch_document(book.dispatch(name)) for name in FIVE[:2]]
    assert [result.status for result in results] == ["sent", "sent"]
    assert results[0].document == results[1].document
    assert list(out.deliveries().values()) == [1]


async def test_a_claim_that_never_went_out_is_written_anew_when_another_account_moved(
    book: FiveLoans, out: Outside
) -> None:
    book.loans(FIVE[:2])
    out.fail(server_errors=1)
    worker = book.delivery(out)
    with pytest.raises(Transient):
        await worker.dispatch_document(book.dispatch("U-1"))
    book.pay("U-2", "300.00")
    assert (await worker.dispatch_document(book.dispatch("U-1"))).status == "stale"
    assert (await worker.dispatch_document(book.dispatch("U-1"))).status == "sent"
    [text] = texts(out)
    assert "84,300.00元" in text


async def test_while_the_gateway_is_away_whoever_is_first_speaks_for_both(book: FiveLoans, out: Outside) -> None:
    book.loans(FIVE[:2])
    worker = book.delivery(out)
    out.line.cut = True
    for name in FIVE[:2]:
        with pytest.raises(Transient):
            await worker.dispatch_document(book.dispatch(name))
    out.line.cut = False
    results = [await worker.dispatch_document(book.dispatch(name)) for name in ("U-2", "U-1")]
    assert results[0].document == results[1].document
    assert len(texts(out)) == 1


async def test_a_receipt_that_came_before_is_handed_to_the_case_that_takes_the_message_later(
    book: FiveLoans, out: Outside
) -> None:
    book.loans(FIVE[:2])
    worker = book.delivery(out)
    request = book.dispatch("U-1")
    await worker.dispatch_document(request)
    with book.database.session() as session:
        deliveries.apply_receipt(session, request.key, "delivered", at(DAY))
    assert (await worker.dispatch_document(book.dispatch("U-2"))).receipt == "delivered"


async def test_what_came_back_stands_for_nobody_any_more(book: FiveLoans, out: Outside) -> None:
    book.loans(FIVE[:2])
    worker = book.delivery(out)
    request = book.dispatch("U-1")
    await worker.dispatch_document(request)
    with book.database.session() as session:
        deliveries.apply_receipt(session, request.key, "failed", at(DAY))
    await worker.dispatch_document(book.dispatch("U-2"))
    assert len(texts(out)) == 2
