"""Tables that a window's clerk has uploaded, and what is kept of each, in sealed pieces."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    text,
)

from tests.support.tables.base import identity, metadata, moment, one_of
from vocabulary.identity import IdentityLevel
from vocabulary.imports import ImportPart, ImportState

import_upload = Table(
    "import_upload",
    metadata,
    identity(),
    Column("bureau", Text, nullable=False),
    Column("uploaded_by", Text, nullable=False),
    Column("uploaded_at", moment(), nullable=False),
    Column("expires_at", moment(), nullable=False),
    Column("name", Text, nullable=False),
    Column("file_key", LargeBinary, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("provision", Text),
    Column("vouched", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("read_bytes", Integer, nullable=False, server_default=text("0")),
    Column("fit", Integer, nullable=False, server_default=text("0")),
    Column("known", Integer, nullable=False, server_default=text("0")),
    Column("refused", Integer, nullable=False, server_default=text("0")),
    one_of("vouched", IdentityLevel),
    one_of("state", ImportState),
    Index(None, "uploaded_by", "id"),
)

import_piece = Table(
    "import_piece",
    metadata,
    Column(
        "upload_id",
        BigInteger,
        ForeignKey("import_upload.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("part", Text, primary_key=True),
    Column("serial", Integer, primary_key=True),
    Column("content", LargeBinary, nullable=False),
    one_of("part", ImportPart),
)
