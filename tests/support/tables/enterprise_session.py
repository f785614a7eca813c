"""Enterprises that have logged in."""

from __future__ import annotations

from sqlalchemy import Column, Index, LargeBinary, Table, Text

from tests.support.tables.base import identity, metadata, moment

enterprise_session = Table(
    "enterprise_session",
    metadata,
    identity(),
    Column("secret_hash", LargeBinary, nullable=False, unique=True),
    Column("issuer", Text, nullable=False),
    Column("uscc", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("created_at", moment(), nullable=False),
    Column("last_seen_at", moment(), nullable=False),
    Column("ends_at", moment(), nullable=False),
    Column("ended_at", moment()),
    Index(None, "uscc"),
)
