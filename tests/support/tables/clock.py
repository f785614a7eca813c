"""The one row by which a test or a demonstration moves business time."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Integer, Table, text

from tests.support.tables.base import metadata

clock = Table(
    "clock",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("offset_seconds", BigInteger, nullable=False, server_default=text("0")),
    CheckConstraint("id = 1", name="single"),
)
