"""A demand notice that went out, the letter that corrects it, and who signs that."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import httpx
from pypdf import PdfReader

from domain.events import DocumentRef, MessageSent
from domain.outcome import record
from gateways.contract import Accepted, AskResult, NotKnown, OutboundMessage, SendResult
from letters.glyphs import FontSet
from letters.kinds import DocumentKind
from letters.render import Renderer
from store import deliveries, documents
from store.documents import NewDocument, claim_number
from store.staff import StaffMember
from tests.api.world import World, key
from tests.letters.conftest import build_document

NOW = datetime(2026, 3, 10, 2, tzinfo=UTC)
TARGET = "lessee/letter"
WRONG = {"wrong": "原函所列付款期限为2026年3月15日。", "right": "付款期限应为2026年3月25日。", "reason": "录入有误"}


class Post:
    """Takes letters and remembers them."""

    def __init__(self) -> None:
        self.sent: list[OutboundMessage] = []

    async def send(self, message: OutboundMessage) -> SendResult:
        self.sent.append(message)
        return Accepted(provider_ref=f"p-{len(self.sent)}", at=NOW)

    async def ask(self, key: str) -> AskResult:
        return NotKnown()


async def posted(world: World) -> tuple[str, str]:
    """(case, number) of a demand notice that went out by letter on 10 March."""
    case_no = await world.case()
    at = world.clock.now()
    with world.database.session() as session:
        number = claim_number(session, "rent_demand_notice", 2026)
        content = build_document(DocumentKind.rent_demand_notice, number=number.text)
        made = Renderer(FontSet.bundled()).render(content)
        documents.save_document(session, NewDocument(
            number=number, case_no=case_no, step="demand_notice", occurrence=1, target="lessee", as_of=content.as_of,
            sha256=made.sha256, pdf=made.pdf, content=content.model_dump_json(), created_at=at,
        ))  # fmt: skip
        ref = DocumentRef(kind="rent_demand_notice", number=number.text, sha256=made.sha256, as_of=content.as_of)
        wanted = deliveries.Claim(key=f"{case_no}/demand_notice/1/{TARGET}", case_no=case_no, account_no="L-000001",
                                  step="demand_notice", target=TARGET, document=ref, at=at)  # fmt: skip
        deliveries.claim(session, wanted)
        deliveries.set_result(session, wanted.key, "sent", at)
    sent = MessageSent(step="demand_notice", target=TARGET, document=ref)
    world.cases._happen(case_no, record(sent, at, ("L4.2b",), "test"))
    return case_no, number.text


async def corrected(world: World, number: str, name: str = "c-1", *roles: str, **more: str) -> httpx.Response:
    async with world.client(*(roles or ("legal_compliance",))) as client:
        return await client.post(f"/documents/{number}/correction", json={**WRONG, **more}, headers=key(name))


HEAD = "head_of_asset_management"


async def sign(world: World, name: str = "s-1", outcome: str = "signed", who: StaffMember | None = None) -> Any:
    """The answer of the head, or of somebody else, to what asks for their signature under a correcting letter."""
    (asked,) = await asked_to_sign(world)
    async with world.client(as_user=who or world.staff(HEAD)) as client:
        return await client.post(f"/errands/{asked['id']}/answer", json={"outcome": outcome}, headers=key(name))


async def asked_to_sign(world: World) -> list[dict[str, Any]]:
    async with world.client(HEAD) as client:
        return [one for one in (await client.get("/errands")).json()["rows"] if one["kind"] == "signature"]


async def put_right(world: World, number: str) -> dict[str, Any]:
    """The letter that corrects a demand notice, signed by the head as the notice was."""
    made = (await corrected(world, number)).json()
    answer = await sign(world)
    assert answer.status_code == 200, answer.text
    return {**made, "correction": (await lines(world, made["case_no"]))[number]["corrected_by"]}


def text_of(world: World, number: str) -> str:
    with world.database.reading() as session:
        pdf = documents.get_pdf(session, number)
    return "".join("".join(page.extract_text() for page in PdfReader(BytesIO(pdf or b"")).pages).split())


async def lines(world: World, case_no: str) -> dict[str, dict[str, Any]]:
    async with world.client("auditor") as client:
        return {one["number"]: one for one in (await client.get(f"/cases/{case_no}/documents")).json()}
