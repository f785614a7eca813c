"""Few refusals and unverified filings among many cases are found by indexes of their own.

Expand-only. The indexes are built while readers and writers go on.
"""

from __future__ import annotations

from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

_INDEXES = {
    "ix_determination_refused": "determination (application_id)"
    " WHERE state = 'in_force' AND NOT granted",
    "ix_application_unverified": "application (lead_bureau, id) WHERE identity = 'unverified'",
}


def upgrade() -> None:
    """Build them; what was left half made by an attempt before goes."""
    with op.get_context().autocommit_block():
        connection = op.get_bind()
        for name, on in _INDEXES.items():
            connection.exec_driver_sql(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            connection.exec_driver_sql(f"CREATE INDEX CONCURRENTLY {name} ON {on}")
