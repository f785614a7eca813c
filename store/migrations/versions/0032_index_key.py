"""The key of the index by which persons are known, encrypted; made at its first use."""

from __future__ import annotations

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE index_key (
    id INTEGER NOT NULL,
    key BYTEA NOT NULL,
    CONSTRAINT pk_index_key PRIMARY KEY (id),
    CONSTRAINT ck_index_key_one CHECK (id = 1)
)
"""


def upgrade() -> None:
    """Add the table."""
    op.get_bind().exec_driver_sql(TABLE)
