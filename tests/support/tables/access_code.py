"""Access codes that were issued anew."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, Table, Text

from tests.support.tables.base import metadata, moment, one_of
from vocabulary.codes import Handing

access_code = Table(
    "access_code",
    metadata,
    Column("application_id", BigInteger, ForeignKey("application.id"), primary_key=True),
    # The one that came with the receipt is the first, and has no row.
    Column("serial", Integer, primary_key=True),
    Column("issued_at", moment(), nullable=False),
    Column("issued_by", Text, nullable=False),
    Column("handed", Text, nullable=False),
    Column("note", Text),
    one_of("handed", Handing),
)
