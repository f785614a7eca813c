"""What somebody has typed into a form and not yet submitted, so that nothing typed is lost.

The resume code is kept as a hash alone; what was typed, and the key under which it will be filed,
are encrypted together.
"""

from __future__ import annotations

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE draft (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    secret_hash BYTEA NOT NULL,
    notice_id TEXT NOT NULL,
    provision TEXT NOT NULL,
    typed BYTEA NOT NULL,
    saved_at TIMESTAMP WITH TIME ZONE NOT NULL,
    frozen_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_draft PRIMARY KEY (id)
);
CREATE UNIQUE INDEX ix_draft_secret_hash ON draft (secret_hash);
CREATE INDEX ix_draft_saved_at ON draft (saved_at)
"""


def upgrade() -> None:
    """Add the table."""
    op.get_bind().exec_driver_sql(TABLE)
