"""What was decided, from what, and which benefits it holds."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
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
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from tests.support.tables.base import identity, metadata, moment, one_of, yuan
from vocabulary.outcomes import Outcome

# The notice's content as it stood, so that an old assessment explains itself in its own words.
parameter_set = Table(
    "parameter_set",
    metadata,
    Column("hash", LargeBinary, primary_key=True),
    Column("notice_id", Text, nullable=False),
    Column("content", JSONB, nullable=False),
    Column("first_seen", moment(), nullable=False),
)

assessment = Table(
    "assessment",
    metadata,
    identity(),
    Column("application_id", BigInteger, ForeignKey("application.id"), nullable=False),
    Column("serial", Integer, nullable=False),
    Column("notice_id", Text, nullable=False),
    Column("rules_version", Text, nullable=False),
    Column("parameters_hash", LargeBinary, ForeignKey("parameter_set.hash"), nullable=False),
    Column("assessed_at", moment(), nullable=False),
    Column("outcome", Text, nullable=False),
    Column("amount", yuan()),
    Column("document", JSONB, nullable=False),
    Column("in_force", Boolean, nullable=False),
    UniqueConstraint("application_id", "serial"),
    one_of("outcome", Outcome),
    Index(
        "uq_assessment_in_force", "application_id", unique=True, postgresql_where=text("in_force")
    ),
)

official_finding = Table(
    "official_finding",
    metadata,
    identity(),
    Column("application_id", BigInteger, ForeignKey("application.id"), nullable=False),
    Column("condition", Text, nullable=False),
    Column("item", Text),
    Column("result", Boolean, nullable=False),
    Column("note", Text, nullable=False),
    Column("evidence", Text),
    Column("actor", Text, nullable=False),
    Column("bureau", Text, nullable=False),
    Column("recorded_at", moment(), nullable=False),
    # Recorded by a bureau's system: evidence, until a person finds or determines it.
    Column("by_system", Boolean, nullable=False, server_default=text("false")),
    Index(None, "application_id", "id"),
)

# One benefit per key: the grant that holds it, if there is one, and all whom it concerns.
benefit_claim = Table(
    "benefit_claim",
    metadata,
    Column("key", Text, primary_key=True),
    Column("application_id", BigInteger, ForeignKey("application.id")),
    Column("amount", yuan()),
    Column("claimed_at", moment()),
    Column("particulars", Text, nullable=False, server_default=text("''")),
    Column("concerned", ARRAY(BigInteger), nullable=False, server_default=text("'{}'")),
    Index(None, "application_id"),
)

# The running total of an account is a row that is locked, never a sum that is read.
cap_account = Table(
    "cap_account",
    metadata,
    Column("account", Text, primary_key=True),
    Column("granted", yuan(), nullable=False),
)

# What each application holds of an account; sums to cap_account.granted.
cap_grant = Table(
    "cap_grant",
    metadata,
    Column("application_id", BigInteger, ForeignKey("application.id"), primary_key=True),
    Column("account", Text, ForeignKey("cap_account.account"), nullable=False),
    Column("amount", yuan(), nullable=False),
    Index(None, "account"),
)
