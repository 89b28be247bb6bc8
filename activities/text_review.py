"""Texts are proposed by those who collect and passed or refused by Legal; nobody passes their own."""

from __future__ import annotations

from pydantic import AwareDatetime
from sqlalchemy.orm import Session

from activities.content.outward import LETTERS
from activities.letter_check import template_faults
from activities.texts import Standing, Texts, kind_of, sha_of, texts_of
from domain.base import Frozen
from domain.errors import Invalid, Problem, Refused
from domain.events import Actor
from domain.wording_file import load_message, load_script
from letters.kinds import DocumentKind
from letters.render import Renderer
from store import wording
from store.delegations import persons
from store.wording import Judgement, TextVersion


class Proposal(Frozen):
    """A new version of a text, by somebody of the company. note: why; key: chosen by the caller."""

    text_id: str
    body: str
    note: str
    actor: Actor
    key: str
    at: AwareDatetime


def propose(session: Session, texts: Texts, wanted: Proposal, letters: Renderer | None = None) -> Standing:
    """A new version, checked, once per key; it is not used before Legal has passed it.

    letters: tries the template of a letter; without it letters cannot be proposed here.
    Raises Invalid with all faults at once. Refused: unknown_text, text_from_product, text_known, key_differs.
    """
    wording.one_text_at_a_time(session, wanted.text_id)
    digest = sha_of(wanted.body)
    before = wording.proposed_with(session, wanted.key)
    if before is not None:
        if (before.text_id, before.sha256) != (wanted.text_id, digest):
            raise Refused("key_differs", "This key was used for another proposal.", "Use a new key.")
        return texts.version(session, before.text_id, before.version)
    known = texts.versions(session, wanted.text_id)
    if kind_of(wanted.text_id) == "letter" and letters is None:
        raise Refused("text_from_product", f"{wanted.text_id} comes with the product.", "Change its template.")
    if digest in {one.text.sha256 for one in known}:
        raise Refused("text_known", f"This is a version of {wanted.text_id} already.", "See its versions.")
    _must_be_sound(texts, wanted, letters)
    version = TextVersion(
        text_id=wanted.text_id,
        version=f"own-{sum(not one.text.shipped for one in known) + 1}",
        sha256=digest,
        body=wanted.body,
        note=wanted.note,
        actor_user=wanted.actor.user,
        actor_role=wanted.actor.role,
        at=wanted.at,
    )
    wording.keep_version(session, version, wanted.key)
    return texts.version(session, wanted.text_id, version.version)


def judge(session: Session, texts: Texts, text_id: str, version: str, wanted: Judgement) -> Standing:
    """Legal passes or refuses a version; cases that waited for a passed one are told.

    Refused: unknown_text, own_proposal, text_replaced, key_differs.
    """
    wording.one_text_at_a_time(session, text_id)
    found = texts.version(session, text_id, version)
    if found.proposed_by in persons(session, wanted.actor):
        raise Refused("own_proposal", "Nobody passes their own text.", "Somebody else of Legal has to.")
    if found.state == "replaced":
        raise Refused("text_replaced", f"Version {version} of {text_id} is of an earlier release.", "See its versions.")
    texts.keep(session, [found.text], wanted.at)
    told = found.text.model_dump(include={"version", "sha256", "body"})
    wording.add_verdict(session, TextVersion(text_id=text_id, **told, at=wanted.at), wanted)
    if wanted.passed:
        letters = [kind.value for kind in LETTERS if text_id in texts_of(kind.value)]
        wording.tell(session, (account for _, account in wording.waiting_for(session, letters)), wanted.at)
    return texts.version(session, text_id, version)


def _must_be_sound(texts: Texts, wanted: Proposal, letters: Renderer | None) -> None:
    kind, _, name = wanted.text_id.partition(".")
    if letters is not None and kind == "letter":
        faults = template_faults(letters, texts.words, DocumentKind(name), wanted.body)
        if faults:
            raise Invalid(faults)
        return
    read = load_script if kind == "script" else load_message
    found = read(wanted.body, wanted.text_id, texts.words)
    if found.id != name:
        raise Invalid([Problem(f"{wanted.text_id}:1", f"its id is {found.id}", f"write id: {name}")])
