"""When a bureau is told of what outside its inbox, as its head chose; and of each message in an
inbox, whether the bureau's daily digest says it.

Expand-only: a new table and an empty column.
"""

from __future__ import annotations

from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

_TABLE = """
CREATE TABLE message_choice (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    bureau TEXT NOT NULL,
    matter TEXT NOT NULL,
    telling TEXT NOT NULL,
    chosen_by TEXT NOT NULL,
    chosen_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT pk_message_choice PRIMARY KEY (id),
    CONSTRAINT ck_message_choice_telling CHECK (telling IN ('at_once', 'digest', 'never'))
)
"""


def upgrade() -> None:
    """Make both."""
    connection = op.get_bind()
    connection.exec_driver_sql(_TABLE)
    connection.exec_driver_sql(
        "CREATE INDEX ix_message_choice_bureau_matter_id ON message_choice (bureau, matter, id)"
    )
    connection.exec_driver_sql("ALTER TABLE delivery ADD COLUMN in_digest BOOLEAN")
