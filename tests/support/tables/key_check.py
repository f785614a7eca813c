"""Which keys the database was written with."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary, Table, Text

from tests.support.tables.base import metadata, moment

key_check = Table(
    "key_check",
    metadata,
    Column("ring", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    # A keyed digest of the key's own: from it the key cannot be found.
    Column("proof", LargeBinary, nullable=False),
    Column("since", moment(), nullable=False),
)
