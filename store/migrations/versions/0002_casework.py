"""Casework: supplements, determinations, reviews, ratings, delegations, and where they stand.

Expand-only: code of the revision before goes on working on the new schema.
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE delegation (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    bureau TEXT NOT NULL,
    from_label TEXT NOT NULL,
    to_label TEXT NOT NULL,
    role TEXT NOT NULL,
    starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    reason TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_early_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_delegation PRIMARY KEY (id),
    CONSTRAINT ck_delegation_role
        CHECK (role IN ('officer', 'supervisor', 'system', 'auditor', 'admin')),
    CONSTRAINT ck_delegation_period CHECK (ends_at > starts_at),
    CONSTRAINT ck_delegation_two_people CHECK (from_label <> to_label)
);
CREATE INDEX ix_delegation_bureau_to_label ON delegation (bureau, to_label)
    WHERE ended_early_at IS NULL;
CREATE TABLE supplement (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    application_id BIGINT NOT NULL,
    fields TEXT[] NOT NULL,
    reason TEXT NOT NULL,
    due_on DATE NOT NULL,
    bureau TEXT NOT NULL,
    requested_by TEXT NOT NULL,
    requested_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT DEFAULT 'open' NOT NULL,
    closed_at TIMESTAMP WITH TIME ZONE,
    changes JSONB,
    CONSTRAINT pk_supplement PRIMARY KEY (id),
    CONSTRAINT ck_supplement_state CHECK (state IN ('open', 'answered', 'closed')),
    CONSTRAINT fk_supplement_application_id
        FOREIGN KEY(application_id) REFERENCES application (id)
);
CREATE INDEX ix_supplement_application_id_id ON supplement (application_id, id);
CREATE UNIQUE INDEX uq_supplement_open ON supplement (application_id) WHERE state = 'open';
CREATE TABLE determination (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    application_id BIGINT NOT NULL,
    granted BOOLEAN NOT NULL,
    amount NUMERIC(14, 2),
    computed NUMERIC(14, 2),
    reason TEXT NOT NULL,
    findings JSONB NOT NULL,
    bureau TEXT NOT NULL,
    from_state TEXT NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT NOT NULL,
    decided_by TEXT,
    decided_at TIMESTAMP WITH TIME ZONE,
    decision_note TEXT,
    CONSTRAINT pk_determination PRIMARY KEY (id),
    CONSTRAINT ck_determination_state
        CHECK (state IN ('proposed', 'in_force', 'rejected', 'superseded')),
    CONSTRAINT fk_determination_application_id
        FOREIGN KEY(application_id) REFERENCES application (id)
);
CREATE INDEX ix_determination_application_id_id ON determination (application_id, id);
CREATE UNIQUE INDEX uq_determination_live ON determination (application_id, state)
    WHERE state IN ('proposed', 'in_force');
CREATE TABLE review (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    application_id BIGINT NOT NULL,
    reason TEXT NOT NULL,
    from_state TEXT NOT NULL,
    requested_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT DEFAULT 'open' NOT NULL,
    decided_by TEXT,
    decided_at TIMESTAMP WITH TIME ZONE,
    note TEXT,
    CONSTRAINT pk_review PRIMARY KEY (id),
    CONSTRAINT ck_review_state CHECK (state IN ('open', 'upheld', 'reopened', 'dropped')),
    CONSTRAINT fk_review_application_id FOREIGN KEY(application_id) REFERENCES application (id)
);
CREATE INDEX ix_review_application_id_id ON review (application_id, id);
CREATE UNIQUE INDEX uq_review_open ON review (application_id) WHERE state = 'open';
CREATE TABLE rating (
    application_id BIGINT NOT NULL,
    grade SMALLINT NOT NULL,
    comment TEXT,
    rated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_rating PRIMARY KEY (application_id),
    CONSTRAINT ck_rating_grade CHECK (grade BETWEEN 1 AND 5),
    CONSTRAINT fk_rating_application_id FOREIGN KEY(application_id) REFERENCES application (id)
);
CREATE TABLE callback (
    application_id BIGINT NOT NULL,
    bureau TEXT NOT NULL,
    grade INTEGER NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    due_on DATE NOT NULL,
    provisional BOOLEAN NOT NULL,
    done_by TEXT,
    done_at TIMESTAMP WITH TIME ZONE,
    note TEXT,
    CONSTRAINT pk_callback PRIMARY KEY (application_id),
    CONSTRAINT fk_callback_application_id FOREIGN KEY(application_id) REFERENCES application (id)
);
CREATE INDEX ix_callback_bureau_due_on ON callback (bureau, due_on) WHERE done_at IS NULL;
"""

COLUMNS = """
ALTER TABLE api_token ADD COLUMN rotated_from BIGINT
    CONSTRAINT fk_api_token_rotated_from REFERENCES api_token (id);
ALTER TABLE application
    ADD COLUMN assigned_bureau TEXT,
    ADD COLUMN transfers INTEGER DEFAULT 0 NOT NULL,
    ADD COLUMN acknowledged_at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN acknowledged_by TEXT,
    ADD COLUMN determined_amount NUMERIC(14, 2);
CREATE INDEX ix_assessment_linked ON assessment USING gin ((document -> 'lines'))
    WHERE in_force AND document @? '$.lines[*].earlier';
"""

# NOT VALID first: every old row satisfies the longer list, so validating needs no strong lock.
STATES = """
ALTER TABLE application DROP CONSTRAINT ck_application_state;
ALTER TABLE application ADD CONSTRAINT ck_application_state
    CHECK (state IN ('received', 'awaiting_supplement', 'awaiting_determination', 'decided',
    'referred', 'supplemented', 'awaiting_approval', 'determined', 'under_review', 'withdrawn'))
    NOT VALID;
ALTER TABLE application VALIDATE CONSTRAINT ck_application_state;
"""


def upgrade() -> None:
    """Create the tables of casework and what they add to applications and tokens."""
    connection = op.get_bind()
    for statements in (TABLES, COLUMNS, STATES):
        connection.exec_driver_sql(statements)
