"""The history of ratings, and the costs of collection."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Amount, Instant
from store.migrations.append_only import forbid_changes

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    _rating()
    _cost()


def downgrade() -> None:
    op.drop_table("cost")
    op.drop_table("rating")


def _rating() -> None:
    op.create_table(
        "rating",
        sa.Column("account_no", sa.String(), sa.ForeignKey("account.account_no"), primary_key=True),
        sa.Column("seq", sa.Integer(), primary_key=True),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("judged", sa.Boolean(), nullable=False),
        sa.Column("category", sa.String()),
        sa.Column("by_days", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("balance", Amount(), nullable=False),
        sa.Column("pack", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor_user", sa.String(), nullable=False),
        sa.Column("actor_role", sa.String(), nullable=False),
        sa.Column("key", sa.String()),
        sa.Column("at", Instant(), nullable=False),
    )
    op.create_index("rating_entered_once", "rating", ["key"], unique=True)
    forbid_changes("rating")


def _cost() -> None:
    op.create_table(
        "cost",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("case_no", sa.String(), nullable=False),
        sa.Column("account_no", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("amount", Amount(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("actor_user", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
    )
    op.create_index("cost_of_day", "cost", ["day"])
    op.create_index("cost_of_case", "cost", ["case_no"])
    forbid_changes("cost")
