"""Business time is real time unless the connection allows otherwise; events are not emptied.

Rights of the database's roles are no migration: they are granted after each (`store.roles`).
"""

from __future__ import annotations

from alembic import op

from store.functions import load

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Replace the function, add the trigger."""
    connection = op.get_bind()
    for statements in (
        load("app_now", 2).replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"),
        load("refuse_truncation"),
    ):
        connection.exec_driver_sql(statements)
