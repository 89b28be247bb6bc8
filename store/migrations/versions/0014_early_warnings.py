"""Early warnings, the history of risk ratings, and what is laid down for a customer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Amount, Instant
from store.migrations.append_only import forbid_changes

revision = "0014"
down_revision = "0013"
TABLES = ("early_warning", "early_warning_end", "risk_rating", "customer_mark")


def upgrade() -> None:
    _warnings()
    _risk()
    for table in TABLES:
        forbid_changes(table)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _actor() -> list[sa.Column[str]]:
    return [
        sa.Column("actor_user", sa.String(), nullable=False),
        sa.Column("actor_role", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
    ]


def _warnings() -> None:
    op.create_table(
        "early_warning",
        sa.Column("source", sa.String(), primary_key=True),
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("account_no", sa.String(), sa.ForeignKey("account.account_no"), nullable=False),
        sa.Column("indicator", sa.String(), nullable=False),
        sa.Column("observed_on", sa.Date(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("proposes", sa.String(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("pack", sa.String(), nullable=False),
        *_actor(),
    )
    op.create_index("ix_early_warning_account_no", "early_warning", ["account_no"])
    op.create_table(
        "early_warning_end",
        sa.Column("source", sa.String(), primary_key=True),
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("reason", sa.Text(), nullable=False),
        *_actor(),
    )


def _risk() -> None:
    op.create_table(
        "risk_rating",
        sa.Column("account_no", sa.String(), sa.ForeignKey("account.account_no"), primary_key=True),
        sa.Column("seq", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("risk_class", sa.String(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("assessment", sa.Text(), nullable=False),
        sa.Column("pack", sa.String(), nullable=False),
        sa.Column("key", sa.String()),
        *_actor(),
    )
    op.create_index("risk_rating_entered_once", "risk_rating", ["key"], unique=True)
    op.create_table(
        "customer_mark",
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("party_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("amount", Amount()),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        *_actor(),
    )
    op.create_index("customer_mark_of_party", "customer_mark", ["party_id", "kind", "at"])
