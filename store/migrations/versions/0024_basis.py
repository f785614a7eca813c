"""A determination names the document of an amount that the notice gives no arithmetic for, and
what it was granted in spite of."""

from __future__ import annotations

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

STEP = """
ALTER TABLE determination ADD COLUMN IF NOT EXISTS basis JSONB,
    ADD COLUMN IF NOT EXISTS despite TEXT[] NOT NULL DEFAULT '{}'
"""


def upgrade() -> None:
    """Two columns; a default that does not vary needs no rewriting of rows."""
    op.get_bind().exec_driver_sql(STEP)
