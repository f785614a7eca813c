"""Sending systems: endpoints of their own, trials, a switch; and what each attempt came to.

Expand-only: code of the revision before writes neither trials nor endpoints of senders.
"""

from __future__ import annotations

from alembic import op

from store.functions import load

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

# A constant default rewrites no table.
_TABLES = """
ALTER TABLE webhook_endpoint ADD COLUMN client BIGINT, ADD COLUMN removed_at TIMESTAMPTZ;
ALTER TABLE application ADD COLUMN is_trial BOOLEAN DEFAULT false NOT NULL;
ALTER TABLE api_token ADD COLUMN is_trial BOOLEAN DEFAULT false NOT NULL;
ALTER TABLE api_token ADD COLUMN shut_at TIMESTAMPTZ;
-- A trial is nobody's case: no list, number, visit, message or decision of a bureau can hold it.
ALTER TABLE application ADD CONSTRAINT ck_application_trial CHECK (NOT is_trial
    OR lead_bureau IS NULL AND copied_bureaus = '{}' AND visit_id IS NULL
    AND determined_amount IS NULL
    AND state <> ALL ('{awaiting_approval,determined,under_review}')) NOT VALID;
ALTER TABLE application VALIDATE CONSTRAINT ck_application_trial;
CREATE TABLE webhook_attempt (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    endpoint_id BIGINT NOT NULL,
    delivery_id BIGINT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    status INTEGER,
    answer TEXT,
    error TEXT,
    CONSTRAINT pk_webhook_attempt PRIMARY KEY (id),
    CONSTRAINT fk_webhook_attempt_endpoint_id
        FOREIGN KEY(endpoint_id) REFERENCES webhook_endpoint (id)
);
CREATE INDEX ix_webhook_attempt_endpoint_id_id ON webhook_attempt (endpoint_id, id);
"""


def upgrade() -> None:
    """Add the columns and the table, and let senders be told."""
    connection = op.get_bind()
    for statements in (_TABLES, load("publish_events", 2).replace("CREATE ", "CREATE OR REPLACE ")):
        connection.exec_driver_sql(statements)
