"""What administrators change while the system runs: local practice, from a day on and with a second
person's word, and the addresses of bureaus.

Expand-only: code of the revision before reads neither.
"""

from __future__ import annotations

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE practice_change (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    parameter TEXT NOT NULL,
    value TEXT,
    valid_from DATE NOT NULL,
    reason TEXT NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    confirmed_by TEXT,
    confirmed_at TIMESTAMP WITH TIME ZONE,
    ended_by TEXT,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_practice_change PRIMARY KEY (id),
    CONSTRAINT ck_practice_change_second CHECK (confirmed_by <> proposed_by),
    CONSTRAINT ck_practice_change_confirmed CHECK (
        (confirmed_by IS NULL) = (confirmed_at IS NULL)),
    CONSTRAINT ck_practice_change_ended CHECK ((ended_by IS NULL) = (ended_at IS NULL)
        AND (ended_at IS NULL OR confirmed_at IS NULL))
);
CREATE TABLE bureau_address (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    recipient TEXT NOT NULL,
    contacts TEXT,
    changed_by TEXT NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_bureau_address PRIMARY KEY (id)
);
CREATE INDEX ix_bureau_address_recipient_id ON bureau_address (recipient, id)
"""


def upgrade() -> None:
    """Add the tables."""
    op.get_bind().exec_driver_sql(_TABLES)
