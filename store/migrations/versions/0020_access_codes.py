"""Access codes that were issued anew: by whom, how they were handed over; what a one-time code is
for.

Expand-only. What was sent before confirms a contact.
"""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

STEPS = (
    """
CREATE TABLE IF NOT EXISTS access_code (
    application_id BIGINT NOT NULL,
    serial INTEGER NOT NULL,
    issued_at TIMESTAMP WITH TIME ZONE NOT NULL,
    issued_by TEXT NOT NULL,
    handed TEXT NOT NULL,
    note TEXT,
    CONSTRAINT pk_access_code PRIMARY KEY (application_id, serial),
    CONSTRAINT ck_access_code_handed CHECK (handed IN ('in_person', 'contact', 'renewed')),
    CONSTRAINT fk_access_code_application_id
        FOREIGN KEY(application_id) REFERENCES application (id)
)
""",
    "ALTER TABLE contact_code ADD COLUMN IF NOT EXISTS purpose TEXT DEFAULT 'contact' NOT NULL",
    "ALTER TABLE contact_code DROP CONSTRAINT IF EXISTS ck_contact_code_purpose",
    """
ALTER TABLE contact_code ADD CONSTRAINT ck_contact_code_purpose
    CHECK (purpose IN ('contact', 'renewal', 'access')) NOT VALID
""",
    "ALTER TABLE contact_code VALIDATE CONSTRAINT ck_contact_code_purpose",
    "DROP INDEX CONCURRENTLY IF EXISTS ix_contact_code_access",
    """
CREATE INDEX CONCURRENTLY ix_contact_code_access ON contact_code (expires_at)
    WHERE purpose = 'access'
""",
)


def upgrade() -> None:
    """Add the table, and the purpose of a one-time code."""
    with op.get_context().autocommit_block():
        for step in STEPS:
            op.get_bind().exec_driver_sql(step)
