"""Who may come in on the bureau side."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, CIDR

from tests.support.tables.base import identity, metadata, moment, one_of
from vocabulary.identity import IdentityLevel
from vocabulary.people import Role

api_token = Table(
    "api_token",
    metadata,
    identity(),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    Column("bureau", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("created_at", moment(), nullable=False),
    Column("expires_at", moment()),
    Column("revoked_at", moment()),
    # The token this one took over from, for the same person or system.
    Column("rotated_from", BigInteger, ForeignKey("api_token.id")),
    # Of an intake token: the highest level it may state for who files.
    Column("vouches", Text),
    # The person it acts for; None: a system's.
    Column("account_id", BigInteger, ForeignKey("account.id")),
    # From where it may be used; None: from anywhere.
    Column("addresses", ARRAY(CIDR)),
    # Within a minute.
    Column("last_used_at", moment()),
    # Of an intake token: everything it sends is a trial.
    Column("is_trial", Boolean, nullable=False, server_default=text("false")),
    # Of a sending system's first token: since when the system is shut off.
    Column("shut_at", moment()),
    one_of("role", Role),
    one_of("vouches", IdentityLevel, nullable=True),
)

# An absent person's role, lent to a colleague of the same bureau for a time. People are known by
# the label of their tokens, which a rotation keeps.
delegation = Table(
    "delegation",
    metadata,
    identity(),
    Column("bureau", Text, nullable=False),
    Column("from_label", Text, nullable=False),
    Column("to_label", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("starts_at", moment(), nullable=False),
    Column("ends_at", moment(), nullable=False),
    Column("reason", Text, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("created_at", moment(), nullable=False),
    Column("ended_early_at", moment()),
    # By the holder, at once where it is the holder's own; or by a second supervisor or admin.
    Column("confirmed_by", Text),
    Column("confirmed_at", moment()),
    one_of("role", Role),
    CheckConstraint("ends_at > starts_at", name="period"),
    CheckConstraint("from_label <> to_label", name="two_people"),
    Index(None, "bureau", "to_label", postgresql_where=text("ended_early_at IS NULL")),
)
