"""A role that somebody else asked for is lent only once it is confirmed.

Expand-only. What a holder lent stays lent; what others arranged, and what code of the release
before still arranges, waits to be confirmed.
"""

from __future__ import annotations

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

COLUMNS = """
ALTER TABLE delegation ADD COLUMN confirmed_by TEXT,
    ADD COLUMN confirmed_at TIMESTAMP WITH TIME ZONE;
UPDATE delegation SET confirmed_by = created_by, confirmed_at = created_at
WHERE created_by = bureau || ':' || from_label;
"""


def upgrade() -> None:
    """Add who confirmed and when."""
    op.get_bind().exec_driver_sql(COLUMNS)
