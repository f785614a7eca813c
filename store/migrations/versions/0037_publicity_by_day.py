"""The publicity list is searched by day: grants in force by the moment of decision.

Expand-only. The index is built while readers and writers go on.
"""

from __future__ import annotations

from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

_NAME = "ix_determination_granted_by_day"


def upgrade() -> None:
    """Build the index; what was left half made by an attempt before goes."""
    with op.get_context().autocommit_block():
        connection = op.get_bind()
        connection.exec_driver_sql(f"DROP INDEX CONCURRENTLY IF EXISTS {_NAME}")
        connection.exec_driver_sql(
            f"CREATE INDEX CONCURRENTLY {_NAME} ON determination"
            " (coalesce(decided_at, proposed_at), application_id)"
            " WHERE state = 'in_force' AND granted"
        )
