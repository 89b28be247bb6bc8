"""docs/documents.md names what every document of the regulations is here, and every template it names is typeset."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from activities.content.outward import LETTERS
from letters.kinds import DocumentKind
from letters.render import Renderer
from store.tables import METADATA
from tests.letters.conftest import Build

PAGE = Path(__file__).resolve().parents[2] / "docs" / "documents.md"
TEMPLATES = ("letter", "paper")


def rows() -> Iterator[tuple[str, str, str]]:
    """(Chinese name, what it is, its name here) of each line of the table."""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) == 7 and cells[4].startswith("`"):
            yield cells[2], cells[3], cells[4].strip("`")


NAMED = {name: what for _, what, name in rows()}


@pytest.mark.parametrize("name", [name for name, what in NAMED.items() if what in TEMPLATES])
def test_every_named_template_is_typeset_in_chinese(build: Build, renderer: Renderer, name: str) -> None:
    kind = DocumentKind(name)
    assert renderer.render(build(kind)).pages >= 1
    assert any("一" <= char <= "鿿" for char in kind.title)


def test_the_page_names_every_kind_and_nothing_else() -> None:
    assert {name for name, what in NAMED.items() if what in TEMPLATES} == {kind.value for kind in DocumentKind}


def test_what_goes_out_is_a_letter() -> None:
    letters = {name for name, what in NAMED.items() if what == "letter"}
    assert letters == {kind.value for kind in LETTERS}


def test_records_are_tables_and_every_line_says_what_it_is() -> None:
    assert {name for name, what in NAMED.items() if what == "record"} <= set(METADATA.tables)
    assert {what for _, what, _ in rows()} <= {*TEMPLATES, "record", "upload"}
    assert all(chinese for chinese, _, _ in rows())
