"""Exports: who asked for which cases in what form, and the file in pieces until it expires."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from tests.support.tables.base import identity, metadata, moment, one_of
from vocabulary.exports import ExportFormat, ExportState

export = Table(
    "export",
    metadata,
    identity(),
    # As events name people: bureau and label.
    Column("requested_by", Text, nullable=False),
    # Whose cases: NULL means every bureau's, for auditors.
    Column("bureau", Text),
    Column("filters", JSONB, nullable=False),
    # The cases it is of, in order; None: those that the filters find when it is made.
    Column("cases", ARRAY(BigInteger)),
    # What is told of each case; None: all of it.
    Column("columns", ARRAY(Text)),
    Column("format", Text, nullable=False),
    # Of the secret in the download address, which opens this one file.
    Column("secret_hash", LargeBinary, nullable=False, unique=True),
    Column("state", Text, nullable=False, server_default=ExportState.PENDING.value),
    Column("rows", BigInteger),
    Column("bytes", BigInteger),
    Column("requested_at", moment(), nullable=False),
    Column("ready_at", moment()),
    Column("expires_at", moment()),
    # With which it was asked for; None: in a session.
    Column("token_id", BigInteger),
    one_of("format", ExportFormat),
    one_of("state", ExportState),
    Index(None, "requested_by", "id"),
)

# In the database, because the process that makes a file and the one that hands it out may stand on
# different machines, and so that it comes and goes with its row.
export_chunk = Table(
    "export_chunk",
    metadata,
    Column("export_id", BigInteger, ForeignKey("export.id"), primary_key=True),
    Column("serial", Integer, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)
