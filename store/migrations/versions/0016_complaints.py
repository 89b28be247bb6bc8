"""Complaints with their events, surveys after a case, waivers with their condition."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Amount, Instant
from store.migrations.append_only import forbid_changes

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    _complaint()
    _complaint_event()
    _survey()
    _waiver()
    forbid_changes("complaint_event")


def downgrade() -> None:
    for table in ("waiver", "survey", "complaint_event", "complaint"):
        op.drop_table(table)


def _complaint() -> None:
    op.create_table(
        "complaint",
        sa.Column("number", sa.String(), primary_key=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("complainant", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("about_user", sa.String(), nullable=True),
        sa.Column("case_no", sa.String(), nullable=True),
        sa.Column("account_no", sa.String(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("violation", sa.Boolean(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("snapshot", sa.Text(), nullable=False),
    )
    op.create_index("complaint_key", "complaint", ["key"], unique=True)
    op.create_index("complaint_of_status", "complaint", ["status", "due_at", "number"])


def _complaint_event() -> None:
    op.create_table(
        "complaint_event",
        sa.Column("number", sa.String(), sa.ForeignKey("complaint.number"), primary_key=True),
        sa.Column("seq", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("actor_user", sa.String(), nullable=True),
        sa.Column("actor_role", sa.String(), nullable=True),
        sa.Column("authority", sa.String(), nullable=True),
        sa.Column("command_id", sa.String(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
    )


def _survey() -> None:
    op.create_table(
        "survey",
        sa.Column("case_no", sa.String(), sa.ForeignKey("case.case_no"), primary_key=True),
        sa.Column("account_no", sa.String(), nullable=False),
        sa.Column("policy_id", sa.String(), nullable=False),
        sa.Column("specialist", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=False),
    )
    op.create_index("survey_answered", "survey", ["answered_at", "case_no"])


def _waiver() -> None:
    op.create_table(
        "waiver",
        sa.Column("case_no", sa.String(), sa.ForeignKey("case.case_no"), primary_key=True),
        sa.Column("seq", sa.Integer(), primary_key=True),
        sa.Column("account_no", sa.String(), nullable=False),
        sa.Column("policy_id", sa.String(), nullable=False),
        sa.Column("amount", Amount(), nullable=False),
        sa.Column("posting_id", sa.String(), nullable=False),
        sa.Column("paid_by", sa.Date(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("granted_by", sa.String(), nullable=False),
        sa.Column("granted_at", Instant(), nullable=False),
        sa.Column("judged_at", Instant(), nullable=True),
    )
    op.create_index("waiver_to_judge", "waiver", ["status", "paid_by"])
