"""The two letters about a dispute, read back from the PDF: that it was received, and what was found out."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from pypdf import PdfReader

from letters.content import DocumentContent
from letters.kinds import DocumentKind as K
from letters.render import Renderer

Build = Callable[..., DocumentContent]


def read(pdf: bytes) -> str:
    return "".join("".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def test_a_dispute_is_acknowledged_with_the_day_of_its_answer(build: Build, renderer: Renderer) -> None:
    text = read(renderer.render(build(K.dispute_acknowledgement)).pdf)
    for said in ("2026年3月9日收悉", "2026年3月23日前（含当日）书面答复", "暂停就本账户向贵方进行催收"):
        assert said in text


@pytest.mark.parametrize("founded", [True, False])
def test_a_dispute_is_answered_with_what_was_found_and_why(build: Build, renderer: Renderer, founded: bool) -> None:
    content = build(K.dispute_answer)
    assert content.dispute_answer
    answer = content.dispute_answer.model_copy(update={"founded": founded})
    text = read(renderer.render(content.model_copy(update={"dispute_answer": answer})).pdf)
    for said in ("2026年3月9日收悉", "三月五日的付款已计入第19期租金。", "可补充材料再次书面提出"):
        assert said in text
    assert ("异议成立。" in text, "异议不成立。" in text) == (founded, not founded)
