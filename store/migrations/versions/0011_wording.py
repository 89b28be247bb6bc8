"""Versions of scripts, messages and letters, the verdicts of Legal, and which versions a delivery used."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Instant
from store.migrations.append_only import forbid_changes

revision = "0011"
down_revision = "0009"


def upgrade() -> None:
    _version()
    _verdict()
    with op.batch_alter_table("delivery") as delivery:
        delivery.add_column(sa.Column("texts", sa.Text(), nullable=False, server_default=""))
        delivery.add_column(sa.Column("wording", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("delivery") as delivery:
        delivery.drop_column("wording")
        delivery.drop_column("texts")
    op.drop_table("text_verdict")
    op.drop_table("text_version")


def _version() -> None:
    op.create_table(
        "text_version",
        sa.Column("text_id", sa.String(), primary_key=True),
        sa.Column("sha256", sa.String(), primary_key=True),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("actor_user", sa.String(), nullable=False),
        sa.Column("actor_role", sa.String(), nullable=False),
        sa.Column("key", sa.String()),
        sa.Column("at", Instant(), nullable=False),
    )
    op.create_index("text_proposed_once", "text_version", ["key"], unique=True)
    forbid_changes("text_version")


def _verdict() -> None:
    op.create_table(
        "text_verdict",
        sa.Column("text_id", sa.String(), primary_key=True),
        sa.Column("seq", sa.Integer(), primary_key=True),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor_user", sa.String(), nullable=False),
        sa.Column("actor_role", sa.String(), nullable=False),
        sa.Column("authority", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
    )
    op.create_index("text_judged_once", "text_verdict", ["key"], unique=True)
    forbid_changes("text_verdict")
