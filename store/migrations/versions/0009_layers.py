"""Duties of layers are errands too: of an account, a customer or a whole portfolio, with what the answer spoke of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
ADDED = ("subject", "period", "document", "items", "answers")


def upgrade() -> None:
    with op.batch_alter_table("errand") as errand:
        errand.alter_column("account_no", existing_type=sa.String(), nullable=True)
        for name in ADDED:
            errand.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.create_index("errand_of_subject", "errand", ["policy_id", "subject", "rule"])
    op.create_index("errand_of_document", "errand", ["document", "ended_at"])


def downgrade() -> None:
    op.execute("DELETE FROM errand WHERE subject <> ''")
    op.drop_index("errand_of_document", "errand")
    op.drop_index("errand_of_subject", "errand")
    with op.batch_alter_table("errand") as errand:
        for name in ADDED:
            errand.drop_column(name)
        errand.alter_column("account_no", existing_type=sa.String(), nullable=False)
