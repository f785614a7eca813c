"""A benefit key is held by a grant alone, and knows every application that it concerns.

Whoever came first used to hold it. What nobody has granted is given back, and whoever may come to
something is assessed again: that enters it under its keys. A worker of the release before fails the
chunks in which it would claim a key that nobody holds; a worker of this release takes them later.
"""

from __future__ import annotations

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

SHAPE = """
ALTER TABLE benefit_claim
    ADD COLUMN IF NOT EXISTS concerned BIGINT[] NOT NULL DEFAULT '{}',
    ALTER COLUMN application_id DROP NOT NULL,
    ALTER COLUMN amount DROP NOT NULL,
    ALTER COLUMN claimed_at DROP NOT NULL;
"""

# Locks nothing but a thousand rows at a time, and may run again after it has given up.
GIVE_BACK = """
WITH given AS (
    DELETE FROM benefit_claim WHERE key IN (SELECT c.key FROM benefit_claim AS c
        WHERE c.application_id IS NOT NULL AND NOT EXISTS (SELECT FROM determination AS d
            WHERE d.application_id = c.application_id AND d.state = 'in_force' AND d.granted)
        ORDER BY c.key LIMIT 1000 FOR UPDATE)
    RETURNING key
)
SELECT count(*) FROM given
"""

AGAIN = """
INSERT INTO work_item (stage, subject_id, not_before, created_at)
SELECT 'assess', id, app_now(), app_now() FROM application
WHERE state <> 'withdrawn' AND outcome IN ('eligible', 'needs_determination') ORDER BY id
"""


def upgrade() -> None:
    """Change the shape, give back, have everybody concerned assessed again."""
    with op.get_context().autocommit_block():
        connection = op.get_bind()
        connection.exec_driver_sql(SHAPE)
        while connection.exec_driver_sql(GIVE_BACK).scalar_one():
            pass
        connection.exec_driver_sql("DROP INDEX CONCURRENTLY IF EXISTS ix_assessment_linked")
        connection.exec_driver_sql(AGAIN)
