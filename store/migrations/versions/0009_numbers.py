"""Numbers of contracts keep their separators, and a key knows what it stands for.

Keys were letters and digits alone, so that 1-23 and 12-3 were one lease. Whoever holds a key made
that way is assessed again and claims it anew; until then it may be claimed twice, which the second
assessment finds out.
"""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STEPS = (
    "ALTER TABLE benefit_claim ADD COLUMN IF NOT EXISTS particulars TEXT NOT NULL DEFAULT ''",
    (
        "INSERT INTO work_item (stage, subject_id, not_before, created_at)"
        " SELECT 'assess', application_id, app_now(), app_now()"
        " FROM (SELECT DISTINCT application_id FROM benefit_claim) AS holder"
    ),
)


def upgrade() -> None:
    """Add what a key stands for; have every holder assessed again."""
    with op.get_context().autocommit_block():
        for step in STEPS:
            op.get_bind().exec_driver_sql(step)
