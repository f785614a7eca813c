"""One-time codes that confirm a contact, and what an officer noted on checking who files.

A code is not kept, not even as a hash: it is derived from the row's random bytes under SECRET_KEY.
"""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE contact_code (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    application_id BIGINT NOT NULL,
    channel TEXT NOT NULL,
    address_hash BYTEA NOT NULL,
    nonce BYTEA NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    tries INTEGER DEFAULT 0 NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_contact_code PRIMARY KEY (id),
    CONSTRAINT ck_contact_code_channel CHECK (channel IN ('email', 'sms')),
    CONSTRAINT fk_contact_code_application_id
        FOREIGN KEY(application_id) REFERENCES application (id)
);
CREATE INDEX ix_contact_code_address_hash_asked_at ON contact_code (address_hash, asked_at);
CREATE INDEX ix_contact_code_application_id_id ON contact_code (application_id, id);
ALTER TABLE application ADD COLUMN identity_note TEXT;
"""


def upgrade() -> None:
    """Add the codes and the officer's note."""
    op.get_bind().exec_driver_sql(TABLE)
