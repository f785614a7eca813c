"""Telling people: one row per event, recipient and channel."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from tests.support.tables.base import identity, metadata, moment, one_of
from vocabulary.deliveries import Channel, DeliveryState, RecipientKind

delivery = Table(
    "delivery",
    metadata,
    identity(),
    Column("event_id", BigInteger, ForeignKey("event.id"), nullable=False),
    # NULL: about many, as a daily digest is.
    Column("application_id", BigInteger, ForeignKey("application.id")),
    Column("visit_id", BigInteger, ForeignKey("visit.id")),
    Column("recipient_kind", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("channel", Text, nullable=False),
    # Of a person (e-mail, phone). A robot's address is a secret and stays in the settings.
    Column("address", Text),
    Column("endpoint_id", BigInteger, ForeignKey("webhook_endpoint.id")),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    # Wall clock, not app_now(): until then another worker may be talking to the mail server.
    Column("sending_until", moment()),
    Column("created_at", moment(), nullable=False),
    Column("sent_at", moment()),
    Column("read_at", moment()),
    Column("last_error", Text),
    # What came of a call.
    Column("note", Text),
    # None: of an earlier release, or nobody chooses.
    Column("in_digest", Boolean),
    UniqueConstraint("event_id", "recipient_kind", "recipient", "channel"),
    one_of("recipient_kind", RecipientKind),
    one_of("channel", Channel),
    one_of("state", DeliveryState),
    Index(None, "application_id"),
    Index(
        "ix_delivery_inbox",
        "recipient",
        "id",
        postgresql_where=text(f"channel = '{Channel.INBOX}'"),
    ),
    Index(
        "ix_delivery_calls",
        "application_id",
        postgresql_where=text("channel = 'call' AND state = 'pending'"),
    ),
    Index(
        None,
        "endpoint_id",
        "id",
        postgresql_where=text("endpoint_id IS NOT NULL"),
    ),
)
