"""Tables that a window's clerk uploads: checked row by row, then filed; gone after some days.

What is kept of one lies in sealed pieces under a key of its own, which goes with its row.
"""

from __future__ import annotations

from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE import_upload (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    bureau TEXT NOT NULL,
    uploaded_by TEXT NOT NULL,
    uploaded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    name TEXT NOT NULL,
    file_key BYTEA NOT NULL,
    bytes INTEGER NOT NULL,
    provision TEXT,
    vouched TEXT NOT NULL,
    state TEXT NOT NULL,
    read_bytes INTEGER DEFAULT 0 NOT NULL,
    fit INTEGER DEFAULT 0 NOT NULL,
    known INTEGER DEFAULT 0 NOT NULL,
    refused INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT pk_import_upload PRIMARY KEY (id),
    CONSTRAINT ck_import_upload_vouched
        CHECK (vouched IN ('unverified', 'contact_verified', 'assured')),
    CONSTRAINT ck_import_upload_state
        CHECK (state IN ('checking', 'checked', 'filing', 'done', 'refused'))
);
CREATE INDEX ix_import_upload_uploaded_by_id ON import_upload (uploaded_by, id);
CREATE TABLE import_piece (
    upload_id BIGINT NOT NULL,
    part TEXT NOT NULL,
    serial INTEGER NOT NULL,
    content BYTEA NOT NULL,
    CONSTRAINT pk_import_piece PRIMARY KEY (upload_id, part, serial),
    CONSTRAINT fk_import_piece_upload_id FOREIGN KEY (upload_id) REFERENCES import_upload (id)
        ON DELETE CASCADE,
    CONSTRAINT ck_import_piece_part CHECK (part IN ('table', 'looked', 'receipts', 'rejects'))
)
"""
CHECKS = (
    "ALTER TABLE work_item DROP CONSTRAINT IF EXISTS ck_work_item_stage",
    """
ALTER TABLE work_item ADD CONSTRAINT ck_work_item_stage
    CHECK (stage IN ('assess', 'determine', 'notify', 'remind', 'chase', 'digest', 'export',
        'rotate', 'purge', 'scan', 'import', 'canary')) NOT VALID
""",
    "ALTER TABLE work_item VALIDATE CONSTRAINT ck_work_item_stage",
    "ALTER TABLE application DROP CONSTRAINT IF EXISTS ck_application_identity_how",
    """
ALTER TABLE application ADD CONSTRAINT ck_application_identity_how
    CHECK (identity_how IS NULL OR identity_how IN ('sms_code', 'email_code', 'client',
        'login', 'operator', 'window')) NOT VALID
""",
    "ALTER TABLE application VALIDATE CONSTRAINT ck_application_identity_how",
)


def upgrade() -> None:
    """Add the tables; permit the stage's name in the ledger and the window's word on who files."""
    op.get_bind().exec_driver_sql(TABLES)
    with op.get_context().autocommit_block():
        for step in CHECKS:
            op.get_bind().exec_driver_sql(step)
