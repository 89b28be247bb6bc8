"""Acts on receipts in suspense, write-offs, legal holds, destroyed documents, and entries of the blacklist by hand."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Amount, Instant
from store.migrations.append_only import forbid_changes

revision = "0027"
down_revision = "0026"

TABLES = (
    "suspense_act", "suspense_line", "write_off", "write_off_verdict", "legal_hold", "legal_hold_end", "destruction",
)  # fmt: skip


def upgrade() -> None:
    for name, default in (("currency", "CNY"), ("kind", "payment"), ("payer", "")):
        op.add_column("suspense", sa.Column(name, sa.String(), nullable=False, server_default=default))
    op.add_column("customer_mark", sa.Column("until", sa.Date(), nullable=True))
    op.add_column("customer_mark", sa.Column("case_no", sa.String(), nullable=True))
    _suspense()
    _write_off()
    _archive()
    for table in TABLES:
        forbid_changes(table)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    for name in ("case_no", "until"):
        op.drop_column("customer_mark", name)
    for name in ("payer", "kind", "currency"):
        op.drop_column("suspense", name)


def _by() -> list[sa.Column[str]]:
    return [
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor_user", sa.String(), nullable=False),
        sa.Column("actor_role", sa.String(), nullable=False),
        sa.Column("authority", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
    ]


def _posting(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), sa.ForeignKey("posting.id"), nullable=True)


def _suspense() -> None:
    op.create_table(
        "suspense_act",
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("entry", sa.String(), sa.ForeignKey("suspense.id"), nullable=False),
        sa.Column("do", sa.String(), nullable=False),
        sa.Column("assigned", Amount(), nullable=False),
        sa.Column("returned", Amount(), nullable=False),
        sa.Column("taken_back", Amount(), nullable=False),
        _posting("posting"),
        _posting("reversal"),
        sa.Column("asked", sa.String(), nullable=False),
        *_by(),
    )
    op.create_index("ix_suspense_act_entry", "suspense_act", ["entry"])
    op.create_table(
        "suspense_line",
        sa.Column("act", sa.String(), sa.ForeignKey("suspense_act.key"), primary_key=True),
        sa.Column("no", sa.Integer(), primary_key=True),
        sa.Column("account_no", sa.String(), sa.ForeignKey("account.account_no"), nullable=False),
        sa.Column("amount", Amount(), nullable=False),
        sa.Column("posting", sa.String(), sa.ForeignKey("posting.id"), nullable=False, unique=True),
    )
    op.create_index("ix_suspense_line_account_no", "suspense_line", ["account_no"])


def _write_off() -> None:
    op.create_table(
        "write_off",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("account_no", sa.String(), sa.ForeignKey("account.account_no"), nullable=False),
        sa.Column("amount", Amount(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        *_by(),
    )
    op.create_index("ix_write_off_account_no", "write_off", ["account_no"])
    op.create_table(
        "write_off_verdict",
        sa.Column("write_off", sa.String(), sa.ForeignKey("write_off.id"), primary_key=True),
        sa.Column("seq", sa.Integer(), primary_key=True),
        sa.Column("verdict", sa.String(), nullable=False),
        _posting("posting"),
        *_by(),
    )


def _archive() -> None:
    case = sa.ForeignKey("case.case_no")
    op.create_table(
        "legal_hold",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("case_no", sa.String(), case, nullable=False),
        *_by(),
    )
    op.create_index("ix_legal_hold_case_no", "legal_hold", ["case_no"])
    op.create_table(
        "legal_hold_end",
        sa.Column("hold", sa.String(), sa.ForeignKey("legal_hold.id"), primary_key=True),
        *_by(),
    )
    op.create_table(
        "destruction",
        sa.Column("number", sa.String(), sa.ForeignKey("document.number"), primary_key=True),
        sa.Column("case_no", sa.String(), sa.ForeignKey("case.case_no"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("kept_until", sa.Date(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        *_by(),
    )
    op.create_index("destruction_of_case", "destruction", ["case_no", "number"])
