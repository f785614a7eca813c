"""The canary: when each queue's way was last known to be open. Expand-only."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE canary (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    queue TEXT NOT NULL,
    seen_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_canary PRIMARY KEY (id),
    CONSTRAINT uq_canary_queue UNIQUE (queue)
);
"""

# NOT VALID first: every old row satisfies the longer list, so validating needs no strong lock.
STAGES = """
ALTER TABLE work_item DROP CONSTRAINT ck_work_item_stage;
ALTER TABLE work_item ADD CONSTRAINT ck_work_item_stage
    CHECK (stage IN ('assess', 'notify', 'remind', 'clock', 'digest', 'report', 'canary'))
    NOT VALID;
ALTER TABLE work_item VALIDATE CONSTRAINT ck_work_item_stage;
"""


def upgrade() -> None:
    """Create the table, and let the ledger know the stage."""
    connection = op.get_bind()
    for statements in (TABLE, STAGES):
        connection.exec_driver_sql(statements)
