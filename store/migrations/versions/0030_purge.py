"""What is kept no longer is cleared by a stage; the enterprise asks for its deletion."""

from __future__ import annotations

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

STEPS = (
    "ALTER TABLE application ADD COLUMN IF NOT EXISTS purged_at TIMESTAMP WITH TIME ZONE",
    "ALTER TABLE request ADD COLUMN IF NOT EXISTS subject TEXT DEFAULT 'help' NOT NULL",
    "ALTER TABLE request ADD COLUMN IF NOT EXISTS erase_on DATE",
    "ALTER TABLE request DROP CONSTRAINT IF EXISTS ck_request_subject",
    """
ALTER TABLE request ADD CONSTRAINT ck_request_subject
    CHECK (subject IN ('help', 'deletion')) NOT VALID
""",
    "ALTER TABLE request VALIDATE CONSTRAINT ck_request_subject",
    "ALTER TABLE work_item DROP CONSTRAINT IF EXISTS ck_work_item_stage",
    """
ALTER TABLE work_item ADD CONSTRAINT ck_work_item_stage
    CHECK (stage IN ('assess', 'determine', 'notify', 'remind', 'chase', 'digest', 'export',
        'rotate', 'purge', 'canary')) NOT VALID
""",
    "ALTER TABLE work_item VALIDATE CONSTRAINT ck_work_item_stage",
)


def upgrade() -> None:
    """Add the columns; permit the stage's name in the ledger."""
    with op.get_context().autocommit_block():
        for step in STEPS:
            op.get_bind().exec_driver_sql(step)
