"""Reads scripts, messages and forbidden words from YAML text; every fault is reported at once, with its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final

from pydantic import Field

from domain.base import Frozen
from domain.errors import Invalid, Problem
from domain.policy_file import Source, parse_model, read_source
from domain.wording import Audience, Category, Id, Line, Message, Script, Words, placeholders

FOR_EVERYBODY: Final = frozenset({"company", "phone", "caller", "person", "debtor"})
OF_THE_DEBT: Final = frozenset({
    "contract", "contract_no", "as_of", "dpd", "total", "overdue", "penalty", "costs", "currency", "pay_by",
    "daily_penalty", "upcoming_amount", "upcoming_due",
})  # fmt: skip
IN_MESSAGES: Final = (OF_THE_DEBT | {"company", "phone", "title", "number"}) | {
    "appointment_day", "appointment_hours", "appointment_place",
    "contracts", "contract_nos", "longest", "totals", "penalties", "all_costs", "daily_penalties",
}  # fmt: skip
KNOWN: Final[Mapping[Audience, frozenset[str]]] = {
    "customer": FOR_EVERYBODY | OF_THE_DEBT,
    "guarantor": FOR_EVERYBODY | OF_THE_DEBT,
    "third_party": FOR_EVERYBODY - {"person"},
}
"""The figures a text may name, by who hears it; whoever is no party to the debt hears none."""


class Pass(Frozen):
    """A shipped text that counts as passed. by: the approvers of the policies that use it."""

    text: Line
    version: int
    sha256: str
    by: tuple[Id, ...] = Field(min_length=1)
    on: date


class Passed(Frozen):
    """The shipped texts that count as passed."""

    passed: tuple[Pass, ...]


def load_words(text: str, name: str) -> Words:
    """The forbidden words of a file. Raises Invalid."""
    return parse_model(Words, read_source(text, name))


def load_passed(text: str, name: str) -> tuple[Pass, ...]:
    """The passes of a file. Raises Invalid."""
    return parse_model(Passed, read_source(text, name)).passed


def load_scripts(texts: Mapping[str, str], words: Words) -> tuple[Script, ...]:
    """All scripts, from texts by file name. Raises Invalid with every fault of every file."""
    found: list[tuple[Source, Script]] = []
    problems: list[Problem] = []
    for name, text in texts.items():
        try:
            source = read_source(text, name)
            script = parse_model(Script, source)
        except Invalid as fault:
            problems += fault.problems
        else:
            found.append((source, script))
            problems += _script_problems(source, script, words)
    problems += _served_twice(found)
    if problems:
        raise Invalid(problems)
    return tuple(script for _, script in found)


def load_script(text: str, name: str, words: Words) -> Script:
    """One script. Raises Invalid."""
    return load_scripts({name: text}, words)[0]


def load_message(text: str, name: str, words: Words) -> Message:
    """One message. Raises Invalid."""
    source = read_source(text, name)
    message = parse_model(Message, source)
    problems: list[Problem] = []
    for number, part in enumerate(message.parts):
        place = source.place(("parts", number, "text"))
        problems += _unknown_names(place, part.text, IN_MESSAGES)
        problems += forbidden_words(place, part.text, words, message.forbidden)
    if problems:
        raise Invalid(problems)
    return message


def forbidden_words(place: str, text: str, words: Words, categories: frozenset[Category]) -> Iterator[Problem]:
    """One problem per forbidden word, with the place of the text and of the word in it."""
    for found in words.found_in(text, categories):
        message = f"{found.word} ({found.category}) at character {found.start + 1} may not be said"
        yield Problem(place, message, "say it calmly and lawfully, or leave it out")


def _script_problems(source: Source, script: Script, words: Words) -> Iterator[Problem]:
    known = KNOWN[script.audience]
    for path, said in script.lines():
        for language, text in (("zh", said.zh), ("en", said.en)):
            place = source.place((*path, language))
            yield from _unknown_names(place, text, known)
            yield from forbidden_words(place, text, words, script.forbidden)
        if set(placeholders(said.zh)) != set(placeholders(said.en)):
            yield Problem(source.place(path), "zh and en do not name the same figures", "name the same in both")
    identity = script.opening.identity
    if "company" not in placeholders(identity.zh) or "caller" not in placeholders(identity.zh):
        message = "the opening does not say who is calling"
        yield Problem(source.place(("opening", "identity")), message, "name {company} and {caller}")
    yield from _checklist(source, script)


def _checklist(source: Source, script: Script) -> Iterator[Problem]:
    """Who it is and why is always on it, and nothing that the script itself does not say."""
    ids = [item.id for item in script.must_say]
    for wanted in ("identity", "purpose"):
        if wanted not in ids:
            yield Problem(source.place(("must_say",)), f"the checklist lacks {wanted}", "add it")
    spoken = list(script.lines())
    for number, item in enumerate(script.must_say):
        place = source.place(("must_say", number))
        if item.id in ids[:number]:
            yield Problem(place, f"{item.id} stands twice", "rename or remove one")
        for language in ("zh", "en"):
            if not item.heard_in("\n".join(said.in_(language) for _, said in spoken)):
                yield Problem(place, f"the {language} script does not say {item.id}", "say it, or correct heard")


def _unknown_names(place: str, text: str, known: Iterable[str]) -> Iterator[Problem]:
    allowed = sorted(known)
    for name in dict.fromkeys(placeholders(text)):
        if name not in allowed:
            yield Problem(place, f"{{{name}}} is not known here", f"use some of: {', '.join(allowed)}")
    if text.count("{") != len(placeholders(text)) or text.count("}") != len(placeholders(text)):
        yield Problem(place, "a brace stands alone", "write placeholders as {name}")


def _served_twice(found: Iterable[tuple[Source, Script]]) -> Iterator[Problem]:
    seen: dict[tuple[str, str], str] = {}
    for source, script in found:
        for policy, steps in script.serves.items():
            for step in steps:
                first = seen.setdefault((policy, step), script.id)
                if first != script.id:
                    place = source.place(("serves", policy))
                    yield Problem(place, f"{policy}/{step} is served by {first} already", "remove one of them")
