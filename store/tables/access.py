"""Who may come in on the bureau side."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary, Table, Text

from store.tables.base import identity, metadata, moment, one_of
from store.vocabulary import Role

api_token = Table(
    "api_token",
    metadata,
    identity(),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    Column("bureau", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("created_at", moment(), nullable=False),
    Column("expires_at", moment()),
    Column("revoked_at", moment()),
    one_of("role", Role),
)
