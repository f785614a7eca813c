"""A replay shows the access code again for a day: it is kept encrypted beside the key.

Access codes were derived from key and body, and both were kept as plain hashes. The rows stay, as a
retry may be under way; `casework.operations.replay_expiry` keys them and lets all lapse.
"""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

STEPS = (
    """
ALTER TABLE idempotency
    ADD COLUMN IF NOT EXISTS sealed_code BYTEA,
    ADD COLUMN IF NOT EXISTS is_keyed BOOLEAN DEFAULT false NOT NULL;
""",
    # Block ranges cost intake nothing: the table grows in this order.
    """
CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_idempotency_created_at
    ON idempotency USING brin (created_at)
""",
)


def upgrade() -> None:
    """Add what a replay shows, whether a row's hashes are keyed, and how old rows are found."""
    with op.get_context().autocommit_block():
        for step in STEPS:
            op.get_bind().exec_driver_sql(step)
