"""One-time codes, and access codes on their way."""

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
from vocabulary.codes import Purpose
from vocabulary.identity import CONFIRMABLE

contact_code = Table(
    "contact_code",
    metadata,
    identity(),
    Column("application_id", BigInteger, ForeignKey("application.id"), nullable=False),
    Column("channel", Text, nullable=False),
    # Of the address it was sent to, keyed: a day's codes are counted by it.
    Column("address_hash", LargeBinary, nullable=False),
    # What the code is derived from; the code itself is nowhere.
    Column("nonce", LargeBinary, nullable=False),
    Column("asked_at", moment(), nullable=False),
    Column("expires_at", moment(), nullable=False),
    Column("tries", Integer, nullable=False, server_default=text("0")),
    Column("used_at", moment()),
    Column("purpose", Text, nullable=False, server_default=Purpose.CONTACT.value),
    one_of("channel", CONFIRMABLE),
    one_of("purpose", Purpose),
    Index(None, "address_hash", "asked_at"),
    Index(None, "application_id", "id"),
    Index("ix_contact_code_access", "expires_at", postgresql_where=text("purpose = 'access'")),
)
