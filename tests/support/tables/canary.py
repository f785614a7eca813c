"""When the whole way through ledger, relay, broker and worker was last known to be open."""

from __future__ import annotations

from sqlalchemy import Column, Table, Text

from tests.support.tables.base import identity, metadata, moment

canary = Table(
    "canary",
    metadata,
    identity(),
    Column("queue", Text, nullable=False, unique=True),
    # Wall clock: this watches machines, not business.
    Column("seen_at", moment()),
)
