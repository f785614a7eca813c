"""From which day an account is paid to: a full working day lies between.

Expand-only: what the revision before writes meanwhile is paid to from the next day on, as it was.
"""

from __future__ import annotations

from alembic import op

revision = "0047"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.get_bind().exec_driver_sql("ALTER TABLE payment_account ADD COLUMN usable_from DATE")
