"""How much work a bureau had when a day began: open, late, given to nobody.

Expand-only: a new table.
"""

from __future__ import annotations

from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

_TABLE = """
CREATE TABLE bureau_day (
    bureau TEXT NOT NULL,
    day DATE NOT NULL,
    open INTEGER NOT NULL,
    overdue INTEGER NOT NULL,
    unassigned INTEGER NOT NULL,
    PRIMARY KEY (bureau, day)
)
"""


def upgrade() -> None:
    """Make it."""
    op.get_bind().exec_driver_sql(_TABLE)
