"""Staff, calendars, kept texts, and alerts to staff."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Instant

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    _staff()
    _calendar()
    _calendar_day()
    _kept_text()
    _staff_alert()


def downgrade() -> None:
    op.drop_table("staff_alert")
    op.drop_table("kept_text")
    op.drop_table("calendar_day")
    op.drop_table("calendar")
    op.drop_table("staff")


def _staff() -> None:
    op.create_table(
        "staff",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("roles", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.UniqueConstraint("login"),
    )


def _calendar() -> None:
    op.create_table(
        "calendar",
        sa.Column("calendar", sa.String(), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True),
        sa.Column("official_through", sa.Date(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
    )


def _calendar_day() -> None:
    op.create_table(
        "calendar_day",
        sa.Column("calendar", sa.String(), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("official", sa.Boolean(), nullable=False),
    )


def _kept_text() -> None:
    op.create_table(
        "kept_text",
        sa.Column("sha256", sa.String(), primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
    )


def _staff_alert() -> None:
    op.create_table(
        "staff_alert",
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("case_no", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("sent_at", Instant()),
    )
    op.create_index("ix_staff_alert_sent_at", "staff_alert", ["sent_at"])
