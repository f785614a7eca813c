"""Who of the bureau is to do a visit.

Expand-only: what the revision before writes meanwhile is given to nobody.
"""

from __future__ import annotations

from alembic import op

revision = "0048"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.execute("ALTER TABLE visit ADD COLUMN assignee TEXT")
