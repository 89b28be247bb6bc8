"""Whether a template that a company made of one of ours may be put before Legal: it is safe, and drops no figure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Final

from pypdf import PdfReader

from domain.errors import Problem
from domain.wording import ALWAYS_FORBIDDEN, Words
from domain.wording_file import forbidden_words
from letters.glyphs import MissingGlyphs
from letters.kinds import DocumentKind
from letters.render import Renderer, TemplateBroken
from letters.sample import figures_of, sample

LAYOUT: Final = '#import "layout.typ": *'
OURS: Final = re.compile(r'#import "[a-z_]+\.typ": [a-z*, -]+')  # parts that came with the product
NEVER: Final = ("@", "include", "read(", "plugin(", "eval(", "sys.", "image(", "import")
DEBTORS: Final = ("承租人", "借款人")


def template_faults(renderer: Renderer, words: Words, kind: DocumentKind, body: str) -> list[Problem]:
    """Everything that is wrong with a template; its place is the line, or the figure that it no longer prints."""
    name = f"letter.{kind.value}"
    faults = [*_unsafe(name, body), *forbidden_words(name, body, words, ALWAYS_FORBIDDEN)]
    return faults or list(_untrue(renderer, name, kind, body))


def _unsafe(name: str, body: str) -> Iterator[Problem]:
    """A template says what a letter says; it fetches nothing and runs nothing."""
    lines = body.splitlines()
    if LAYOUT not in lines:
        yield Problem(f"{name}:1", "the layout of the company is missing", f"begin with {LAYOUT}")
    for number, line in enumerate(lines, start=1):
        for word in NEVER:
            if word in line and not OURS.fullmatch(line):
                yield Problem(f"{name}:{number}", f"{word} may not stand in a letter", "write the text and its figures")


def _untrue(renderer: Renderer, name: str, kind: DocumentKind, body: str) -> Iterator[Problem]:
    """It is typeset for a lease and a loan, and prints every figure that the product's own template prints."""
    for debtor in DEBTORS:
        content = sample(kind, debtor)
        if content is None:
            yield Problem(f"{name}:1", "there is no sample of this letter", "change its template in the product")
            return
        try:
            made = _printed(renderer.render(content, body).pdf)
        except MissingGlyphs as fault:
            yield Problem(f"{name}:1", str(fault), "use other characters")
            return
        except TemplateBroken as fault:
            yield Problem(f"{name}:1", f"{debtor}: {fault}", "correct the markup")
            return
        ours = _printed(renderer.render(content).pdf)
        for place, text in figures_of(content).items():
            if text in ours and text not in made:
                yield Problem(f"{name}:{place}", f"{debtor}: {place} is not printed any more", "keep this figure")


def _printed(pdf: bytes) -> str:
    return "".join("".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())
