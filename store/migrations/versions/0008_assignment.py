"""Which policy an account belongs to: the kind of customer, and the choices of people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Instant
from store.migrations.append_only import forbid_changes

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("account", sa.Column("customer_kind", sa.String(), nullable=False, server_default="company"))
    op.add_column("account", sa.Column("assigned_policy", sa.String(), nullable=True))
    op.create_table(
        "policy_choice",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("account_no", sa.String(), sa.ForeignKey("account.account_no"), nullable=False),
        sa.Column("policy", sa.String(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor_user", sa.String(), nullable=False),
        sa.Column("actor_role", sa.String(), nullable=False),
        sa.Column("authority", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
    )
    op.create_index("policy_choice_of_account", "policy_choice", ["account_no", "at"])
    forbid_changes("policy_choice")


def downgrade() -> None:
    op.drop_index("policy_choice_of_account", "policy_choice")
    op.drop_table("policy_choice")
    op.drop_column("account", "assigned_policy")
    op.drop_column("account", "customer_kind")
