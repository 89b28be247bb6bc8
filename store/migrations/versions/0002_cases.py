"""Cases with their append-only events, and what is derived from them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Instant
from store.migrations.append_only import forbid_changes

revision = "0002"
down_revision = "0001"
WHERE = sa.text("status <> 'closed'")


def upgrade() -> None:
    _case()
    _case_event()
    _feed()
    _ask()
    _register()
    _blacklist()
    _report()
    _command_attempt()
    forbid_changes("case_event")


def downgrade() -> None:
    op.drop_table("command_attempt")
    op.drop_table("report")
    op.drop_table("blacklist")
    op.drop_table("register")
    op.drop_table("ask")
    op.drop_table("feed")
    op.drop_table("case_event")
    op.drop_table("case")


def _case() -> None:
    op.create_table(
        "case",
        sa.Column("case_no", sa.String(), primary_key=True),
        sa.Column("account_no", sa.String(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("policy_id", sa.String(), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("policy_sha256", sa.String(), nullable=False),
        sa.Column("settings", sa.String(), nullable=False),
        sa.Column("opened_at", Instant()),
        sa.Column("closed_at", Instant()),
        sa.Column("closed_for", sa.String()),
        sa.Column("anchor", sa.Date()),
        sa.Column("bucket", sa.String()),
        sa.Column("owner", sa.String()),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("next_at", Instant()),
        sa.Column("next_why", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("ledger_version", sa.Integer(), nullable=False),
        sa.Column("writer", sa.String(), nullable=False),
        sa.Column("snapshot", sa.Text(), nullable=False),
    )
    op.create_index("ix_case_account_no", "case", ["account_no"])
    op.create_index("ix_case_status", "case", ["status"])
    op.create_index("one_open_case", "case", ["account_no"], unique=True, sqlite_where=WHERE, postgresql_where=WHERE)


def _case_event() -> None:
    op.create_table(
        "case_event",
        sa.Column("case_no", sa.String(), sa.ForeignKey("case.case_no"), primary_key=True),
        sa.Column("seq", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("step", sa.String()),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("dpd", sa.Integer()),
        sa.Column("rules", sa.String(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("actor_user", sa.String()),
        sa.Column("actor_role", sa.String()),
        sa.Column("authority", sa.String()),
        sa.Column("command_id", sa.String()),
        sa.Column("body", sa.Text(), nullable=False),
    )
    op.create_index("ix_case_event_at", "case_event", ["at"])
    op.create_index("ix_case_event_command_id", "case_event", ["command_id"])


def _feed() -> None:
    op.create_table(
        "feed",
        sa.Column("position", sa.Integer(), primary_key=True),
        sa.Column("case_no", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.UniqueConstraint("case_no", "seq", name="case_feed_once"),
    )


def _ask() -> None:
    op.create_table(
        "ask",
        sa.Column("case_no", sa.String(), sa.ForeignKey("case.case_no"), primary_key=True),
        sa.Column("step", sa.String(), primary_key=True),
        sa.Column("role", sa.String(), primary_key=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("outcomes", sa.String(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("deadline", Instant()),
        sa.Column("sort_at", Instant(), nullable=False),
        sa.Column("start_by", Instant()),
        sa.Column("started", sa.Boolean(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("frozen", sa.String()),
        sa.Column("document", sa.String()),
        sa.Column("document_no", sa.String()),
    )
    op.create_index("ask_of_role", "ask", ["role", "sort_at", "case_no", "step"])


def _register() -> None:
    op.create_table(
        "register",
        sa.Column("case_no", sa.String(), sa.ForeignKey("case.case_no"), primary_key=True),
        sa.Column("seq", sa.Integer(), primary_key=True),
        sa.Column("register_name", sa.String(), nullable=False),
        sa.Column("account_no", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("period", sa.Date()),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("removed_at", Instant()),
    )
    op.create_index("register_in_order", "register", ["register_name", "at"])


def _blacklist() -> None:
    op.create_table(
        "blacklist",
        sa.Column("case_no", sa.String(), sa.ForeignKey("case.case_no"), primary_key=True),
        sa.Column("seq", sa.Integer(), primary_key=True),
        sa.Column("party_id", sa.String(), primary_key=True),
        sa.Column("role", sa.String(), nullable=False),
    )
    op.create_index("ix_blacklist_party_id", "blacklist", ["party_id"])


def _report() -> None:
    op.create_table(
        "report",
        sa.Column("case_no", sa.String(), sa.ForeignKey("case.case_no"), primary_key=True),
        sa.Column("seq", sa.Integer(), primary_key=True),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("to", sa.String(), nullable=False),
        sa.Column("copy_to", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
    )
    op.create_index("ix_report_number", "report", ["number"])


def _command_attempt() -> None:
    op.create_table(
        "command_attempt",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("case_no", sa.String(), primary_key=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
    )
