"""Papers with characters that no font has: each is named by its code point, so that nothing is lost or left blank."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from activities.content.words import LINE, line
from letters.content import DocumentContent


def readable(content: DocumentContent, characters: Sequence[str]) -> DocumentContent:
    """The same content with each of these characters written as 〔U+20BB7〕; control characters become blanks."""
    table = {ord(char): f"〔U+{ord(char):04X}〕" if char.isprintable() else " " for char in characters}
    return DocumentContent.model_validate(_replaced(content.model_dump(mode="json"), table))


def _replaced(node: object, table: Mapping[int, str]) -> object:
    match node:
        case str():
            text = node.translate(table)
            return line(text) if len(node) <= LINE < len(text) and "\n" not in text else text
        case dict():
            return {key: _replaced(value, table) for key, value in cast("dict[str, object]", node).items()}
        case list():
            return [_replaced(value, table) for value in cast("list[object]", node)]
        case _:
            return node
