"""Where staff work and what they can, who is away, which accounts are key accounts, and the order of the lists."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Instant

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    for name in ("branch", "region", "skills"):
        op.add_column("staff", sa.Column(name, sa.String(), nullable=False, server_default=""))
    op.add_column("staff", sa.Column("capacity", sa.Integer(), nullable=True))
    op.create_table(
        "branch", sa.Column("name", sa.String(), primary_key=True), sa.Column("region", sa.String(), nullable=False)
    )
    _absence()
    _key_account()
    op.add_column("case", sa.Column("rank", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("case_of_owner", "case", ["owner", "rank", "case_no"])
    op.add_column("ask", sa.Column("rank", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("ask", sa.Column("sort_day", sa.Date(), nullable=False, server_default="9999-12-31"))
    op.execute("UPDATE ask SET sort_day = date(deadline) WHERE deadline IS NOT NULL")
    op.create_index("ask_in_order", "ask", ["role", "sort_day", "rank", "sort_at", "case_no", "step"])
    op.drop_index("ask_of_role", "ask")


def downgrade() -> None:
    op.create_index("ask_of_role", "ask", ["role", "sort_at", "case_no", "step"])
    op.drop_index("ask_in_order", "ask")
    op.drop_index("case_of_owner", "case")
    for table, name in (("ask", "sort_day"), ("ask", "rank"), ("case", "rank")):
        op.drop_column(table, name)
    for table in ("key_account", "absence", "branch"):
        op.drop_table(table)
    for name in ("capacity", "skills", "region", "branch"):
        op.drop_column("staff", name)


def _absence() -> None:
    op.create_table(
        "absence",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("user", sa.String(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("substitute", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
    )
    op.create_index("absence_in_order", "absence", ["last", "user"])


def _key_account() -> None:
    op.create_table(
        "key_account",
        sa.Column("account_no", sa.String(), sa.ForeignKey("account.account_no"), primary_key=True),
        sa.Column("policy_id", sa.String(), nullable=False),
        sa.Column("delinquencies", sa.Integer(), nullable=False),
        sa.Column("overdue_days", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
    )
    op.create_index("key_account_in_order", "key_account", ["rank", "account_no"])
