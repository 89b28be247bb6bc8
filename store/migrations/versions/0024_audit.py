"""The audit chain; proof that letters arrived, letters that correct wrong ones."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Instant
from store.migrations.append_only import forbid_changes

revision = "0024"
down_revision = "0023"

WHO = ("actor_user", "actor_role", "authority")
TEXTS = ("actor_user", "actor_role", "authority", "what", "subject", "body", "before", "after")


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("seq", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("at", Instant(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in TEXTS),
        sa.Column("command_id", sa.String(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("rows", sa.Text(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("previous", "hash", "seal")),
    )
    op.create_index("audit_of_subject", "audit_entry", ["subject", "seq"])
    forbid_changes("audit_entry")
    _delivery_proof()
    _letter_correction()


def downgrade() -> None:
    for table in ("letter_correction", "delivery_proof", "audit_entry"):
        op.drop_table(table)


def _delivery_proof() -> None:
    op.create_table(
        "delivery_proof",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("delivery", sa.String(), sa.ForeignKey("delivery.key"), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("case_no", "registered_no", "evidence", *WHO)),
        sa.Column("at", Instant(), nullable=False),
    )
    op.create_index("ix_delivery_proof_delivery", "delivery_proof", ["delivery"])
    op.create_index("ix_delivery_proof_case_no", "delivery_proof", ["case_no"])
    forbid_changes("delivery_proof")


def _letter_correction() -> None:
    op.create_table(
        "letter_correction",
        sa.Column("number", sa.String(), primary_key=True),
        sa.Column("id", sa.String(), nullable=False, unique=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("case_no", "account_no", "correction", "target")),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in WHO),
        sa.Column("at", Instant(), nullable=False),
    )
    op.create_index("ix_letter_correction_case_no", "letter_correction", ["case_no"])
    forbid_changes("letter_correction")
