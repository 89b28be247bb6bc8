"""Lawsuits over HTTP: filed by a step of the case, carried through the court, settled once; evidence and clocks."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from activities.limitation import LimitationWork
from domain import events as e
from domain.case import Case
from domain.events import Actor
from domain.ledger import DoneStep, Instalment, PartyRole
from domain.money import ZERO
from store import accounts, deliveries, errands
from store.record import record
from store.views import NewAccount, Party
from tests.api.world import World, key
from tests.builders.files import pdf

ACCEPTED = {"do": "record_acceptance", "on": "2026-03-10", "result": "accepted", "court": "浦东法院", "docket": "1号"}


def filed(world: World, choice: str | None = "all_rent") -> str:
    """A case whose filing step has just been answered; the number of its suit."""
    case_no = world.lease("L-000009", ("2025-12-02", "2026-01-02"))
    pin, at = world.policies.pin("leasing"), world.clock.now()
    opened = e.CaseOpened(policy=pin, settings=world.policies.company_sha, anchor=date(2025, 12, 2), floor=1)
    answered = e.StepCompleted(step="lawsuit", outcome="filed", role="legal_compliance", suit="filing", choice=choice)
    legal = Actor(user="u-legal", role="legal_compliance", authority="")
    events = [
        e.Event(seq=n, due_at=at, at=at, dpd=98, actor=legal if n > 1 else None, body=body)
        for n, body in enumerate((opened, answered), start=1)
    ]
    case = Case(case_no=case_no, account_no="L-000009", seq=2, status="open", policy=pin,
                settings=world.policies.company_sha, opened_at=at, anchor=date(2025, 12, 2))  # fmt: skip
    with world.database.session() as session:
        record(session, case_no, events, case)
        record(session, case_no, events, case)  # recorded again, the suit is entered once
    return case_no


async def act(world: World, number: str, name: str, body: dict[str, Any], *roles: str) -> Any:
    async with world.client(*(roles or ("legal_compliance",))) as client:
        return await client.post(f"/suits/{number}/acts", json={"act": body}, headers=key(name))


async def one(world: World, number: str) -> Any:
    async with world.client("auditor") as client:
        return (await client.get(f"/suits/{number}")).json()


async def test_l7_1_the_step_that_files_starts_a_suit_with_its_number(world: World) -> None:
    case_no = filed(world)
    async with world.client("auditor") as client:
        (row,) = (await client.get("/suits", params={"case_no": case_no})).json()["rows"]
        early = await act(world, row["number"], "a0", ACCEPTED)
        assert (early.status_code, early.json()["code"]) == (409, "not_ready")
        await world.deps.suits.relay()  # pyright: ignore[reportAttributeAccessIssue]
        found = await one(world, row["number"])
        agenda = (await client.get("/suits/agenda")).json()
    assert (row["number"], row["status"], row["choice"]) == ("suit-2026-00001", "new", "all_rent")
    assert (found["suit"]["status"], found["suit"]["handled_by"]) == (
        "open", ["legal_compliance", "head_of_legal_compliance", "general_manager"],
    )  # fmt: skip
    assert [(line["clock"], line["title"], line["due_at"][:16]) for line in agenda] == [
        ("acceptance", "立案审查", "2026-03-17T18:00")
    ]


async def test_c4_5_2_a_suit_goes_through_the_court_and_its_costs_are_owed(world: World) -> None:
    filed(world)
    await world.deps.suits.relay()  # pyright: ignore[reportAttributeAccessIssue]
    number = "suit-2026-00001"
    paper = await upload(world, pdf("judgment"))
    assert (await act(world, number, "a1", ACCEPTED, "collector")).json()["code"] == "not_entitled"
    assert (await act(world, number, "a2", ACCEPTED)).json() == {"number": number, "state": "recorded", "seq": 2}
    assert (await act(world, number, "a2", ACCEPTED)).json()["seq"] == 2
    fee = {"do": "record_cost", "on": "2026-03-10", "item": "court_fee", "amount": "900.00"}
    assert (await act(world, number, "a3", fee)).status_code == 200
    bad = {"do": "record_judgment", "on": "2026-03-11", "result": "for"}
    refused = (await act(world, number, "a4", bad)).json()
    assert refused["code"] == "suit_unfit"
    assert all(place in refused["detail"] for place in ("on:", "document:", "amount:", "perform_by:"))
    unknown = bad | {"document": "att-x"}
    assert (await act(world, number, "a5", unknown)).json()["code"] == "unknown_attachment"
    good = {"do": "record_judgment", "on": "2026-03-10", "result": "settled", "document": paper, "amount": "21000.00",
            "costs_owed": "900.00", "perform_by": "2026-03-20"}  # fmt: skip
    assert (await act(world, number, "a6", good)).status_code == 200
    async with world.client("finance") as client:
        standing = (await client.get("/accounts/L-000009/standing")).json()
    assert standing["standing"]["costs"] == "900.00"
    found = await one(world, number)
    assert (found["suit"]["stage"], found["suit"]["costs"]) == ("final", "900.00")
    assert [event["seq"] for event in found["events"]] == [1, 2, 3, 4]


async def upload(world: World, content: bytes) -> str:
    async with world.client("legal_compliance") as client:
        answer = await client.post("/attachments", files={"file": ("paper.pdf", content)})
    return answer.json()["id"]


async def test_l7_1_a_suit_from_before_is_entered_by_hand_once_per_case(world: World) -> None:
    case_no = await world.case()
    body = {"case_no": case_no, "filed_on": "2026-03-01", "choice": "termination"}
    async with world.client("legal_compliance") as client:
        first, again = [await client.post("/suits", json=body, headers=key("s1")) for _ in range(2)]
        other = await client.post("/suits", json=body, headers=key("s2"))
        alien = await client.post("/suits", json=body | {"case_no": "X-1"}, headers=key("s3"))
    assert (first.status_code, first.json()["number"], again.json()["number"]) == (
        201, "suit-2026-00001", "suit-2026-00001",
    )  # fmt: skip
    assert (other.json()["code"], alien.json()["code"]) == ("suit_open", "unknown_case")
    async with world.client("collector") as client:
        assert (await client.post("/suits", json=body, headers=key("s4"))).status_code == 403


async def test_l6_1b_the_evidence_file_names_its_gaps_and_is_the_same_for_the_same_day(world: World) -> None:
    case_no = filed(world)
    path = f"/cases/{case_no}/evidence"
    async with world.client("legal_compliance") as client:
        gaps = (await client.get(f"{path}/gaps")).json()
        assert gaps["gaps"] == [
            "融资租赁合同", "租赁物购买合同及付款凭证", "租赁物交付验收凭证", "主体资格材料", "催收联系记录",
            "催收函件", "民事起诉状",
        ]  # fmt: skip
        first = await client.get(f"{path}.pdf", params={"as_of": "2026-03-10"})
        paper = await upload(world, first.content)
        body = {"kind": "contract", "attachment_id": paper}
        assert (await client.post(path, json=body, headers=key("p1"))).status_code == 201
        assert (await client.post(path, json=body | {"attachment_id": "att-x"}, headers=key("p2"))).status_code == 404
        world.later(days=1)
        assert "融资租赁合同" not in (await client.get(f"{path}/gaps")).json()["gaps"]
        bound = [(await client.get(f"{path}.pdf", params={"as_of": "2026-03-10"})).content for _ in range(2)]
        before = await client.get(f"{path}.pdf", params={"as_of": "2026-03-09"})
    assert bound[0] == bound[1] != first.content
    pages = PdfReader(BytesIO(bound[0])).pages
    assert len(pages) == 2 * len(PdfReader(BytesIO(first.content)).pages)
    text = pages[0].extract_text().replace(" ", "")
    assert "融资租赁合同" in text and "证据目录" in text
    assert before.status_code == 200
    async with world.client("finance") as client:
        assert (await client.get(f"{path}.pdf")).status_code == 403  # it names people and their addresses


async def test_the_clocks_of_a_case_are_visible_and_legal_is_warned_once(world: World) -> None:
    world.lease("L-000007", ("2023-05-02", "2023-06-02"))
    guarantor = Party(id="P-G", role=PartyRole.GUARANTOR, name="保证人甲", address="上海市")
    with world.database.session() as session:
        lessee = accounts.parties(session, "L-000007")
        accounts.replace_parties(session, "L-000007", [*lessee, guarantor], world.clock.now())
    await world.deps.intake.run(world.deps.today())
    async with world.client("legal_compliance") as client:
        found = (await client.get("/cases/L-000007-1")).json()
        assert (found["limitation_ends"], found["guarantor_period_ends"]) == ("2026-06-02", None)
        body = {"joint": True, "until": "2026-05-20"}
        unproved = await client.put("/accounts/L-000007/guarantees/P-G", json=body)
        paper = await upload(world, pdf("guarantee"))
        agreed = await client.put("/accounts/L-000007/guarantees/P-G", json=body | {"evidence": paper})
        alien = await client.put("/accounts/L-000007/guarantees/P-X", json={"joint": True})
        found = (await client.get("/cases/L-000007-1")).json()
    assert (unproved.json()["code"], agreed.status_code, alien.status_code) == ("term_unfit", 200, 404)
    assert found["guarantor_period_ends"] == "2026-05-20"
    work = LimitationWork(world.database, world.policies, world.clock)
    assert [work.warn("leasing"), work.warn("leasing")] == [2, 0]
    with world.database.reading() as session:
        asked = errands.list_errands(session, None, account_no="L-000007").rows
    assert sorted((one.title, one.roles, one.say) for one in asked if one.policy_id == "limitation") == [
        ("保证期间将届满", ("legal_compliance",), "2026-05-20 届满，剩余 71 天"),
        ("诉讼时效将届满", ("legal_compliance",), "2026-06-02 届满，剩余 84 天"),
    ]  # fmt: skip


async def test_a_warning_comes_again_when_nothing_came_of_the_answer(world: World) -> None:
    world.lease("L-000007", ("2023-05-02", "2023-06-02"))
    await world.deps.intake.run(world.deps.today())
    work = LimitationWork(world.database, world.policies, world.clock)
    assert work.warn("leasing") == 1
    given = errands.Answer(outcome="interrupted", answers={"measure": "已再次发函"})
    with world.database.session() as session:
        (asked,) = errands.list_errands(session, None, account_no="L-000007").rows
        errands.answer(session, asked.id, given, "c1", "u", "legal_compliance", world.clock.now())
    world.later(days=13)
    assert work.warn("leasing") == 0
    world.later(days=1)
    assert work.warn("leasing") == 1
    world.later(days=8)  # nobody answers this time: it goes to the head
    work.warn("leasing")
    with world.database.reading() as session:
        (again,) = errands.list_errands(session, None, account_no="L-000007").rows
    assert (again.id[-2:], again.escalated_to) == (".2", "head_of_legal_compliance")


async def test_a_demand_that_arrived_lets_limitation_begin_anew(world: World) -> None:
    world.lease("L-000007", ("2023-05-02", "2023-06-02"))
    await world.deps.intake.run(world.deps.today())
    world.delivery("L-000007-1", "L-000007-1/demand_notice/1/lessee/letter")
    with world.database.session() as session:
        deliveries.apply_receipt(session, "L-000007-1/demand_notice/1/lessee/letter", "delivered", world.clock.now())
    async with world.client("auditor") as client:
        found = (await client.get("/cases/L-000007-1/limitation")).json()
    assert found["limitation"]["ends"] == "2029-03-10"
    assert [(one["ground"], one["of"]) for one in found["limitation"]["counted"]] == [("demand", "N-1")]


async def test_a_letter_from_before_the_take_over_keeps_the_claim_from_being_called_lapsed(world: World) -> None:
    """Due up to 2 February 2023, demanded by the system before on 6 May 2024: nobody has shown us the receipt."""
    rent = Instalment(no=1, due=date(2023, 2, 2), principal=Decimal("10000.00"), interest=Decimal("500.00"))
    sent = DoneStep(step="demand_notice", outcome="sent", on=date(2024, 5, 6), document_no="催-17")
    lessee = Party(id="P-1", role=PartyRole.LESSEE, name="承租人甲", address="上海市")
    account = NewAccount(
        account_no="L-000008", contract_no="C-8", lease_amount=Decimal("500000.00"), branch="上海",
        penalty_rate_per_day=Decimal("0.0005"), created_at=world.clock.now(), schedule=(rent,), parties=(lessee,),
        history=(sent,),
    )  # fmt: skip
    with world.database.session() as session:
        accounts.add_account(session, account)
    await world.deps.intake.run(world.deps.today())
    assert LimitationWork(world.database, world.policies, world.clock).warn("leasing") == 1
    async with world.client("legal_compliance") as client:
        found = (await client.get("/cases/L-000008-1")).json()
        assert [(one["on"], one["of"]) for one in found["demands_to_prove"]] == [("2024-05-06", "催-17")]
        clock = (await client.get("/cases/L-000008-1/limitation")).json()["limitation"]
        assert (clock["ends"], clock["lapsed"], clock["if_proven"]) == ("2026-02-02", False, "2027-05-06")
        paper = {"kind": "delivery_proof", "attachment_id": await upload(world, pdf("receipt")), "reference": "催-17"}
        early = await client.post(
            "/cases/L-000008-1/evidence", json=paper | {"received_on": "2024-05-05"}, headers=key("p1")
        )
        assert (early.status_code, early.json()["code"]) == (422, "file_invalid")
        proven = await client.post(
            "/cases/L-000008-1/evidence", json=paper | {"received_on": "2024-05-09"}, headers=key("p2")
        )
        assert proven.status_code == 201
        found = (await client.get("/cases/L-000008-1")).json()
    assert (found["limitation_ends"], found["demands_to_prove"]) == ("2027-05-09", [])
    with world.database.reading() as session:
        (asked,) = errands.list_errands(session, None, account_no="L-000008").rows
    assert asked.say == "2026-02-02 已届满，除非证明函件已送达及送达日期：催-17"


async def test_a_suit_names_parties_of_the_account(world: World) -> None:
    """民法典第693条: whom it names decides which guarantor is claimed from."""
    case_no = await world.case()
    body = {"case_no": case_no, "filed_on": "2026-03-01", "defendants": ["P-L-000001", "P-9", "P-8"]}
    async with world.client("legal_compliance") as client:
        alien = await client.post("/suits", json=body, headers=key("s1"))
        assert (alien.json()["code"], "P-9, P-8" in alien.json()["detail"]) == ("unknown_party", True)
        answer = {"do": "answer_step", "step": "lawsuit", "outcome": "filed", "defendants": ["P-9"]}
        step = await client.post(f"/cases/{case_no}/commands", json=answer, headers=key("s2"))
        assert step.json()["code"] == "unknown_party"
        entered = await client.post("/suits", json=body | {"defendants": ["P-L-000001"]}, headers=key("s3"))
    assert (entered.status_code, entered.json()["defendants"]) == (201, ["P-L-000001"])


DUTIES = {"servicing": ("leasing", "disposal_specialist"), "collection_2": ("treatment", "collection_group")}


@pytest.mark.parametrize("layer", DUTIES)
async def test_a_duty_that_files_starts_a_suit(world: World, layer: str) -> None:
    """P9.3, MB4.2b: the duty of a layer files for the open case of its account."""
    policy, role = DUTIES[layer]
    case_no = world.lease("L-000005")
    pin, now = world.policies.pin(policy), world.clock.now()
    case = Case(case_no=case_no, account_no="L-000005", seq=1, status="open", policy=pin, opened_at=now,
                settings=world.policies.company_sha)  # fmt: skip
    opening = e.CaseOpened(policy=pin, settings=case.settings, anchor=None, floor=1)
    await _file_by_duty(world, case, opening, layer, role)
    async with world.client("auditor") as client:
        rows: list[Any] = (await client.get("/suits")).json()["rows"]
    assert [(row["case_no"], row["handled_by"]) for row in rows] == [(case_no, [role])]
    assert [row["defendants"] for row in rows] == [["P-L-000005"]]


async def _file_by_duty(world: World, case: Case, opening: e.CaseOpened, layer: str, role: str) -> None:
    now = world.clock.now()
    errand = errands.Errand(
        id=f"L-000005.{layer}.lawsuit.once", policy_id=layer, rule="lawsuit", rules=(), account_no="L-000005",
        due=now.date(), occurrence=now.date(), kind="task", title="诉讼", roles=(role,), amount=ZERO,
        outcomes=("filed", "not_filed"), opened_at=now, answer_by=now, items={"court": "法院及案号"},
    )  # fmt: skip
    with world.database.session() as session:
        record(session, case.case_no, [e.Event(seq=1, due_at=now, at=now, dpd=60, body=opening)], case)
        errands.open_errand(session, errand)
    async with world.client(role) as client:
        path, answer = f"/errands/{errand.id}/answer", {"outcome": "filed", "answers": {"court": "浦东法院 1号"}}
        for wrong, code in (
            ({"defendants": ["P-9"]}, "unknown_party"),
            ({"defendants": ["P-L-000005"], "outcome": "not_filed"}, "choice_not_allowed"),
        ):
            refused = await client.post(path, json=answer | wrong, headers={"Idempotency-Key": f"k-{code}"})
            assert refused.json()["code"] == code
        answer |= {"defendants": ["P-L-000005"]}
        answered = await client.post(path, json=answer, headers={"Idempotency-Key": "k1"})
    assert answered.status_code == 200, answered.text
