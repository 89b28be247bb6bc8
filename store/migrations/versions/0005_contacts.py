"""Contacts with a person over all accounts, and how persons want to be contacted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Instant
from store.migrations.append_only import forbid_changes

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "contact",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("party_id", sa.String(), nullable=False),
        sa.Column("case_no", sa.String(), nullable=False),
        sa.Column("account_no", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("connected", sa.Boolean(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
    )
    op.create_index("contact_of_person", "contact", ["party_id", "at"])
    op.create_table(
        "preference",
        sa.Column("party_id", sa.String(), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.String()),
        sa.Column("time_zone", sa.String()),
        sa.Column("night_consent", sa.Boolean(), nullable=False),
        sa.Column("do_not_contact", sa.Boolean(), nullable=False),
        sa.Column("stopped_until", Instant()),
        sa.Column("refused", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence", sa.String()),
        sa.Column("actor_user", sa.String(), nullable=False),
        sa.Column("actor_role", sa.String(), nullable=False),
        sa.Column("authority", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
    )
    forbid_changes("preference")


def downgrade() -> None:
    op.drop_table("preference")
    op.drop_table("contact")
