"""Collection agencies: their register, checks and audits, placements, reports, and accounts of their people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Amount, Exact, Instant
from store.migrations.append_only import forbid_changes

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.add_column("staff", sa.Column("agency", sa.String(), nullable=False, server_default=""))
    _agency()
    _agency_check()
    _agency_placement()
    _agency_report()
    forbid_changes("agency_check")
    forbid_changes("agency_report")


def downgrade() -> None:
    for table in ("agency_report", "agency_placement", "agency_check", "agency"):
        op.drop_table(table)
    op.drop_column("staff", "agency")


def _agency() -> None:
    op.create_table(
        "agency",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("licence_no", sa.String(), nullable=False),
        sa.Column("licence_until", sa.Date(), nullable=False),
        sa.Column("licence_document", sa.String(), nullable=False),
        sa.Column("nda_until", sa.Date(), nullable=True),
        sa.Column("nda_document", sa.String(), nullable=True),
        sa.Column("policies", sa.String(), nullable=False),
        sa.Column("buckets", sa.String(), nullable=False),
        sa.Column("regions", sa.String(), nullable=False),
        sa.Column("amount_from", Amount(), nullable=True),
        sa.Column("amount_to", Amount(), nullable=True),
        sa.Column("commission_rate", Exact(), nullable=False),
        sa.Column("report_every", sa.String(), nullable=False),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
    )


def _agency_check() -> None:
    op.create_table(
        "agency_check",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("agency", sa.String(), sa.ForeignKey("agency.id"), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("actor_user", sa.String(), nullable=False),
        sa.Column("actor_role", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
    )
    op.create_index("agency_check_of_agency", "agency_check", ["agency", "seq"])


def _agency_placement() -> None:
    op.create_table(
        "agency_placement",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("agency", sa.String(), sa.ForeignKey("agency.id"), nullable=False),
        sa.Column("case_no", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("account_no", sa.String(), nullable=False),
        sa.Column("policy_id", sa.String(), nullable=False),
        sa.Column("commission_rate", Exact(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
    )
    op.create_index("agency_placement_of_case", "agency_placement", ["case_no", "seq"], unique=True)
    op.create_index("agency_placement_now", "agency_placement", ["agency", "until"])


def _agency_report() -> None:
    op.create_table(
        "agency_report",
        sa.Column("agency", sa.String(), sa.ForeignKey("agency.id"), primary_key=True),
        sa.Column("period", sa.Date(), primary_key=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("document", sa.String(), nullable=True),
        sa.Column("handed_in_by", sa.String(), nullable=False),
        sa.Column("handed_in_at", Instant(), nullable=False),
    )
