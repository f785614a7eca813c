"""Real time beside business time, the cases a look showed, and the seals of events.

Expand-only. Rows of before have neither of the new columns' values and are sealed as they are.
"""

from __future__ import annotations

from alembic import op

from store.functions import load

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

STEPS = (
    # The default afterwards, so that no row of before is rewritten.
    "ALTER TABLE event ADD COLUMN IF NOT EXISTS recorded_at TIMESTAMP WITH TIME ZONE",
    "ALTER TABLE event ALTER COLUMN recorded_at SET DEFAULT clock_timestamp()",
    "ALTER TABLE event ADD COLUMN IF NOT EXISTS shown BIGINT[]",
    "DROP INDEX CONCURRENTLY IF EXISTS ix_event_shown",
    "CREATE INDEX CONCURRENTLY ix_event_shown ON event USING gin (shown) WHERE shown IS NOT NULL",
    """
CREATE TABLE IF NOT EXISTS event_seal (
    serial BIGINT NOT NULL,
    first_id BIGINT NOT NULL,
    last_id BIGINT NOT NULL,
    count INTEGER NOT NULL,
    runs BIGINT[] NOT NULL,
    marks BYTEA NOT NULL,
    complete_at TIMESTAMP WITH TIME ZONE,
    sealed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    key_id TEXT NOT NULL,
    previous BYTEA NOT NULL,
    digest BYTEA NOT NULL,
    CONSTRAINT pk_event_seal PRIMARY KEY (serial)
)
""",
    "DROP TRIGGER IF EXISTS event_seal_append_only ON event_seal",
    "DROP TRIGGER IF EXISTS event_seal_not_truncated ON event_seal",
    load("seals_kept"),
)


def upgrade() -> None:
    """Add the columns, the index and the table."""
    with op.get_context().autocommit_block():
        for step in STEPS:
            op.get_bind().exec_driver_sql(step)
