"""Bureau systems that are told of events, and the state of everything messages are sent to."""

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
from sqlalchemy.dialects.postgresql import ARRAY

from tests.support.tables.base import identity, metadata, moment

webhook_endpoint = Table(
    "webhook_endpoint",
    metadata,
    identity(),
    Column("bureau", Text, nullable=False),
    Column("url", Text, nullable=False),
    # Empty: every event that is published at all.
    Column("event_types", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("created_at", moment(), nullable=False),
    Column("disabled_at", moment()),
    Column("disabled_reason", Text),
    # The first token of the sending system whose it is; None: the bureau's.
    Column("client", BigInteger),
    Column("removed_at", moment()),
    Index(
        "uq_webhook_endpoint_live",
        "bureau",
        "url",
        unique=True,
        postgresql_where=text("disabled_at IS NULL"),
    ),
)

webhook_secret = Table(
    "webhook_secret",
    metadata,
    identity(),
    Column("endpoint_id", BigInteger, ForeignKey("webhook_endpoint.id"), nullable=False),
    # The secret itself is derived from this and the deployment's key; it is stored nowhere.
    Column("salt", LargeBinary, nullable=False),
    Column("created_at", moment(), nullable=False),
    Column("expires_at", moment()),
    Index(None, "endpoint_id", "id"),
)

# What the latest attempts came to; `webhook_attempts.KEPT` of each endpoint.
webhook_attempt = Table(
    "webhook_attempt",
    metadata,
    identity(),
    Column("endpoint_id", BigInteger, ForeignKey("webhook_endpoint.id"), nullable=False),
    Column("delivery_id", BigInteger, nullable=False),
    Column("at", moment(), nullable=False),
    # None: no answer came.
    Column("status", Integer),
    Column("answer", Text),
    Column("error", Text),
    Index(None, "endpoint_id", "id"),
)

# One row per webhook endpoint, robot or gateway: its circuit breaker and its rate limit, shared by
# every worker. Made when the target is first used.
channel_target = Table(
    "channel_target",
    metadata,
    Column("target", Text, primary_key=True),
    Column("failures", Integer, nullable=False, server_default=text("0")),
    Column("failing_since", moment()),
    # Business time, like the ledger's: nothing is sent before.
    Column("closed_until", moment()),
    # Wall clock: the messages of the last minute, which the other side counts, too.
    Column("recent", ARRAY(moment()), nullable=False, server_default=text("'{}'")),
    # Wall clock: until then, places in line are taken.
    Column("line_until", moment()),
    # Of how many others the next message tells.
    Column("summed", Integer, nullable=False, server_default=text("0")),
)
