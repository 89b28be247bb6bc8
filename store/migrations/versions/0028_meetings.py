"""Meetings, reviews, audits and trainings, with what was decided and found in them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Instant

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    _meeting()
    _meeting_decision()
    _training()


def downgrade() -> None:
    for table in ("training", "meeting_decision", "meeting"):
        op.drop_table(table)


def _meeting() -> None:
    op.create_table(
        "meeting",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("policy_id", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("agenda", sa.Text(), nullable=False),
        sa.Column("participants", sa.String(), nullable=False),
        sa.Column("minutes", sa.String(), nullable=True),
        sa.Column("first", sa.Date(), nullable=True),
        sa.Column("last", sa.Date(), nullable=True),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
    )
    op.create_index("meeting_day", "meeting", ["day", "id"])
    op.create_index("meeting_key", "meeting", ["key"], unique=True)


def _meeting_decision() -> None:
    op.create_table(
        "meeting_decision",
        sa.Column("meeting", sa.String(), sa.ForeignKey("meeting.id"), primary_key=True),
        sa.Column("no", sa.Integer(), primary_key=True),
        sa.Column("key", sa.String(), nullable=False, unique=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("errand", sa.String(), nullable=True),
        sa.Column("actor_user", sa.String(), nullable=False),
        sa.Column("actor_role", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
    )


def _training() -> None:
    op.create_table(
        "training",
        sa.Column("meeting", sa.String(), sa.ForeignKey("meeting.id"), primary_key=True),
        sa.Column("user", sa.String(), primary_key=True),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
    )
    op.create_index("training_of_user", "training", ["user", "day"])
