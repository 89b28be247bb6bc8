"""The standing work of every portfolio is open at once: the rule "one open case" is of accounts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

OPEN = "status <> 'closed'"
OF_ACCOUNTS = "status <> 'closed' AND account_no <> ''"


def upgrade() -> None:
    _index(OF_ACCOUNTS)


def downgrade() -> None:
    _index(OPEN)


def _index(where: str) -> None:
    op.drop_index("one_open_case", "case")
    op.create_index(
        "one_open_case",
        "case",
        ["account_no"],
        unique=True,
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
    )
