"""Reports: exports in pieces, and the indexes that numbers and the publicity list are read by.

Expand-only. The indexes are built under a lock that lets readers through and not writers: at
100,000 applications for well under a second.
"""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE export (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    requested_by TEXT NOT NULL,
    bureau TEXT,
    filters JSONB NOT NULL,
    format TEXT NOT NULL,
    secret_hash BYTEA NOT NULL,
    state TEXT DEFAULT 'pending' NOT NULL,
    rows BIGINT,
    bytes BIGINT,
    requested_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ready_at TIMESTAMP WITH TIME ZONE,
    expires_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_export PRIMARY KEY (id),
    CONSTRAINT ck_export_format CHECK (format IN ('csv', 'xlsx')),
    CONSTRAINT ck_export_state CHECK (state IN ('pending', 'ready', 'expired')),
    CONSTRAINT uq_export_secret_hash UNIQUE (secret_hash)
);
CREATE INDEX ix_export_requested_by_id ON export (requested_by, id);
CREATE TABLE export_chunk (
    export_id BIGINT NOT NULL,
    serial INTEGER NOT NULL,
    content BYTEA NOT NULL,
    CONSTRAINT pk_export_chunk PRIMARY KEY (export_id, serial),
    CONSTRAINT fk_export_chunk_export_id FOREIGN KEY(export_id) REFERENCES export (id)
);
CREATE INDEX ix_application_received_at ON application USING brin (received_at);
CREATE INDEX ix_application_granted ON application (provision, id)
    WHERE state = 'determined' OR state = 'decided' AND outcome = 'eligible';
"""

# NOT VALID first: every old row satisfies the longer list, so validating needs no strong lock.
STAGES = """
ALTER TABLE work_item DROP CONSTRAINT ck_work_item_stage;
ALTER TABLE work_item ADD CONSTRAINT ck_work_item_stage
    CHECK (stage IN ('assess', 'notify', 'remind', 'clock', 'digest', 'report')) NOT VALID;
ALTER TABLE work_item VALIDATE CONSTRAINT ck_work_item_stage;
"""


def upgrade() -> None:
    """Create the tables and indexes, and let the ledger know the stage."""
    connection = op.get_bind()
    for statements in (TABLES, STAGES):
        connection.exec_driver_sql(statements)
