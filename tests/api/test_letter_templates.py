"""The template of a letter is replaced over HTTP: used only when Legal passed it, and kept with each letter."""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO

import httpx
from pypdf import PdfReader

from activities.correcting_letters import CorrectingLetters
from activities.outbox import Outbox
from letters.content import DocumentContent
from letters.glyphs import FontSet
from letters.render import TEMPLATES, Renderer
from store import documents, wording
from tests.api.corrected import Post, corrected, lines, posted, put_right, sign, text_of
from tests.api.world import World, key

NOTICE, CORRECTION = "letter.rent_demand_notice", "letter.correction_letter"
PASSED = {"verdict": "passed", "reason": "符合规定"}
CHANGED = {
    NOTICE: ("现就租金支付事宜通知如下", "现将租金支付事宜正式通知如下"),
    CORRECTION: ("现更正如下", "现郑重更正如下"),
}


async def proposed(world: World, text: str) -> str:
    """The company's own version of a template; its sha256."""
    body = (TEMPLATES / f"{text.partition('.')[2]}.typ").read_text(encoding="utf-8").replace(*CHANGED[text])
    async with world.client("collector") as client:
        sent = {"body": body, "note": "措辞"}
        answer = await client.post(f"/texts/{text}/versions", json=sent, headers=key(f"p-{text}"))
    assert (answer.status_code, answer.json()["state"]) == (201, "proposed"), answer.text
    assert answer.json()["sha256"] == sha256(body.encode()).hexdigest()
    return answer.json()["sha256"]


async def judged(world: World, text: str, version: str = "own-1", verdict: str = "passed") -> None:
    async with world.client("legal_compliance") as client:
        said = {**PASSED, "verdict": verdict}
        answer = await client.post(f"/texts/{text}/versions/{version}/verdict", json=said, headers=key(f"v-{version}"))
    assert answer.status_code == 200, answer.text


async def draft(world: World, case_no: str) -> httpx.Response:
    async with world.client("head_of_asset_management") as client:
        return await client.get(f"/cases/{case_no}/steps/demand_notice_signature/draft")


def printed(answer: httpx.Response) -> str:
    return "".join("".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages).split())


async def test_who_signs_sees_the_words_that_will_be_sent(world: World) -> None:
    case_no = await world.case()
    old, new = CHANGED[NOTICE]
    await proposed(world, NOTICE)
    assert old in printed(await draft(world, case_no)), "proposed, not passed"
    await judged(world, NOTICE)
    assert new in printed(await draft(world, case_no))


async def test_without_a_passed_version_there_is_no_draft(world: World) -> None:
    case_no = await world.case()
    await judged(world, NOTICE, "1", "refused")
    answer = await draft(world, case_no)
    assert (answer.status_code, answer.json()["code"]) == (409, "text_not_passed")
    await proposed(world, NOTICE)
    assert (await draft(world, case_no)).status_code == 409
    await judged(world, NOTICE)
    assert CHANGED[NOTICE][1] in printed(await draft(world, case_no))


async def test_a_letter_is_typeset_by_the_passed_version_and_keeps_which_one_it_was(world: World) -> None:
    old, new = CHANGED[CORRECTION]
    case_no, number = await posted(world)
    own = await proposed(world, CORRECTION)
    first = (await put_right(world, number))["correction"]
    assert old in text_of(world, first), "proposed, not passed"
    post = Post()
    sender = CorrectingLetters(world.database, Outbox(world.database, {"letter": post}), world.deps.gate,
                               world.deps.texts, world.clock)  # fmt: skip
    await sender.send()
    await judged(world, CORRECTION)
    await corrected(world, first, "c-2")
    assert (await sign(world, "s-2")).status_code == 200
    second = "correction-letter-2026-00002"
    assert new in text_of(world, second)
    await sender.send()
    async with world.client("auditor") as client:
        for letter, version, template in ((first, "1", None), (second, "own-1", own)):
            (sent,) = (await lines(world, case_no))[letter]["deliveries"]
            kept = (await client.get("/deliveries/text", params={"key": sent["key"]})).json()["texts"]
            assert f"{CORRECTION}@{version}" in str(kept)
            assert_typeset_again(world, letter, template)


def assert_typeset_again(world: World, number: str, template: str | None) -> None:
    """To the same bytes, from what is kept."""
    with world.database.reading() as session:
        content = DocumentContent.model_validate_json(documents.get_content(session, number) or "")
        body = wording.body_of(session, CORRECTION, template) if template else None
        assert content.template == template
        assert Renderer(FontSet.bundled()).render(content, body).pdf == documents.get_pdf(session, number)
