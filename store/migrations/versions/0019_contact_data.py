"""What was found out about numbers and addresses; whose a complaint is, and the files that came with it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Instant

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "contact_data",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("party_id", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("actor_user", sa.String(), nullable=False),
        sa.Column("actor_role", sa.String(), nullable=False),
        sa.Column("authority", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
    )
    op.create_index("contact_data_of_party", "contact_data", ["party_id", "field", "at"])
    op.add_column("complaint", sa.Column("attachments", sa.Text(), nullable=False, server_default=""))
    op.add_column("complaint", sa.Column("party_id", sa.String(), nullable=True))
    op.add_column("complaint", sa.Column("stops_contacts", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("complaint", sa.Column("linked_by", sa.String(), nullable=True))
    op.add_column("complaint", sa.Column("linked_at", Instant(), nullable=True))
    op.create_index("complaint_of_party", "complaint", ["party_id", "status"])


def downgrade() -> None:
    op.drop_index("complaint_of_party", "complaint")
    for column in ("linked_at", "linked_by", "stops_contacts", "party_id", "attachments"):
        op.drop_column("complaint", column)
    op.drop_table("contact_data")
