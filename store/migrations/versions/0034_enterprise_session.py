"""Enterprises log in: their sessions, and filings that were made in one.

The secret is kept as a hash alone; of the person nothing is kept.
"""

from __future__ import annotations

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

STEPS = (
    """
CREATE TABLE IF NOT EXISTS enterprise_session (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    secret_hash BYTEA NOT NULL,
    issuer TEXT NOT NULL,
    uscc TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    last_seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_enterprise_session PRIMARY KEY (id),
    CONSTRAINT uq_enterprise_session_secret_hash UNIQUE (secret_hash)
);
CREATE INDEX IF NOT EXISTS ix_enterprise_session_uscc ON enterprise_session (uscc);
""",
    """
ALTER TABLE application DROP CONSTRAINT IF EXISTS ck_application_identity_how;
ALTER TABLE application ADD CONSTRAINT ck_application_identity_how
    CHECK (identity_how IS NULL OR identity_how IN ('sms_code', 'email_code', 'client',
    'operator', 'login')) NOT VALID;
""",
    "ALTER TABLE application VALIDATE CONSTRAINT ck_application_identity_how",
)


def upgrade() -> None:
    """Add the table and the word."""
    with op.get_context().autocommit_block():
        for step in STEPS:
            op.get_bind().exec_driver_sql(step)
