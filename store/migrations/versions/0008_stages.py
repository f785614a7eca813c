"""Two stages get the names of what they do: clock -> chase, report -> export.

A worker of the release before fails the chunks in which it would write an old name: nothing of them
is done, and a worker of this release takes them after the back-off.
"""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# A transaction each: what needs the table for itself is over at once, and renaming, which in a long
# ledger takes its time, locks nothing but rows. All may run again after one has given up.
STEPS = (
    """
ALTER TABLE work_item DROP CONSTRAINT ck_work_item_stage;
ALTER TABLE work_item ADD CONSTRAINT ck_work_item_stage
    CHECK (stage IN ('assess', 'notify', 'remind', 'chase', 'digest', 'export', 'canary'))
    NOT VALID;
""",
    "UPDATE work_item SET stage = 'chase' WHERE stage = 'clock'",
    "UPDATE work_item SET stage = 'export' WHERE stage = 'report'",
    "ALTER TABLE work_item VALIDATE CONSTRAINT ck_work_item_stage",
    "DELETE FROM canary WHERE queue = 'report'",
)


def upgrade() -> None:
    """Give what waits and what is dead its new name; the old queue would seem closed for ever."""
    with op.get_context().autocommit_block():
        for step in STEPS:
            op.get_bind().exec_driver_sql(step)
