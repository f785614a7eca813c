"""Who files: the level with how and when it is known, the sending system, an officer's check.

What is stored already becomes `unverified`: nobody has vouched for it, and an officer can check it.
"""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# A transaction each, so that validating, which reads the whole table, holds no strong lock. All may
# run again after one has given up.
STEPS = (
    """
ALTER TABLE application
    ADD COLUMN IF NOT EXISTS identity TEXT DEFAULT 'unverified' NOT NULL,
    ADD COLUMN IF NOT EXISTS identity_how TEXT,
    ADD COLUMN IF NOT EXISTS identity_at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN IF NOT EXISTS identity_checked_by TEXT,
    ADD COLUMN IF NOT EXISTS identity_checked_at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN IF NOT EXISTS confirmed_channels TEXT[] DEFAULT '{}' NOT NULL,
    ADD COLUMN IF NOT EXISTS client BIGINT;
""",
    """
ALTER TABLE application DROP CONSTRAINT IF EXISTS ck_application_identity;
ALTER TABLE application ADD CONSTRAINT ck_application_identity
    CHECK (identity IN ('unverified', 'contact_verified', 'assured')) NOT VALID;
ALTER TABLE application DROP CONSTRAINT IF EXISTS ck_application_identity_how;
ALTER TABLE application ADD CONSTRAINT ck_application_identity_how
    CHECK (identity_how IS NULL OR identity_how IN ('sms_code', 'email_code', 'client',
    'operator')) NOT VALID;
""",
    "ALTER TABLE application VALIDATE CONSTRAINT ck_application_identity",
    "ALTER TABLE application VALIDATE CONSTRAINT ck_application_identity_how",
    """
ALTER TABLE api_token ADD COLUMN IF NOT EXISTS vouches TEXT;
ALTER TABLE api_token DROP CONSTRAINT IF EXISTS ck_api_token_vouches;
ALTER TABLE api_token ADD CONSTRAINT ck_api_token_vouches
    CHECK (vouches IS NULL OR vouches IN ('unverified', 'contact_verified', 'assured')) NOT VALID;
ALTER TABLE api_token DROP CONSTRAINT ck_api_token_role;
ALTER TABLE api_token ADD CONSTRAINT ck_api_token_role
    CHECK (role IN ('officer', 'supervisor', 'system', 'auditor', 'admin', 'intake')) NOT VALID;
ALTER TABLE delegation DROP CONSTRAINT ck_delegation_role;
ALTER TABLE delegation ADD CONSTRAINT ck_delegation_role
    CHECK (role IN ('officer', 'supervisor', 'system', 'auditor', 'admin', 'intake')) NOT VALID;
""",
    "ALTER TABLE api_token VALIDATE CONSTRAINT ck_api_token_vouches",
    "ALTER TABLE api_token VALIDATE CONSTRAINT ck_api_token_role",
    "ALTER TABLE delegation VALIDATE CONSTRAINT ck_delegation_role",
)


def upgrade() -> None:
    """Add what is known of who files, and the role of systems that send filings."""
    with op.get_context().autocommit_block():
        for step in STEPS:
            op.get_bind().exec_driver_sql(step)
