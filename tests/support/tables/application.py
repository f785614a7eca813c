"""The application and what guards its acceptance."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Sequence,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from tests.support.tables.base import identity, metadata, moment, one_of, yuan
from vocabulary.cases import Source, State
from vocabulary.identity import IdentityLevel, IdentityMeans
from vocabulary.outcomes import Outcome

receipt_number = Sequence("receipt_number", metadata=metadata, cache=32)

application = Table(
    "application",
    metadata,
    identity(),
    Column("receipt", Text, nullable=False, unique=True),
    Column("notice_id", Text, nullable=False),
    Column("provision", Text, nullable=False),
    Column("uscc", Text),
    Column("name", Text, nullable=False),
    Column("enterprise", JSONB, nullable=False),
    Column("facts", JSONB, nullable=False),
    Column("state", Text, nullable=False, server_default=State.RECEIVED.value),
    Column("outcome", Text),
    Column("amount", yuan()),
    Column("lead_bureau", Text),
    Column("copied_bureaus", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    # Transferred (转办): the bureau named then leads, whatever the rules route to.
    Column("assigned_bureau", Text),
    Column("transfers", Integer, nullable=False, server_default=text("0")),
    # By the lead bureau (签收); a transfer clears both.
    Column("acknowledged_at", moment()),
    Column("acknowledged_by", Text),
    # Which officer of the lead bureau works on it, as events name them; a transfer clears it.
    Column("assignee", Text),
    # What a person decided (认定); `amount` stays what the rules computed.
    Column("determined_amount", yuan()),
    # The visit at which it is, or was, talked about; several applications may share one.
    Column(
        "visit_id",
        BigInteger,
        # use_alter: the two tables point at each other.
        ForeignKey("visit.id", name="fk_application_visit_id", use_alter=True),
    ),
    Column("access_hash", LargeBinary, nullable=False),
    Column("source", Text, nullable=False),
    Column("received_at", moment(), nullable=False),
    # What it says of people, encrypted for the number in its receipt (casework/personal/parts.py).
    Column("personal", LargeBinary),
    # Counts changes, so that two officers cannot overwrite each other (If-Match).
    Column("version", Integer, nullable=False, server_default=text("1")),
    # How far it is known who files, by what, since when; who of a bureau has checked it besides.
    Column("identity", Text, nullable=False, server_default=IdentityLevel.UNVERIFIED.value),
    Column("identity_how", Text),
    Column("identity_at", moment()),
    Column("identity_checked_by", Text),
    Column("identity_checked_at", moment()),
    Column("identity_note", Text),
    # When what it says of people was cleared away.
    Column("purged_at", moment()),
    # Over which the contact that was given can be reached for certain.
    Column("confirmed_channels", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    # The first token of the system that sent it.
    Column("client", BigInteger),
    # Sent in test mode: decided and shown, never counted, visited, told or published.
    Column("is_trial", Boolean, nullable=False, server_default=text("false")),
    # A trial is nobody's case: no list, number, visit, message or decision of a bureau holds it.
    CheckConstraint(
        "NOT is_trial OR lead_bureau IS NULL AND copied_bureaus = '{}' AND visit_id IS NULL"
        " AND determined_amount IS NULL"
        " AND state <> ALL ('{awaiting_approval,determined,under_review}')",
        name="trial",
    ),
    one_of("identity", IdentityLevel),
    one_of("identity_how", IdentityMeans, nullable=True),
    one_of("state", State),
    one_of("outcome", Outcome, nullable=True),
    one_of("source", Source),
    # Both partial: a fresh application has no bureau yet, and intake need not pay for the indexes.
    Index(None, "lead_bureau", "id", postgresql_where=text("lead_bureau IS NOT NULL")),
    Index(
        "ix_application_copied_bureaus",
        "copied_bureaus",
        postgresql_using="gin",
        postgresql_where=text("copied_bureaus <> '{}'"),
    ),
    Index(None, "uscc"),
    # Reports are about a period. Block ranges cost intake nothing: the table grows in this order.
    Index(None, "received_at", postgresql_using="brin"),
    # What may be on the publicity list, whatever the rest of the table holds.
    Index(
        "ix_application_determined",
        "provision",
        "id",
        postgresql_where=text(f"state = '{State.DETERMINED}'"),
    ),
    Index(
        "ix_application_unverified",
        "lead_bureau",
        "id",
        postgresql_where=text("identity = 'unverified'"),
    ),
    Index(None, "visit_id", postgresql_where=text("visit_id IS NOT NULL")),
    # The lists of a bureau's desk, in their orders (casework/views/case_filter.py).
    Index(None, "lead_bureau", "state", "id", postgresql_where=text("lead_bureau IS NOT NULL")),
    Index(
        "ix_application_lead_bureau_amount",
        "lead_bureau",
        text("coalesce(determined_amount, amount, -1)"),
        "id",
        postgresql_where=text("lead_bureau IS NOT NULL"),
    ),
    Index(None, "assignee", "id", postgresql_where=text("assignee IS NOT NULL")),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("key_hash", LargeBinary, primary_key=True),
    Column("body_hash", LargeBinary, nullable=False),
    # A day long, for a replay (casework/replays.py).
    Column("sealed_code", LargeBinary),
    # Rows of the first release hold plain hashes, until the sweep has keyed them.
    Column("is_keyed", Boolean, nullable=False, server_default=text("false")),
    Column("application_id", BigInteger, ForeignKey("application.id"), nullable=False),
    Column("created_at", moment(), nullable=False),
    Index(None, "created_at", postgresql_using="brin"),
)
