"""A breach opens a case or joins the open one; a sudden event opens a duty: who may, with what, once per id."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from domain.ledger import Instalment, PartyRole
from store import accounts, cases
from store.attempts import find_attempt
from store.documents import Attachment, add_attachment
from store.views import NewAccount, Party
from tests.api.world import World, key

LOAN = "O-000201"
BREACH: dict[str, Any] = {
    "account_no": LOAN, "step": "breach", "since": "2026-03-02", "reason": "保险中断", "evidence": "att-1",
}  # fmt: skip
EVENT: dict[str, Any] = {
    "account_no": "L-000001", "layer": "servicing", "duty": "sudden_event", "since": "2026-03-09", "reason": "厂房失火",
}  # fmt: skip


@pytest.fixture
def lender(world: World) -> World:
    """A loan of the lender that owes nothing on 10 March, and a paper."""
    loan(world, LOAN, "2026-03-20")
    with world.database.session() as session:
        paper = Attachment(
            id="att-1", sha256="0" * 64, media_type="application/pdf", name="report.pdf", content=b"%PDF-1.7",
            uploaded_by="u-1", at=world.clock.now(),
        )  # fmt: skip
        add_attachment(session, paper)
    return world


def loan(world: World, account_no: str, *due: str, product: str = "business_loan") -> None:
    schedule = tuple(
        Instalment.model_validate({"no": no, "due": day, "principal": "5000.00"}) for no, day in enumerate(due, 1)
    )
    account = NewAccount(
        account_no=account_no, contract_no=f"C-{account_no}", product=product, lease_amount=Decimal("50000.00"),
        created_at=world.clock.now(), schedule=schedule,
        parties=(Party(id=f"P-{account_no}", role=PartyRole.BORROWER, name="借款人甲"),),
    )  # fmt: skip
    with world.database.session() as session:
        accounts.add_account(session, account)


async def test_a_breach_opens_a_case_that_says_who_why_and_since_when(lender: World) -> None:
    async with lender.client("legal") as client:
        answer = await client.post("/cases", json=BREACH, headers=key("k1"))
        again = await client.post("/cases", json=BREACH, headers=key("k1"))
        seen = (await client.get(f"/cases/{LOAN}-1")).json()
        lines = (await client.get(f"/cases/{LOAN}-1/timeline")).json()
        known = (await client.get("/commands/k1")).json()
    assert answer.status_code == 200, answer.text
    assert answer.json() == again.json() == known
    assert (answer.json()["case_no"], answer.json()["state"]) == (f"{LOAN}-1", "recorded")
    assert (seen["line"]["dpd"], seen["line"]["status"], seen["line"]["policy_id"]) == (8, "open", "lender")
    assert [(ask["step"], ask["role"]) for ask in seen["asks"]] == [("breach", "collection_team")]
    told = {line["kind"]: line for line in lines}
    assert told["case_opened"]["actor"]["role"] == told["step_opened"]["actor"]["role"] == "legal"
    assert told["step_opened"]["body"]["evidence"] == "att-1"
    assert told["step_opened"]["body"]["since"] == "2026-03-02"
    assert told["note_added"]["body"]["text"] == "保险中断"


async def test_the_open_case_takes_the_report(lender: World) -> None:
    loan(lender, "O-000202", "2026-03-05")
    await lender.deps.intake.run(lender.deps.today())
    async with lender.client("collection_team") as client:
        body = BREACH | {"account_no": "O-000202"}
        answer = await client.post("/cases", json=body, headers=key("k1"))
        other = await client.post("/cases", json=body, headers=key("k2"))
        chosen = await client.post("/cases", json=body | {"policy": "credit"}, headers=key("k3"))
        seen = (await client.get("/cases/O-000202-1")).json()
    assert (answer.status_code, answer.json()["case_no"]) == (200, "O-000202-1")
    assert (other.status_code, other.json()["code"]) == (409, "already_open")
    assert (chosen.status_code, chosen.json()["code"]) == (409, "already_open")
    assert seen["line"]["dpd"] == 5  # the arrears of 5 March prevail over the breach of 2 March
    assert "breach" in [ask["step"] for ask in seen["asks"]]


@pytest.mark.parametrize(("role", "change", "status", "code"), [
    ("asset_disposal", {}, 403, "not_entitled"),
    ("legal", {"evidence": None}, 422, "document_missing"),
    ("legal", {"evidence": "att-9"}, 404, "unknown_attachment"),
    ("legal", {"since": "2026-03-11"}, 422, "since_impossible"),
    ("legal", {"step": "lawsuit"}, 409, "not_on_demand"),
    ("legal", {"account_no": "O-9"}, 404, "unknown_account"),
    ("legal", {"policy": "nowhere"}, 422, "unknown_policy"),
    ("legal", {"policy": "leasing"}, 403, "not_entitled"),
    ("collection_team", {"policy": "leasing"}, 409, "not_on_demand"),
])  # fmt: skip
async def test_a_report_is_refused_with_its_code_and_opens_nothing(
    lender: World, role: str, change: dict[str, Any], status: int, code: str
) -> None:
    async with lender.client(role) as client:
        answer = await client.post("/cases", json=BREACH | change, headers=key("k1"))
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    with lender.database.reading() as session:
        assert cases.open_case_of(session, LOAN) is None
        attempt = find_attempt(session, "k1")
        assert (attempt.code if attempt else None) == (None if code == "unknown_account" else code)


async def test_an_id_of_somebody_else_is_refused_and_without_the_engine_nothing_is_opened(lender: World) -> None:
    async with lender.client("legal") as first, lender.client("legal") as second:
        lender.cases.mode = "away"
        answer = await first.post("/cases", json=BREACH, headers=key("k1"))
        assert (answer.status_code, answer.json()["code"]) == (503, "engine_unavailable")
        lender.cases.mode = "quick"
        assert (await first.post("/cases", json=BREACH, headers=key("k1"))).status_code == 200
        answer = await second.post("/cases", json=BREACH, headers=key("k1"))
    assert (answer.status_code, answer.json()["code"]) == (409, "command_differs")


async def test_a_sudden_event_opens_a_duty_on_an_account_without_a_case(world: World) -> None:
    """P4.4: the department handles it: asked of its head, due on the next business day, kept as an event record."""
    world.lease(due=("2026-12-02",))
    async with world.client("post_lending_specialist") as client:
        answer = await client.post("/errands", json=EVENT, headers=key("k1"))
        again = await client.post("/errands", json=EVENT, headers=key("k1"))
    assert answer.status_code == 200, answer.text
    asked = answer.json()
    assert again.json() == asked
    assert (asked["rules"], asked["roles"], asked["document"]) == (["P4.4"], ["head_of_post_lending"], "event_record")
    assert (asked["say"], asked["occurrence"]) == ("2026-03-09 厂房失火", "2026-03-09")
    assert asked["answer_by"].startswith("2026-03-11T")
    async with world.client("head_of_post_lending") as client:
        body = {"outcome": "handled", "answers": dict.fromkeys(asked["items"], "已处理")}
        done = await client.post(f"/errands/{asked['id']}/answer", json=body, headers=key("k2"))
        kept = (await client.get("/records/event_record")).json()["rows"]
    assert (done.status_code, [row["id"] for row in kept]) == (200, [asked["id"]])


@pytest.mark.parametrize(("role", "change", "status", "code"), [
    ("collector", {}, 403, "not_entitled"),
    ("head_of_post_lending", {"duty": "inspection"}, 422, "unknown_duty"),
    ("head_of_post_lending", {"layer": "trade"}, 422, "unknown_duty"),
    ("head_of_post_lending", {"account_no": "L-9"}, 404, "unknown_account"),
    ("head_of_post_lending", {"since": "2026-03-11"}, 422, "since_impossible"),
    ("head_of_post_lending", {"evidence": "att-9"}, 404, "unknown_attachment"),
])  # fmt: skip
async def test_an_event_is_refused_with_its_code(
    world: World, role: str, change: dict[str, Any], status: int, code: str
) -> None:
    world.lease()
    async with world.client(role) as client:
        answer = await client.post("/errands", json=EVENT | change, headers=key("k1"))
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert (await client.get("/errands")).json()["rows"] == []


async def test_a_task_says_what_is_proposed(lender: World) -> None:
    """U3.1.1c: after ninety days the class "high" is proposed; nobody has to take it."""
    loan(lender, "U-000301", "2025-12-09", product="union_loan")  # day 91 is 10 March
    await lender.deps.intake.run(lender.deps.today())
    async with lender.client("recovery_group") as client:
        asked = {row["step"]: row["preselected"] for row in (await client.get("/tasks")).json()["rows"]}
        case = (await client.get("/cases/U-000301-1")).json()
    assert asked["long_delinquency"] == "high"
    assert asked["ability_inquiry"] is None
    assert {ask["step"]: ask["preselected"] for ask in case["asks"]} == asked
