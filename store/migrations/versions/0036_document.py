"""Attached files: what is handed in with a draft or an application, and the stored contents.

A document is in the table before its file is whole, so that what was received of it survives a
lost connection; the row of a file comes after the file itself. Contents are told apart within
their owner alone.
"""

from __future__ import annotations

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE document_file (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    owner_hash BYTEA NOT NULL,
    content_hash BYTEA NOT NULL,
    object TEXT NOT NULL,
    thumbnail TEXT,
    file_key BYTEA NOT NULL,
    kind TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    pages INTEGER,
    width INTEGER,
    height INTEGER,
    state TEXT NOT NULL,
    stored_at TIMESTAMP WITH TIME ZONE NOT NULL,
    checked_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_document_file PRIMARY KEY (id),
    CONSTRAINT uq_document_file_owner_hash_content_hash UNIQUE (owner_hash, content_hash),
    CONSTRAINT uq_document_file_object UNIQUE (object),
    CONSTRAINT ck_document_file_kind CHECK (kind IN ('image/jpeg', 'image/png', 'application/pdf')),
    CONSTRAINT ck_document_file_state CHECK (state IN ('checking', 'ready', 'infected', 'lost'))
);
CREATE TABLE document (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    handle TEXT NOT NULL,
    application_id BIGINT,
    draft_id BIGINT,
    serial INTEGER NOT NULL,
    paper TEXT NOT NULL,
    name TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    received INTEGER DEFAULT 0 NOT NULL,
    pieces INTEGER[] DEFAULT '{}' NOT NULL,
    piece_key BYTEA,
    file_id BIGINT,
    begun_at TIMESTAMP WITH TIME ZONE NOT NULL,
    added_at TIMESTAMP WITH TIME ZONE,
    filed_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_document PRIMARY KEY (id),
    CONSTRAINT fk_document_application_id FOREIGN KEY (application_id) REFERENCES application (id),
    CONSTRAINT fk_document_draft_id FOREIGN KEY (draft_id) REFERENCES draft (id) ON DELETE CASCADE,
    CONSTRAINT fk_document_file_id FOREIGN KEY (file_id) REFERENCES document_file (id),
    CONSTRAINT uq_document_handle UNIQUE (handle),
    CONSTRAINT ck_document_owner CHECK (num_nonnulls(application_id, draft_id) = 1),
    CONSTRAINT ck_document_piece_key CHECK ((piece_key IS NULL) = (file_id IS NOT NULL))
);
CREATE UNIQUE INDEX uq_document_application_serial ON document (application_id, serial);
CREATE UNIQUE INDEX uq_document_draft_serial ON document (draft_id, serial);
CREATE INDEX ix_document_file_id ON document (file_id);
CREATE INDEX ix_document_receiving ON document (begun_at) WHERE file_id IS NULL
"""
COLUMNS = (
    "ALTER TABLE supplement ADD COLUMN IF NOT EXISTS documents TEXT[] DEFAULT '{}' NOT NULL",
    "ALTER TABLE work_item DROP CONSTRAINT IF EXISTS ck_work_item_stage",
    """
ALTER TABLE work_item ADD CONSTRAINT ck_work_item_stage
    CHECK (stage IN ('assess', 'determine', 'notify', 'remind', 'chase', 'digest', 'export',
        'rotate', 'purge', 'scan', 'canary')) NOT VALID
""",
    "ALTER TABLE work_item VALIDATE CONSTRAINT ck_work_item_stage",
)


def upgrade() -> None:
    """Add the tables and the column; permit the stage's name in the ledger."""
    op.get_bind().exec_driver_sql(TABLES)
    with op.get_context().autocommit_block():
        for step in COLUMNS:
            op.get_bind().exec_driver_sql(step)
