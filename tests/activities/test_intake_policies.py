"""Intake under several policies: each account gets a case under its own, and every policy has its portfolio."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from activities.intake import Intake
from activities.moving import left_behind
from activities.registry import Policies
from domain import events as e
from domain.errors import Invalid
from domain.ledger import DoneStep, PostingKind
from domain.policy_file import read_yaml
from store import ledger
from store.accounts import add_account
from store.assignment import PolicyChoice, choose
from tests.activities.test_intake import Engine, Noon, save_cured, take_back
from tests.activities.world import DAY, ROOT, World, at, lease, posting
from worker import start_portfolios

TEXT = (ROOT / "policies" / "leasing.v1.yaml").read_text(encoding="utf-8")
DEMO = (ROOT / "company" / "demo.yaml").read_text(encoding="utf-8")
ASSIGNMENT = """assignment:
  - {policy: factoring, if: {product: [receivable]}}
  - {policy: leasing}
"""


def company(assignment: str) -> str:
    """Leasing, and the same regulation again as `factoring`, which forgives residues up to 50,000.00."""
    said = read_yaml(DEMO)
    leasing = said["policies"]["leasing"]
    said["policies"] = {"leasing": leasing, "factoring": {**leasing, "tolerance": "50000.00"}}
    del said["assignment"]
    return yaml.safe_dump(said, allow_unicode=True, sort_keys=False) + assignment


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "leasing.v1.yaml").write_text(TEXT, encoding="utf-8")
    other = TEXT.replace("\nid: leasing\n", "\nid: factoring\n")
    (tmp_path / "policies" / "factoring.v1.yaml").write_text(other, encoding="utf-8")
    return tmp_path


def read(folder: Path, assignment: str = ASSIGNMENT) -> Policies:
    file = folder / "company.yaml"
    file.write_text(company(assignment), encoding="utf-8")
    return Policies.from_files(folder / "policies", file)


@pytest.fixture
def two(folder: Path) -> Policies:
    return read(folder)


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
def intake(world: World, two: Policies, engine: Engine) -> Intake:
    """With a receivable of 84,600.00 overdue, one of 42,300.00, and all notices passed on."""
    with world.database.session() as session:
        add_account(session, lease("F-1", (date(2026, 2, 18), date(2026, 3, 1)), product="receivable"))
        add_account(session, lease("F-2", (date(2026, 2, 18),), product="receivable"))
        ledger.mark_relayed(session, ledger.pending_notices(session), at(DAY))
    return Intake(world.database, two, engine, Noon(DAY))


def started(engine: Engine) -> dict[str, str]:
    return {case.case_no: case.policy.id if case.policy else "" for case, _ in engine.started}


async def test_each_account_gets_a_case_under_its_policy_if_that_says_it_is_overdue(
    engine: Engine, intake: Intake, two: Policies
) -> None:
    assert [await intake.open_due(policy_id, DAY) for policy_id in two.ids] == [4, 1]
    leases = {"L-1-1": "leasing", "L-2-1": "leasing", "L-4-1": "leasing", "L-5-1": "leasing"}
    assert started(engine) == leases | {"F-1-1": "factoring"}  # F-2 is within the tolerance
    assert [await intake.open_due(policy_id, DAY) for policy_id in two.ids] == [4, 1]
    assert len(engine.started) == 5  # again, and nothing is started twice


async def test_a_choice_of_a_person_goes_before_the_assignment(world: World, engine: Engine, intake: Intake) -> None:
    actor = e.Actor(user="u7", role="risk_management", authority="test")
    choice = PolicyChoice(id="c1", account_no="F-2", policy="leasing", reason="x", actor=actor, at=at(DAY))
    with world.database.session() as session:
        choose(session, choice)
    await intake.open_due("leasing", DAY)
    assert started(engine)["F-2-1"] == "leasing"


async def test_history_of_another_policy_is_left_out(world: World, engine: Engine, intake: Intake) -> None:
    known = DoneStep(step="asset_inspection", outcome="inspected", on=date(2026, 3, 1))
    other = known.model_copy(update={"step": "preservation"})
    with world.database.session() as session:
        add_account(session, lease("L-6", (date(2026, 2, 10),), history=(known, other)))
    await intake.open_due("leasing", DAY)
    assert {case.account_no: case.imported for case, _ in engine.started}["L-6"] == (known,)


async def test_the_relay_reopens_a_case_of_any_policy(world: World, engine: Engine, intake: Intake) -> None:
    save_cured(world, "F-1", date(2026, 3, 9), "paid", "84600.00")  # under leasing, before the company had factoring
    take_back(world, "F-1", "paid")
    assert await intake.relay() == 1
    assert [(case.case_no, reopen) for case, reopen in engine.started] == [("F-1-1", True)]
    with world.database.session() as session:
        ledger.post(session, posting("y", PostingKind.PAYMENT, "1.00", DAY), "F-2")
    assert await intake.relay() == 1  # no case of F-2: nothing to reopen
    assert len(engine.started) == 1


def test_what_runs_under_an_older_version_is_named_at_the_start(world: World, two: Policies, folder: Path) -> None:
    assert left_behind(world.database, two) == ()
    with world.database.session() as session:
        world.story("").save(session)
        world.story("L-1", date(2026, 2, 1)).save(session)
        world.story("L-2", date(2026, 2, 1)).save(session)
    assert left_behind(world.database, two) == ()
    text = (folder / "policies" / "leasing.v1.yaml").read_text(encoding="utf-8")
    newer = text.replace("\nversion: 1\n", "\nversion: 2\n")
    (folder / "policies" / "leasing.v2.yaml").write_text(newer, encoding="utf-8")
    [said] = left_behind(world.database, Policies.from_files(folder / "policies", folder / "company.yaml"))
    assert said == (
        "leasing.v2 is there; under v1: 2 open cases and portfolio-leasing. "
        "See `arrears case move portfolio-leasing leasing --dry-run`."
    )


async def test_every_policy_in_use_has_its_standing_work(two: Policies, engine: Engine) -> None:
    await start_portfolios(engine, two)
    assert started(engine) == {"portfolio-leasing": "leasing", "portfolio-factoring": "factoring"}


# ── what a company file may say ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("assignment", "said"), [
    ("", "2 policies and no assignment: leasing, factoring"),
    ("assignment:\n  - {policy: boats}\n", "unknown policy boats"),
])  # fmt: skip
def test_an_assignment_that_leaves_accounts_open_is_refused(folder: Path, assignment: str, said: str) -> None:
    with pytest.raises(Invalid) as caught:
        read(folder, assignment)
    assert [said] == [problem.message for problem in caught.value.problems]
    assert all("company.yaml:" in problem.place for problem in caught.value.problems)


def test_a_policy_without_a_file_takes_no_accounts(folder: Path) -> None:
    (folder / "policies" / "factoring.v1.yaml").unlink()
    with pytest.raises(Invalid, match="there is no file of the policy factoring"):
        read(folder)


def test_the_roles_of_all_policies_are_known(two: Policies) -> None:
    assert set(two.roles) == set(two.current("leasing").policy.roles)
    demo = Policies.from_files(ROOT / "policies", ROOT / "company" / "demo.yaml")
    of_policies = {role for policy_id in demo.ids for role in demo.current(policy_id).policy.roles}
    assert set(demo.roles) == of_policies | {role for found in demo.layers.values() for role in found.layer.roles}


def test_a_version_may_be_named(folder: Path) -> None:
    newer = TEXT.replace("\nversion: 1\n", "\nversion: 2\n")
    (folder / "policies" / "leasing.v2.yaml").write_text(newer, encoding="utf-8")
    policies = read(folder)
    assert [policies.pin("leasing", version).version for version in (None, 1, 2)] == [2, 1, 2]
