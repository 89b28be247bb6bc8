"""What may be said and written: the texts that came with the product, those of the company, and which are passed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Final, Literal

from pydantic import AwareDatetime
from sqlalchemy.orm import Session

from activities.content.borrower import BORROWER_LETTERS
from activities.content.outward import LETTERS
from domain.base import Frozen
from domain.errors import Invalid, Refused
from domain.wording import ALWAYS_FORBIDDEN, Audience, Message, Script, Words
from domain.wording_file import Pass, forbidden_words, load_message, load_passed, load_script, load_scripts, load_words
from letters.kinds import TITLES, DocumentKind
from letters.render import TEMPLATES
from store import wording
from store.wording import TextVerdict, TextVersion

Kind = Literal["script", "message", "letter"]
State = Literal["in_use", "passed", "refused", "proposed", "replaced"]

SHORT: Final = "message.borrower_short"
COVER: Final = "message.letter_cover"
BEFORE_DUE: Final = "message.reminder_before_due"
IMPORT: Final = re.compile(r'^#import "(\w+\.typ)"', re.MULTILINE)


class TextNotPassed(Exception):
    """Nothing is sent: these texts have not been passed by Legal (B4.1.1.2b)."""

    def __init__(self, missing: Iterable[str]) -> None:
        self.missing = tuple(missing)
        super().__init__(f"not passed: {', '.join(self.missing)}")


class Text(Frozen):
    """One version of a text. shipped: it came with the product; its pass may come with it too."""

    id: str
    version: str
    sha256: str
    body: str = ""
    shipped: bool = False
    passed_with: Pass | None = None

    @property
    def kind(self) -> Kind:
        """What it is for."""
        return kind_of(self.id)

    @property
    def label(self) -> str:
        """How a delivery names it."""
        return f"{self.id}@{self.version}"

    @property
    def template(self) -> str | None:
        """What a company made of the template of a letter; None for the product's own."""
        return None if self.shipped else self.body

    def script(self, words: Words) -> Script:
        """What is said. Raises Invalid for a text that is no script."""
        return load_script(self.body, self.id, words)


class Standing(Frozen):
    """A version with what Legal said of it. by: a member of staff, or the role whose pass came with the product."""

    text: Text
    state: State
    proposed_by: str = ""
    proposed_at: AwareDatetime | None = None
    note: str = ""
    by: str = ""
    role: str = ""
    reason: str = ""
    at: AwareDatetime | None = None
    seq: int = 0


@dataclass(frozen=True)
class Texts:
    """The texts of the folder joined with those in the record. own_pass: the passes of the product do not count."""

    words: Words
    shipped: Mapping[str, Text]
    own_pass: bool = False
    _scripts: dict[str, Script] = field(default_factory=dict[str, Script])
    _messages: dict[str, Message] = field(default_factory=dict[str, Message])

    @classmethod
    def read(cls, folder: Path, own_pass: bool = False) -> Texts:
        """All texts that came with the product. Raises Invalid with every fault of every file."""
        words = load_words(_read(folder / "words.yaml"), "words.yaml")
        passes = load_passed(_read(folder / "passed.yaml"), "passed.yaml")
        scripts = {path.stem: _read(path) for path in sorted((folder / "scripts").glob("*.yaml"))}
        messages = {path.stem: _read(path) for path in sorted((folder / "messages").glob("*.yaml"))}
        load_scripts({f"scripts/{name}.yaml": text for name, text in scripts.items()}, words)
        for name, text in messages.items():
            load_message(text, f"messages/{name}.yaml", words)
        bodies = {f"script.{name}": text for name, text in scripts.items()}
        bodies |= {f"message.{name}": text for name, text in messages.items()}
        bodies |= {f"letter.{kind.value}": letter_body(kind) for kind in sorted(LETTERS)}
        problems = [p for name, body in bodies.items() for p in forbidden_words(name, body, words, ALWAYS_FORBIDDEN)
                    if name.startswith("letter.")]  # fmt: skip
        if problems:
            raise Invalid(problems)
        shipped = {name: _shipped(name, body, passes) for name, body in bodies.items()}
        return cls(words, shipped, own_pass)

    def script(self, text: Text) -> Script:
        """What is said. Raises Invalid for a text that is no script."""
        if text.sha256 not in self._scripts:
            self._scripts[text.sha256] = text.script(self.words)
        return self._scripts[text.sha256]

    def message(self, text: Text) -> Message:
        """What is written. Raises Invalid for a text that is no message."""
        if text.sha256 not in self._messages:
            self._messages[text.sha256] = load_message(text.body, text.id, self.words)
        return self._messages[text.sha256]

    def needed(self, session: Session, text_ids: Iterable[str]) -> dict[str, Text]:
        """The versions in use of all these texts. Raises TextNotPassed."""
        names = tuple(text_ids)
        used = self._in_use(session, names)
        if len(used) < len(names):
            raise TextNotPassed(name for name in names if name not in used)
        return {name: self._with_body(session, text) for name, text in used.items()}

    def unpassed(self, session: Session, documents: Iterable[str]) -> tuple[str, ...]:
        """The letters of which a text is not passed."""
        texts = {document: texts_of(document) for document in documents}
        used = self._in_use(session, {name for names in texts.values() for name in names})
        return tuple(sorted(document for document, names in texts.items() if any(name not in used for name in names)))

    def script_for(self, session: Session, policy_id: str, step: str, audience: Audience = "customer") -> Text | None:
        """The passed script of a step for whoever is called; None when none is passed."""
        scripts = [name for name in self.standings(session) if kind_of(name) == "script"]
        for text in self._in_use(session, scripts).values():
            found = self._with_body(session, text)
            script = self.script(found)
            serves = audience != "customer" or step in script.serves.get(policy_id, ())
            if script.audience == audience and serves:
                return found
        return None

    def keep(self, session: Session, texts: Iterable[Text], at: datetime) -> None:
        """What is used is kept for ever, also when a later release of the product has another text."""
        for text in texts:
            if text.shipped:
                kept = text.model_dump(include={"version", "sha256", "body"})
                wording.keep_version(session, TextVersion(text_id=text.id, **kept, at=at))

    def standings(self, session: Session) -> dict[str, tuple[Standing, ...]]:
        """Every version of every text with what Legal said of it, by text; bodies only of what came with the product.

        In use is the version of the company's own that was passed last, else the one of the product.
        """
        verdicts = {(one.text_id, one.sha256): one for one in wording.verdicts_of(session)}
        kept: dict[str, list[TextVersion]] = {}
        for version in wording.versions_of(session):
            kept.setdefault(version.text_id, []).append(version)
        found: dict[str, tuple[Standing, ...]] = {}
        for name in sorted({*self.shipped, *kept}):
            shipped = self.shipped.get(name)
            others = [v for v in kept.get(name, ()) if shipped is None or v.sha256 != shipped.sha256]
            all_of_it = [] if shipped is None else [self._came(shipped, verdicts.get((name, shipped.sha256)))]
            all_of_it += [_made(version, verdicts.get((name, version.sha256))) for version in others]
            used = _used(all_of_it)
            found[name] = tuple(one.model_copy(update={"state": "in_use"}) if one is used else one for one in all_of_it)
        return found

    def versions(self, session: Session, text_id: str) -> tuple[Standing, ...]:
        """Every version of a text. Refused "unknown_text"."""
        found = self.standings(session).get(text_id)
        if found is None:
            raise Refused("unknown_text", f"There is no text {text_id}.", "See GET /texts.")
        return found

    def version(self, session: Session, text_id: str, version: str) -> Standing:
        """One version with its body. Refused "unknown_text"."""
        found = [one for one in self.versions(session, text_id) if one.text.version == version]
        if not found:
            raise Refused("unknown_text", f"There is no version {version} of {text_id}.", "See GET /texts.")
        return found[0].model_copy(update={"text": self._with_body(session, found[0].text)})

    def _in_use(self, session: Session, names: Iterable[str]) -> dict[str, Text]:
        standings = self.standings(session)
        used = ((name, one.text) for name in names for one in standings.get(name, ()) if one.state == "in_use")
        return dict(used)

    def _with_body(self, session: Session, text: Text) -> Text:
        if text.body:
            return text
        return text.model_copy(update={"body": wording.body_of(session, text.id, text.sha256)})

    def _came(self, text: Text, verdict: TextVerdict | None) -> Standing:
        """A text of the product: what Legal here said counts; else the pass that came with it, where that is enough."""
        if verdict is not None or text.passed_with is None or self.own_pass:
            return _judged(Standing(text=text, state="proposed"), verdict)
        on = datetime.combine(text.passed_with.on, datetime.min.time(), UTC)
        return Standing(text=text, state="passed", role=", ".join(text.passed_with.by), reason="passed.yaml", at=on)


def _made(version: TextVersion, verdict: TextVerdict | None) -> Standing:
    """A version of the company; or one of an earlier release, which is only kept."""
    text = Text(id=version.text_id, version=version.version, sha256=version.sha256, shipped=not version.actor_user)
    if text.shipped:
        return Standing(text=text, state="replaced")
    made = {"proposed_by": version.actor_user, "proposed_at": version.at, "note": version.note}
    return _judged(Standing.model_validate({"text": text, "state": "proposed", **made}), verdict)


def _judged(found: Standing, verdict: TextVerdict | None) -> Standing:
    if verdict is None:
        return found
    said = verdict.model_dump(include={"seq", "reason", "at"}) | {"by": verdict.actor_user, "role": verdict.actor_role}
    return found.model_copy(update={**said, "state": "passed" if verdict.passed else "refused"})


def _used(found: Sequence[Standing]) -> Standing | None:
    passed = [one for one in found if one.state == "passed"]
    own = [one for one in passed if not one.text.shipped]
    return max(own, key=lambda one: one.seq) if own else next(iter(passed), None)


def kind_of(text_id: str) -> Kind:
    """The kind of a text. Refused "unknown_text"."""
    match text_id.partition(".")[0]:
        case "script" | "message" | "letter" as kind:
            return kind
        case _:
            raise Refused("unknown_text", f"There is no text {text_id}.", "See GET /texts.")


def texts_of(document: str) -> tuple[str, ...]:
    """All texts that a letter may be sent with: its template and the messages around it."""
    if document not in {kind.value for kind in LETTERS}:
        return ()
    around = {DocumentKind.reminder: (SHORT,)}.get(
        DocumentKind(document), (SHORT, COVER) if document in BORROWER_LETTERS else (COVER,)
    )
    return (f"letter.{document}", *around)


def letter_body(kind: DocumentKind) -> str:
    """What is typeset for a letter: its template, and what it imports, such as the layout that all share."""
    template = _read(TEMPLATES / f"{kind.template}.typ")
    imported = [_read(TEMPLATES / name) for name in IMPORT.findall(template)]
    return "\n".join((f"// {TITLES[kind]}", template, *imported))


def _shipped(text_id: str, body: str, passes: Iterable[Pass]) -> Text:
    of_it = [one for one in passes if one.text == text_id]
    digest = sha_of(body)
    listed = next((one for one in of_it if one.sha256 == digest), None)
    version = listed.version if listed else max((one.version for one in of_it), default=0) + 1
    return Text(id=text_id, version=str(version), sha256=digest, body=body, shipped=True, passed_with=listed)


def sha_of(body: str) -> str:
    return sha256(body.encode()).hexdigest()


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")
