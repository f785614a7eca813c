"""What people wrote about events."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, LargeBinary, Table

from tests.support.tables.base import identity, metadata, moment

event_text = Table(
    "event_text",
    metadata,
    identity(),
    Column("application_id", BigInteger, ForeignKey("application.id"), nullable=False, index=True),
    Column("words", LargeBinary, nullable=False),
    Column("written_at", moment(), nullable=False),
)
