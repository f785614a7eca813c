"""Follow-up: one visit to come per enterprise, its plan, requests, promised days, digests, feeds.

Expand-only, with one limit: while code of the revision before still runs, the second application
of an enterprise that has a visit to come waits in the ledger until the new code assesses it.
"""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

VISIT = """
ALTER TABLE visit
    ADD COLUMN due_on DATE,
    ADD COLUMN starts_at TIME WITHOUT TIME ZONE,
    ADD COLUMN reminded_for DATE,
    ADD COLUMN confirmed_by TEXT,
    ADD COLUMN visited_on DATE,
    ADD COLUMN result TEXT,
    ADD COLUMN note TEXT,
    ADD COLUMN closed_by TEXT,
    ADD COLUMN closed_at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN version INTEGER DEFAULT 1 NOT NULL,
    ADD CONSTRAINT ck_visit_result
        CHECK (result IS NULL OR result IN ('met', 'absent', 'refused'));
ALTER TABLE visit DROP CONSTRAINT ck_visit_state;
ALTER TABLE visit ADD CONSTRAINT ck_visit_state
    CHECK (state IN ('planned', 'scheduled', 'confirmed', 'reminded', 'done', 'cancelled'))
    NOT VALID;
ALTER TABLE visit VALIDATE CONSTRAINT ck_visit_state;
ALTER TABLE application ADD COLUMN visit_id BIGINT
    CONSTRAINT fk_application_visit_id REFERENCES visit (id);
"""

# What was planned per application becomes per enterprise: the earliest visit to come takes over
# the others' applications.
MERGE = """
UPDATE visit SET reminded_for = planned_on WHERE state = 'reminded';
UPDATE application AS a SET visit_id = v.kept
FROM (SELECT application_id, CASE
        WHEN uscc IS NOT NULL AND state IN ('planned', 'reminded')
        THEN first_value(id) OVER (PARTITION BY uscc, state IN ('planned', 'reminded')
            ORDER BY planned_on, id)
        ELSE id END AS kept
    FROM visit WHERE state <> 'cancelled') AS v
WHERE a.id = v.application_id;
UPDATE visit AS v SET state = 'cancelled'
FROM application AS a
WHERE a.id = v.application_id AND a.visit_id <> v.id AND v.state IN ('planned', 'reminded');
CREATE UNIQUE INDEX uq_visit_open ON visit (uscc)
    WHERE state IN ('planned', 'scheduled', 'confirmed', 'reminded');
CREATE INDEX ix_visit_waiting ON visit (bureau, planned_on) WHERE state = 'planned';
CREATE INDEX ix_visit_done ON visit (uscc, visited_on) WHERE state = 'done';
CREATE INDEX ix_application_visit_id ON application (visit_id) WHERE visit_id IS NOT NULL;
"""

TABLES = """
CREATE TABLE visit_plan (
    bureau TEXT NOT NULL,
    visits_per_day INTEGER,
    set_by TEXT,
    CONSTRAINT pk_visit_plan PRIMARY KEY (bureau),
    CONSTRAINT ck_visit_plan_visits_per_day CHECK (visits_per_day > 0)
);
CREATE TABLE calendar_feed (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    bureau TEXT NOT NULL,
    secret_hash BYTEA NOT NULL,
    label TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    revoked_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_calendar_feed PRIMARY KEY (id),
    CONSTRAINT uq_calendar_feed_secret_hash UNIQUE (secret_hash)
);
CREATE INDEX ix_calendar_feed_bureau_id ON calendar_feed (bureau, id);
CREATE TABLE request (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    application_id BIGINT NOT NULL,
    visit_id BIGINT,
    source TEXT NOT NULL,
    field TEXT,
    words TEXT NOT NULL,
    bureau TEXT NOT NULL,
    transfers INTEGER DEFAULT 0 NOT NULL,
    opened_by TEXT NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    due_on DATE NOT NULL,
    provisional BOOLEAN NOT NULL,
    basis TEXT NOT NULL,
    state TEXT DEFAULT 'open' NOT NULL,
    answer TEXT,
    closed_by TEXT,
    closed_at TIMESTAMP WITH TIME ZONE,
    version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_request PRIMARY KEY (id),
    CONSTRAINT ck_request_source CHECK (source IN ('visit', 'bureau', 'applicant')),
    CONSTRAINT ck_request_state CHECK (state IN ('open', 'answered', 'withdrawn')),
    CONSTRAINT fk_request_application_id FOREIGN KEY(application_id) REFERENCES application (id),
    CONSTRAINT fk_request_visit_id FOREIGN KEY(visit_id) REFERENCES visit (id)
);
CREATE INDEX ix_request_application_id_id ON request (application_id, id);
CREATE INDEX ix_request_bureau_id ON request (bureau, id);
CREATE TABLE promise_told (
    application_id BIGINT NOT NULL,
    promise TEXT NOT NULL,
    level TEXT NOT NULL,
    due_on DATE NOT NULL,
    told_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_promise_told PRIMARY KEY (application_id, promise, level, due_on),
    CONSTRAINT fk_promise_told_application_id
        FOREIGN KEY(application_id) REFERENCES application (id)
);
CREATE TABLE digest (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    bureau TEXT NOT NULL,
    day DATE NOT NULL,
    event_id BIGINT,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_digest PRIMARY KEY (id),
    CONSTRAINT uq_digest_bureau_day UNIQUE (bureau, day),
    CONSTRAINT fk_digest_event_id FOREIGN KEY(event_id) REFERENCES event (id)
);
ALTER TABLE delivery ALTER COLUMN application_id DROP NOT NULL;
"""

# NOT VALID first: every old row satisfies the longer list, so validating needs no strong lock.
STAGES = """
ALTER TABLE work_item DROP CONSTRAINT ck_work_item_stage;
ALTER TABLE work_item ADD CONSTRAINT ck_work_item_stage
    CHECK (stage IN ('assess', 'notify', 'remind', 'clock', 'digest')) NOT VALID;
ALTER TABLE work_item VALIDATE CONSTRAINT ck_work_item_stage;
"""


def upgrade() -> None:
    """Widen visits, merge those to come, create the tables of follow-up."""
    connection = op.get_bind()
    for statements in (VISIT, MERGE, TABLES, STAGES):
        connection.exec_driver_sql(statements)
