"""Has a correcting letter signed by those whose signature the wrong one needed, before it is written and sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from activities.content.words import role as title_of
from activities.correction import WrongLetter, correctable
from activities.registry import Policies
from activities.supervised import COUNTRY, HOME
from domain.base import at_local, local_date
from domain.errors import Refused
from domain.events import Actor
from domain.ladder import Asked, Ladder
from domain.money import ZERO
from letters.parts import Signature
from store import calendar, errands, layers, letters, staff
from store.cases import pins_of
from store.correction_drafts import (
    SIGNING,
    CorrectionDraft,
    add_draft,
    drafts_of,
    get_draft,
    original_of,
    signatures_of,
)
from store.dossier import staff_names
from store.errands import Errand
from store.letters import LetterCorrection

SIGNED, DECLINED = "signed", "declined"
TITLE: Final = "更正函签字"
AGAIN: Final = timedelta(days=1)  # between two reminders of somebody who has not signed


@dataclass(frozen=True)
class Signers:
    """Who has to sign: `asked` of a step of the policy that the letter was sent under."""

    ladder: Ladder
    asked: Asked

    @property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """One signature of each group: any of the roles, or each of them."""
        return (self.asked.roles,) if self.asked.mode == "any" else tuple((role,) for role in self.asked.roles)


def signers_of(session: Session, policies: Policies, number: str) -> Signers | None:
    """Who signed the letter at the beginning of the corrections; None when its policy wants no signature.

    Refused: unknown_document, not_a_letter, not_sent.
    """
    line = correctable(session, original_of(session, number)).line
    for pin in reversed(pins_of(session, line.case_no)):
        ladder = policies.ladder(pin, "") if pin.id in policies else None
        step = ladder.by_id.get(line.step) if ladder else None
        if ladder is None or step is None:
            continue
        signed_in = step.rule.send.signed_in if step.rule.send else None
        asked = ladder.by_id[signed_in].asked if signed_in else None
        return Signers(ladder, asked) if asked else None
    return None


def ask_signatures(session: Session, signers: Signers, draft: CorrectionDraft) -> tuple[str, ...]:
    """Ask for the signatures under a correcting letter, once per id; the roles that are asked.

    Refused: unknown_document, not_a_letter, not_sent, already_corrected.
    """
    roles = tuple(role for group in signers.groups for role in group)
    wrong, earlier = correctable(session, draft.number), drafts_of(session, draft.number)
    if any(one.id == draft.id for one in earlier):
        return roles
    if letters.correction_of(session, draft.number) is not None or any(_waits(session, one) for one in earlier):
        remedy = "Have that one signed or declined first; correct the correcting letter, if it is wrong, too."
        raise Refused("already_corrected", f"{draft.number} is corrected by another letter.", remedy)
    add_draft(session, draft)
    stem = f"{SIGNING}.{draft.number}.{len(earlier) + 1}"
    for rank, group in enumerate(signers.groups):
        asked = _errand(session, signers, draft, wrong.case.account_no, f"{stem}.{group[0]}", group)
        errands.open_errand(session, asked.model_copy(update={"rank": rank}))
    return roles


def sign_correction(
    session: Session, policies: Policies, write: Callable[[Session, WrongLetter], LetterCorrection], answered: Errand,
    at: datetime, today: date,
) -> LetterCorrection | None:  # fmt: skip
    """The letter, when this answer was the last signature under it; one that is declined is not written.

    Refused: own_proposal, and as `write_correction`. Raises TextNotPassed.
    """
    if answered.policy_id != SIGNING:
        return None
    draft = get_draft(session, answered.subject)
    if answered.answered_by == draft.actor_user:
        remedy = f"Somebody else signs as {', '.join(answered.roles)}, or somebody else has it corrected."
        raise Refused("own_proposal", "Nobody signs the correction they proposed.", remedy)
    asked = signatures_of(session, draft.id)
    if answered.outcome == DECLINED:
        for one in asked:
            if one.status == "open":
                errands.end(session, one, "missed", at)
        return None
    if any(one.outcome != SIGNED for one in asked):
        return None
    signers = signers_of(session, policies, draft.number)
    actor = Actor(user=draft.actor_user, role=draft.actor_role, authority=draft.authority)
    wanted = WrongLetter(
        number=draft.number, id=draft.id, wrong=draft.wrong, right=draft.right, reason=draft.reason, actor=actor,
        signatures=_signatures(session, signers, asked), as_of=today, at=at,
    )  # fmt: skip
    return write(session, wanted)


def remind_signers(session: Session, now: datetime) -> None:
    """Who has not signed in time is told so every day, and so is who proposed the letter; nobody else may sign."""
    for late in layers.late_duties(session, SIGNING, now):
        if not errands.escalate(session, late, now + AGAIN):
            continue
        draft = get_draft(session, late.subject)
        for role in dict.fromkeys((*late.roles, draft.actor_role)):
            staff.raise_alert(session, staff.Alert(
                key=f"{late.id}/{local_date(now, HOME):%Y%m%d}/{role}", role=role, case_no=draft.case_no,
                title=late.title, text=f"{draft.number} 的更正函到期未签字，尚未发出", at=now,
            ))  # fmt: skip


def _waits(session: Session, draft: CorrectionDraft) -> bool:
    """Whether somebody still has to sign it, and nobody has declined."""
    return any(one.status == "open" for one in signatures_of(session, draft.id))


def _errand(
    session: Session, signers: Signers, draft: CorrectionDraft, account_no: str, name: str, roles: tuple[str, ...]
) -> Errand:
    today = local_date(draft.at, HOME)
    by = calendar.calendar(session, COUNTRY).business_day(today, signers.asked.within.business_days)
    deadline = at_local(by, signers.ladder.close, HOME)
    said = f"原函 {draft.number}。有误之处：{draft.wrong} 更正后：{draft.right} 原因：{draft.reason}"
    return Errand(
        id=name, policy_id=SIGNING, rule=name, rules=(), account_no=account_no, due=by, occurrence=today,
        kind="signature", title=TITLE, say=said, roles=roles, outcomes=(SIGNED, DECLINED), amount=ZERO,
        opened_at=draft.at, deadline=deadline, answer_by=deadline, subject=draft.id,
    )  # fmt: skip


def _signatures(session: Session, signers: Signers | None, asked: tuple[Errand, ...]) -> tuple[Signature, ...]:
    names = staff_names(session, (one.answered_by or "" for one in asked))
    return tuple(
        Signature(
            role=title_of(signers.ladder, one.answered_role or "") if signers else one.answered_role or "",
            name=names.get(one.answered_by or ""),
            signed_on=local_date(one.ended_at, HOME) if one.ended_at else None,
        )
        for one in asked
    )
