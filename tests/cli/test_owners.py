"""`arrears staff`, `queue`, `key-accounts` and `cases --owner`: who works here, who is away, what nobody owns."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from activities.registry import Policies
from commands.demonstration import add_logins, prepare
from domain import events as e
from domain.errors import Invalid
from domain.outcome import Wait
from domain.staff_file import load_staff
from settings import ROOT, load_settings
from store import owners, staff
from store.accounts import add_account
from store.owners import KeyAccount
from store.record import record
from store.session import Database
from tests.cli.running import Arrears, written
from tests.store.samples import NOON, after, events, facts, lease, new_case

PEOPLE = ROOT / "company" / "demo-staff.yaml"
HEAD = "login | name | roles | branch | region | skills | cases | most | away until | substitute"
POLICIES = Policies.from_files(ROOT / "policies", ROOT / "company" / "demo.yaml")


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """An installation of its own with three cases: an owned one, and two that nobody owns, one of a key account."""
    monkeypatch.setenv("ARREARS_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("ARREARS_MODE", "up")
    found = Database(load_settings().database_url)
    prepare(found, datetime.now(UTC))
    for number, more in ((1, (e.OwnerChanged(owner="zhou.min"),)), (2, ()), (3, ())):
        with found.session() as session:
            add_account(session, lease(f"L-{number}", branch="上海业务部"))
            case = new_case(f"L-{number}")
            opening = (
                e.FactsUpdated(facts=facts()),
                e.CaseOpened(policy=POLICIES.pin("leasing"), settings="", anchor=date(2026, 3, 2), floor=1),
                e.BucketEntered(bucket="I"), *more,
            )  # fmt: skip
            happened = events(*opening)
            record(session, case.case_no, happened, after(case, happened), Wait(NOON, "deadline"))
    with found.session() as session:
        key = {"account_no": "L-3", "policy_id": "leasing", "delinquencies": 5, "overdue_days": 12}
        mark = KeyAccount.model_validate({**key, "rank": -500_012, "since": date(2026, 3, 3)})
        owners.mark(session, "leasing", {"L-3": mark})
    yield found
    found.close()


def test_a_file_of_staff_is_taken_in_and_listed(arrears: Arrears, database: Database) -> None:
    assert arrears("staff", "load", PEOPLE, "--password", "secret").out == "14 members of staff, 14 of them new\n"
    assert arrears("staff", "load", PEOPLE, "--password", "other").out == "14 members of staff, 0 of them new\n"
    lines = arrears("staff", "list").out.splitlines()
    assert lines[0] == HEAD
    assert "zhou.min | 周敏 | collector | 上海业务部 | - |  | 1 | 40 |  | " in lines
    assert "guo.tao | 郭涛 | senior_specialist | - | - | negotiation | 0 | - |  | " in lines


def test_who_is_away_is_shown_with_the_substitute(arrears: Arrears, database: Database) -> None:
    arrears("staff", "load", PEOPLE, "--password", "secret")
    today = datetime.now(UTC).date()
    first, last = today - timedelta(days=1), today + timedelta(days=3)
    told = ("--first", str(first), "--last", str(last), "--substitute", "chen.lei", "--reason", "年假")
    assert "chen.lei stands in" in arrears("staff", "away", "zhou.min", *told).out
    shown = next(line for line in arrears("staff", "list").out.splitlines() if line.startswith("zhou.min"))
    assert shown.endswith(f"{last} | chen.lei")
    wrong = arrears("staff", "away", "zhou.min", *told[:4], "--substitute", "gao.yan", "--reason", "年假")
    assert wrong.code == 1 and wrong.err.startswith("substitute_unfit")


def test_the_queue_shows_key_accounts_first_and_what_is_missing(arrears: Arrears, database: Database) -> None:
    assert arrears("queue").out.splitlines() == [
        "case | policy | bucket | branch | key account | wanted | why nobody owns it",
        "L-3-1 | leasing | I | 上海业务部 | yes | collector | nobody has the role",
        "L-2-1 | leasing | I | 上海业务部 |  | collector | nobody has the role",
    ]
    assert arrears("queue", "--limit", "1").err == "the first 1; more with --limit\n"
    assert arrears("key-accounts").out.splitlines()[1] == "L-3 | leasing | 5 | 12 | 2026-03-03"


def test_cases_of_one_owner(arrears: Arrears, database: Database) -> None:
    rows = arrears("cases", "--owner", "zhou.min").out.splitlines()
    assert [row.split(" | ")[0] for row in rows] == ["case", "L-1-1"]
    assert len(arrears("cases").out.splitlines()) == 4


def test_all_faults_of_a_file_come_at_once_and_nothing_is_kept(
    arrears: Arrears, database: Database, tmp_path: Path
) -> None:
    text = """
regions:
  东: [上海, 苏州]
  西: [苏州]
staff:
  - {id: a, name: 甲, roles: [collector, chief], region: 南}
  - {id: a, name: 乙, roles: [auditor]}
"""
    ran = arrears("staff", "load", written(tmp_path, text, "people.yaml"), "--password", "secret")
    assert ran.code == 2
    assert [line for line in ran.err.splitlines() if line.startswith("people.yaml:")] == [
        "people.yaml:7: a stands twice", "people.yaml:4: 苏州 is in two regions",
        "people.yaml:6: unknown role chief", "people.yaml:6: unknown region 南",
    ]  # fmt: skip
    with database.reading() as session:
        assert staff.find(session, "a") is None
    with pytest.raises(Invalid):
        load_staff("staff: []", "people.yaml", ["collector"])


def test_the_demonstration_has_people_who_own_cases_beside_a_login_per_role(database: Database) -> None:
    add_logins(database, POLICIES.roles)
    add_logins(database, POLICIES.roles)
    with database.reading() as session:
        found = {one.id: one for one in staff.list_staff(session)}
    assert found["collector"].capacity == 0 and found["zhou.min"].capacity == 40
    rules = [rule for policy in POLICIES.ids if (rule := POLICIES.current(policy).policy.distribution)]
    held = {holder.role for rule in rules for holder in rule.holders}
    able = {role for one in found.values() if one.capacity != 0 for role in one.roles}
    assert len(rules) == len(POLICIES.ids) and held <= able  # every policy's cases find an owner
