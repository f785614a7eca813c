"""A robot's line: until when its places are taken, and of how many more the next one tells."""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

STEPS = (
    "ALTER TABLE channel_target ADD COLUMN IF NOT EXISTS line_until TIMESTAMP WITH TIME ZONE",
    "ALTER TABLE channel_target ADD COLUMN IF NOT EXISTS summed INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE delivery DROP CONSTRAINT IF EXISTS ck_delivery_state",
    """
ALTER TABLE delivery ADD CONSTRAINT ck_delivery_state
    CHECK (state IN ('pending', 'sending', 'sent', 'failed', 'summed')) NOT VALID
""",
    "ALTER TABLE delivery VALIDATE CONSTRAINT ck_delivery_state",
)


def upgrade() -> None:
    """Add the columns; permit the state of what a summary tells of."""
    with op.get_context().autocommit_block():
        for step in STEPS:
            op.get_bind().exec_driver_sql(step)
