"""The work ledger: immediate work, retries and reminders of the far future in one table."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, Table, Text, text

from tests.support.tables.base import identity, metadata, moment, one_of
from vocabulary.work import Stage

work_item = Table(
    "work_item",
    metadata,
    identity(),
    Column("stage", Text, nullable=False),
    Column("subject_id", BigInteger, nullable=False),
    Column("not_before", moment(), nullable=False),
    # Attempts known to have begun and not finished. A message that never reached a worker is none.
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("leased_until", moment()),
    Column("last_error", Text),
    Column("dead_at", moment()),
    Column("created_at", moment(), nullable=False),
    one_of("stage", Stage),
    CheckConstraint("attempts >= 0", name="attempts"),
    # Due when both its own time and its lease have passed; greatest() skips a missing lease.
    Index(
        "ix_work_item_due",
        "stage",
        text("greatest(not_before, leased_until)"),
        postgresql_where=text("dead_at IS NULL"),
    ),
    Index(
        "ix_work_item_tried",
        "attempts",
        postgresql_where=text("dead_at IS NULL AND attempts > 0"),
    ),
    Index("ix_work_item_dead", "id", postgresql_where=text("dead_at IS NOT NULL")),
)
