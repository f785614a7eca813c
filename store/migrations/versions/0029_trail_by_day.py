"""The trail is found by day. Block ranges, since events lie in the order of their time: an insert
pays next to nothing, and what is asked for a day reads that day's pages."""

from __future__ import annotations

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

STEPS = (
    "DROP INDEX CONCURRENTLY IF EXISTS ix_event_at_recorded_at",
    "CREATE INDEX CONCURRENTLY ix_event_at_recorded_at ON event USING brin (at, recorded_at)",
)


def upgrade() -> None:
    """Add the index."""
    with op.get_context().autocommit_block():
        for step in STEPS:
            op.get_bind().exec_driver_sql(step)
