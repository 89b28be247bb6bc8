"""Documents with their numbers, uploaded files, and deliveries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Instant

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    _serial()
    _document()
    _attachment()
    _delivery()


def downgrade() -> None:
    op.drop_table("delivery")
    op.drop_table("attachment")
    op.drop_table("document")
    op.drop_table("serial")


def _serial() -> None:
    op.create_table(
        "serial",
        sa.Column("kind", sa.String(), primary_key=True),
        sa.Column("year", sa.Integer(), primary_key=True),
        sa.Column("last", sa.Integer(), nullable=False),
    )


def _document() -> None:
    op.create_table(
        "document",
        sa.Column("number", sa.String(), primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("case_no", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("ledger_version", sa.Integer()),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.UniqueConstraint("kind", "year", "serial", name="document_serial_once"),
    )
    op.create_index("document_of_step", "document", ["case_no", "step", "occurrence"])


def _attachment() -> None:
    op.create_table(
        "attachment",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_by", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
    )


def _delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("case_no", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("provider_ref", sa.String()),
        sa.Column("code", sa.String()),
        sa.Column("ledger_version", sa.Integer()),
        sa.Column("claimed_at", Instant(), nullable=False),
        sa.Column("sent_at", Instant()),
        sa.Column("changed_at", Instant(), nullable=False),
    )
    op.create_index("ix_delivery_case_no", "delivery", ["case_no"])
    op.create_index("ix_delivery_status", "delivery", ["status"])
