"""A customer disputes the debt: what the company promises in its first letter, it keeps in the second (S10)."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from pypdf import PdfReader

from tests.api.world import World, key
from tests.builders.files import PDF

REASON = "三月五日的付款已计入第19期租金，余额无误。"


async def told(world: World, case_no: str, role: str, **body: Any) -> None:
    async with world.client(role) as client:
        sent = {"evidence": (await client.post("/attachments", files={"file": ("a.pdf", PDF)})).json()["id"], **body}
        answer = await client.post(f"/cases/{case_no}/commands", json=sent, headers=key(f"{body['step']}-{body['do']}"))
    assert answer.status_code == 200, answer.text


async def letter(world: World, case_no: str, step: str) -> tuple[int, str]:
    async with world.client("head_of_asset_management") as client:
        answer = await client.get(f"/cases/{case_no}/steps/{step}/draft")
    if answer.status_code != 200:
        return answer.status_code, answer.json()["code"]
    return 200, "".join("".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages).split())


async def test_a_dispute_is_answered_in_writing_with_the_reason_that_was_given(world: World) -> None:
    case_no, head = await world.case(), "head_of_asset_management"
    await told(world, case_no, "collector", do="open_step", step="dispute")
    await told(world, case_no, head, do="answer_step", step="dispute", outcome="confirmed")
    assert "书面答复贵方" in (await letter(world, case_no, "dispute_acknowledgement"))[1]
    assert await letter(world, case_no, "dispute_reply") == (409, "no_draft")  # nothing was answered yet
    await told(world, case_no, head, do="answer_step", step="dispute_answer", outcome="unfounded", note=REASON)
    _, text = await letter(world, case_no, "dispute_reply")
    assert "异议答复函" in text and "贵方所提异议不成立" in text and REASON in text
    async with world.client(head) as client:
        steps = [one["body"].get("step") for one in (await client.get(f"/cases/{case_no}/timeline")).json()]
    assert "dispute_reply" in steps
