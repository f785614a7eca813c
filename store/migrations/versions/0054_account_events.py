"""What was done to accounts is found without a look at all else that belongs to no application.

Expand-only: an index of few rows, which other events pay nothing for.
"""

from __future__ import annotations

from alembic import op

revision = "0054"
down_revision = "0051"
branch_labels = None
depends_on = None

STEPS = (
    "DROP INDEX CONCURRENTLY IF EXISTS ix_event_of_accounts",
    """
    CREATE INDEX CONCURRENTLY ix_event_of_accounts ON event (id) WHERE application_id IS NULL
        AND type IN ('account.added', 'account.changed', 'account.reset', 'account.released')
    """,
)


def upgrade() -> None:
    """Add the index."""
    with op.get_context().autocommit_block():
        for step in STEPS:
            op.get_bind().exec_driver_sql(step)
