"""Accounts, their postings, and the files they came from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Amount, Exact, Instant
from store.migrations.append_only import forbid_changes

revision = "0001"
down_revision = None
WHERE = sa.text("relayed_at IS NULL")


def upgrade() -> None:
    _import_batch()
    _import_problem()
    _account()
    _party()
    _instalment()
    _done_step()
    _posting()
    _suspense()
    _notice()
    _posted_through()
    forbid_changes("posting")


def downgrade() -> None:
    op.drop_table("posted_through")
    op.drop_table("notice")
    op.drop_table("suspense")
    op.drop_table("posting")
    op.drop_table("done_step")
    op.drop_table("instalment")
    op.drop_table("party")
    op.drop_table("account")
    op.drop_table("import_problem")
    op.drop_table("import_batch")


def _import_batch() -> None:
    op.create_table(
        "import_batch",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("totals", sa.Text(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("decided_by", sa.String()),
        sa.Column("decided_at", Instant()),
    )
    op.create_index("batch_of_file", "import_batch", ["sha256", "kind"])


def _import_problem() -> None:
    op.create_table(
        "import_problem",
        sa.Column("batch_id", sa.String(), sa.ForeignKey("import_batch.id"), primary_key=True),
        sa.Column("ordinal", sa.Integer(), primary_key=True),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
    )


def _account() -> None:
    op.create_table(
        "account",
        sa.Column("account_no", sa.String(), primary_key=True),
        sa.Column("contract_no", sa.String(), nullable=False),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("lease_amount", Amount(), nullable=False),
        sa.Column("penalty_rate_per_day", Exact(), nullable=False),
        sa.Column("asset_description", sa.Text(), nullable=False),
        sa.Column("branch", sa.String(), nullable=False),
        sa.Column("batch_id", sa.String(), sa.ForeignKey("import_batch.id")),
        sa.Column("schedule_version", sa.Integer(), nullable=False),
        sa.Column("ledger_version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_account_batch_id", "account", ["batch_id"])
    op.create_index("ix_account_branch", "account", ["branch"])


def _party() -> None:
    op.create_table(
        "party",
        sa.Column("account_no", sa.String(), sa.ForeignKey("account.account_no"), primary_key=True),
        sa.Column("ordinal", sa.Integer(), primary_key=True),
        sa.Column("party_id", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("buyback_guarantee", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("id_number", sa.String()),
        sa.Column("phone", sa.String()),
        sa.Column("email", sa.String()),
        sa.Column("address", sa.String()),
        sa.Column("channels", sa.String(), nullable=False),
    )
    op.create_index("ix_party_party_id", "party", ["party_id"])


def _instalment() -> None:
    op.create_table(
        "instalment",
        sa.Column("account_no", sa.String(), sa.ForeignKey("account.account_no"), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True),
        sa.Column("no", sa.Integer(), primary_key=True),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("principal", Amount(), nullable=False),
        sa.Column("interest", Amount(), nullable=False),
    )


def _done_step() -> None:
    op.create_table(
        "done_step",
        sa.Column("account_no", sa.String(), sa.ForeignKey("account.account_no"), primary_key=True),
        sa.Column("ordinal", sa.Integer(), primary_key=True),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("document_no", sa.String()),
    )


def _posting() -> None:
    op.create_table(
        "posting",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("account_no", sa.String(), sa.ForeignKey("account.account_no"), nullable=False),
        sa.Column("ledger_version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value_date", sa.Date(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("amount", Amount(), nullable=False),
        sa.Column("reverses", sa.String(), sa.ForeignKey("posting.id")),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("batch_id", sa.String()),
    )
    op.create_index("posting_of_account", "posting", ["account_no", "value_date"])
    op.create_index("posting_reversed_once", "posting", ["reverses"], unique=True)


def _suspense() -> None:
    op.create_table(
        "suspense",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("amount", Amount(), nullable=False),
        sa.Column("value_date", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("resolved_by", sa.String(), sa.ForeignKey("posting.id")),
    )


def _notice() -> None:
    op.create_table(
        "notice",
        sa.Column("account_no", sa.String(), sa.ForeignKey("account.account_no"), primary_key=True),
        sa.Column("ledger_version", sa.Integer(), primary_key=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("relayed_at", Instant()),
    )
    op.create_index("notice_pending", "notice", ["created_at"], sqlite_where=WHERE, postgresql_where=WHERE)


def _posted_through() -> None:
    op.create_table(
        "posted_through",
        sa.Column("ledger", sa.String(), primary_key=True),
        sa.Column("day", sa.Date(), nullable=False),
    )
