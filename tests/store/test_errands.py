"""Reminders are claimed once; errands are answered once, by whom they ask, and go up when nobody answers."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from domain.before_due import Occurrence
from domain.errors import Refused
from store import errands, reminders
from store.accounts import add_account
from store.book import OnePolicy
from store.errands import Answer, Errand, Who
from store.reminders import Reminder
from store.session import Database
from tests.store.samples import TERMS, at, at_once, lease

DUE = date(2026, 4, 2)
BOOK = OnePolicy("consumer", TERMS)
REPORTED = Answer(outcome="reported", willingness="willing", ability="able")


def reminder(account_no: str = "L-1", **more: object) -> Reminder:
    values = {
        "account_no": account_no, "due": DUE, "policy_id": "consumer", "rule": "sms", "occurrence": date(2026, 3, 26),
        "act": "send", "status": "claimed", "rules": ("Z1.1",), "planned_at": at(3, 26), "at": at(3, 26),
        "amount": Decimal("1050.00"), "ledger_version": 0, "targets": ("sms",), "text": "还款提醒", **more,
    }  # fmt: skip
    return Reminder.model_validate(values)


def errand(name: str = "e1", account_no: str = "L-1", **more: object) -> Errand:
    values = {
        "id": name, "policy_id": "consumer", "rule": "list", "rules": ("Z4.1a",), "account_no": account_no, "due": DUE,
        "occurrence": date(2026, 3, 26), "kind": "list", "title": "客户名单", "roles": ("business_manager",),
        "outcomes": ("reported", "not_reached"), "report": ("willingness", "ability"), "amount": Decimal("1050.00"),
        "opened_at": at(3, 26, 2), "deadline": at(3, 26, 8), "answer_by": at(3, 26, 8),
        "chain": ("team_leader", "general_manager"), **more,
    }  # fmt: skip
    return Errand.model_validate(values)


@pytest.fixture
def filled(database: Database) -> Database:
    with database.session() as session:
        for number in range(1, 6):
            add_account(session, lease(f"L-{number}"))
    return database


def opened(database: Database, *found: Errand) -> None:
    with database.session() as session:
        for one in found:
            errands.open_errand(session, one)


def refused(database: Database, name: str, given: Answer, user: str = "u1", role: str = "business_manager") -> str:
    with pytest.raises(Refused) as fault, database.session() as session:
        errands.answer(session, name, given, f"c-{user}-{role}", user, role, at(3, 26, 7))
    return fault.value.code


def answered(database: Database, name: str = "e1", user: str = "u1", role: str = "business_manager") -> Errand:
    with database.session() as session:
        return errands.answer(session, name, REPORTED, f"c-{name}", user, role, at(3, 26, 7))


# ── reminders ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_run_is_claimed_once(filled: Database) -> None:
    def claim(number: int) -> bool:
        with filled.session() as session:
            return reminders.claim_reminder(session, reminder())

    assert sorted(at_once(claim, 4)) == [False, False, False, True]
    with filled.session() as session:
        assert reminders.claim_reminder(session, reminder(occurrence=date(2026, 3, 27)))
        assert reminders.claim_reminder(session, reminder(policy_id="bank"))


def test_what_was_claimed_reads_back(filled: Database) -> None:
    with filled.session() as session:
        reminders.claim_reminder(session, reminder())
    with filled.reading() as session:
        assert reminders.reminders_of(session, "L-1") == (reminder(),)
        known = reminders.done(session, "consumer", ["L-1", "L-2"], date(2026, 4, 1))
        assert known == {("L-1", Occurrence(rule="sms", due=DUE, day=date(2026, 3, 26)))}
        assert not reminders.done(session, "consumer", ["L-1"], DUE)
        assert not reminders.done(session, "bank", ["L-1"], date(2026, 4, 1))


def test_unfinished_ones_come_by_account_until_they_are_over(filled: Database) -> None:
    with filled.session() as session:
        for number in range(1, 6):
            reminders.claim_reminder(session, reminder(f"L-{number}"))
        reminders.change_reminder(session, reminder("L-2", status="sent"))
    with filled.reading() as session:
        page = reminders.claimed(session, "consumer", limit=3)
        assert [row.account_no for row in page.rows] == ["L-1", "L-3", "L-4"]
        assert [row.account_no for row in reminders.claimed(session, "consumer", page.next or "").rows] == ["L-5"]


def test_accounts_with_an_instalment_in_the_days_come_in_pages(filled: Database) -> None:
    with filled.session() as session:
        add_account(session, lease("M-1", (date(2026, 3, 20), date(2026, 4, 2), date(2026, 5, 2))))
        page = reminders.coming(session, BOOK, "consumer", date(2026, 3, 27), date(2026, 5, 2), "", 4)
        assert [row.account_no for row in page.rows] == ["L-1", "L-2", "L-3", "L-4"]
        rest = reminders.coming(session, BOOK, "consumer", date(2026, 3, 27), date(2026, 5, 2), page.next or "", 4)
        assert {row.account_no: row.dues for row in rest.rows} == {"L-5": (DUE,), "M-1": (DUE, date(2026, 5, 2))}
        assert rest.next is None
        assert not reminders.coming(session, BOOK, "bank", date(2026, 3, 27), date(2026, 5, 2)).rows
        assert not reminders.coming(session, BOOK, "consumer", date(2026, 4, 3), date(2026, 5, 1)).rows


def test_how_far_a_day_was_worked_through(filled: Database) -> None:
    with filled.session() as session:
        assert reminders.upto(session, "consumer") is None
        reminders.set_upto(session, "consumer", at(3, 26))
        reminders.set_upto(session, "consumer", at(3, 27))
        assert reminders.upto(session, "consumer") == at(3, 27)


# ── errands ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_errand_reads_back_and_is_answered_once(filled: Database) -> None:
    opened(filled, errand())
    first = answered(filled)
    assert (first.status, first.answered_by, first.willingness, first.deadline) == ("answered", "u1", "willing", None)
    assert answered(filled) == first
    assert refused(filled, "e1", REPORTED) == "already_answered"
    with filled.reading() as session:
        assert errands.get_errand(session, "e1") == first


def test_of_rivals_one_answers(filled: Database) -> None:
    opened(filled, errand())

    def give(number: int) -> str:
        try:
            with filled.session() as session:
                return errands.answer(
                    session, "e1", REPORTED, f"c{number}", f"u{number}", "business_manager", at(3, 26, 7)
                ).status
        except Refused as fault:
            return fault.code

    assert sorted(at_once(give, 3)) == ["already_answered", "already_answered", "answered"]


def test_what_is_refused_changes_nothing(filled: Database) -> None:
    opened(filled, errand())
    assert refused(filled, "nothing", REPORTED) == "unknown_errand"
    assert refused(filled, "e1", REPORTED, role="risk_officer") == "not_entitled"
    assert refused(filled, "e1", REPORTED, role="team_leader") == "not_entitled"
    assert refused(filled, "e1", Answer(outcome="maybe")) == "outcome_not_allowed"
    assert refused(filled, "e1", Answer(outcome="reported", willingness="willing")) == "answer_incomplete"
    with filled.reading() as session:
        assert errands.get_errand(session, "e1") == errand()


def test_only_the_one_it_is_assigned_to_answers(filled: Database) -> None:
    opened(filled, errand(assignee="u9"))
    assert refused(filled, "e1", REPORTED) == "not_entitled"
    assert answered(filled, user="u9").status == "answered"


def test_nothing_needs_to_be_reported_of_whom_nobody_reached(filled: Database) -> None:
    opened(filled, errand())
    with filled.session() as session:
        found = errands.answer(
            session, "e1", Answer(outcome="not_reached"), "c", "u1", "business_manager", at(3, 26, 7)
        )
    assert found.outcome == "not_reached"


def test_one_id_is_one_answer(filled: Database) -> None:
    opened(filled, errand(), errand("e2", "L-2"))
    answered(filled)
    with pytest.raises(Refused) as fault, filled.session() as session:
        errands.answer(session, "e2", REPORTED, "c-e1", "u1", "business_manager", at(3, 26, 7))
    assert fault.value.code == "command_differs"


def test_a_missed_errand_goes_up_and_can_still_be_answered(filled: Database) -> None:
    opened(filled, errand())
    with filled.session() as session:
        [late] = errands.late_errands(session, "consumer", at(3, 26, 8), date(2026, 3, 26))
        assert errands.escalate(session, late, at(3, 27, 8))
        assert not errands.escalate(session, late, at(3, 27, 8))
        assert not errands.late_errands(session, "consumer", at(3, 26, 9), date(2026, 3, 26))
        assert errands.next_deadline(session, "consumer") == at(3, 27, 8)
        again = errands.get_errand(session, "e1")
        assert (again.level, again.escalated_to) == (1, "team_leader")
        assert errands.escalate(session, again, None)
        assert errands.get_errand(session, "e1").escalated_to == "general_manager"
    assert answered(filled, role="team_leader").answered_role == "team_leader"


def test_an_answer_in_between_wins_over_escalation_and_end(filled: Database) -> None:
    opened(filled, errand())
    with filled.reading() as session:
        known = errands.get_errand(session, "e1")
    answered(filled)
    with filled.session() as session:
        assert not errands.escalate(session, known, None)
        assert not errands.end(session, known, "missed", at(4, 2))
        assert errands.get_errand(session, "e1").status == "answered"


def test_on_the_due_date_an_open_one_is_late_whatever_its_deadline(filled: Database) -> None:
    opened(filled, errand(deadline=None))
    with filled.session() as session:
        assert not errands.late_errands(session, "consumer", at(4, 1), date(2026, 4, 1))
        [late] = errands.late_errands(session, "consumer", at(4, 2), DUE)
        assert errands.end(session, late, "missed", at(4, 2))
        assert not errands.late_errands(session, "consumer", at(4, 2), DUE)
    assert refused(filled, "e1", REPORTED) == "not_open"


def test_the_next_run_takes_the_place_of_the_one_still_open(filled: Database) -> None:
    opened(filled, errand(), errand("e2", occurrence=date(2026, 3, 27)), errand("e3", "L-2"), errand("e4", rule="call"))
    with filled.reading() as session:
        found = {name: errands.get_errand(session, name).status for name in ("e1", "e2", "e3", "e4")}
    assert found == {"e1": "missed", "e2": "open", "e3": "open", "e4": "open"}


def names(database: Database, who: Who | None, **more: object) -> list[str]:
    found: list[str] = []
    cursor: str | None = None
    while True:
        with database.reading() as session:
            page = errands.list_errands(session, who, cursor=cursor, limit=2, **more)  # pyright: ignore
        found += [one.id for one in page.rows]
        cursor = page.next
        if cursor is None:
            return found


def test_lists_show_key_accounts_first_and_only_what_waits_for_one(filled: Database) -> None:
    """Z3.1b: by day, then by the number of delinquencies, then by their days."""
    opened(
        filled, errand("a", "L-1", rank=-100_001), errand("b", "L-2", rank=-400_011), errand("c", "L-3", assignee="u9"),
        errand("d", "L-4", occurrence=date(2026, 3, 25)), errand("e", "L-5", roles=("caller", "risk_officer")),
    )  # fmt: skip
    assert names(filled, None) == ["d", "b", "a", "c", "e"]
    assert names(filled, Who(user="u1", roles=("business_manager",))) == ["d", "b", "a"]
    assert names(filled, Who(user="u9", roles=("business_manager",))) == ["d", "b", "a", "c"]
    assert names(filled, Who(user="u1", roles=("risk_officer",))) == ["e"]
    assert names(filled, Who(user="u1", roles=("officer",))) == []
    assert names(filled, Who(user="u1", roles=("team_leader",))) == []
    with filled.session() as session:
        errands.escalate(session, errands.get_errand(session, "c"), None)
    assert names(filled, Who(user="u1", roles=("team_leader",))) == ["c"]
    assert names(filled, None, escalated=True) == ["c"]
    assert names(filled, None, account_no="L-2") == ["b"]
    answered(filled, "b")
    assert names(filled, None, status="answered") == ["b"]


def test_decisions_are_known_by_account_and_due_date(filled: Database) -> None:
    choice = errand(kind="decide", rule="choice", outcomes=("chosen", "not_chosen"), report=())
    opened(filled, choice, errand("e2", "L-2", kind="decide", rule="choice"))
    with filled.session() as session:
        errands.answer(session, "e1", Answer(outcome="chosen"), "c", "u1", "business_manager", at(3, 26, 7))
        found = errands.decided(session, "consumer", ["L-1", "L-2"], date(2026, 4, 1))
        assert found == {("L-1", DUE): {"choice": "chosen"}}
        assert not errands.decided(session, "consumer", ["L-1"], DUE)


def test_managers(filled: Database) -> None:
    with filled.session() as session:
        errands.assign_manager(session, "L-1", "u1", at(3, 1), "boss")
        errands.assign_manager(session, "L-1", "u2", at(3, 2), "boss")
        assert errands.managers_of(session, ["L-1", "L-2"]) == {"L-1": "u2"}


def test_instants_keep_their_hour(filled: Database) -> None:
    moment = datetime.fromisoformat("2026-03-26T16:00:00+08:00")
    opened(filled, errand(deadline=moment, answer_by=moment))
    with filled.reading() as session:
        assert errands.get_errand(session, "e1").answer_by == moment
        assert errands.next_deadline(session, "consumer") == moment
        assert errands.get_errand(session, "e1").opened_at < moment + timedelta(0)
