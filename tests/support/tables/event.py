"""What happened, append-only: audit trail, status timeline and feed."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from tests.support.tables.base import identity, metadata, moment

event = Table(
    "event",
    metadata,
    identity(),
    Column("application_id", BigInteger, ForeignKey("application.id")),
    Column("type", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("from_state", Text),
    Column("to_state", Text),
    Column("data", JSONB, nullable=False, server_default=text("'{}'")),
    Column("at", moment(), nullable=False),
    Index(None, "application_id", "id"),
)
