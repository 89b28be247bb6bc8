"""What is proposed to the people who decide stands with what they are asked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("ask", sa.Column("preselected", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("ask", "preselected")
