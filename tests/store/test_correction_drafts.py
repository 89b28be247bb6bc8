"""What a correcting letter will say is kept until those who have to sign it have, and never changed."""

from __future__ import annotations

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DatabaseError

from domain.errors import Refused
from store.correction_drafts import CorrectionDraft, add_draft, drafts_of, get_draft, original_of
from store.letters import LetterCorrection, add_correction
from store.session import Database
from store.tables import CorrectionDraftRow
from tests.store.samples import at

WHO = {"actor_user": "u-1", "actor_role": "legal_compliance", "authority": "correct_letter"}


def draft(name: str, day: int) -> CorrectionDraft:
    values = {"id": name, "number": "N-1", "case_no": "L-1-1", "wrong": "原文", "right": "更正", "reason": "录入有误"}
    return CorrectionDraft.model_validate({**values, **WHO, "at": at(3, day)})


def test_drafts_stay_in_their_order_as_they_were(database: Database) -> None:
    with database.session() as session:
        add_draft(session, draft("b", 10))
        add_draft(session, draft("a", 11))
    with database.reading() as session:
        assert drafts_of(session, "N-1") == (draft("b", 10), draft("a", 11))
        assert get_draft(session, "a").right == "更正"
        with pytest.raises(Refused):
            get_draft(session, "c")
    with pytest.raises(DatabaseError), database.session() as session:
        session.execute(update(CorrectionDraftRow).values(right="另文"))


def test_corrections_lead_back_to_the_first_letter(database: Database) -> None:
    with database.session() as session:
        for wrong, right in (("N-1", "C-1"), ("C-1", "C-2")):
            add_correction(session, LetterCorrection.model_validate({
                "number": wrong, "id": right, "case_no": "L-1-1", "account_no": "L-1", "seq": 1, "correction": right,
                "target": "lessee/letter", "key": right, "reason": "x", **WHO, "at": at(3, 10),
            }))  # fmt: skip
        assert [original_of(session, number) for number in ("C-2", "C-1", "N-1")] == ["N-1"] * 3
