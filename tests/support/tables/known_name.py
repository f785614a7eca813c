"""Under which names enterprises have filed."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, Text
from sqlalchemy.dialects.postgresql import TSVECTOR

from tests.support.tables.base import metadata

known_name = Table(
    "known_name",
    metadata,
    # The credit code; "#" and the application's id where there is none.
    Column("party", Text, primary_key=True),
    Column("form", Text, primary_key=True),
    Column("pairs", TSVECTOR, nullable=False),
    Index(None, "pairs", postgresql_using="gin"),
)
