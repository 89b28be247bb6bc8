"""What is said and written to people: scripts and messages with placeholders, and the words that are forbidden."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from domain.base import Frozen

Language = Literal["zh", "en"]
Category = Literal["insult", "threat", "debt"]
Audience = Literal["customer", "guarantor", "third_party"]
Means = Literal["call", "visit"]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]

LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")
ALWAYS_FORBIDDEN: Final[frozenset[Category]] = frozenset({"insult", "threat"})
TO_THIRD_PARTIES: Final[frozenset[Category]] = frozenset({"insult", "threat", "debt"})
PLACEHOLDER: Final = re.compile(r"\{([a-z_]*)\}")


class WordList(Frozen):
    """Words of one category. source: the rule or law that forbids them."""

    category: Category
    source: Line
    zh: tuple[Line, ...] = ()
    en: tuple[Line, ...] = ()


class Spoken(Frozen):
    """A forbidden word that was found: `start` is the index of its first character in the text."""

    category: Category
    word: str
    start: int


class Words(Frozen):
    """All forbidden words. Chinese is found anywhere in a text, English as whole words in any case."""

    words: tuple[WordList, ...] = Field(min_length=1)

    def found_in(self, text: str, categories: frozenset[Category] = ALWAYS_FORBIDDEN) -> tuple[Spoken, ...]:
        """Every forbidden word of these categories in a text, in the order of their places."""
        found = [
            Spoken(category=category, word=match.group(), start=match.start())
            for category, pattern in self._patterns
            if category in categories
            for match in pattern.finditer(text)
        ]
        return tuple(sorted(found, key=lambda spoken: spoken.start))

    @cached_property
    def _patterns(self) -> tuple[tuple[Category, re.Pattern[str]], ...]:
        return tuple((words.category, _pattern(words)) for words in self.words)


def _pattern(words: WordList) -> re.Pattern[str]:
    longest = sorted(words.zh, key=len, reverse=True)
    parts = [re.escape(word) for word in longest] + [rf"\b{re.escape(word)}\b" for word in words.en]
    return re.compile("|".join(parts) or r"(?!)", re.IGNORECASE)


class Said(Frozen):
    """A text in both languages; {placeholders} stand for the figures of the case."""

    zh: Line
    en: Line

    def in_(self, language: Language) -> str:
        """The text in that language."""
        return self.zh if language == "zh" else self.en


class Heard(Frozen):
    """Words of which one is enough to say that something was said."""

    zh: tuple[Line, ...] = ()
    en: tuple[Line, ...] = ()


class Item(Frozen):
    """Something that must be said in a call, and by which words it is recognised in what was said."""

    id: Id
    zh: Line
    en: Line
    heard: Heard

    def heard_in(self, text: str) -> bool:
        """Whether a transcript has it."""
        lower = text.lower()
        return any(word in text for word in self.heard.zh) or any(word.lower() in lower for word in self.heard.en)


class Opening(Frozen):
    """How a call or visit begins: who it is, and why."""

    identity: Said
    purpose: Said


class Script(Frozen):
    """What is said in a call or on a visit. serves: the steps of each policy that it is for.

    must_say: the checklist by which a recording is judged. Whoever is no party to the debt hears nothing of it.
    """

    id: Id
    title: Said
    audience: Audience
    means: Means
    serves: dict[Id, tuple[Id, ...]] = Field(default_factory=dict[Id, tuple[Id, ...]])
    opening: Opening
    talk: tuple[Said, ...] = ()
    closing: Said
    must_say: tuple[Item, ...] = Field(min_length=1)

    @property
    def forbidden(self) -> frozenset[Category]:
        """The words that may not stand in it."""
        return TO_THIRD_PARTIES if self.audience == "third_party" else ALWAYS_FORBIDDEN

    def lines(self) -> Iterator[tuple[tuple[str | int, ...], Said]]:
        """Every text that is spoken, with its place in the file, in the order in which it is said."""
        yield ("opening", "identity"), self.opening.identity
        yield ("opening", "purpose"), self.opening.purpose
        for number, said in enumerate(self.talk):
            yield ("talk", number), said
        yield ("closing",), self.closing


class MessagePart(Frozen):
    """A part of a message, left out when a figure it names is not there. only: the documents it belongs to."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=2000)]
    only: tuple[Id, ...] = ()


class Message(Frozen):
    """What is written in a text message, or in the e-mail that carries a letter."""

    id: Id
    title: Said
    parts: tuple[MessagePart, ...] = Field(min_length=1)

    @property
    def forbidden(self) -> frozenset[Category]:
        """The words that may not stand in it."""
        return ALWAYS_FORBIDDEN

    def names(self, figure: str) -> bool:
        """Whether it can say this figure."""
        return any(figure in placeholders(part.text) for part in self.parts)

    def written(self, values: Mapping[str, str], document: str = "") -> str:
        """The message with its figures."""
        wanted = (part for part in self.parts if not part.only or document in part.only)
        return "".join(text for part in wanted if (text := filled(part.text, values)) is not None)


def placeholders(text: str) -> tuple[str, ...]:
    """The names between braces; an empty one for {}."""
    return tuple(PLACEHOLDER.findall(text))


def filled(text: str, values: Mapping[str, str]) -> str | None:
    """The text with its figures; None when one of them is not known here."""
    if any(name not in values for name in placeholders(text)):
        return None
    return PLACEHOLDER.sub(lambda match: values[match.group(1)], text)
