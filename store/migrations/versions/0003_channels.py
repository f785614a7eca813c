"""Channels: webhook endpoints, what messages are sent to, and the feed of events.

Expand-only: code of the revision before goes on working on the new schema.
"""

from __future__ import annotations

from alembic import op

from store.functions import load

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE webhook_endpoint (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    bureau TEXT NOT NULL,
    url TEXT NOT NULL,
    event_types TEXT[] DEFAULT '{}' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    disabled_at TIMESTAMP WITH TIME ZONE,
    disabled_reason TEXT,
    CONSTRAINT pk_webhook_endpoint PRIMARY KEY (id)
);
CREATE UNIQUE INDEX uq_webhook_endpoint_live ON webhook_endpoint (bureau, url)
    WHERE disabled_at IS NULL;
CREATE TABLE webhook_secret (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    endpoint_id BIGINT NOT NULL,
    salt BYTEA NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_webhook_secret PRIMARY KEY (id),
    CONSTRAINT fk_webhook_secret_endpoint_id
        FOREIGN KEY(endpoint_id) REFERENCES webhook_endpoint (id)
);
CREATE INDEX ix_webhook_secret_endpoint_id_id ON webhook_secret (endpoint_id, id);
CREATE TABLE channel_target (
    target TEXT NOT NULL,
    failures INTEGER DEFAULT 0 NOT NULL,
    failing_since TIMESTAMP WITH TIME ZONE,
    closed_until TIMESTAMP WITH TIME ZONE,
    recent TIMESTAMP WITH TIME ZONE[] DEFAULT '{}' NOT NULL,
    CONSTRAINT pk_channel_target PRIMARY KEY (target)
);
"""

# NOT VALID first: every old row satisfies the longer lists, so validating needs no strong lock.
DELIVERY = """
ALTER TABLE delivery ADD COLUMN endpoint_id BIGINT
    CONSTRAINT fk_delivery_endpoint_id REFERENCES webhook_endpoint (id);
CREATE INDEX ix_delivery_endpoint_id_id ON delivery (endpoint_id, id)
    WHERE endpoint_id IS NOT NULL;
ALTER TABLE delivery DROP CONSTRAINT ck_delivery_recipient_kind;
ALTER TABLE delivery ADD CONSTRAINT ck_delivery_recipient_kind
    CHECK (recipient_kind IN ('bureau', 'enterprise', 'system')) NOT VALID;
ALTER TABLE delivery VALIDATE CONSTRAINT ck_delivery_recipient_kind;
ALTER TABLE delivery DROP CONSTRAINT ck_delivery_channel;
ALTER TABLE delivery ADD CONSTRAINT ck_delivery_channel
    CHECK (channel IN ('inbox', 'email', 'portal', 'webhook', 'dingtalk', 'wecom', 'sms'))
    NOT VALID;
ALTER TABLE delivery VALIDATE CONSTRAINT ck_delivery_channel;
"""


def upgrade() -> None:
    """Create the tables, widen the delivery and start the feed."""
    connection = op.get_bind()
    for statements in (TABLES, DELIVERY, load("publish_events")):
        connection.exec_driver_sql(statements)
