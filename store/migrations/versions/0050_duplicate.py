"""An application that is closed because another one of the same enterprise asks for the same.

Expand-only: a new table, and a state more. The revision before never writes it.
"""

from __future__ import annotations

from alembic import op

revision = "0050"
down_revision = "0045"
branch_labels = None
depends_on = None

_TABLE = """
CREATE TABLE duplicate (
    application_id BIGINT NOT NULL,
    kept_id BIGINT NOT NULL,
    CONSTRAINT pk_duplicate PRIMARY KEY (application_id),
    CONSTRAINT fk_duplicate_application_id FOREIGN KEY (application_id)
        REFERENCES application (id),
    CONSTRAINT fk_duplicate_kept_id FOREIGN KEY (kept_id) REFERENCES application (id),
    CONSTRAINT ck_duplicate_another CHECK (application_id <> kept_id)
);
CREATE INDEX ix_duplicate_kept_id ON duplicate (kept_id)
"""
_STATE = (
    "ALTER TABLE application DROP CONSTRAINT IF EXISTS ck_application_state",
    """
ALTER TABLE application ADD CONSTRAINT ck_application_state
    CHECK (state IN ('received', 'awaiting_supplement', 'awaiting_determination', 'decided',
        'referred', 'supplemented', 'awaiting_approval', 'determined', 'under_review',
        'withdrawn', 'duplicate')) NOT VALID
""",
    "ALTER TABLE application VALIDATE CONSTRAINT ck_application_state",
)


def upgrade() -> None:
    """Make the table; permit the state."""
    op.get_bind().exec_driver_sql(_TABLE)
    with op.get_context().autocommit_block():
        for step in _STATE:
            op.get_bind().exec_driver_sql(step)
