"""Correcting letters that wait for the signatures of the letters they correct."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Instant
from store.migrations.append_only import forbid_changes

revision = "0037"
down_revision = "0033"
WHO = ("actor_user", "actor_role", "authority")


def upgrade() -> None:
    op.create_table(
        "correction_draft",
        sa.Column("id", sa.String(), primary_key=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("number", "case_no", *WHO)),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("wrong", "right", "reason")),
        sa.Column("at", Instant(), nullable=False),
    )
    op.create_index("ix_correction_draft_number", "correction_draft", ["number"])
    op.create_index("ix_correction_draft_case_no", "correction_draft", ["case_no"])
    forbid_changes("correction_draft")


def downgrade() -> None:
    op.drop_table("correction_draft")
