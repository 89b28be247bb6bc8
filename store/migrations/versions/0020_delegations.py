"""Delegations with their revocation; refused commands say under which role and about which step."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Instant
from store.migrations.append_only import forbid_changes

revision = "0020"
down_revision = "0019"

TABLES = ("delegation", "delegation_revocation")


def upgrade() -> None:
    op.create_table(
        "delegation",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("from_user", sa.String(), nullable=False),
        sa.Column("to_user", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("begins", Instant(), nullable=False),
        sa.Column("ends", Instant(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("given_by", sa.String(), nullable=False),
        sa.Column("given_at", Instant(), nullable=False),
    )
    op.create_index("delegation_to_user", "delegation", ["to_user", "ends"])
    op.create_table(
        "delegation_revocation",
        sa.Column("delegation", sa.String(), sa.ForeignKey("delegation.id"), primary_key=True),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
    )
    for name in ("role", "step"):
        op.add_column("command_attempt", sa.Column(name, sa.String(), nullable=True))
    op.create_index("command_attempt_at", "command_attempt", ["at", "id"])
    for table in (*TABLES, "command_attempt"):
        forbid_changes(table)


def downgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for verb in ("update", "delete"):
        of = "" if on_sqlite else " ON command_attempt"
        op.execute(f"DROP TRIGGER IF EXISTS command_attempt_no_{verb.upper()}{of}")
    op.drop_index("command_attempt_at", "command_attempt")
    for name in ("step", "role"):
        op.drop_column("command_attempt", name)
    for table in reversed(TABLES):
        op.drop_table(table)
