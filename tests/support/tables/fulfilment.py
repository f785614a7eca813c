"""Fulfilment of grants: payments, waivers, objections, reclaims."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from tests.support.tables.base import identity, metadata, moment, one_of, yuan
from vocabulary.fulfilment import (
    Found,
    FulfilmentState,
    LineState,
    ObjectionState,
    ReclaimReason,
    ReturnReason,
    Way,
)
from vocabulary.identity import CONFIRMABLE

fulfilment = Table(
    "fulfilment",
    metadata,
    identity(),
    Column("application_id", BigInteger, ForeignKey("application.id"), nullable=False, index=True),
    Column(
        "determination_id", BigInteger, ForeignKey("determination.id"), nullable=False, unique=True
    ),
    # By which the publicity list names it to everyone.
    Column("handle", Text, nullable=False, unique=True),
    Column("way", Text, nullable=False),
    Column("bureau", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("amount", yuan(), nullable=False),
    Column("publicised_until", Date, nullable=False),
    Column("provisional", Boolean, nullable=False, server_default=text("false")),
    Column("state", Text, nullable=False, server_default=text("'due'")),
    # How many are open.
    Column("objections", Integer, nullable=False, server_default=text("0")),
    Column("waived", yuan()),
    Column("waived_on", Date),
    Column("waived_how", Text),
    Column("waived_by", Text),
    Column("opened_at", moment(), nullable=False),
    Column("changed_at", moment(), nullable=False),
    one_of("way", Way),
    one_of("state", FulfilmentState),
    one_of("waived_how", Found, nullable=True),
    CheckConstraint("amount > 0", name="amount"),
    CheckConstraint("objections >= 0", name="objections"),
    Index(
        "uq_fulfilment_live",
        "application_id",
        unique=True,
        postgresql_where=text("state <> 'cancelled'"),
    ),
    Index(None, "bureau", "id"),
    Index("ix_fulfilment_due", "bureau", "id", postgresql_where=text("state = 'due'")),
)

payment_account = Table(
    "payment_account",
    metadata,
    identity(),
    Column("application_id", BigInteger, ForeignKey("application.id"), nullable=False),
    # Holder, number and bank as JSON.
    Column("particulars", Text, nullable=False),
    Column("given_at", moment(), nullable=False),
    Column("is_filed", Boolean, nullable=False, server_default=text("false")),
    Column("confirmed_at", moment()),
    Column("confirmed_by", Text),
    Column("usable_from", Date),
    Index("ix_payment_account_application_id", "application_id", "id"),
)

payment_batch = Table(
    "payment_batch",
    metadata,
    identity(),
    Column("bureau", Text, nullable=False),
    Column("exported_by", Text, nullable=False),
    Column("exported_at", moment(), nullable=False),
    Column("lines", Integer, nullable=False),
    Column("total", Numeric(16, 2), nullable=False),
    # SHA-256 of the file, hex.
    Column("digest", Text, nullable=False),
    CheckConstraint("lines > 0", name="lines"),
    Index(None, "bureau", "id"),
)

payment_line = Table(
    "payment_line",
    metadata,
    identity(),
    Column("batch_id", BigInteger, ForeignKey("payment_batch.id"), nullable=False, index=True),
    Column("number", Text, nullable=False, unique=True),
    Column("fulfilment_id", BigInteger, ForeignKey("fulfilment.id"), nullable=False),
    Column("application_id", BigInteger, ForeignKey("application.id"), nullable=False, index=True),
    Column("attempt", Integer, nullable=False),
    Column("account_id", BigInteger, ForeignKey("payment_account.id"), nullable=False),
    Column("amount", yuan(), nullable=False),
    Column("state", Text, nullable=False, server_default=text("'exported'")),
    Column("reason", Text),
    Column("note", Text),
    Column("answered_on", Date),
    Column("answered_at", moment()),
    Column("answered_by", Text),
    UniqueConstraint("fulfilment_id", "attempt"),
    CheckConstraint("amount > 0", name="amount"),
    one_of("state", LineState),
    one_of("reason", ReturnReason, nullable=True),
    CheckConstraint(
        "(state = 'exported') = (answered_at IS NULL)"
        " AND (state = 'returned') = (reason IS NOT NULL)",
        name="answered",
    ),
    Index(
        "uq_payment_line_with_bank",
        "application_id",
        unique=True,
        postgresql_where=text("state = 'exported'"),
    ),
)

reclaim = Table(
    "reclaim",
    metadata,
    identity(),
    Column("application_id", BigInteger, ForeignKey("application.id"), nullable=False, index=True),
    Column("fulfilment_id", BigInteger, ForeignKey("fulfilment.id"), nullable=False),
    Column("amount", yuan(), nullable=False),
    Column("reason", Text, nullable=False),
    Column("reclaimed_on", Date, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", moment(), nullable=False),
    CheckConstraint("amount > 0", name="amount"),
    one_of("reason", ReclaimReason),
)

objection = Table(
    "objection",
    metadata,
    identity(),
    Column("application_id", BigInteger, ForeignKey("application.id"), nullable=False, index=True),
    Column("fulfilment_id", BigInteger, ForeignKey("fulfilment.id"), nullable=False, index=True),
    Column("handle_hash", LargeBinary, nullable=False, unique=True),
    Column("channel", Text, nullable=False),
    Column("address_hash", LargeBinary, nullable=False),
    Column("address", Text),
    Column("words", Text, nullable=False),
    Column("answer", Text),
    Column("state", Text, nullable=False, server_default=text("'unconfirmed'")),
    Column("nonce", LargeBinary, nullable=False),
    Column("tries", Integer, nullable=False, server_default=text("0")),
    Column("asked_at", moment(), nullable=False),
    Column("expires_at", moment(), nullable=False),
    Column("confirmed_at", moment()),
    Column("answered_at", moment()),
    Column("answered_by", Text),
    Column("stops", Boolean, nullable=False, server_default=text("true")),
    one_of("channel", CONFIRMABLE),
    one_of("state", ObjectionState),
    Index(None, "address_hash", "asked_at"),
)
