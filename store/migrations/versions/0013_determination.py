"""Nothing is granted but by a person: what the rules alone had granted waits for a determination.

A worker of the release before fails the chunks in which it would decide an eligible application by
the rules alone: nothing of them is done, and a worker of this release takes them later.
"""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# From now on the database itself refuses it. Not valid at first, as the old rows are yet to move.
GUARD = """
ALTER TABLE application DROP CONSTRAINT IF EXISTS ck_application_decided;
ALTER TABLE application ADD CONSTRAINT ck_application_decided
    CHECK (NOT (state = 'decided' AND outcome = 'eligible')) NOT VALID;
"""

# A thousand at a time, each with its event, its promised day and, where it had drawn on a cap, the
# assessment that gives it back. Locks nothing but these rows; may run again after it has given up.
MOVE = """
WITH moved AS (
    UPDATE application SET state = 'awaiting_determination', version = version + 1
    WHERE id IN (SELECT id FROM application WHERE state = 'decided' AND outcome = 'eligible'
        ORDER BY id LIMIT 1000 FOR NO KEY UPDATE)
    RETURNING id, lead_bureau
), told AS (
    INSERT INTO event (application_id, type, actor, from_state, to_state, data, at)
    SELECT id, 'determination.required', 'system', 'decided', 'awaiting_determination',
        jsonb_build_object('bureau', lead_bureau), app_now()
    FROM moved ORDER BY id
), watched AS (
    INSERT INTO work_item (stage, subject_id, not_before, created_at)
    SELECT 'chase', id, app_now(), app_now() FROM moved
    UNION ALL
    SELECT 'assess', id, app_now(), app_now() FROM moved JOIN cap_grant ON application_id = id
)
SELECT count(*) FROM moved
"""

# One after the other, outside a transaction: readers and writers go on.
INDEXES = (
    "DROP INDEX CONCURRENTLY IF EXISTS ix_application_determined",
    """
CREATE INDEX CONCURRENTLY ix_application_determined ON application (provision, id)
    WHERE state = 'determined'
""",
    "DROP INDEX CONCURRENTLY IF EXISTS ix_application_granted",
)


def upgrade() -> None:
    """Refuse it, move what is stored, and index what may be on the publicity list."""
    with op.get_context().autocommit_block():
        connection = op.get_bind()
        connection.exec_driver_sql(GUARD)
        while connection.exec_driver_sql(MOVE).scalar_one():
            pass
        connection.exec_driver_sql(
            "ALTER TABLE application VALIDATE CONSTRAINT ck_application_decided"
        )
        for statement in INDEXES:
            connection.exec_driver_sql(statement)
