"""What happened, append-only: audit trail, status timeline and feed."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

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
    # Real time, beside business time; rows of before have none.
    Column("recorded_at", moment(), server_default=text("clock_timestamp()")),
    # The applications that a look showed, where they are several.
    Column("shown", ARRAY(BigInteger)),
    Index(None, "application_id", "id"),
    Index(None, "at", "recorded_at", postgresql_using="brin"),
    Index(None, "shown", postgresql_using="gin", postgresql_where=text("shown IS NOT NULL")),
    Index(
        "ix_event_of_accounts",
        "id",
        postgresql_where=text(
            "application_id IS NULL AND type IN"
            " ('account.added', 'account.changed', 'account.reset', 'account.released')"
        ),
    ),
)

# The chain of keyed hashes over the events (casework.operations.seals says what each means).
event_seal = Table(
    "event_seal",
    metadata,
    Column("serial", BigInteger, primary_key=True, autoincrement=False),
    Column("first_id", BigInteger, nullable=False),
    Column("last_id", BigInteger, nullable=False),
    Column("count", Integer, nullable=False),
    Column("runs", ARRAY(BigInteger), nullable=False),
    Column("marks", LargeBinary, nullable=False),
    Column("complete_at", moment()),
    Column("sealed_at", moment(), nullable=False),
    Column("key_id", Text, nullable=False),
    Column("previous", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
)
