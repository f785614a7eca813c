"""Of a draft that was kept no longer: by which code it was found, and when it ended, so that
whoever comes with that code is told so.

Expand-only: a new table.
"""

from __future__ import annotations

from alembic import op

revision = "0052"
down_revision = "0054"
branch_labels = None
depends_on = None

_TABLE = """
CREATE TABLE ended_draft (
    secret_hash BYTEA NOT NULL,
    ended_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT pk_ended_draft PRIMARY KEY (secret_hash)
)
"""


def upgrade() -> None:
    """Make it."""
    connection = op.get_bind()
    connection.exec_driver_sql(_TABLE)
    connection.exec_driver_sql("CREATE INDEX ix_ended_draft_ended_at ON ended_draft (ended_at)")
