"""A stage: determining without a person, where a deployment's local practice permits it."""

from __future__ import annotations

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

STEPS = (
    "ALTER TABLE work_item DROP CONSTRAINT IF EXISTS ck_work_item_stage",
    """
ALTER TABLE work_item ADD CONSTRAINT ck_work_item_stage
    CHECK (stage IN ('assess', 'determine', 'notify', 'remind', 'chase', 'digest', 'export',
        'canary')) NOT VALID
""",
    "ALTER TABLE work_item VALIDATE CONSTRAINT ck_work_item_stage",
)


def upgrade() -> None:
    """Permit the stage's name in the ledger."""
    with op.get_context().autocommit_block():
        for step in STEPS:
            op.get_bind().exec_driver_sql(step)
