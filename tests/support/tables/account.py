"""People who may come in: accounts, sessions, recovery codes, and how long a login must wait."""

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
)
from sqlalchemy.dialects.postgresql import ARRAY

from tests.support.tables.base import identity, metadata, moment, one_of
from vocabulary.people import OF_PEOPLE, LoginWay, SessionStage

account = Table(
    "account",
    metadata,
    identity(),
    Column("bureau", Text, nullable=False),
    # What colleagues call the person when they lend a role; once the label of their tokens.
    Column("label", Text, nullable=False),
    # How events and cases name the person; stays, whatever bureau or login they have.
    Column("actor", Text, nullable=False, unique=True),
    # None: known by tokens or OIDC alone.
    Column("login", Text, unique=True),
    Column("name", Text),
    Column("roles", ARRAY(Text), nullable=False),
    Column("password_hash", Text),
    # Of the one-time code that the first password is set with.
    Column("setup_hash", LargeBinary),
    Column("setup_ends_at", moment()),
    # Encrypted; the second is shown, but nobody has typed a code of it yet.
    Column("totp_secret", LargeBinary),
    Column("totp_pending", LargeBinary),
    # The last half minute whose code was used.
    Column("totp_step", BigInteger),
    Column("oidc_issuer", Text),
    Column("oidc_subject", Text),
    Column("created_at", moment(), nullable=False),
    # Who was shown the last code that its password is set with.
    Column("created_by", Text, nullable=False),
    Column("disabled_at", moment()),
    # Who asked for what another administrator has yet to confirm; None: in use.
    Column("held_by", Text),
    # Which columns their lists show; None: those shown by themselves.
    Column("list_columns", ARRAY(Text)),
    UniqueConstraint("bureau", "label"),
    UniqueConstraint("oidc_issuer", "oidc_subject"),
    CheckConstraint(
        "roles <> '{}' AND roles <@ ARRAY[" + ", ".join(f"'{role}'" for role in OF_PEOPLE) + "]",
        name="roles",
    ),
)

account_session = Table(
    "account_session",
    metadata,
    identity(),
    Column("account_id", BigInteger, ForeignKey("account.id"), nullable=False),
    Column("secret_hash", LargeBinary, nullable=False, unique=True),
    Column("stage", Text, nullable=False),
    Column("way", Text, nullable=False),
    Column("created_at", moment(), nullable=False),
    Column("last_seen_at", moment(), nullable=False),
    Column("ends_at", moment(), nullable=False),
    Column("ended_at", moment()),
    # Shortened, for the owner to recognise; the hash is of the whole one.
    Column("address", Text, nullable=False),
    Column("address_hash", LargeBinary, nullable=False),
    Column("device_hash", LargeBinary, nullable=False),
    one_of("stage", SessionStage),
    one_of("way", LoginWay),
    Index(None, "account_id", "id"),
)

recovery_code = Table(
    "recovery_code",
    metadata,
    Column("account_id", BigInteger, ForeignKey("account.id"), primary_key=True),
    Column("code_hash", LargeBinary, primary_key=True),
    Column("used_at", moment()),
)

# Of a login from one address or device, and of a login from anywhere; whether it exists or not.
login_back_off = Table(
    "login_back_off",
    metadata,
    Column("key_hash", LargeBinary, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", moment(), nullable=False),
    Column("until", moment(), nullable=False),
    Index(None, "last_at"),
)

kept_list = Table(
    "kept_list",
    metadata,
    identity(),
    Column("account_id", BigInteger, ForeignKey("account.id"), nullable=False),
    Column("name", Text, nullable=False),
    # As in an address, without what was typed into the search.
    Column("query", Text, nullable=False),
    Index(None, "account_id", "id"),
)
