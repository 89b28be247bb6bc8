"""Legal edits what a letter says: a proposed template is tried, passed, used from then on, and kept."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader

from activities.content.outward import LETTERS
from activities.contents import Writer
from activities.letter_check import template_faults
from activities.text_review import Proposal, judge, propose
from activities.texts import Texts
from domain.errors import Invalid, Refused
from letters.content import DocumentContent
from letters.kinds import DocumentKind
from letters.render import TEMPLATES, Renderer
from letters.sample import figures_of, sample
from store import wording
from store.documents import get_content, get_pdf
from tests.activities.test_texts import LEGAL
from tests.activities.world import World, person
from tests.builders.wording import shipped_texts

NOON = datetime(2026, 3, 10, 4, tzinfo=UTC)
NOTICE = "letter.rent_demand_notice"
OLD = "现就租金支付事宜通知如下"
NEW = "现将租金支付事宜正式通知如下"


def template(kind: str = "rent_demand_notice") -> str:
    return (TEMPLATES / f"{kind}.typ").read_text(encoding="utf-8")


def proposed(world: World, texts: Texts, renderer: Renderer | None, body: str, key: str = "p-1") -> str:
    with world.database.session() as session:
        wanted = Proposal(
            text_id=NOTICE, body=body, note="clearer", actor=person("u-gu", "collector"), key=key, at=NOON
        )
        return propose(session, texts, wanted, renderer).text.version


def passed(world: World, texts: Texts, version: str) -> None:
    wanted = wording.Judgement(passed=True, reason="checked", actor=LEGAL, key=f"v-{version}", at=NOON)
    with world.database.session() as session:
        judge(session, texts, NOTICE, version, wanted)


def written(world: World, texts: Texts, renderer: Renderer, occurrence: int = 1) -> tuple[str, str, tuple[str, ...]]:
    """(number, text, versions) of the demand notice."""
    request = world.dispatch("demand_notice", "lessee/letter", signed_by="u-gu", occurrence=occurrence)
    with world.database.session() as session:
        letter = Writer(renderer, world.policies, texts).letter(session, request)
    text = "".join("".join(page.extract_text() for page in PdfReader(BytesIO(letter.pdf)).pages).split())
    return letter.ref.number, text, letter.texts


def test_a_passed_template_is_used_and_one_that_only_waits_is_not(world: World, renderer: Renderer) -> None:
    texts = shipped_texts()
    version = proposed(world, texts, renderer, template().replace(OLD, NEW))
    first, text, used = written(world, texts, renderer)
    assert OLD in text and f"{NOTICE}@1" in used
    passed(world, texts, version)
    second, text, used = written(world, texts, renderer)
    assert NEW in text and f"{NOTICE}@own-1" in used
    assert first != second  # what was written before the pass is another letter


def test_a_letter_can_be_typeset_again_from_what_is_kept_byte_for_byte(world: World, renderer: Renderer) -> None:
    texts = shipped_texts()
    plain, _, _ = written(world, texts, renderer)
    passed(world, texts, proposed(world, texts, renderer, template().replace(OLD, NEW)))
    own, _, _ = written(world, texts, renderer, occurrence=2)
    with world.database.reading() as session:
        for number in (plain, own):
            content = DocumentContent.model_validate_json(get_content(session, number) or "")
            body = wording.body_of(session, NOTICE, content.template) if content.template else None
            assert renderer.render(content, body).pdf == get_pdf(session, number)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("#amounts()", "", "claim.total"),
        ("#account()", "", "demand.account"),
        (OLD, "#unknown-figure()", "rent_demand_notice"),
        (OLD, '#read("layout.typ")', "may not stand"),
        (OLD, "#import \"@preview/x:1.0.0\"", "may not stand"),
        ('#import "layout.typ": *', "", "the layout of the company is missing"),
        (OLD, "否则打断你的腿", "打断"),
    ],
)  # fmt: skip
def test_a_template_that_drops_a_figure_or_does_more_than_say_something_is_refused(
    world: World, renderer: Renderer, old: str, new: str, said: str
) -> None:
    body = template().replace(old, new)
    if old == "#amounts()":  # the total stands in the demand as well
        body = body.replace("#sans(d.claim.amounts.total)", "")
    assert body != template()
    with pytest.raises(Invalid) as fault:
        proposed(world, shipped_texts(), renderer, body)
    assert any(said in f"{one.place} {one.message}" for one in fault.value.problems), fault.value.problems


def test_without_something_that_typesets_letters_are_not_proposed(world: World) -> None:
    with pytest.raises(Refused) as refusal:
        proposed(world, shipped_texts(), None, template())
    assert refusal.value.code == "text_from_product"


@pytest.mark.parametrize("kind", sorted(LETTERS))
def test_every_letter_has_a_sample_by_which_its_template_is_tried(renderer: Renderer, kind: DocumentKind) -> None:
    content = sample(kind, "承租人")
    assert content is not None
    assert set(figures_of(content)) >= {"number", "recipient", "signature"}
    assert template_faults(renderer, shipped_texts().words, kind, template(kind.value)) == []
