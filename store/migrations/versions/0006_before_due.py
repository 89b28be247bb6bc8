"""Work before the due date: reminders, errands, managers of accounts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Amount, Instant

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    _reminder()
    _errand()
    _errand_indexes()
    _reminder_run()
    _account_manager()
    op.create_index("instalment_due", "instalment", ["due", "account_no"])


def downgrade() -> None:
    op.drop_index("instalment_due", "instalment")
    op.drop_table("account_manager")
    op.drop_table("reminder_run")
    op.drop_table("errand")
    op.drop_table("reminder")


def _reminder() -> None:
    op.create_table(
        "reminder",
        sa.Column("account_no", sa.String(), sa.ForeignKey("account.account_no"), primary_key=True),
        sa.Column("due", sa.Date(), primary_key=True),
        sa.Column("policy_id", sa.String(), primary_key=True),
        sa.Column("rule", sa.String(), primary_key=True),
        sa.Column("occurrence", sa.Date(), primary_key=True),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("rules", sa.String(), nullable=False),
        sa.Column("planned_at", Instant(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("amount", Amount(), nullable=False),
        sa.Column("ledger_version", sa.Integer(), nullable=False),
        sa.Column("targets", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
    )
    op.create_index("reminder_of_status", "reminder", ["policy_id", "status", "account_no"])


def _errand() -> None:
    op.create_table(
        "errand",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("policy_id", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("rules", sa.String(), nullable=False),
        sa.Column("account_no", sa.String(), sa.ForeignKey("account.account_no"), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("occurrence", sa.Date(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("say", sa.Text(), nullable=False),
        sa.Column("roles", sa.String(), nullable=False),
        sa.Column("assignee", sa.String()),
        sa.Column("outcomes", sa.String(), nullable=False),
        sa.Column("report", sa.String(), nullable=False),
        sa.Column("amount", Amount(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("deadline", Instant()),
        sa.Column("answer_by", Instant(), nullable=False),
        sa.Column("chain", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("escalated_to", sa.String()),
        sa.Column("outcome", sa.String()),
        sa.Column("willingness", sa.String()),
        sa.Column("ability", sa.String()),
        sa.Column("deposits", sa.Text()),
        sa.Column("note", sa.Text()),
        sa.Column("ended_at", Instant()),
        sa.Column("answered_by", sa.String()),
        sa.Column("answered_role", sa.String()),
        sa.Column("command_id", sa.String()),
        sa.UniqueConstraint("command_id"),
    )


def _errand_indexes() -> None:
    op.create_index("ix_errand_account_no", "errand", ["account_no"])
    op.create_index("ix_errand_assignee", "errand", ["assignee"])
    op.create_index("errand_of_status", "errand", ["status", "policy_id", "account_no"])
    op.create_index("errand_in_order", "errand", ["occurrence", "rank", "id"])
    op.create_index("errand_deadline", "errand", ["policy_id", "status", "deadline"])


def _reminder_run() -> None:
    op.create_table(
        "reminder_run",
        sa.Column("policy_id", sa.String(), primary_key=True),
        sa.Column("upto", Instant(), nullable=False),
    )


def _account_manager() -> None:
    op.create_table(
        "account_manager",
        sa.Column("account_no", sa.String(), sa.ForeignKey("account.account_no"), primary_key=True),
        sa.Column("manager", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
    )
    op.create_index("ix_account_manager_manager", "account_manager", ["manager"])
