"""Accounts of people, their sessions and recovery codes; what tokens and links say of their maker.

Expand-only. Whoever held a token of a person's role gets an account, which cannot log in until it
is given a name for that; their tokens belong to it.
"""

from __future__ import annotations

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE account (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    bureau TEXT NOT NULL,
    label TEXT NOT NULL,
    actor TEXT NOT NULL,
    login TEXT,
    name TEXT,
    roles TEXT[] NOT NULL,
    password_hash TEXT,
    setup_hash BYTEA,
    setup_ends_at TIMESTAMP WITH TIME ZONE,
    totp_secret BYTEA,
    totp_pending BYTEA,
    totp_step BIGINT,
    oidc_issuer TEXT,
    oidc_subject TEXT,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    created_by TEXT NOT NULL,
    disabled_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_account PRIMARY KEY (id),
    CONSTRAINT uq_account_actor UNIQUE (actor),
    CONSTRAINT uq_account_login UNIQUE (login),
    CONSTRAINT uq_account_bureau_label UNIQUE (bureau, label),
    CONSTRAINT uq_account_oidc_issuer_oidc_subject UNIQUE (oidc_issuer, oidc_subject),
    CONSTRAINT ck_account_roles CHECK (roles <> '{}'
        AND roles <@ ARRAY['supervisor', 'officer', 'admin', 'auditor'])
);
CREATE TABLE account_session (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    account_id BIGINT NOT NULL,
    secret_hash BYTEA NOT NULL,
    stage TEXT NOT NULL,
    way TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    last_seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    address TEXT NOT NULL,
    address_hash BYTEA NOT NULL,
    device_hash BYTEA NOT NULL,
    CONSTRAINT pk_account_session PRIMARY KEY (id),
    CONSTRAINT uq_account_session_secret_hash UNIQUE (secret_hash),
    CONSTRAINT fk_account_session_account_id FOREIGN KEY(account_id) REFERENCES account (id),
    CONSTRAINT ck_account_session_stage CHECK (stage IN ('enrolling', 'open')),
    CONSTRAINT ck_account_session_way CHECK (way IN ('password', 'oidc'))
);
CREATE INDEX ix_account_session_account_id_id ON account_session (account_id, id);
CREATE TABLE recovery_code (
    account_id BIGINT NOT NULL,
    code_hash BYTEA NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_recovery_code PRIMARY KEY (account_id, code_hash),
    CONSTRAINT fk_recovery_code_account_id FOREIGN KEY(account_id) REFERENCES account (id)
);
CREATE TABLE login_back_off (
    key_hash BYTEA NOT NULL,
    failures INTEGER NOT NULL,
    last_at TIMESTAMP WITH TIME ZONE NOT NULL,
    until TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_login_back_off PRIMARY KEY (key_hash)
);
CREATE INDEX ix_login_back_off_last_at ON login_back_off (last_at);
ALTER TABLE api_token ADD COLUMN account_id BIGINT
        CONSTRAINT fk_api_token_account_id REFERENCES account (id),
    ADD COLUMN addresses CIDR[],
    ADD COLUMN last_used_at TIMESTAMP WITH TIME ZONE;
ALTER TABLE export ADD COLUMN token_id BIGINT;
ALTER TABLE calendar_feed ADD COLUMN token_id BIGINT;
"""

PEOPLE = """
INSERT INTO account (bureau, label, actor, roles, created_at, created_by)
SELECT t.bureau, t.label, t.bureau || ':' || t.label, array_agg(DISTINCT t.role),
    min(t.created_at), 'operator'
FROM api_token AS t WHERE t.role IN ('supervisor', 'officer', 'admin', 'auditor')
GROUP BY t.bureau, t.label ORDER BY min(t.id);
UPDATE api_token AS t SET account_id = a.id FROM account AS a
WHERE a.bureau = t.bureau AND a.label = t.label AND t.role = ANY(a.roles)
"""


def upgrade() -> None:
    """Add the tables; everybody who has held a token becomes somebody."""
    op.get_bind().exec_driver_sql(TABLES)
    op.get_bind().exec_driver_sql(PEOPLE)
