"""The suspense account: money is assigned, split, returned and re-allocated to the last cent, never made or lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, seed, settings, strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from domain.errors import Invalid, Refused
from domain.events import Actor
from domain.money import ZERO
from domain.suspense import Fate, Split
from store.account_facts import account_facts
from store.accounts import add_account
from store.audit import entries
from store.audit_check import check_database
from store.batches import SuspenseItem
from store.ledger import mark_relayed, pending_notices, post
from store.session import Database
from store.suspense import SOURCE, Wanted, carry_out, receive
from store.suspense_read import SuspenseEntry, entry_of, fates, open_suspense
from tests.store.samples import NOON, lease, payment, reversal

TODAY = date(2026, 3, 20)
DAY = date(2026, 3, 14)
FINANCE = Actor(user="u-fin", role="finance", authority="permission:handle_suspense")


@pytest.fixture
def filled(database: Database) -> Database:
    """Leases A, B and C in CNY, D in USD; the receipt R-1 of 2,100.00 waits."""
    with database.session() as session:
        for name in "ABC":
            add_account(session, lease(name))
        add_account(session, lease("D", currency="USD"))
        receive(session, receipt(), TODAY)
        mark_relayed(session, pending_notices(session), NOON)
    return database


def receipt(number: str = "R-1", amount: str = "2100.00", **more: object) -> SuspenseItem:
    values = {"id": number, "reference": "租金", "payer": "某公司", "amount": Decimal(amount), "value_date": DAY}
    return SuspenseItem.model_validate({**values, "reason": "unknown payer", "at": NOON, **more})


def wanted(key: str = "k", lines: dict[str, str] | None = None, **more: object) -> Wanted:
    parts = tuple(Split(account_no=no, amount=Decimal(amount)) for no, amount in (lines or {}).items())
    of = {} if "posting" in more else {"receipt_no": "R-1"}
    return Wanted.model_validate(
        {"key": key, "lines": parts, "reason": "已核实", "actor": FINANCE, "at": NOON, **of, **more}
    )


def do(database: Database, one: Wanted) -> Fate:
    with database.session() as session:
        return carry_out(session, one)


def seen(database: Database, number: str = "R-1") -> SuspenseEntry:
    with database.reading() as session:
        return entry_of(session, number)


def paid(database: Database, account_no: str) -> list[tuple[str, Decimal, date]]:
    with database.reading() as session:
        found = account_facts(session, account_no).postings
    return [(posting.kind.value, posting.amount, posting.value_date) for posting in found]


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.code


def places(call: Callable[[], object]) -> list[str]:
    with pytest.raises(Invalid) as caught:
        call()
    return [problem.place for problem in caught.value.problems]


def test_one_transfer_for_two_leases_is_posted_on_its_day_and_both_are_told(filled: Database) -> None:
    fate = do(filled, wanted(lines={"A": "1050.00", "B": "1050.00"}))
    assert (fate.received, fate.assigned, fate.waiting) == (Decimal("2100.00"), Decimal("2100.00"), ZERO)
    assert paid(filled, "A") == paid(filled, "B") == [("payment", Decimal("1050.00"), DAY)]
    with filled.reading() as session:
        assert {notice.account_no for notice in pending_notices(session)} == {"A", "B"}
        assert open_suspense(session) == ()
    (act,) = seen(filled).acts
    assert (act.actor_user, act.actor_role, act.reason, [line.account_no for line in act.lines]) == (
        "u-fin", "finance", "已核实", ["A", "B"],
    )  # fmt: skip


def test_the_same_key_again_changes_nothing_and_another_wish_with_it_is_refused(filled: Database) -> None:
    one = wanted(lines={"A": "1050.00"}, remains=Decimal("1050.00"))
    assert do(filled, one) == do(filled, one)
    assert len(paid(filled, "A")) == 1
    assert refusal(lambda: do(filled, wanted(lines={"B": "1050.00"}))) == "command_differs"


def test_what_does_not_fit_is_named_field_by_field_and_nothing_is_done(filled: Database) -> None:
    bad = wanted(lines={"A": "1050.00", "X": "0.00", "D": "10.005"}, remains=Decimal(-1))
    assert places(lambda: do(filled, bad)) == [
        "lines.1.amount", "lines.2.amount", "remains", "lines", "lines.1.account_no", "lines.2.account_no",
    ]  # fmt: skip
    assert places(lambda: do(filled, wanted(lines={"A": "2100.01"}))) == ["lines"]
    assert places(lambda: do(filled, wanted(remains=Decimal("2100.00")))) == ["lines"]
    assert paid(filled, "A") == [] and seen(filled).acts == ()


def test_money_of_a_wrong_payer_goes_back_and_is_gone(filled: Database) -> None:
    fate = do(filled, wanted(returned=Decimal("2100.00")))
    assert (fate.returned, fate.waiting) == (Decimal("2100.00"), ZERO)
    assert seen(filled).acts[0].do == "return"
    assert places(lambda: do(filled, wanted("k-2", lines={"A": "1.00"}))) == ["lines"]


def test_a_payment_on_the_wrong_account_is_taken_back_and_posted_where_it_belongs(filled: Database) -> None:
    with filled.session() as session:
        post(session, payment("P-1"), "A")
    do(filled, wanted(posting="P-1", lines={"B": "1000.00"}, returned=Decimal("50.00")))
    assert paid(filled, "A") == [("payment", Decimal("1050.00"), DAY), ("reversal", Decimal("1050.00"), DAY)]
    assert paid(filled, "B") == [("payment", Decimal("1000.00"), DAY)]
    (act,) = seen(filled, "P-1").acts
    with filled.reading() as session:
        (_, back), (to,) = account_facts(session, "A").postings, account_facts(session, "B").postings
    assert (act.posting, act.reversal, act.lines[0].posting) == ("P-1", back.id, to.id)
    assert back.reverses == "P-1"
    assert refusal(lambda: do(filled, wanted("k-2", posting="P-1", lines={"C": "1050.00"}))) == "already_reversed"


def test_what_was_assigned_wrongly_is_reallocated_within_its_receipt(filled: Database) -> None:
    do(filled, wanted(lines={"A": "2100.00"}))
    wrong = seen(filled).acts[0].lines[0].posting
    fate = do(filled, wanted("k-2", posting=wrong, lines={"B": "1050.00"}, remains=Decimal("1050.00")))
    assert (fate.received, fate.assigned, fate.waiting) == (Decimal("2100.00"), Decimal("1050.00"), Decimal("1050.00"))
    with filled.reading() as session:
        assert [entry.item.id for entry in open_suspense(session)] == ["R-1"]


def test_only_money_that_is_there_is_moved(filled: Database) -> None:
    with filled.session() as session:
        post(session, payment("P-1"), "A")
        post(session, reversal("V-1", of="P-1"), "A")
    assert refusal(lambda: do(filled, wanted(posting="P-1", lines={"B": "1050.00"}))) == "already_reversed"
    assert refusal(lambda: do(filled, wanted(posting="V-1", lines={"B": "1050.00"}))) == "not_money"
    assert refusal(lambda: do(filled, wanted(posting="P-9", lines={"B": "1050.00"}))) == "unknown_posting"
    assert refusal(lambda: do(filled, wanted(receipt_no="R-9", lines={"B": "1.00"}))) == "unknown_receipt"


def test_a_receipt_is_entered_once_and_with_all_its_faults(filled: Database) -> None:
    def enter(item: SuspenseItem) -> bool:
        with filled.session() as session:
            return receive(session, item, TODAY)

    with filled.session() as session:
        post(session, payment("P-1"), "A")
    assert enter(receipt()) is False
    assert refusal(lambda: enter(receipt(amount="1.00"))) == "receipt_differs"
    bad = receipt("P-1", "0.00", value_date=date(2026, 3, 21), kind="cost")
    assert places(lambda: enter(bad)) == ["value_date", "kind", "amount", "receipt_no"]


def test_what_was_done_is_never_changed(filled: Database) -> None:
    do(filled, wanted(lines={"A": "2100.00"}))
    for table in ("suspense_act", "suspense_line"):
        with pytest.raises(DBAPIError), filled.session() as session:
            session.execute(text(f"DELETE FROM {table}"))


def test_the_audit_chain_answers_for_every_act(filled: Database) -> None:
    do(filled, wanted(lines={"A": "1000.00"}, remains=Decimal("1100.00")))
    do(filled, wanted("k-2", returned=Decimal("1100.00")))
    with filled.reading() as session:
        found = [entry for entry in entries(session, ["R-1"]) if entry.what == "suspense_act"]
        assert {one.actor_user for one in found} == {"u-fin"}
        assert [one.rows[0].key for one in found] == [("R-1", "k"), ("R-1", "k-2")]
    with filled.reading() as session:
        assert list(check_database(session, b"")) == []


CENTS = st.integers(1, 300_000).map(lambda cents: Decimal(cents) / 100)
Step = tuple[str, Decimal, str, str, int, int]
STEP = st.tuples(
    st.sampled_from(["receive", "post", "assign", "return", "move", "again"]), CENTS,
    st.sampled_from("ABCD"), st.sampled_from("ABCDX"), st.integers(0, 100), st.sampled_from([0, 0, 0, 1]),
)  # fmt: skip


def test_money_is_never_made_or_lost(make_sqlite: Callable[[], str]) -> None:
    """Random acts, legal and illegal; each kind was accepted and refused, so nothing held for want of acts."""
    accepted, refused = Counter[str](), Counter[str]()

    @seed(27)
    @settings(max_examples=40, deadline=None, database=None)
    @given(steps=st.lists(STEP, min_size=4, max_size=10))
    def holds(steps: list[Step]) -> None:
        lived(Database(make_sqlite()), steps, accepted, refused)

    holds()
    assert {"receive", "post", "assign", "return", "move"} <= set(accepted)
    assert {"assign", "return", "move", "again"} <= set(refused)


def lived(database: Database, steps: list[Step], accepted: Counter[str], refused: Counter[str]) -> None:
    """The steps one after the other, and what has to hold afterwards."""
    with database.session() as session:
        for name in "ABC":
            add_account(session, lease(name))
        add_account(session, lease("D", currency="USD"))
    outside = {"CNY": ZERO, "USD": ZERO}  # what the bank brought
    for n, (what, amount, first, second, share, error) in enumerate(steps):
        try:
            arrived = act(database, n, what, amount, first, second, share, error)
        except (Refused, Invalid):
            refused[what] += 1
            continue
        accepted[what] += 1
        if arrived:
            outside[arrived[0]] += arrived[1]
    with database.reading() as session:
        found = {fate.currency: fate for fate in fates(session)}
        waiting = {"CNY": ZERO, "USD": ZERO}
        for entry in open_suspense(session):
            waiting[entry.item.currency] += entry.waiting
        for currency, accounts in (("CNY", "ABC"), ("USD", "D")):
            fate = found.get(currency, Fate(currency=currency))
            posted, taken = ZERO, ZERO
            for account_no in accounts:
                for posting in account_facts(session, account_no).postings:
                    if posting.kind == "payment":
                        posted += posting.amount
                    else:
                        taken += posting.amount
            assert fate.waiting == waiting[currency] >= ZERO
            assert outside[currency] == posted - taken + fate.returned + fate.waiting
    database.close()


def act(
    database: Database, n: int, what: str, amount: Decimal, first: str, second: str, share: int, error: int
) -> tuple[str, Decimal] | None:
    """One act of somebody; gives what the bank brought in by it."""
    currency = "USD" if first == "D" else "CNY"
    with database.session() as session:
        entries = open_suspense(session)
        postings = [p for no in "ABCD" for p in account_facts(session, no).postings if p.kind == "payment"]
        if what == "receive":
            receive(session, receipt(f"R{n}", str(amount), currency=currency), TODAY)
            return currency, amount
        if what == "post":
            post(session, payment(f"P{n}", str(amount)), first)
            return currency, amount
        if what == "move":
            of: dict[str, str] = {"posting": postings[share % len(postings)].id if postings else "none"}
            whole = postings[share % len(postings)].amount if postings else amount
        else:
            of = {"receipt_no": entries[share % len(entries)].item.id if entries else "none"}
            whole = entries[share % len(entries)].waiting if entries else amount
        part = (whole * share / 100).quantize(Decimal("0.01"))
        kept = whole - part + Decimal(error) / 100
        lines: dict[str, str] = {}
        more: dict[str, object] = {"returned": part, "remains": kept}
        if what in ("assign", "move", "again"):
            lines = {first: str(part)} if first == second or kept <= ZERO else {first: str(part), second: str(kept)}
            more = {"remains": kept} if len(lines) == 1 else {}
        key = f"k{n}" if what != "again" else f"k{n - 1}"
        carry_out(session, wanted(key, lines, **more, **of))
    return None


def test_the_source_of_its_postings_is_told(filled: Database) -> None:
    do(filled, wanted(lines={"A": "2100.00"}))
    with filled.reading() as session:
        assert session.execute(text("SELECT source FROM posting")).scalars().all() == [SOURCE]
