"""Dialled calls, recordings and their scores, violations and visits; a party may have an account in a social medium."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Exact, Instant

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("party", sa.Column("social", sa.String(), nullable=True))
    _call()
    _recording()
    _violation()
    _visit()


def downgrade() -> None:
    for name in ("visit", "violation", "recording", "call"):
        op.drop_table(name)
    with op.batch_alter_table("party") as party:
        party.drop_column("social")


def _call() -> None:
    op.create_table(
        "call",
        sa.Column("id", sa.String(), primary_key=True),
        *(_text(name) for name in ("case_no", "account_no", "policy_id", "step", "who", "party_id", "collector")),
        *(_text(name) for name in ("role", "status")),
        _text("provider_ref", nullable=True),
        sa.Column("claimed_at", Instant(), nullable=False),
        *(sa.Column(name, Instant(), nullable=True) for name in ("ringing_at", "answered_at", "ended_at")),
        sa.Column("duration", sa.Integer(), nullable=True),
        sa.Column("contact_seq", sa.Integer(), nullable=True),
    )
    op.create_index("ix_call_case_no", "call", ["case_no"])
    op.create_index("ix_call_collector", "call", ["collector"])
    op.create_index("call_in_order", "call", ["claimed_at", "id"])


def _recording() -> None:
    op.create_table(
        "recording",
        sa.Column("id", sa.String(), primary_key=True),
        _text("case_no"),
        sa.Column("seq", sa.Integer(), nullable=False),
        *(_text(name) for name in ("account_no", "policy_id", "step", "collector", "role", "sha256", "media_type")),
        _text("kept", nullable=True),
        _text("reference", nullable=True),
        sa.Column("transcript", sa.Text(), nullable=False),
        sa.Column("survey", sa.Integer(), nullable=True),
        _text("checker", nullable=True),
        _text("script"),
        sa.Column("compliance", Exact(), nullable=True),
        sa.Column("satisfaction", Exact(), nullable=True),
        sa.Column("missing", sa.Text(), nullable=False),
        sa.Column("forbidden", sa.Text(), nullable=False),
        sa.Column("checked_at", Instant(), nullable=True),
        _text("added_by"),
        sa.Column("at", Instant(), nullable=False),
    )
    op.create_index("ix_recording_collector", "recording", ["collector"])
    op.create_index("recording_in_order", "recording", ["at", "id"])
    op.create_index("recording_of_account", "recording", ["account_no", "at"])


def _violation() -> None:
    op.create_table(
        "violation",
        sa.Column("id", sa.String(), primary_key=True),
        *(_text(name) for name in ("found_by", "kind", "severity", "who")),
        _text("case_no", nullable=True),
        _text("evidence"),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("correct_by", sa.Date(), nullable=False),
        *(_text(name) for name in ("errand", "actor_user", "actor_role", "authority")),
        sa.Column("at", Instant(), nullable=False),
    )
    for name in ("who", "case_no", "errand"):
        op.create_index(f"ix_violation_{name}", "violation", [name])
    op.create_index("violation_in_order", "violation", ["at", "id"])


def _visit() -> None:
    op.create_table(
        "visit",
        sa.Column("id", sa.String(), primary_key=True),
        *(_text(name) for name in ("case_no", "account_no", "step")),
        sa.Column("day", sa.Date(), nullable=False),
        _text("status"),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("team", "credentials", "papers", "safety")),
        *(_text(name) for name in ("planned_by", "planned_role")),
        sa.Column("planned_at", Instant(), nullable=False),
        _text("outcome", nullable=True),
        _text("participants"),
        sa.Column("note", sa.Text(), nullable=False),
        *(_text(name, nullable=True) for name in ("evidence", "reported_by")),
        sa.Column("reported_at", Instant(), nullable=True),
    )
    op.create_index("visit_of_step", "visit", ["case_no", "step", "status"])
    op.create_index("visit_in_order", "visit", ["day", "id"])


def _text(name: str, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=nullable)
