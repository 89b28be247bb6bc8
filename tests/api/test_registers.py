"""Suspense, write-offs, blacklist and archive over HTTP: who may, what is refused, what is told."""

from __future__ import annotations

from tests.api.world import World, key
from tests.builders.files import PDF

RECEIPT = {
    "receipt_no": "B-77", "amount": "21000.00", "value_date": "2026-03-09", "payer": "某公司", "reference": "租金",
}  # fmt: skip


async def test_one_transfer_for_two_leases_cures_both(world: World) -> None:
    for name in ("L-000001", "L-000002"):
        world.lease(name)
    lines = [{"account_no": name, "amount": "10500.00"} for name in ("L-000001", "L-000002")]
    body = {"receipt_no": "B-77", "lines": lines, "reason": "付款人确认"}
    async with world.client("finance") as client:
        entered = await client.post("/suspense", json=RECEIPT)
        wrong = {**body, "lines": [{**lines[0], "account_no": "L-9"}, {**lines[1], "amount": "10499.99"}]}
        refused = await client.post("/suspense/assignments", json=wrong, headers=key("a-0"))
        done = await client.post("/suspense/assignments", json=body, headers=key("a-1"))
        again = await client.post("/suspense/assignments", json=body, headers=key("a-1"))
        standing = (await client.get("/accounts/L-000001/standing")).json()
        balance = (await client.get("/suspense/balance")).json()
        waiting = (await client.get("/suspense")).json()
        history = (await client.get("/suspense/receipt", params={"receipt_no": "B-77"})).json()
    assert (entered.status_code, entered.json()["waiting"]) == (201, "21000.00")
    assert (refused.status_code, [one["place"] for one in refused.json()["errors"]]) == (
        422, ["lines", "lines.0.account_no"],
    )  # fmt: skip
    assert done.status_code == 201 and done.json() == again.json()
    assert standing["standing"]["overdue_rent"] == "0.00"
    assert (balance[0]["received"], balance[0]["assigned"], balance[0]["waiting"]) == ("21000.00", "21000.00", "0.00")
    assert (waiting, history["acts"][0]["actor_role"]) == ([], "finance")


async def test_a_payment_on_the_wrong_lease_is_moved_and_the_wrong_payer_gets_theirs_back(world: World) -> None:
    for name in ("L-000001", "L-000002"):
        world.lease(name)
    posting = {"kind": "payment", "value_date": "2026-03-09", "amount": "10500.00"}
    move = {"posting": "p-1", "lines": [{"account_no": "L-000002", "amount": "10000.00"}], "returned": "500.00"}
    async with world.client("finance") as client:
        await client.post("/accounts/L-000001/postings", json=posting, headers=key("p-1"))
        moved = await client.post("/suspense/reallocations", json={**move, "reason": "错账"}, headers=key("m-1"))
        twice = await client.post("/suspense/reallocations", json={**move, "reason": "错账"}, headers=key("m-2"))
        first, second = [(await client.get(f"/accounts/L-00000{n}/postings")).json() for n in (1, 2)]
    assert (moved.json()["assigned"], moved.json()["returned"]) == ("10000.00", "500.00")
    assert twice.json()["code"] == "already_reversed"
    assert [one["kind"] for one in first] == ["payment", "reversal"]
    assert [(one["amount"], one["value_date"]) for one in second] == [("10000.00", "2026-03-09")]


async def test_money_that_was_assigned_is_taken_back_only_where_the_rest_of_the_receipt_is_known(world: World) -> None:
    """An ordinary reversal would take it off the account, and nobody could tell where it is."""
    for name in ("L-000001", "L-000002"):
        world.lease(name)
    receipt = {"receipt_no": "B-1", "amount": "21000.00", "value_date": "2026-03-09", "payer": "江城恒通机械"}
    lines = [{"account_no": "L-000001", "amount": "10500.00"}, {"account_no": "L-000002", "amount": "10500.00"}]
    async with world.client("finance") as client:
        await client.post("/suspense", json=receipt)
        given = {"receipt_no": "B-1", "lines": lines, "reason": "两份合同"}
        await client.post("/suspense/assignments", json=given, headers=key("a-1"))
        (posting,) = (await client.get("/accounts/L-000001/postings")).json()
        back = {"kind": "reversal", "value_date": "2026-03-10", "amount": "10500.00", "reverses": posting["id"]}
        refused = await client.post("/accounts/L-000001/postings", json=back, headers=key("r-1"))
        gone = {"posting": posting["id"], "returned": "10500.00", "reason": "银行退回"}
        returned = await client.post("/suspense/reallocations", json=gone, headers=key("r-2"))
        (balance,) = (await client.get("/suspense/balance")).json()
    assert (refused.status_code, refused.json()["code"]) == (409, "reversed_elsewhere")
    assert "/suspense/reallocations" in refused.json()["remedy"]
    assert returned.status_code == 201
    assert (balance["received"], balance["assigned"], balance["returned"]) == ("21000.00", "10500.00", "10500.00")


async def test_a_write_off_is_proposed_by_finance_and_decided_by_somebody_else(world: World) -> None:
    world.lease()
    proposer = world.staff("head_of_finance")
    pdf = {"file": ("a.pdf", PDF, "application/pdf")}
    async with world.client(as_user=proposer) as client:
        paper = (await client.post("/attachments", files=pdf)).json()["id"]
        body = {"account_no": "L-000001", "amount": "20000.00", "reason": "无可执行财产", "document": paper}
        direct = {"kind": "write_off", "value_date": "2026-03-09", "amount": "1.00"}
        by_hand = await client.post("/accounts/L-000001/postings", json=direct, headers=key("x"))
        proposed = await client.post("/write-offs", json=body, headers=key("w-1"))
        number = proposed.json()["proposal"]["id"]
        yes = {"verdict": "approved", "reason": "同意"}
        own = await client.post(f"/write-offs/{number}/verdict", json=yes)
    async with world.client("general_manager") as client:
        done = await client.post(f"/write-offs/{number}/verdict", json=yes)
    async with world.client("finance") as client:
        (posting,) = (await client.get("/accounts/L-000001/postings")).json()
        back = {"kind": "reversal", "value_date": "2026-03-10", "amount": "20000.00", "reverses": posting["id"]}
        alone = await client.post("/accounts/L-000001/postings", json=back, headers=key("y"))
    async with world.client("general_manager") as client:
        standing = (await client.get("/accounts/L-000001/standing")).json()["standing"]
        book = (await client.get("/customers/P-L-000001/new-business")).json()
    assert by_hand.status_code == 422
    assert (own.status_code, own.json()["code"]) == (403, "own_proposal")
    assert (done.status_code, done.json()["status"]) == (201, "approved")
    assert (alone.status_code, alone.json()["code"]) == (409, "reversed_elsewhere")  # nobody undoes it alone
    assert standing["overdue_rent"] == "10500.00" and book["permitted"] is True


async def test_risk_lists_a_customer_and_its_head_takes_them_off(world: World) -> None:
    world.lease()
    address = "/customers/P-L-000001/blacklist"
    async with world.client("risk_management") as client:
        entered = await client.post(address, json={"reason": "恶意欠款", "until": "2027-03-10"}, headers=key("b-1"))
        asked = (await client.get("/customers/P-L-000001/new-business")).json()
        refused = await client.post(f"{address}/removal", json={"reason": "x"}, headers=key("b-2"))
    world.later(hours=1)
    async with world.client("head_of_risk_management") as client:
        removed = await client.post(f"{address}/removal", json={"reason": "已结清"}, headers=key("b-3"))
        listed = (await client.get("/blacklist")).json()
        twice = await client.post(f"{address}/removal", json={"reason": "x"}, headers=key("b-4"))
    async with world.client("collector") as client:
        file = (await client.get("/accounts/L-000001/customer-file")).json()
    assert entered.json()["listed"] is True
    assert [one["why"] for one in asked["restrictions"]] == ["blacklisted"]
    assert (refused.status_code, removed.json()["listed"], twice.json()["code"]) == (403, False, "not_listed")
    assert [(one["listed"], [m["value"] for m in one["marks"]]) for one in listed] == [(False, ["listed", "removed"])]
    assert (file["new_business"][0]["permitted"], [one["reason"] for one in file["marks"]]) == (
        True, ["恶意欠款", "已结清"],
    )  # fmt: skip


async def test_a_case_is_put_under_legal_hold_and_nothing_of_an_open_one_is_destroyed(world: World) -> None:
    case_no = await world.case()
    async with world.client("legal_compliance") as client:
        held = await client.post("/archive/legal-holds", json={"case_no": case_no, "reason": "诉讼"}, headers=key("h"))
        number = held.json()["id"]
        lifted = await client.post(f"/archive/legal-holds/{number}/end", json={"reason": "结案"})
        known = (await client.get("/archive/legal-holds", params={"case_no": case_no})).json()
        periods = (await client.get("/archive/retention")).json()
        due = (await client.get("/archive/destroyable", params={"on": "2099-01-01"})).json()
    async with world.client("head_of_legal_compliance") as client:
        unknown = await client.post("/documents/none-1/destruction", json={"reason": "x"})
    assert (held.status_code, lifted.json()["lifted_for"], len(known)) == (201, "结案", 1)
    assert (periods["years"], periods["kinds"]["master_table"]["years"], due) == (10, 30, [])
    assert unknown.json()["code"] == "unknown_document"
