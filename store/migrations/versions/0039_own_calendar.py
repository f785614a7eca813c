"""A calendar feed of one's own: the visits about the cases that somebody works on.

Expand-only; a constant default rewrites no row.
"""

from __future__ import annotations

from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.execute("ALTER TABLE calendar_feed ADD COLUMN own BOOLEAN NOT NULL DEFAULT false")
