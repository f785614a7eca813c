"""Attached files."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from tests.support.tables.base import identity, metadata, moment, one_of
from vocabulary.documents import DocumentState, FileKind

document_file = Table(
    "document_file",
    metadata,
    identity(),
    # Keyed hashes: of whose it is, and of that and its content.
    Column("owner_hash", LargeBinary, nullable=False),
    Column("content_hash", LargeBinary, nullable=False),
    Column("object", Text, nullable=False, unique=True),
    Column("thumbnail", Text),
    Column("file_key", LargeBinary, nullable=False),
    Column("kind", Text, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("pages", Integer),
    Column("width", Integer),
    Column("height", Integer),
    Column("state", Text, nullable=False),
    Column("stored_at", moment(), nullable=False),
    Column("checked_at", moment()),
    UniqueConstraint("owner_hash", "content_hash"),
    one_of("kind", FileKind),
    one_of("state", [each for each in DocumentState if each is not DocumentState.RECEIVING]),
)

document = Table(
    "document",
    metadata,
    identity(),
    Column("handle", Text, nullable=False, unique=True),
    Column("application_id", BigInteger, ForeignKey("application.id")),
    Column("draft_id", BigInteger, ForeignKey("draft.id", ondelete="CASCADE")),
    Column("serial", Integer, nullable=False),
    Column("paper", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("received", Integer, nullable=False, server_default=text("0")),
    # Lengths of the pieces that were received.
    Column("pieces", ARRAY(Integer), nullable=False, server_default=text("'{}'")),
    # Of its pieces, until the file is whole.
    Column("piece_key", LargeBinary),
    Column("file_id", BigInteger, ForeignKey("document_file.id"), index=True),
    Column("begun_at", moment(), nullable=False),
    Column("added_at", moment()),
    Column("filed_at", moment()),
    CheckConstraint("num_nonnulls(application_id, draft_id) = 1", name="owner"),
    CheckConstraint("(piece_key IS NULL) = (file_id IS NOT NULL)", name="piece_key"),
    Index("uq_document_application_serial", "application_id", "serial", unique=True),
    Index("uq_document_draft_serial", "draft_id", "serial", unique=True),
    Index("ix_document_receiving", "begun_at", postgresql_where=text("file_id IS NULL")),
)
