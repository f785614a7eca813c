"""Fulfilment of grants: what is to be paid or waived, payment batches, objections, reclaims.

What must never happen is refused by the database as well: two fulfilments of one determination, two
lines of one application with the bank at once, a line that is paid twice or without a number.
"""

from __future__ import annotations

from alembic import op

from store.functions import load

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE fulfilment (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    application_id BIGINT NOT NULL,
    determination_id BIGINT NOT NULL,
    handle TEXT NOT NULL,
    way TEXT NOT NULL,
    bureau TEXT NOT NULL,
    purpose TEXT NOT NULL,
    amount NUMERIC(14, 2) NOT NULL,
    publicised_until DATE NOT NULL,
    provisional BOOLEAN DEFAULT false NOT NULL,
    state TEXT DEFAULT 'due' NOT NULL,
    objections INTEGER DEFAULT 0 NOT NULL,
    waived NUMERIC(14, 2),
    waived_on DATE,
    waived_how TEXT,
    waived_by TEXT,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_fulfilment PRIMARY KEY (id),
    CONSTRAINT fk_fulfilment_application_id FOREIGN KEY (application_id)
        REFERENCES application (id),
    CONSTRAINT fk_fulfilment_determination_id FOREIGN KEY (determination_id)
        REFERENCES determination (id),
    CONSTRAINT uq_fulfilment_determination_id UNIQUE (determination_id),
    CONSTRAINT uq_fulfilment_handle UNIQUE (handle),
    CONSTRAINT ck_fulfilment_way CHECK (way IN ('payment', 'waiver')),
    CONSTRAINT ck_fulfilment_state CHECK (state IN ('due', 'exported', 'paid', 'returned', 'waived',
        'stopped', 'reclaimed', 'cancelled')),
    CONSTRAINT ck_fulfilment_waived_how
        CHECK (waived_how IS NULL OR waived_how IN ('landlord', 'visit')),
    CONSTRAINT ck_fulfilment_amount CHECK (amount > 0),
    CONSTRAINT ck_fulfilment_objections CHECK (objections >= 0)
);
CREATE UNIQUE INDEX uq_fulfilment_live ON fulfilment (application_id) WHERE state <> 'cancelled';
CREATE INDEX ix_fulfilment_application_id ON fulfilment (application_id);
CREATE INDEX ix_fulfilment_bureau_id ON fulfilment (bureau, id);
CREATE INDEX ix_fulfilment_due ON fulfilment (bureau, id) WHERE state = 'due';
CREATE TABLE payment_account (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    application_id BIGINT NOT NULL,
    particulars TEXT NOT NULL,
    given_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_payment_account PRIMARY KEY (id),
    CONSTRAINT fk_payment_account_application_id FOREIGN KEY (application_id)
        REFERENCES application (id)
);
CREATE INDEX ix_payment_account_application_id ON payment_account (application_id, id);
CREATE TABLE payment_batch (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    bureau TEXT NOT NULL,
    exported_by TEXT NOT NULL,
    exported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    lines INTEGER NOT NULL,
    total NUMERIC(16, 2) NOT NULL,
    digest TEXT NOT NULL,
    CONSTRAINT pk_payment_batch PRIMARY KEY (id),
    CONSTRAINT ck_payment_batch_lines CHECK (lines > 0)
);
CREATE INDEX ix_payment_batch_bureau_id ON payment_batch (bureau, id);
CREATE TABLE payment_line (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    batch_id BIGINT NOT NULL,
    number TEXT NOT NULL,
    fulfilment_id BIGINT NOT NULL,
    application_id BIGINT NOT NULL,
    attempt INTEGER NOT NULL,
    account_id BIGINT NOT NULL,
    amount NUMERIC(14, 2) NOT NULL,
    state TEXT DEFAULT 'exported' NOT NULL,
    reason TEXT,
    note TEXT,
    answered_on DATE,
    answered_at TIMESTAMP WITH TIME ZONE,
    answered_by TEXT,
    CONSTRAINT pk_payment_line PRIMARY KEY (id),
    CONSTRAINT fk_payment_line_batch_id FOREIGN KEY (batch_id) REFERENCES payment_batch (id),
    CONSTRAINT fk_payment_line_fulfilment_id FOREIGN KEY (fulfilment_id) REFERENCES fulfilment (id),
    CONSTRAINT fk_payment_line_application_id FOREIGN KEY (application_id)
        REFERENCES application (id),
    CONSTRAINT fk_payment_line_account_id FOREIGN KEY (account_id) REFERENCES payment_account (id),
    CONSTRAINT uq_payment_line_number UNIQUE (number),
    CONSTRAINT uq_payment_line_fulfilment_id_attempt UNIQUE (fulfilment_id, attempt),
    CONSTRAINT ck_payment_line_amount CHECK (amount > 0),
    CONSTRAINT ck_payment_line_state CHECK (state IN ('exported', 'paid', 'returned')),
    CONSTRAINT ck_payment_line_reason CHECK (reason IS NULL OR reason IN ('wrong_number',
        'wrong_name', 'closed', 'bank', 'other')),
    CONSTRAINT ck_payment_line_answered CHECK ((state = 'exported') = (answered_at IS NULL)
        AND (state = 'returned') = (reason IS NOT NULL))
);
CREATE UNIQUE INDEX uq_payment_line_with_bank ON payment_line (application_id)
    WHERE state = 'exported';
CREATE INDEX ix_payment_line_application_id ON payment_line (application_id);
CREATE INDEX ix_payment_line_batch_id ON payment_line (batch_id);
CREATE TABLE reclaim (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    application_id BIGINT NOT NULL,
    fulfilment_id BIGINT NOT NULL,
    amount NUMERIC(14, 2) NOT NULL,
    reason TEXT NOT NULL,
    reclaimed_on DATE NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_reclaim PRIMARY KEY (id),
    CONSTRAINT fk_reclaim_application_id FOREIGN KEY (application_id) REFERENCES application (id),
    CONSTRAINT fk_reclaim_fulfilment_id FOREIGN KEY (fulfilment_id) REFERENCES fulfilment (id),
    CONSTRAINT ck_reclaim_amount CHECK (amount > 0),
    CONSTRAINT ck_reclaim_reason CHECK (reason IN ('changed', 'objection', 'false_statement',
        'mistake'))
);
CREATE INDEX ix_reclaim_application_id ON reclaim (application_id);
CREATE TABLE objection (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    application_id BIGINT NOT NULL,
    fulfilment_id BIGINT NOT NULL,
    handle_hash BYTEA NOT NULL,
    channel TEXT NOT NULL,
    address_hash BYTEA NOT NULL,
    address TEXT,
    words TEXT NOT NULL,
    answer TEXT,
    state TEXT DEFAULT 'unconfirmed' NOT NULL,
    nonce BYTEA NOT NULL,
    tries INTEGER DEFAULT 0 NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    confirmed_at TIMESTAMP WITH TIME ZONE,
    answered_at TIMESTAMP WITH TIME ZONE,
    answered_by TEXT,
    CONSTRAINT pk_objection PRIMARY KEY (id),
    CONSTRAINT fk_objection_application_id FOREIGN KEY (application_id) REFERENCES application (id),
    CONSTRAINT fk_objection_fulfilment_id FOREIGN KEY (fulfilment_id) REFERENCES fulfilment (id),
    CONSTRAINT uq_objection_handle_hash UNIQUE (handle_hash),
    CONSTRAINT ck_objection_channel CHECK (channel IN ('sms', 'email')),
    CONSTRAINT ck_objection_state CHECK (state IN ('unconfirmed', 'open', 'sustained', 'dismissed'))
);
CREATE INDEX ix_objection_application_id ON objection (application_id);
CREATE INDEX ix_objection_fulfilment_id ON objection (fulfilment_id);
CREATE INDEX ix_objection_address_hash_asked_at ON objection (address_hash, asked_at)
"""


def upgrade() -> None:
    """Add the tables, and the trigger that ends a fulfilment with its determination."""
    op.get_bind().exec_driver_sql(TABLES)
    op.get_bind().exec_driver_sql(load("fulfilment_ends"))
