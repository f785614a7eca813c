"""What an application says of people lies encrypted beside its other parts.

Expand-only: what lies in clear is read as before, until `wenqi keys rotate` has encrypted it. A
process of the release before does not see what this release has encrypted: stop it first.
"""

from __future__ import annotations

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    with op.get_context().autocommit_block():
        op.get_bind().exec_driver_sql(
            "ALTER TABLE application ADD COLUMN IF NOT EXISTS personal BYTEA"
        )
