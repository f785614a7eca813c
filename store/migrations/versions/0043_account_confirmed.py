"""An account is confirmed before it is paid to; an objection may leave the payment alone.

Expand-only: what the revision before writes meanwhile is confirmed by an officer.
"""

from __future__ import annotations

from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

# Of accounts that were given before, those of shops may be in anybody's name.
_TABLES = """
ALTER TABLE payment_account ADD COLUMN is_filed BOOLEAN DEFAULT false NOT NULL,
    ADD COLUMN confirmed_at TIMESTAMPTZ, ADD COLUMN confirmed_by TEXT;
UPDATE payment_account AS k SET confirmed_at = k.given_at, confirmed_by = 'applicant'
    WHERE NOT EXISTS (SELECT FROM application AS a WHERE a.id = k.application_id
        AND a.enterprise ->> 'kind' = 'individual_business');
ALTER TABLE objection ADD COLUMN stops BOOLEAN DEFAULT true NOT NULL;
"""


def upgrade() -> None:
    """Add the columns; accounts of others than shops were checked when they were given."""
    op.get_bind().exec_driver_sql(_TABLES)
