"""What reports read across tables, on both databases."""

from __future__ import annotations

from datetime import date

from domain import events as e
from domain.case import Case
from store.accounts import add_account
from store.book import OnePolicy
from store.cases import timeline
from store.deliveries import Claim, claim
from store.documents import NewDocument, claim_number, save_document
from store.dossier import (
    case_documents,
    documents_between,
    file_names,
    happenings,
    last_report,
    leases,
    newest_cases,
    overdue_leases,
    sent_number,
    staff_names,
)
from store.ledger import post
from store.record import record
from store.session import Database
from store.staff import StaffMember, add
from tests.store.samples import NOON, TERMS, after, at, lease, new_case, opening, payment

DAY = date(2026, 3, 14)


def saved_case(database: Database) -> Case:
    case = after(new_case(), opening())
    with database.session() as session:
        add_account(session, lease())
        add_account(session, lease("L-2"))
        add_account(session, lease("L-3", currency="USD"))
        post(session, payment("p", on=date(2026, 3, 1)), "L-2")
        record(session, "L-1-1", opening(), case)
    return case


def test_overdue_leases_come_with_standing_name_and_newest_case(database: Database) -> None:
    case = saved_case(database)
    with database.reading() as session:
        found = overdue_leases(session, DAY, TERMS)
        assert [(one.lease.account_no, one.standing.dpd) for one in found] == [("L-1", 12), ("L-3", 12)]
        assert found[0].lease.lessee == "江南机械" and found[0].case == case and found[1].case is None
        assert overdue_leases(session, date(2026, 3, 2), TERMS) == ()
        assert leases(session, ["L-3"])["L-3"].currency == "USD"
        assert newest_cases(session, ["L-1", "L-2"]) == {"L-1": case}


def test_a_report_of_a_policy_names_its_accounts_only(database: Database) -> None:
    """A case counts where it runs; an account without one where it is assigned."""
    saved_case(database)  # L-1 runs under leasing, L-3 has no case
    loans = OnePolicy("loans", TERMS)
    with database.reading() as session:
        found = {name: overdue_leases(session, DAY, TERMS, name, loans) for name in ("leasing", "loans")}
    assert {name: [one.lease.account_no for one in lines] for name, lines in found.items()} == {
        "leasing": ["L-1"],
        "loans": ["L-3"],
    }


def test_happenings_are_those_of_the_time_and_kind_asked_for(database: Database) -> None:
    saved_case(database)
    with database.reading() as session:
        events = timeline(session, "L-1-1")
        first = events[0]
        found = happenings(session, first.at, events[-1].at.replace(year=2027), (first.body.kind,), "leasing")
        assert [(item.case_no, item.account_no, item.event.seq) for item in found] == [("L-1-1", "L-1", 1)]
        assert happenings(session, first.at, first.at, (first.body.kind,), "leasing") == ()
        assert happenings(session, first.at, first.at.replace(year=2027), ("contact_recorded",), "leasing") == ()
        assert happenings(session, first.at, events[-1].at.replace(year=2027), (first.body.kind,), "credit") == ()


def test_documents_are_found_by_case_time_and_delivery(database: Database) -> None:
    saved_case(database)
    with database.session() as session:
        made = NewDocument(
            number=claim_number(session, "rent_demand_notice", 2026), case_no="L-1-1", step="demand_notice",
            occurrence=1, target="lessee", as_of=DAY, ledger_version=0, sha256="0" * 64, pdf=b"%PDF", content="{}",
            created_at=NOON,
        )  # fmt: skip
        line = save_document(session, made)
        assert sent_number(session, "L-1-1", "demand_notice", 1, "lessee") is None
        key = "L-1-1/demand_notice/1/lessee/letter"
        wanted = Claim(key=key, case_no="L-1-1", account_no="L-1", step="demand_notice", target="lessee/letter",
                       document=line.ref, ledger_version=0, at=NOON)  # fmt: skip
        claim(session, wanted)
        assert sent_number(session, "L-1-1", "demand_notice", 1, "lessee") == line.number
        assert sent_number(session, "L-1-1", "demand_notice", 2, "lessee") is None
        assert case_documents(session, ["L-1-1"], ["rent_demand_notice"]) == {
            ("L-1-1", "rent_demand_notice"): line.number
        }
        assert documents_between(session, NOON, at(3, 4)) == (line,)
        assert documents_between(session, at(3, 4), at(3, 5)) == ()


def test_names_of_staff_and_the_last_report(database: Database) -> None:
    saved_case(database)
    portfolio = new_case().model_copy(update={"case_no": "portfolio-1", "account_no": ""})
    ref = e.DocumentRef(kind="weekly_report", number="W-1", sha256="0" * 64, as_of=DAY)
    body = e.ReportIssued(step="weekly_report", period=DAY, to=(), copy_to=(), document=ref)
    issued = [*opening(), e.Event(seq=len(opening()) + 1, due_at=at(3, 14), at=at(3, 14), dpd=None, body=body)]
    with database.session() as session:
        add(session, StaffMember(id="u1", login="u1", name="顾明远", password_hash="x", roles=("collector",)))
        record(session, "portfolio-1", issued, after(portfolio, issued))
        assert staff_names(session, ("u1", "u2")) == {"u1": "顾明远"}
        assert file_names(session, ("f1", "")) == {}
        assert last_report(session, "portfolio-1", "weekly_report", DAY) is None
        assert last_report(session, "portfolio-1", "weekly_report", date(2026, 3, 15)) == (DAY, "W-1")
