"""Which keys the database was written with; a stage that encrypts anew."""

from __future__ import annotations

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

STEPS = (
    """
CREATE TABLE IF NOT EXISTS key_check (
    ring TEXT NOT NULL,
    id TEXT NOT NULL,
    proof BYTEA NOT NULL,
    since TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_key_check PRIMARY KEY (ring, id)
)
""",
    "ALTER TABLE work_item DROP CONSTRAINT IF EXISTS ck_work_item_stage",
    """
ALTER TABLE work_item ADD CONSTRAINT ck_work_item_stage
    CHECK (stage IN ('assess', 'determine', 'notify', 'remind', 'chase', 'digest', 'export',
        'rotate', 'canary')) NOT VALID
""",
    "ALTER TABLE work_item VALIDATE CONSTRAINT ck_work_item_stage",
)


def upgrade() -> None:
    """Add the table, and permit the stage's name in the ledger."""
    with op.get_context().autocommit_block():
        for step in STEPS:
            op.get_bind().exec_driver_sql(step)
