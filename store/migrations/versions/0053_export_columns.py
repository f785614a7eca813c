"""Which columns an export was asked to hold.

Expand-only: what the revision before writes meanwhile holds all of them.
"""

from __future__ import annotations

from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.execute("ALTER TABLE export ADD COLUMN columns TEXT[]")
