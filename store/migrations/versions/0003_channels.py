"""Channels: webhook endpoints, what messages are sent to, and the feed of events.

Expand-only: code of the revision before goes on working on the new schema.
"""

from __future__ import annotations

from alembic import op

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

# (The driver wants %% for %.)
# A trigger, because every event belongs into the feed in the transaction that wrote it, whichever
# code wrote it. Once per statement, and one look where no endpoint is live.
FEED = """
CREATE FUNCTION publish_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM webhook_endpoint WHERE disabled_at IS NULL) THEN
        WITH told AS (
            INSERT INTO delivery (event_id, application_id, recipient_kind, recipient, channel,
                endpoint_id, state, created_at)
            SELECT e.id, e.application_id, 'system', w.bureau || '/' || w.id, 'webhook',
                w.id, 'pending', app_now()
            FROM fresh AS e
            JOIN application AS a ON a.id = e.application_id
            JOIN webhook_endpoint AS w ON w.disabled_at IS NULL
                AND (w.bureau = a.lead_bureau OR w.bureau = ANY (a.copied_bureaus)
                     OR w.bureau = e.data ->> 'bureau')
                AND (w.event_types = '{}' OR e.type = ANY (w.event_types))
            -- Who read what is for the auditor alone.
            WHERE e.type NOT LIKE 'access.%%'
            ORDER BY e.id, w.id
            ON CONFLICT DO NOTHING
            RETURNING id
        )
        INSERT INTO work_item (stage, subject_id, not_before, created_at)
        SELECT 'notify', id, app_now(), app_now() FROM told ORDER BY id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER event_published AFTER INSERT ON event
    REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION publish_events();
"""


def upgrade() -> None:
    """Create the tables, widen the delivery and start the feed."""
    connection = op.get_bind()
    for statements in (TABLES, DELIVERY, FEED):
        connection.exec_driver_sql(statements)
