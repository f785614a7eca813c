"""Drafts of applications."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary, Table, Text

from tests.support.tables.base import identity, metadata, moment

draft = Table(
    "draft",
    metadata,
    identity(),
    Column("secret_hash", LargeBinary, nullable=False, unique=True, index=True),
    Column("notice_id", Text, nullable=False),
    Column("provision", Text, nullable=False),
    Column("typed", LargeBinary, nullable=False),
    Column("saved_at", moment(), nullable=False, index=True),
    Column("frozen_at", moment()),
)

ended_draft = Table(
    "ended_draft",
    metadata,
    Column("secret_hash", LargeBinary, primary_key=True),
    Column("ended_at", moment(), nullable=False, index=True),
)
