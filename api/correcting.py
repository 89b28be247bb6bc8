"""A correcting letter is written, at once or with its last signature, and its case is told."""

from __future__ import annotations

from sqlalchemy.orm import Session

from activities.correction import WrongLetter
from activities.correction_signing import sign_correction
from activities.texts import TextNotPassed
from api.auth import Person
from api.commanding import Commanding
from api.deps import Deps
from domain.commands import CorrectEntry
from domain.errors import Refused
from store.errands import Errand
from store.letters import LetterCorrection


def write_letter(deps: Deps, session: Session, wanted: WrongLetter) -> LetterCorrection:
    """Refused: text_not_passed, and as `write_correction`."""
    try:
        return deps.drafts.correction(session, wanted)
    except TextNotPassed as missing:
        raise Refused("text_not_passed", f"{missing}.", "Ask Legal to pass a version.") from missing


def signed_letter(deps: Deps, session: Session, answered: Errand) -> LetterCorrection | None:
    """The letter of which this answer is the last signature."""

    def write(within: Session, wanted: WrongLetter) -> LetterCorrection:
        return write_letter(deps, within, wanted)

    return sign_correction(session, deps.policies, write, answered, deps.clock.now(), deps.today())


async def tell_case(deps: Deps, person: Person, found: LetterCorrection, key: str, acting: str) -> None:
    """A closed case records nothing any more, one beside which the letter went out neither; it is on record anyway."""
    if not found.seq:
        return
    entry = CorrectEntry(seq=found.seq, reason=found.reason, letter=found.correction)
    try:
        await Commanding(deps, person, by_letter=True).give(found.case_no, entry, key, acting)
    except Refused as refusal:
        if refusal.code != "case_closed":
            raise
