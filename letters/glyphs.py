"""Fonts and the check that every character to be printed has a glyph in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import pylopdf_fonts_zh_cn
from fontTools.ttLib import TTFont

from domain.errors import Permanent

LINE_BREAKS: Final = frozenset("\n")


class MissingGlyphs(Permanent):
    """Characters the fonts lack; the document is refused instead of being printed with blanks.

    `places` maps each character to the fields it stands in. The message names characters by code point.
    """

    code = "missing_glyphs"
    remedy = "Replace the characters by ones the font has, or add a font that has them."

    def __init__(self, places: Mapping[str, tuple[str, ...]]) -> None:
        self.places = dict(places)
        self.characters = tuple(places)
        listed = "; ".join(f"U+{ord(char):04X} in {', '.join(fields)}" for char, fields in places.items())
        super().__init__(f"The font has no glyph for: {listed}. {self.remedy}")


@dataclass(frozen=True)
class FontSet:
    """The text font and the heading font, with their family names as the templates use them."""

    serif: Path
    sans: Path

    @classmethod
    def bundled(cls) -> FontSet:
        """The fonts installed with the product: all of GBK and more."""
        return cls(serif=pylopdf_fonts_zh_cn.serif_path(), sans=pylopdf_fonts_zh_cn.sans_path())

    @property
    def folders(self) -> list[str]:
        """Where the typesetter finds the files."""
        return sorted({str(self.serif.parent), str(self.sans.parent)})

    @cached_property
    def families(self) -> tuple[str, str]:
        """Family names (serif, sans) as written in the files."""
        return _family(self.serif), _family(self.sans)

    @cached_property
    def characters(self) -> frozenset[int]:
        """Code points that both fonts can print, so that moving a text to a heading loses nothing."""
        return _characters(self.serif) & _characters(self.sans)

    def refuse_missing(self, content: object) -> None:
        """Raise `MissingGlyphs` when any text inside `content` (nested) cannot be printed."""
        places: dict[str, tuple[str, ...]] = {}
        for place, text in texts(content):
            for char in dict.fromkeys(text):
                if ord(char) not in self.characters and char not in LINE_BREAKS:
                    places[char] = (*places.get(char, ()), place)
        if places:
            raise MissingGlyphs(places)


def texts(node: object, place: str = "") -> Iterator[tuple[str, str]]:
    """Walk nested mappings and sequences; yield each text with its place, such as `sections[0].heading`."""
    if isinstance(node, str):
        yield place, node
    elif isinstance(node, Mapping):
        for key, value in node.items():
            yield from texts(value, f"{place}.{key}" if place else str(key))
    elif isinstance(node, Sequence):
        for index, value in enumerate(node):
            yield from texts(value, f"{place}[{index}]")


def _characters(path: Path) -> frozenset[int]:
    with TTFont(path, lazy=True) as font:
        return frozenset(font.getBestCmap() or {})


def _family(path: Path) -> str:
    with TTFont(path, lazy=True) as font:
        table = font["name"]
        return str(table.getBestFamilyName())
