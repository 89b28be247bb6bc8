"""Which other accounts of a person a message names, and for which of their dispatches it stands as well."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "named_account",
        sa.Column("delivery", sa.String(), sa.ForeignKey("delivery.key"), primary_key=True),
        sa.Column("account_no", sa.String(), primary_key=True),
        sa.Column("case_no", sa.String(), nullable=False),
        sa.Column("ledger_version", sa.Integer(), nullable=False),
        sa.Column("taken", sa.String(), nullable=True, unique=True),
    )
    op.create_index("ix_named_account_account_no", "named_account", ["account_no"])
    op.create_index("ix_named_account_case_no", "named_account", ["case_no"])


def downgrade() -> None:
    op.drop_table("named_account")
