"""The first schema.

Frozen SQL, not generated from definitions of tables: a migration must go on meaning what it meant.
"""

from __future__ import annotations

from alembic import op

from store.functions import load

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = """
CREATE SEQUENCE receipt_number CACHE 32;
CREATE TABLE api_token (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    token_hash BYTEA NOT NULL,
    bureau TEXT NOT NULL,
    role TEXT NOT NULL,
    label TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE,
    revoked_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_api_token PRIMARY KEY (id),
    CONSTRAINT ck_api_token_role
        CHECK (role IN ('officer', 'supervisor', 'system', 'auditor', 'admin')),
    CONSTRAINT uq_api_token_token_hash UNIQUE (token_hash)
);
CREATE TABLE application (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    receipt TEXT NOT NULL,
    notice_id TEXT NOT NULL,
    provision TEXT NOT NULL,
    uscc TEXT,
    name TEXT NOT NULL,
    enterprise JSONB NOT NULL,
    facts JSONB NOT NULL,
    state TEXT DEFAULT 'received' NOT NULL,
    outcome TEXT,
    amount NUMERIC(14, 2),
    lead_bureau TEXT,
    copied_bureaus TEXT[] DEFAULT '{}' NOT NULL,
    access_hash BYTEA NOT NULL,
    source TEXT NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_application PRIMARY KEY (id),
    CONSTRAINT ck_application_state
        CHECK (state IN ('received', 'awaiting_supplement', 'awaiting_determination', 'decided',
        'referred')),
    CONSTRAINT ck_application_outcome
        CHECK (outcome IS NULL OR outcome IN ('eligible', 'ineligible', 'needs_determination',
        'referred', 'incomplete', 'not_in_force')),
    CONSTRAINT ck_application_source CHECK (source IN ('form', 'batch', 'import')),
    CONSTRAINT uq_application_receipt UNIQUE (receipt)
);
CREATE INDEX ix_application_copied_bureaus
    ON application USING gin (copied_bureaus) WHERE copied_bureaus <> '{}';
CREATE INDEX ix_application_lead_bureau_id
    ON application (lead_bureau, id) WHERE lead_bureau IS NOT NULL;
CREATE INDEX ix_application_uscc ON application (uscc);
CREATE TABLE cap_account (
    account TEXT NOT NULL,
    granted NUMERIC(14, 2) NOT NULL,
    CONSTRAINT pk_cap_account PRIMARY KEY (account)
);
CREATE TABLE clock (
    id INTEGER NOT NULL,
    offset_seconds BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT pk_clock PRIMARY KEY (id),
    CONSTRAINT ck_clock_single CHECK (id = 1)
);
CREATE TABLE parameter_set (
    hash BYTEA NOT NULL,
    notice_id TEXT NOT NULL,
    content JSONB NOT NULL,
    first_seen TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_parameter_set PRIMARY KEY (hash)
);
CREATE TABLE work_item (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    stage TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    not_before TIMESTAMP WITH TIME ZONE NOT NULL,
    attempts INTEGER DEFAULT 0 NOT NULL,
    leased_until TIMESTAMP WITH TIME ZONE,
    last_error TEXT,
    dead_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_work_item PRIMARY KEY (id),
    CONSTRAINT ck_work_item_stage CHECK (stage IN ('assess', 'notify', 'remind')),
    CONSTRAINT ck_work_item_attempts CHECK (attempts >= 0)
);
CREATE INDEX ix_work_item_dead ON work_item (id) WHERE dead_at IS NOT NULL;
CREATE INDEX ix_work_item_due
    ON work_item (stage, greatest(not_before, leased_until)) WHERE dead_at IS NULL;
CREATE INDEX ix_work_item_tried ON work_item (attempts)
    WHERE dead_at IS NULL AND attempts > 0;
CREATE TABLE assessment (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    application_id BIGINT NOT NULL,
    serial INTEGER NOT NULL,
    notice_id TEXT NOT NULL,
    rules_version TEXT NOT NULL,
    parameters_hash BYTEA NOT NULL,
    assessed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    outcome TEXT NOT NULL,
    amount NUMERIC(14, 2),
    document JSONB NOT NULL,
    in_force BOOLEAN NOT NULL,
    CONSTRAINT pk_assessment PRIMARY KEY (id),
    CONSTRAINT uq_assessment_application_id_serial UNIQUE (application_id, serial),
    CONSTRAINT ck_assessment_outcome
        CHECK (outcome IN ('eligible', 'ineligible', 'needs_determination', 'referred',
        'incomplete', 'not_in_force')),
    CONSTRAINT fk_assessment_application_id
        FOREIGN KEY(application_id) REFERENCES application (id),
    CONSTRAINT fk_assessment_parameters_hash
        FOREIGN KEY(parameters_hash) REFERENCES parameter_set (hash)
);
CREATE UNIQUE INDEX uq_assessment_in_force ON assessment (application_id) WHERE in_force;
CREATE TABLE benefit_claim (
    key TEXT NOT NULL,
    application_id BIGINT NOT NULL,
    amount NUMERIC(14, 2) NOT NULL,
    claimed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_benefit_claim PRIMARY KEY (key),
    CONSTRAINT fk_benefit_claim_application_id
        FOREIGN KEY(application_id) REFERENCES application (id)
);
CREATE INDEX ix_benefit_claim_application_id ON benefit_claim (application_id);
CREATE TABLE cap_grant (
    application_id BIGINT NOT NULL,
    account TEXT NOT NULL,
    amount NUMERIC(14, 2) NOT NULL,
    CONSTRAINT pk_cap_grant PRIMARY KEY (application_id),
    CONSTRAINT fk_cap_grant_application_id
        FOREIGN KEY(application_id) REFERENCES application (id),
    CONSTRAINT fk_cap_grant_account FOREIGN KEY(account) REFERENCES cap_account (account)
);
CREATE INDEX ix_cap_grant_account ON cap_grant (account);
CREATE TABLE event (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    application_id BIGINT,
    type TEXT NOT NULL,
    actor TEXT NOT NULL,
    from_state TEXT,
    to_state TEXT,
    data JSONB DEFAULT '{}' NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_event PRIMARY KEY (id),
    CONSTRAINT fk_event_application_id FOREIGN KEY(application_id) REFERENCES application (id)
);
CREATE INDEX ix_event_application_id_id ON event (application_id, id);
CREATE TABLE idempotency (
    key_hash BYTEA NOT NULL,
    body_hash BYTEA NOT NULL,
    application_id BIGINT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_idempotency PRIMARY KEY (key_hash),
    CONSTRAINT fk_idempotency_application_id
        FOREIGN KEY(application_id) REFERENCES application (id)
);
CREATE TABLE official_finding (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    application_id BIGINT NOT NULL,
    condition TEXT NOT NULL,
    item TEXT,
    result BOOLEAN NOT NULL,
    note TEXT NOT NULL,
    evidence TEXT,
    actor TEXT NOT NULL,
    bureau TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_official_finding PRIMARY KEY (id),
    CONSTRAINT fk_official_finding_application_id
        FOREIGN KEY(application_id) REFERENCES application (id)
);
CREATE INDEX ix_official_finding_application_id_id ON official_finding (application_id, id);
CREATE TABLE visit (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    uscc TEXT,
    application_id BIGINT NOT NULL,
    bureau TEXT NOT NULL,
    planned_on DATE NOT NULL,
    provisional BOOLEAN NOT NULL,
    basis TEXT NOT NULL,
    state TEXT DEFAULT 'planned' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_visit PRIMARY KEY (id),
    CONSTRAINT ck_visit_state CHECK (state IN ('planned', 'reminded', 'done', 'cancelled')),
    CONSTRAINT fk_visit_application_id FOREIGN KEY(application_id) REFERENCES application (id)
);
CREATE INDEX ix_visit_bureau_planned_on ON visit (bureau, planned_on);
CREATE UNIQUE INDEX uq_visit_live ON visit (application_id) WHERE state <> 'cancelled';
CREATE TABLE delivery (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    event_id BIGINT NOT NULL,
    application_id BIGINT NOT NULL,
    visit_id BIGINT,
    recipient_kind TEXT NOT NULL,
    recipient TEXT NOT NULL,
    channel TEXT NOT NULL,
    address TEXT,
    state TEXT NOT NULL,
    attempts INTEGER DEFAULT 0 NOT NULL,
    sending_until TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    sent_at TIMESTAMP WITH TIME ZONE,
    read_at TIMESTAMP WITH TIME ZONE,
    last_error TEXT,
    CONSTRAINT pk_delivery PRIMARY KEY (id),
    CONSTRAINT uq_delivery_event_id_recipient_kind_recipient_channel
        UNIQUE (event_id, recipient_kind, recipient, channel),
    CONSTRAINT ck_delivery_recipient_kind CHECK (recipient_kind IN ('bureau', 'enterprise')),
    CONSTRAINT ck_delivery_channel CHECK (channel IN ('inbox', 'email', 'portal')),
    CONSTRAINT ck_delivery_state CHECK (state IN ('pending', 'sending', 'sent', 'failed')),
    CONSTRAINT fk_delivery_event_id FOREIGN KEY(event_id) REFERENCES event (id),
    CONSTRAINT fk_delivery_application_id FOREIGN KEY(application_id) REFERENCES application (id),
    CONSTRAINT fk_delivery_visit_id FOREIGN KEY(visit_id) REFERENCES visit (id)
);
CREATE INDEX ix_delivery_application_id ON delivery (application_id);
CREATE INDEX ix_delivery_inbox ON delivery (recipient, id) WHERE channel = 'inbox';
"""

CLOCK = """
INSERT INTO clock (id) VALUES (1);
"""

# A queue in a table lives by vacuum; the defaults wait for a fifth of all rows to be dead.
QUEUE = """
ALTER TABLE work_item SET (
    fillfactor = 80,
    autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_vacuum_threshold = 2000,
    autovacuum_analyze_scale_factor = 0.05
);
"""


def upgrade() -> None:
    """Create every table, the business clock, the append-only trigger and the receipts."""
    connection = op.get_bind()
    for statements in (
        TABLES,
        CLOCK,
        load("app_now"),
        load("refuse_change"),
        load("receipt_for"),
        QUEUE,
    ):
        connection.exec_driver_sql(statements)
