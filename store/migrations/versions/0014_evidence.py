"""What a bureau's own system records is evidence, until a person finds or determines it.

Expand-only. What systems recorded before stays as it is: nothing of it is granted without a person.
"""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

COLUMN = "ALTER TABLE official_finding ADD COLUMN by_system BOOLEAN DEFAULT false NOT NULL"


def upgrade() -> None:
    """Tell what a system recorded from what a person found."""
    op.get_bind().exec_driver_sql(COLUMN)
