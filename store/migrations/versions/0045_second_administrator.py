"""Accounts that one administrator has opened, reset or raised at the desk wait for another's word.

Expand-only: existing accounts, and what the revision before writes meanwhile, wait for nobody.
"""

from __future__ import annotations

from alembic import op

revision = "0045"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.execute("ALTER TABLE account ADD COLUMN held_by TEXT")
