"""The day on which a letter arrived, as its receipt says, and whom a suit names as defendants."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0028"
DATED = ("delivery", "delivery_proof", "evidence_paper")


def upgrade() -> None:
    for table in DATED:
        op.add_column(table, sa.Column("received_on", sa.Date(), nullable=True))
    op.add_column("suit", sa.Column("defendants", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("suit", "defendants")
    for table in DATED:
        op.drop_column(table, "received_on")
