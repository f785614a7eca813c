"""A determination is made together with its event, or not at all."""

from __future__ import annotations

from alembic import op

from store.functions import load

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the trigger; a process of the release before writes both, too."""
    op.get_bind().exec_driver_sql(load("determination_seen"))
