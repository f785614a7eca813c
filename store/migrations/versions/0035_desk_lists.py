"""The lists of a bureau's desk: who works on a case, orders with an index each, kept lists.

Expand-only. Indexes are built while readers and writers go on.
"""

from __future__ import annotations

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

COLUMNS = (
    "ALTER TABLE application ADD COLUMN IF NOT EXISTS assignee TEXT",
    "ALTER TABLE account ADD COLUMN IF NOT EXISTS list_columns TEXT[]",
    "ALTER TABLE export ADD COLUMN IF NOT EXISTS cases BIGINT[]",
    """
CREATE TABLE IF NOT EXISTS kept_list (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    account_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    CONSTRAINT pk_kept_list PRIMARY KEY (id),
    CONSTRAINT fk_kept_list_account_id FOREIGN KEY (account_id) REFERENCES account (id)
)
""",
    "CREATE INDEX IF NOT EXISTS ix_kept_list_account_id_id ON kept_list (account_id, id)",
)

# One after the other, outside a transaction. What was left half made by an attempt before goes.
INDEXES = {
    "ix_application_lead_bureau_state_id": "application (lead_bureau, state, id)"
    " WHERE lead_bureau IS NOT NULL",
    "ix_application_lead_bureau_amount": "application (lead_bureau,"
    " coalesce(determined_amount, amount, -1), id)"
    " WHERE lead_bureau IS NOT NULL",
    "ix_application_assignee_id": "application (assignee, id) WHERE assignee IS NOT NULL",
    "ix_visit_awaited": "visit (bureau, planned_on)"
    " WHERE state IN ('scheduled', 'confirmed', 'reminded')",
    "ix_request_open": "request (bureau, id) WHERE state = 'open'",
}


def upgrade() -> None:
    """Add the columns and the table, build the indexes."""
    with op.get_context().autocommit_block():
        connection = op.get_bind()
        for statement in COLUMNS:
            connection.exec_driver_sql(statement)
        for name, what in INDEXES.items():
            connection.exec_driver_sql(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            connection.exec_driver_sql(f"CREATE INDEX CONCURRENTLY {name} ON {what}")
