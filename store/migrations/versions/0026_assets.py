"""What secures a claim: leased assets, mortgages, pledges, deposits, with their history."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Amount, Instant
from store.migrations.append_only import forbid_changes

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.create_table(
        "asset",
        sa.Column("account_no", sa.String(), sa.ForeignKey("account.account_no"), primary_key=True),
        sa.Column("asset", sa.String(), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        *_described(),
        sa.Column("insured_until", sa.Date(), nullable=True),
        sa.Column("register_no", sa.String(), nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=True),
        sa.Column("value", Amount(), nullable=True),
        sa.Column("valued_on", sa.Date(), nullable=True),
        sa.Column("released", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=True),
        sa.Column("actor_user", sa.String(), nullable=False),
        sa.Column("actor_role", sa.String(), nullable=False),
        sa.Column("authority", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
    )
    op.create_index("asset_key", "asset", ["key"], unique=True)
    forbid_changes("asset")


def downgrade() -> None:
    op.drop_table("asset")


def _described() -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in ("description", "serial_no", "place", "tracker")]
