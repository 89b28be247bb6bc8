"""Lawsuits with their events, papers that prove a case, and what guarantors agreed about their period."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Instant
from store.migrations.append_only import forbid_changes

revision = "0023"
down_revision = "0020"

UNTOLD = sa.text("case_seq > told_seq")
APPEND_ONLY = ("suit_event", "evidence_paper", "guarantee_term")


def upgrade() -> None:
    _suit()
    _suit_event()
    _evidence_paper()
    _guarantee_term()
    for table in APPEND_ONLY:
        forbid_changes(table)


def downgrade() -> None:
    for table in ("guarantee_term", "evidence_paper", "suit_event", "suit"):
        op.drop_table(table)


def _suit() -> None:
    op.create_table(
        "suit",
        sa.Column("number", sa.String(), primary_key=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("case_no", sa.String(), sa.ForeignKey("case.case_no"), nullable=False),
        sa.Column("account_no", sa.String(), nullable=False),
        sa.Column("policy_id", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("filed_by", sa.String(), nullable=False),
        sa.Column("choice", sa.String(), nullable=True),
        sa.Column("evidence", sa.String(), nullable=True),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("closed_for", sa.String(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("case_word", sa.String(), nullable=False),
        sa.Column("case_reason", sa.String(), nullable=False),
        sa.Column("case_seq", sa.Integer(), nullable=False),
        sa.Column("told_seq", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("snapshot", sa.Text(), nullable=False),
    )
    op.create_index("suit_key", "suit", ["key"], unique=True)
    op.create_index("suit_of_case", "suit", ["case_no"])
    op.create_index("suit_of_status", "suit", ["status", "due_at", "number"])
    op.create_index("suit_to_tell", "suit", ["number"], sqlite_where=UNTOLD, postgresql_where=UNTOLD)


def _suit_event() -> None:
    op.create_table(
        "suit_event",
        sa.Column("number", sa.String(), sa.ForeignKey("suit.number"), primary_key=True),
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


def _evidence_paper() -> None:
    op.create_table(
        "evidence_paper",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("case_no", sa.String(), sa.ForeignKey("case.case_no"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("attachment_id", sa.String(), sa.ForeignKey("attachment.id"), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        *_who_and_when(),
    )
    op.create_index("evidence_paper_of_case", "evidence_paper", ["case_no", "at"])


def _guarantee_term() -> None:
    op.create_table(
        "guarantee_term",
        sa.Column("account_no", sa.String(), sa.ForeignKey("account.account_no"), primary_key=True),
        sa.Column("party_id", sa.String(), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True),
        sa.Column("joint", sa.Boolean(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("evidence", sa.String(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        *_who_and_when(),
    )


def _who_and_when() -> list[sa.Column[object]]:
    """Who entered a row, in which role and under which authority, and when."""
    return [
        sa.Column("actor_user", sa.String(), nullable=False),
        sa.Column("actor_role", sa.String(), nullable=False),
        sa.Column("authority", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
    ]
