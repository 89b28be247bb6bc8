"""`policy diff`, `case move`, `assign`, `case open` and `duty`: shown before anything is done, refused with a code."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from commands.demonstration import prepare
from domain.ledger import PartyRole
from settings import load_settings
from store import staff
from store.accounts import add_accounts
from store.assignment import choices_of, subject_of
from store.documents import Attachment, add_attachment
from store.record import record
from store.session import Database
from store.views import NewAccount, Party
from tests.builders.leases import rents
from tests.cli.running import ROOT, Arrears
from tests.imports.files import GOOD, xlsx
from tests.rules.walk import diligent

NOW = datetime(2026, 3, 1, tzinfo=UTC)
AS_OF = ("--as-of", "2026-03-18")


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """An installation of its own, empty, whose engine is away, on 18 March 2026."""
    monkeypatch.setenv("ARREARS_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("ARREARS_MODE", "up")
    monkeypatch.setenv("ARREARS_TEMPORAL_ADDRESS", "127.0.0.1:1")
    found = Database(load_settings().database_url)
    prepare(found, datetime.now(UTC))
    with found.session() as session:
        for login in ("risk_management", "collector"):
            member = staff.StaffMember(id=f"u-{login}", login=login, name=login, password_hash="-", roles=(login,))
            staff.add(session, member)
    yield found
    found.close()


@pytest.fixture
def one_case(database: Database) -> str:
    """A lease with its case as recorded at DPD 16."""
    desk = diligent(16)
    number = desk.case.account_no
    lessee = Party(id="P1", role=PartyRole.LESSEE, name="上海测试有限公司")
    account = NewAccount(
        account_no=number, contract_no="HT-1", lease_amount=Decimal("500000.00"), created_at=NOW,
        schedule=rents("2026-03-02", "2026-04-02"), parties=(lessee,),
    )  # fmt: skip
    with database.session() as session:
        add_accounts(session, [account])
        record(session, desk.case.case_no, desk.events, desk.case)
    return desk.case.case_no


@pytest.fixture
def portfolio(tmp_path: Path) -> Path:
    """A1 is overdue since 15 February, A2 since 10 February."""
    file = tmp_path / "portfolio.xlsx"
    file.write_bytes(xlsx(GOOD).content)
    return file


# ── policy diff ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_another_policy_would_change(arrears: Arrears, portfolio: Path) -> None:
    ran = arrears("policy", "diff", "leasing", "credit", "--portfolio", portfolio, *AS_OF)
    assert ran.code == 0, ran.err
    assert "A1-1: leasing.v1 III -> credit.v1 C-II, 31 days past due" in ran.out
    assert "A2-1: leasing.v1 III -> credit.v1 C-II, 36 days past due" in ran.out
    assert "现在 now | 2026-03-18 | 安排專人: opened | 信貸部門 | - | " in ran.out
    assert "不再 never again | " in ran.out
    assert "2 changed" in ran.err


def test_the_same_policy_is_refused_and_a_copy_changes_nothing(
    arrears: Arrears, portfolio: Path, tmp_path: Path
) -> None:
    ran = arrears("policy", "diff", "leasing", "leasing", "--portfolio", portfolio, *AS_OF)
    assert (ran.code, ran.err.partition(":")[0]) == (1, "already_there")
    text = (ROOT / "policies" / "leasing.v1.yaml").read_text(encoding="utf-8")
    copy = tmp_path / "leasing.v2.yaml"
    copy.write_text(text.replace("\nversion: 1\n", "\nversion: 2\n"), encoding="utf-8")
    ran = arrears("policy", "diff", "leasing", copy, "--portfolio", portfolio, *AS_OF)
    assert (ran.code, ran.out) == (0, "")
    assert "2 unchanged" in ran.err


def test_one_object_per_account(arrears: Arrears, portfolio: Path) -> None:
    ran = arrears("policy", "diff", "leasing", "credit", "--portfolio", portfolio, "--json", *AS_OF)
    found = ran.objects()
    assert [one["case_no"] for one in found] == ["A1-1", "A2-1"]
    assert {line["when"] for line in found[0]["lines"]} == {"now", "later", "never"}


@pytest.mark.parametrize(("words", "said"), [
    (("--as-of", "2026-02-30"), "is no day"),
    (("--portfolio", "nowhere.xlsx"), "cannot be read"),
    (("--portfolio", str(ROOT / "README.md")), "remedy:"),
])  # fmt: skip
def test_what_cannot_be_read(arrears: Arrears, portfolio: Path, words: tuple[str, ...], said: str) -> None:
    ran = arrears("policy", "diff", "leasing", "credit", "--portfolio", portfolio, *words)
    assert ran.code == 2
    assert said in ran.err


# ── case move ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_dry_run_shows_and_does_nothing(arrears: Arrears, database: Database, one_case: str) -> None:
    ran = arrears("case", "move", one_case, "credit", "--dry-run")
    assert ran.code == 0, ran.err
    assert f"{one_case}: leasing.v1 II -> credit.v1 " in ran.out
    assert "现在 now | " in ran.out and "不再 never again | " in ran.out
    assert "bucket II" in arrears("case", one_case).out


@pytest.mark.parametrize(("words", "code"), [
    (("credit", "--dry-run", "--version", "7"), "unknown_policy"),
    (("factoring", "--dry-run"), "unknown_policy"),
    (("leasing", "--dry-run"), "already_there"),
    (("credit", "--by", "risk_management"), "reason_missing"),
    (("credit", "--reason", "x"), "unknown_staff"),
    (("credit", "--reason", "x", "--by", "collector"), "not_entitled"),
])  # fmt: skip
def test_a_move_is_refused_with_its_code(arrears: Arrears, one_case: str, words: tuple[str, ...], code: str) -> None:
    ran = arrears("case", "move", one_case, *words)
    assert (ran.code, ran.err.partition(":")[0]) == (1, code)


def test_a_move_needs_the_engine(arrears: Arrears, one_case: str) -> None:
    ran = arrears("case", "move", one_case, "credit", "--reason", "sold", "--by", "risk_management")
    assert ran.code == 1
    assert "No workflow engine answers at 127.0.0.1:1" in ran.err


@pytest.mark.usefixtures("database")
def test_no_such_case(arrears: Arrears) -> None:
    for more in (("--dry-run",), ("--reason", "x", "--by", "risk_management")):
        assert arrears("case", "move", "X-1", "credit", *more).err.startswith("unknown_case: ")


# ── assign ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_person_chooses_and_takes_back(arrears: Arrears, database: Database, one_case: str) -> None:
    number = one_case.rpartition("-")[0]
    ran = arrears("assign", number, "credit", "--reason", "a loan by its nature", "--by", "risk_management")
    assert (ran.code, ran.out) == (0, f"{number}: the next case runs under credit\n")
    with database.session() as session:
        assert subject_of(session, number).chosen == "credit"
        (choice,) = choices_of(session, number)
        assert (choice.actor.user, choice.actor.role, choice.policy) == (
            "u-risk_management",
            "risk_management",
            "credit",
        )
        member = staff.StaffMember(id="u-c", login="c", name="c", password_hash="-", roles=("head_of_credit",))
        staff.add(session, member)
    ran = arrears("assign", number, "--take-back", "--reason", "a mistake", "--by", "risk_management")
    assert ran.err.startswith("not_entitled: ")  # it is the credit policy's account now
    ran = arrears("assign", number, "--take-back", "--reason", "a mistake", "--by", "c")
    assert ran.out == f"{number}: the next case runs under leasing\n"
    with database.reading() as session:
        assert [choice.policy for choice in choices_of(session, number)] == ["credit", None]


@pytest.mark.parametrize(("words", "code"), [
    (("credit", "--by", "risk_management"), "reason_missing"),
    (("credit", "--reason", "x", "--by", "collector"), "not_entitled"),
    (("factoring", "--reason", "x", "--by", "risk_management"), "unknown_policy"),
    (("--reason", "x", "--by", "risk_management"), "policy_missing"),
    (("credit", "--take-back", "--reason", "x", "--by", "risk_management"), "policy_missing"),
])  # fmt: skip
def test_a_choice_is_refused_with_its_code(
    arrears: Arrears, database: Database, one_case: str, words: tuple[str, ...], code: str
) -> None:
    number = one_case.rpartition("-")[0]
    ran = arrears("assign", number, *words)
    assert (ran.code, ran.err.partition(":")[0]) == (1, code)
    with database.reading() as session:
        assert choices_of(session, number) == ()


# ── breaches and events by hand ─────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def account(database: Database) -> str:
    """A lease that owes nothing, and two more people."""
    with database.session() as session:
        for login in ("legal", "head_of_post_lending"):
            member = staff.StaffMember(id=f"u-{login}", login=login, name=login, password_hash="-", roles=(login,))
            staff.add(session, member)
        for number, product in (("L-7", "leasing"), ("O-7", "business_loan")):
            party = Party(id=f"P-{number}", role=PartyRole.LESSEE, name="上海测试有限公司")
            account = NewAccount(
                account_no=number, contract_no=f"HT-{number}", product=product, created_at=NOW,
                schedule=rents("2030-03-02"), parties=(party,),
            )  # fmt: skip
            add_accounts(session, [account])
    return "O-7"


EVENT = ("--since", "2026-02-02", "--reason", "厂房失火")


def test_a_sudden_event_opens_a_duty(arrears: Arrears, account: str) -> None:
    number = account.replace("O", "L")
    ran = arrears("duty", number, "servicing", "sudden_event", *EVENT, "--by", "head_of_post_lending")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("L-7.servicing.sudden_event.hand-")
    assert "head_of_post_lending" in ran.out


@pytest.mark.parametrize(("words", "code"), [
    (("servicing", "sudden_event", *EVENT, "--by", "collector"), "not_entitled"),
    (("servicing", "inspection", *EVENT, "--by", "head_of_post_lending"), "unknown_duty"),
    (("servicing", "sudden_event", "--reason", "x", "--by", "head_of_post_lending"), "since_impossible"),
    (("servicing", "sudden_event", "--since", "2026-02-02", "--by", "head_of_post_lending"), "reason_missing"),
    (("servicing", "sudden_event", *EVENT, "--by", "nobody"), "unknown_staff"),
])  # fmt: skip
def test_an_event_is_refused_with_its_code(arrears: Arrears, account: str, words: tuple[str, ...], code: str) -> None:
    ran = arrears("duty", account.replace("O", "L"), *words)
    assert (ran.code, ran.err.partition(":")[0]) == (1, code)


@pytest.mark.parametrize(("words", "said"), [
    (("breach", *EVENT, "--by", "legal"), "document_missing: "),
    (("lawsuit", *EVENT, "--by", "legal"), "not_on_demand: "),
    (("breach", *EVENT, "--evidence", "att-9", "--by", "legal"), "unknown_attachment: "),
    (("breach", *EVENT, "--evidence", "att-9", "--by", "collector"), "not_entitled: "),
])  # fmt: skip
def test_a_breach_is_refused_with_its_code(arrears: Arrears, account: str, words: tuple[str, ...], said: str) -> None:
    ran = arrears("case", "open", account, *words)
    assert ran.code == 1
    assert ran.err.startswith(said)


def test_a_breach_needs_the_engine(arrears: Arrears, database: Database, account: str) -> None:
    with database.session() as session:
        paper = Attachment(
            id="att-1", sha256="0" * 64, media_type="application/pdf", name="r.pdf", content=b"%PDF", uploaded_by="u",
            at=NOW,
        )  # fmt: skip
        add_attachment(session, paper)
    ran = arrears("case", "open", account, "breach", *EVENT, "--evidence", "att-1", "--by", "legal")
    assert ran.code == 1
    assert "No workflow engine answers at 127.0.0.1:1" in ran.err
